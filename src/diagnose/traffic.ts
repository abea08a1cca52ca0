import { isObserved } from '../lacp/observed-time.ts';
import type { ObservedSpan } from '../lacp/observed-time.ts';
import { secondsApart } from '../lacp/pdu-sequence.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { binAxis, chooseBinMs, CLASSES, countInBins } from '../flows/traffic-bins.ts';
import type { TrafficBins } from '../flows/traffic-bins.ts';
import type { Moment } from './finding.ts';

/** Frames per member and time bin. */
export interface MemberTraffic {
  readonly memberCount: number;
  readonly bins: number;
  readonly binMs: number;
  /** Left edge of bin 0 on the LAG's axis, and the second at which that axis begins. */
  readonly fromMs: number;
  readonly originSeconds: number;
  /** Frames of any kind; index member * bins + bin. */
  readonly any: Uint32Array;
  /** Data of side a, of side b; same index. */
  readonly data: readonly [Uint32Array, Uint32Array];
  /** The same with the copies that a side that floods sends on other members; same index. */
  readonly heard: readonly [Uint32Array, Uint32Array];
  /** Largest mean size of frames, in bytes without FCS, that any flow shows in one slice of time: some frame is at least as long. */
  readonly longestFrameBytes: number;
}

const MAX_BINS = 20_000;
const LEAST_BIN_MS = 100;

export function countTraffic(flows: LagFlows, counted: TrafficBins): MemberTraffic {
  const { memberCount, originSeconds } = flows;
  const axis = binAxis(flows, chooseBinMs(flows, LEAST_BIN_MS, MAX_BINS));
  const { bins } = axis;
  const any = new Uint32Array(memberCount * bins);
  const perSide = (): [Uint32Array, Uint32Array] => [new Uint32Array(memberCount * bins), new Uint32Array(memberCount * bins)];
  const data = perSide();
  const heard = perSide();
  for (const kind of ['frames', 'reflections', 'duplicates'] as const) {
    if (!flows.merged.tables.some((table) => table.kind === kind)) continue;
    for (let m = 0; m < memberCount; m++) {
      const packets = countInBins(counted, kind, m, axis);
      for (let c = 0; c < CLASSES; c++) addBins(any, m * bins, packets, c * bins, bins);
      for (const side of [0, 1] as const) {
        addBins(heard[side], m * bins, packets, side * bins, bins);
        if (kind === 'frames') addBins(data[side], m * bins, packets, side * bins, bins);
      }
    }
  }
  return { memberCount, ...axis, originSeconds, any, data, heard, longestFrameBytes: counted.longestFrameBytes };
}

function addBins(sums: Uint32Array, at: number, packets: Uint32Array, from: number, bins: number): void {
  for (let b = 0; b < bins; b++) sums[at + b] += packets[from + b];
}

/** Moment of the left edge of a bin. */
export function momentOfBin(traffic: MemberTraffic, bin: number): { seconds: number; nanos: number } {
  const ms = traffic.fromMs + bin * traffic.binMs;
  return { seconds: traffic.originSeconds + Math.floor(ms / 1000), nanos: Math.round((ms - Math.floor(ms / 1000) * 1000) * 1e6) };
}

/** Whether a member was captured from the left edge of bin `from` to that of bin `to`, or to the end of the captures. */
export function isBinObserved(traffic: MemberTraffic, spans: readonly ObservedSpan[], from: number, to: number, end: Moment): boolean {
  const until = momentOfBin(traffic, to);
  return isObserved(spans, momentOfBin(traffic, from), secondsApart(until, end) < 0 ? end : until);
}

export interface SilentSpan {
  readonly member: number;
  /** Last bin with a frame before, first bin with one after (`bins` if none). */
  readonly lastBin: number;
  readonly nextBin: number;
  readonly seconds: number;
}

