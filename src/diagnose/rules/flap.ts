import { secondsApart } from '../../lacp/pdu-sequence.ts';
import { linksOf } from '../context.ts';
import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';
import { isPassivePair } from '../lost-partner.ts';
import { findLosses } from '../losses.ts';
import { clock } from '../words.ts';

const LEAST_LOSSES = 3;

/** A member that is lost again and again. */
export const flap: Rule = {
  id: 'lacp/flap',
  severity: 'warn',
  check: (context) =>
    linksOf(context).flatMap((link): RawFinding[] => {
      const [port] = link;
      const moments = flapMoments(link, findLosses(link));
      if (moments.length < LEAST_LOSSES) return [];
      const [first, last] = [moments[0], moments[moments.length - 1]];
      return [
        {
          id: 'lacp/flap',
          values: {
            count: moments.length,
            first: clock(first),
            last: clock(last),
            every: (secondsApart(first, last) / (moments.length - 1)).toFixed(1),
            why: isPassivePair(port) ? 'Both ends are passive: nobody sends before the other has expired.' : '',
          },
          members: [port.member],
          ports: [port],
          side: null,
          since: first,
          evidence: moments.map((at) => ({ source: at.source, frame: at.frame, time: at, note: 'lost' })),
        },
      ];
    }),
};

type Ports = Parameters<Rule['check']>[0]['ports'];

/** Losses at both ends, or expiries of the end that expires most: whichever are more. */
function flapMoments(ports: Ports, losses: ReturnType<typeof findLosses>): Ports[number]['own'] {
  let most = losses.map((loss) => loss.firstBad ?? loss.lastGood);
  for (const port of ports) {
    const expiries = port.transitions.filter(({ event }) => event === 'expired').map(({ at }) => at);
    if (expiries.length > most.length) most = expiries;
  }
  return most;
}
