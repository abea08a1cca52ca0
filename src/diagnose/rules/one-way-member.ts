import { isUp } from '../../lacp/mux.ts';
import { other, portOf, SIDES } from '../context.ts';
import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';
import { percent } from '../words.ts';

/** What the other end sends to a member that is out of use by flooding alone stays below this share of its data. */
const LEAST_SHARE = 0.2;
const LEAST_PACKETS = 20;

/** The other end uses a member that this end does not: data into a black hole. Asked only where LACP says so. */
export const oneWayMember: Rule = {
  id: 'bond/one-way-member',
  severity: 'error',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const own = context.directions[side];
      const theirs = context.directions[other(side)];
      return context.members.flatMap((_, m): RawFinding[] => {
        const port = portOf(context, m, side);
        const sent = own.memberPackets[m] ?? 0;
        const received = theirs.memberPackets[m] ?? 0;
        if (
          port === null ||
          port.link !== null ||
          port.own.length === 0 ||
          port.own.some((event) => isUp(event.pdu.actor.state) && port.heard.length > 0)
        )
          return [];
        if (sent > 0 || own.packets === 0 || received < LEAST_PACKETS || received < LEAST_SHARE * theirs.packets) return [];
        const [first] = port.own;
        return [
          {
            id: 'bond/one-way-member',
            values: { share: percent(received / theirs.packets), packets: received },
            members: [m],
            side,
            since: first,
            evidence: [{ source: first.source, frame: first.frame, time: first, note: 'LACPDU without partner' }],
            changes: [{ side: other(side), change: { kind: 'create-lag', protocol: 'lacp' } }],
          },
        ];
      });
    }),
};