/** Least silence that counts, in seconds; frames of the other members during it, and of the member itself before it. */
const LEAST_SILENCE_SECONDS = 1.5;
const LEAST_OTHER_FRAMES = 50;
const LEAST_OWN_FRAMES = 20;
/** Share of an equal part that the member must have carried before: a standby member may be silent for long. */
const LEAST_USE = 0.25;
/** How many times more frames of the others than in any other silence of the member. */
const OUTSTANDING = 6;

/**
 * Stretches in which a member that was in use went wholly silent while others went on. At most one per member: the one
 * with most frames of the others, if it stands out.
 */
export function findSilences(traffic: MemberTraffic): SilentSpan[] {
  const spans: SilentSpan[] = [];
  const { bins, memberCount, any, binMs } = traffic;
  const total = new Float64Array(bins);
  for (let m = 0; m < memberCount; m++) for (let b = 0; b < bins; b++) total[b] += any[m * bins + b];
  for (let member = 0; member < memberCount; member++) {
    let best: (SilentSpan & { others: number; used: boolean }) | null = null;
    let allBefore = 0;
    let second = 0;
    let last = -1;
    let others = 0;
    let before = 0;
    for (let b = 0; b <= bins; b++) {
      const own = b < bins ? any[member * bins + b] : 1;
      if (own === 0) {
        others += total[b];
        allBefore += total[b];
        continue;
      }
      if (last >= 0 && b - last > 1 && before >= LEAST_OWN_FRAMES) {
        if (best === null || others > best.others) {
          second = best?.others ?? second;
          best = {
            member,
            lastBin: last,
            nextBin: b,
            seconds: ((b - last) * binMs) / 1000,
            others,
            used: before >= (LEAST_USE * (allBefore - others)) / memberCount,
          };
        } else if (others > second) second = others;
      }
      before += own;
      if (b < bins) allBefore += total[b];
      others = 0;
      last = b;
    }
    if (
      best !== null &&
      best.used &&
      best.seconds >= LEAST_SILENCE_SECONDS &&
      best.others >= Math.max(LEAST_OTHER_FRAMES, OUTSTANDING * second)
    )
      spans.push(best);
  }
  return spans;
}

/** Share of a side's data before and after a handover, and frames on either part, that make it one. */
const HANDOVER_SHARE = 0.95;
const LEAST_PART = 50;

/** A side that sends on one member up to a moment and on another from then on (active-backup). The last bin with its data on the old one, and whether it came to the new one at that moment; null if there is none. */
export function findHandover(
  traffic: MemberTraffic,
  side: 0 | 1,
): { readonly from: number; readonly to: number; readonly lastBin: number; readonly isSudden: boolean } | null {
  const { bins, memberCount } = traffic;
  const data = traffic.data[side];
  const sums = Array.from({ length: memberCount }, (_, m) => {
    let sum = 0;
    for (let b = 0; b < bins; b++) sum += data[m * bins + b];
    return sum;
  });
  const all = sums.reduce((x, y) => x + y, 0);
  const before = new Float64Array(memberCount);
  let done = 0;
  let best: { from: number; to: number; lastBin: number; fit: number; isSudden: boolean } | null = null;
  for (let b = 0; b < bins - 1; b++) {
    let here = 0;
    for (let m = 0; m < memberCount; m++) {
      before[m] += data[m * bins + b];
      here += data[m * bins + b];
    }
    done += here;
    if (here === 0 || done < LEAST_PART || all - done < LEAST_PART) continue;
    for (let from = 0; from < memberCount; from++) {
      if (before[from] < HANDOVER_SHARE * done) continue;
      for (let to = 0; to < memberCount; to++) {
        const after = sums[to] - before[to];
        const fit = before[from] + after;
        if (to === from || after < HANDOVER_SHARE * (all - done) || (best !== null && fit <= best.fit)) continue;
        best = { from, to, lastBin: b, fit, isSudden: after * (b + 1) >= OUTSTANDING * Math.max(before[to], 1) * (bins - 1 - b) };
      }
    }
  }
  return best;
}
