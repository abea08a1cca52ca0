import { STATE_DEFAULTED } from '../../lacp/lacpdu.ts';
import { secondsApart } from '../../lacp/pdu-sequence.ts';
import { hasPartner } from '../../lacp/port-transitions.ts';
import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';

/** LACPDUs of the other end are in the capture but this end never accepts them. */
const LEAST_HEARD = 5;

export const oneWay: Rule = {
  id: 'lacp/one-way',
  severity: 'error',
  check: (context) =>
    context.ports.flatMap((port): RawFinding[] => {
      if (port.actor === null || (port.actor.state & STATE_DEFAULTED) === 0) return [];
      if (port.own.some((event) => hasPartner(event.pdu))) return [];
      const last = port.own[port.own.length - 1];
      // What came before the port spoke may have come before it was there.
      const heard = port.heard.filter((event) => secondsApart(port.own[0], event) >= 0 && secondsApart(event, last) > 0).length;
      if (heard < LEAST_HEARD) return [];
      return [
        {
          id: 'lacp/one-way',
          values: { heard },
          members: [port.member],
          ports: [port],
          side: port.side,
          since: port.own[0],
          evidence: [{ source: last.source, frame: last.frame, time: last, note: 'still no partner' }],
        },
      ];
    }),
};
