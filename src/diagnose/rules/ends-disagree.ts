import type { DiagnoseContext } from '../context.ts';
import { other, SIDES } from '../context.ts';
import type { FrameEvidence, RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';
import { momentOfBin } from '../traffic.ts';
import { clock } from '../words.ts';

/** Shortest outage that counts, and frames of side a without any answer in it. */
const LEAST_SECONDS = 3;
const LEAST_FRAMES = 5;

/**
 * Active-backup over separate paths whose ends chose different members: side a sends on one and hears nothing there,
 * while side b shows itself on another. Only where the LAG otherwise uses one member at a time for both directions.
 */
export const endsDisagree: Rule = {
  id: 'bond/ends-disagree-active',
  severity: 'error',
  check: (context) => {
    const { traffic } = context;
    const { bins, memberCount, data, heard } = traffic;
    if (context.ports.length > 0 || memberCount < 2) return [];
    const usual = usedMember(context);
    if (usual < 0) return [];
    const [a, b] = data;
    let best: { from: number; to: number; frames: number; seenOn: number } | null = null;
    let from = 0;
    // Longest stretch without a frame of side b on the member that side a sends on. One that floods several members uses them all.
    for (let bin = 0; bin <= bins; bin++) {
      if (bin < bins && heard[1][usual * bins + bin] === 0) continue;
      const span = { from, to: bin, frames: 0, seenOn: -1 };
      for (let i = from; i < bin; i++) {
        span.frames += a[usual * bins + i];
        for (let m = 0; m < memberCount; m++) if (m !== usual && b[m * bins + i] > 0) span.seenOn = m;
      }
      const seconds = ((bin - from) * traffic.binMs) / 1000;
      if (seconds >= LEAST_SECONDS && span.frames >= LEAST_FRAMES && span.seenOn >= 0 && (best === null || span.frames > best.frames))
        best = span;
      from = bin + 1;
    }
    if (best === null) return [];
    const since = momentOfBin(traffic, best.from);
    const until = momentOfBin(traffic, Math.min(best.to, bins - 1));
    return [
      {
        id: 'bond/ends-disagree-active',
        values: {
          sends: context.members[usual].name,
          listens: context.members[best.seenOn].name,
          first: clock(since),
          last: clock(until),
          seconds: (((best.to - best.from) * traffic.binMs) / 1000).toFixed(1),
          packets: best.frames,
        },
        members: [usual, best.seenOn],
        side: null,
        since,
        evidence: framesOf(context, usual, best),
        // Each end has to ask for an address behind the other.
        changes: SIDES.flatMap((side): Exclude<RawFinding['changes'], undefined> => {
          const targets = context.addressesOf(other(side)).slice(0, 1);
          return targets.length === 0 ? [] : [{ side, change: { kind: 'set-arp-monitor', intervalMs: 400, targets, validate: 'all' } }];
        }),
      },
    ];
  },
};

/** Frames that show it: side b on the other member, side a on its own, and the first answer after it. */
function framesOf(
  context: DiagnoseContext,
  usual: number,
  span: { readonly from: number; readonly to: number; readonly seenOn: number },
): FrameEvidence[] {
  const { fromMs, binMs, bins } = context.traffic;
  const msOf = (bin: number): number => fromMs + bin * binMs;
  const during = { fromMs: msOf(span.from), toMs: msOf(span.to), pick: 'first' } as const;
  const theirs = context.flowStart({ ...during, member: span.seenOn, side: 1 });
  const own = context.flowStart({ ...during, member: usual, side: 0 });
  const answer =
    span.to >= bins ? null : context.flowStart({ member: usual, side: 1, fromMs: msOf(span.to), toMs: Infinity, pick: 'first' });
  return [
    ...(theirs === null ? [] : [{ ...theirs, note: `side b begins on ${context.members[span.seenOn].name}` }]),
    ...(own === null ? [] : [{ ...own, note: `side a begins on ${context.members[usual].name}, no answer` }]),
    ...(answer === null ? [] : [{ ...answer, note: `side b begins on ${context.members[usual].name} again` }]),
  ];
}

/** The member that carries (nearly) all data of both sides, or -1. */
function usedMember({ directions, members }: Parameters<Rule['check']>[0]): number {
  const [a, b] = directions;
  for (let m = 0; m < members.length; m++) {
    const isUsual = a.packets > 0 && b.packets > 0 && a.memberPackets[m] >= 0.9 * a.packets && b.memberPackets[m] >= 0.7 * b.packets;
    if (isUsual) return m;
  }
  return -1;
}
