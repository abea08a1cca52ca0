import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';
import { findLostPartner } from '../lost-partner.ts';
import { clock } from '../words.ts';

/** EXPIRED for 3 s more: DEFAULTED (IEEE 802.1AX-2020 6.4.12). */
export const defaulted: Rule = {
  id: 'lacp/defaulted',
  severity: 'error',
  check: (context) =>
    context.ports.flatMap((port): RawFinding[] => {
      const lost = findLostPartner(port);
      if (lost === null || lost.defaulted.length === 0) return [];
      const [first] = lost.defaulted;
      return [
        {
          id: 'lacp/defaulted',
          values: { first: clock(first) },
          members: [port.member],
          ports: [port],
          side: port.side,
          since: lost.lastGood ?? first,
          evidence: lost.defaulted.map(({ at }) => ({ source: at.source, frame: at.frame, time: at, note: 'says Defaulted' })),
        },
      ];
    }),
};
