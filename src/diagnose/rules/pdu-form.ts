import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';

/** LACPDUs go untagged (IEEE 802.1AX-2020 6.2.11.1). */
export const taggedPdu: Rule = {
  id: 'lacp/tagged-pdu',
  severity: 'warn',
  check: (context) =>
    context.pdusOfMember.flatMap((pdus, m): RawFinding[] => {
      const tagged = pdus.filter(({ pdu }) => pdu.tagged);
      if (tagged.length === 0) return [];
      const [first] = tagged;
      return [
        {
          id: 'lacp/tagged-pdu',
          values: { count: tagged.length },
          members: [m],
          side: context.sideOfPdu(first),
          since: first,
          evidence: [{ source: first.source, frame: first.frame, time: first, note: 'carries a VLAN tag' }],
        },
      ];
    }),
};

export const malformedPdu: Rule = {
  id: 'lacp/malformed-pdu',
  severity: 'warn',
  check: (context) =>
    context.pdusOfMember.flatMap((pdus, m): RawFinding[] => {
      const bad = pdus.filter(({ pdu }) => pdu.malformed !== null);
      if (bad.length === 0) return [];
      const [first] = bad;
      return [
        {
          id: 'lacp/malformed-pdu',
          values: { count: bad.length, reason: first.pdu.malformed ?? '' },
          members: [m],
          side: null,
          since: first,
          evidence: [{ source: first.source, frame: first.frame, time: first, note: first.pdu.malformed ?? '' }],
        },
      ];
    }),
};
