import { toMs } from '../../flows/lag-flows.ts';
import { observedEnd } from '../../lacp/observed-time.ts';
import { findBlackholes } from '../blackhole.ts';
import type { DiagnoseContext } from '../context.ts';
import { other, SIDES } from '../context.ts';
import { ANSWERED, forwardOf, reverseOf } from '../conversations.ts';
import type { Moment, RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';
import { clock, percent } from '../words.ts';
import { endsDisagree } from './ends-disagree.ts';

function momentOf(context: DiagnoseContext, ms: number): Moment {
  const seconds = context.traffic.originSeconds + Math.floor(ms / 1000);
  return { seconds, nanos: Math.round((ms - Math.floor(ms / 1000) * 1000) * 1e6) };
}

/** Until when all members were captured that carry what answers a side, in ms on the LAG's axis. */
function answeredUntil({ directions, observed, traffic }: DiagnoseContext, side: 0 | 1): number {
  const carrying = observed.filter((_, m) => (directions[other(side)].memberPackets[m] ?? 0) > 0);
  return carrying.reduce((first, spans) => {
    const end = observedEnd(spans);
    return end === null ? first : Math.min(first, toMs(end.seconds, end.nanos, traffic.originSeconds));
  }, Infinity);
}

/** A side keeps using a member from which nothing comes back any more: static LAGs and slow timers do. */
export const failoverBlackhole: Rule = {
  id: 'bond/failover-blackhole',
  severity: 'error',
  check: (context) => {
    // Only that others still answer tells.
    if (context.members.length < 2) return [];
    const explained = new Set(endsDisagree.check(context).flatMap(({ members }) => members));
    return findBlackholes(context.conversations(), context.members.length, [answeredUntil(context, 0), answeredUntil(context, 1)])
      .filter(({ member }) => !explained.has(member))
      .map(({ member, side, fromMs, toMs, flows, frames }): RawFinding => {
        const speaksLacp = context.ports.some((port) => port.member === member && port.own.length > 0);
        const since = momentOf(context, fromMs);
        return {
          id: 'bond/failover-blackhole',
          values: { count: flows, first: clock(since), seconds: ((toMs - fromMs) / 1000).toFixed(1) },
          members: [member],
          side,
          since,
          evidence: frames.map(([source, frame, ms]) => ({
            source,
            frame,
            time: momentOf(context, ms),
            note: 'sent there, never answered',
          })),
          changes: speaksLacp
            ? [{ side: other(side), change: { kind: 'set-lacp-rate', rate: 'fast' } }]
            : SIDES.map((of) => ({ side: of, change: { kind: 'create-lag', protocol: 'lacp' } })),
        };
      });
  },
};

/** Segments that come late, and their share, to be more than a change of members under way. */
const LEAST_LATE = 20;
const LEAST_LATE_SHARE = 0.01;

/** TCP segments overtake each other on two members: TCP takes that for loss. Not told where the clocks differ. */
export const reordered: Rule = {
  id: 'path/reordered',
  severity: 'warn',
  check: (context) =>
    context.clockSkews.length > 0
      ? []
      : context.reordering
          .filter(({ late, segments }) => late >= LEAST_LATE && late >= LEAST_LATE_SHARE * segments)
          .map(({ side, late, segments, flows, longestMs, members, examples }): RawFinding => ({
            id: 'path/reordered',
            values: { late, total: segments, flows, longest: longestMs.toFixed(1) },
            members,
            side,
            since: examples[0][0].time,
            evidence: examples.flatMap(([segment, earlier]) => [
              {
                source: segment.source,
                frame: segment.frame,
                time: segment.time,
                note: `came late, on ${context.members[segment.member].name}`,
              },
              {
                source: earlier.source,
                frame: earlier.frame,
                time: earlier.time,
                note: `overtook it, on ${context.members[earlier.member].name}`,
              },
            ]),
          })),
};

/** Conversations that must be there, and the share of them on different members, to be worth a word. */
const LEAST_PAIRS = 10;
const LEAST_SHARE = 0.1;

/** Question on one member, answer on another: normal, as each end chooses its own. */
export const asymmetric: Rule = {
  id: 'path/asymmetric',
  severity: 'info',
  check: (context) => {
    if (context.members.length < 2) return [];
    const { count, side, traits, ends } = context.conversations();
    let pairs = 0;
    let apart = 0;
    let first = -1;
    for (let talk = 0; talk < count; talk++) {
      const [forward, reverse] = [ends.member[forwardOf(talk)], ends.member[reverseOf(talk)]];
      if (side[talk] !== 0 || (traits[talk] & ANSWERED) === 0 || forward < 0 || reverse < 0) continue;
      pairs++;
      if (forward === reverse) continue;
      apart++;
      if (first < 0) first = talk;
    }
    if (pairs < LEAST_PAIRS || apart < LEAST_SHARE * pairs) return [];
    return [
      {
        id: 'path/asymmetric',
        values: { count: apart, total: pairs, share: percent(apart / pairs) },
        members: [],
        side: null,
        since: null,
        evidence: [forwardOf(first), reverseOf(first)].map((end) => ({
          source: ends.source[end],
          frame: ends.frame[end],
          time: momentOf(context, ends.firstMs[end]),
          note: `one conversation: on ${context.members[ends.member[end]].name}`,
        })),
      },
    ];
  },
};
