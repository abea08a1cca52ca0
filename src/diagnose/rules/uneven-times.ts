import { secondsApart } from '../../lacp/pdu-sequence.ts';
import type { RawFinding } from '../finding.ts';
import { observedBins } from '../observed-share.ts';
import type { Rule } from '../rule.ts';
import { clock } from '../words.ts';

/** Time that is worth a word: LACPDUs of a link that is asked for one a second are missed by then. */
const LEAST_SECONDS = 3;
/** Frames of the other members meanwhile: on a quiet LAG all captures end at odd times. */
const LEAST_FRAMES = 50;

/** Captures that ran for different times: where one ends, its link may have been lost or the capture stopped. */
export const unevenTimes: Rule = {
  id: 'capture/uneven-times',
  severity: 'info',
  check: (context) => {
    const { traffic, observed, start, end } = context;
    let frames = 0;
    const texts: string[] = [];
    const members: number[] = [];
    context.members.forEach(({ name }, m) => {
      const spans = observed[m];
      if (spans.length === 0) return;
      const row = observedBins(context, m);
      let others = 0;
      for (let b = 0; b < traffic.bins; b++)
        if (row[b] === 0) for (let k = 0; k < traffic.memberCount; k++) others += traffic.any[k * traffic.bins + b];
      const [from, to] = [spans[0].from, spans[spans.length - 1].to];
      const [late, early] = [secondsApart(start, from), secondsApart(to, end)];
      if (others < LEAST_FRAMES || Math.max(late, early) < LEAST_SECONDS) return;
      frames = Math.max(frames, others);
      members.push(m);
      const ends = [
        ...(late >= LEAST_SECONDS ? [`from ${clock(from)} (${late.toFixed(1)} s after the first)`] : []),
        ...(early >= LEAST_SECONDS ? [`until ${clock(to)} (${early.toFixed(1)} s before the last)`] : []),
      ];
      texts.push(`${name} ${ends.join(' ')}`);
    });
    if (members.length === 0) return [];
    const finding: RawFinding = {
      id: 'capture/uneven-times',
      values: { times: texts.join('; '), packets: frames },
      members,
      side: null,
      since: null,
      evidence: [],
    };
    return [finding];
  },
};
