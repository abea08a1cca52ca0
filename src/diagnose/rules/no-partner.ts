import { STATE_DEFAULTED } from '../../lacp/lacpdu.ts';
import { secondsApart } from '../../lacp/pdu-sequence.ts';
import { NEGOTIATION_SECONDS } from '../../lacp/port-history.ts';
import { hasPartner } from '../../lacp/port-transitions.ts';
import { SIDES } from '../context.ts';
import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';

/** IEEE 802.1AX-2020 6.4.12: a port that never accepted a LACPDU stays DEFAULTED. Every port of a side in one finding. */
export const noPartner: Rule = {
  id: 'lacp/no-partner',
  severity: 'error',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const isMet = context.ports.some((port) => port.side === side && port.own.some((event) => hasPartner(event.pdu)));
      const ports = context.ports.filter(
        (port) =>
          port.side === side &&
          // Where others met their partner, a capture may have ended before this one did.
          (!isMet || port.own.length === 0 || secondsApart(port.own[0], port.end) >= NEGOTIATION_SECONDS) &&
          port.actor !== null &&
          (port.actor.state & STATE_DEFAULTED) !== 0 &&
          !port.own.some((event) => hasPartner(event.pdu)) &&
          port.heard.length === 0,
      );
      if (ports.length === 0) return [];
      const [first] = ports.map((port) => port.own[0]).sort((x, y) => x.seconds - y.seconds || x.nanos - y.nanos);
      return [
        {
          id: 'lacp/no-partner',
          values: {
            heard: 'No LACPDU of another end is in the captures: it is static, off, or its LACPDUs are dropped on the way.',
            sent: ports.reduce((sum, port) => sum + port.own.length, 0),
          },
          members: ports.map((port) => port.member),
          ports,
          side,
          since: first,
          evidence: ports.map((port) => ({
            source: port.own[0].source,
            frame: port.own[0].frame,
            time: port.own[0],
            note: 'first LACPDU: Defaulted, no partner',
          })),
          changes: [{ side: side === 0 ? 1 : 0, change: { kind: 'create-lag', protocol: 'lacp' } }],
        },
      ];
    }),
};
