import { isUp } from '../../lacp/mux.ts';
import { secondsApart } from '../../lacp/pdu-sequence.ts';
import type { PduEvent } from '../../lacp/pdu-sequence.ts';
import { periodAskedBy, timeoutOf } from '../../lacp/timers.ts';
import { linksOf, peerOf } from '../context.ts';
import type { RawFinding } from '../finding.ts';
import { findLosses } from '../losses.ts';
import { isPassivePair } from '../lost-partner.ts';
import type { Rule } from '../rule.ts';

/** Linux sends up to 1.8 s apart when 1 s is asked for: only a gap that a lost PDU explains counts. */
const GAP_FACTOR = 1.5;
const GAP_SLACK_SECONDS = 0.7;
const LEAST_LONG_GAPS = 3;
/** Of all gaps: a capture that loses a tenth of its frames shows a hundredth of them as if two LACPDUs were missing. */
const LEAST_SHARE = 0.1;

/** Gaps between LACPDUs of an end that is up, longer than what the other end asks for, outside of losses of the link. */
export const rateViolated: Rule = {
  id: 'lacp/rate-violated',
  severity: 'warn',
  check: (context) =>
    context.ports.flatMap((port): RawFinding[] => {
      if (port.own.length < 2 || port.heard.length === 0 || isPassivePair(port)) return [];
      const [a, b] = port.side === 0 ? [port, peerOf(context, port)] : [peerOf(context, port), port];
      const losses = findLosses([a, b]);
      let worst: { before: PduEvent; after: PduEvent; gap: number; asked: number } | null = null;
      let long = 0;
      let all = 0;
      let h = 0;
      for (let i = 1; i < port.own.length; i++) {
        const [before, after] = [port.own[i - 1], port.own[i]];
        while (h < port.heard.length && secondsApart(port.heard[h], before) >= 0) h++;
        if (h === 0 || !isUp(before.pdu.actor.state) || !isUp(after.pdu.actor.state)) continue;
        const asked = port.heard[h - 1].pdu.actor.state;
        const gap = secondsApart(before, after);
        all++;
        if (gap <= GAP_FACTOR * periodAskedBy(asked) + GAP_SLACK_SECONDS) continue;
        if (losses.some((loss) => secondsApart(before, loss.upAgain ?? port.end) > 0 && secondsApart(loss.lastGood, after) > 0)) continue;
        long++;
        if (worst === null || gap > worst.gap) worst = { before, after, gap, asked };
      }
      if (worst === null) return [];
      // Few of many, after which the other end said nothing, are missing in the capture; so may one or two be that are no timeout.
      const isSeldom = long < all / 2 && (long < LEAST_LONG_GAPS || long < LEAST_SHARE * all);
      if (isSeldom || (long < LEAST_LONG_GAPS && worst.gap < timeoutOf(worst.asked))) return [];
      const { before, after, gap, asked } = worst;
      return [
        {
          id: 'lacp/rate-violated',
          values: { max: gap.toFixed(1), expected: periodAskedBy(asked), timeout: timeoutOf(asked) },
          members: [port.member],
          ports: [port],
          side: port.side,
          since: before,
          evidence: [
            { source: before.source, frame: before.frame, time: before, note: 'LACPDU before the gap' },
            { source: after.source, frame: after.frame, time: after, note: 'LACPDU after it' },
          ],
        },
      ];
    }),
};

/** The two ends ask for different rates: allowed, and worth knowing. */
export const timeoutMismatch: Rule = {
  id: 'lacp/timeout-mismatch',
  severity: 'info',
  check: (context) => {
    const links = linksOf(context).filter(
      ([a, b]) => a.actor !== null && b.actor !== null && periodAskedBy(a.actor.state) !== periodAskedBy(b.actor.state),
    );
    if (links.length === 0) return [];
    const period = (side: 0 | 1): number => periodAskedBy(links[0][side].actor?.state ?? 0);
    const slow = links[0][period(0) > period(1) ? 0 : 1];
    return [
      {
        id: 'lacp/timeout-mismatch',
        values: { a: period(0), b: period(1), slow: 90 },
        members: links.map(([{ member }]) => member),
        side: null,
        since: null,
        evidence: [],
        changes: [{ side: slow.side, change: { kind: 'set-lacp-rate', rate: 'fast' } }],
      },
    ];
  },
};
