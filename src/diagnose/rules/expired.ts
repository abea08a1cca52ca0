import { timeoutOf } from '../../lacp/timers.ts';
import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';
import { findLostPartner } from '../lost-partner.ts';
import { clock } from '../words.ts';

/** Receive machine to EXPIRED (IEEE 802.1AX-2020 6.4.12) at a port that goes on sending: the end that hears nothing. */
export const expired: Rule = {
  id: 'lacp/expired',
  severity: 'error',
  check: (context) =>
    context.ports.flatMap((port): RawFinding[] => {
      const lost = findLostPartner(port);
      if (lost === null) return [];
      const { expired: times, lastGood } = lost;
      const [first] = times;
      return [
        {
          id: 'lacp/expired',
          values: {
            cause: first.cause.replace(/^./, (c) => c.toUpperCase()),
            first: clock(first),
            count: times.length,
            period: timeoutOf(first.actorState) / 3,
          },
          members: [port.member],
          ports: [port],
          side: port.side,
          since: lastGood ?? first,
          evidence: [
            ...(lastGood === null
              ? []
              : [{ source: lastGood.source, frame: lastGood.frame, time: lastGood, note: 'last LACPDU heard before' }]),
            ...times.map(({ at }) => ({ source: at.source, frame: at.frame, time: at, note: 'says Expired' })),
          ],
        },
      ];
    }),
};
