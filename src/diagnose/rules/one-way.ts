import { STATE_DEFAULTED } from '../../lacp/lacpdu.ts';
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
      if (port.actor === null || (port.actor.state & STATE_DEFAULTED) === 0 || port.heard.length < LEAST_HEARD) return [];
      if (port.own.some((event) => hasPartner(event.pdu))) return [];
      const last = port.own[port.own.length - 1];
      return [
        {
          id: 'lacp/one-way',
          values: { heard: port.heard.length },
          members: [port.member],
          side: port.side,
          since: port.own[0],
          evidence: [{ source: last.source, frame: last.frame, time: last, note: 'still no partner' }],
        },
      ];
    }),
};
