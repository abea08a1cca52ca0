import type { PlanLayout } from './plan-layout.ts';
import { noFlows, sumOpenMoves } from './plan-moves.ts';
import type { FlowSum } from './plan-moves.ts';
import { NOWHERE } from './plan-traffic.ts';
import type { PlanTraffic } from './plan-traffic.ts';

/** Where everything goes. Index of the loads: slot; what is undecided is in them by expected value. */
export interface PlanOutcome {
  readonly packets: Float64Array;
  readonly bytes: Float64Array;
  /** Highest rate of each slot in bits per second, per width of `PEAK_WIDTHS_MS` that the grain allows; empty without replay in time. */
  readonly peaks: readonly SlotPeaks[];
  /** What leaves its member for certain. */
  readonly moved: FlowSum;
  /** What may leave it: nobody can tell where the scenario puts it. */
  readonly mayMove: FlowSum;
  readonly uncertain: { readonly packets: number; readonly bytes: number };
}

export interface SlotPeaks {
  readonly widthMs: number;
  /** Bits per second. */
  readonly bps: Float64Array;
}

/** Widths of the windows that peaks are looked for in, widest first. */
export const PEAK_WIDTHS_MS = [1000, 100, 10, 1] as const;
/** The width of `peakBps` where the grain allows it: what queues of a switch cannot level out, and counters show. */
export const MAIN_PEAK_WIDTH_MS = 1000;

/** Slot of each place (NOWHERE: undecided), for what follows the flow alone. */
export function replayFlows(traffic: PlanTraffic, layout: PlanLayout, slotOf: Uint8Array, inTime: boolean): PlanOutcome {
  const { list, packets, bytes, home } = traffic;
  const slots = layout.members.length;
  const sum = new Float64Array(slots + 1);
  const count = new Float64Array(slots + 1);
  for (let p = 0; p < list.length; p++) {
    const slot = slotOf[p] === NOWHERE ? slots : slotOf[p];
    sum[slot] += bytes[p];
    count[slot] += packets[p];
  }
  const uncertain = { packets: count[slots], bytes: sum[slots] };
  shareOut(sum, layout);
  shareOut(count, layout);
  const { moved, mayMove } = uncertain.packets > 0 ? sumOpenMoves(traffic, layout, slotOf) : { moved: noFlows(), mayMove: noFlows() };
  if (!inTime) {
    for (let p = 0; p < list.length; p++) {
      if (slotOf[p] === NOWHERE || home[p] === NOWHERE || layout.members[slotOf[p]] === home[p]) continue;
      moved.flows++;
      moved.bytes += bytes[p];
    }
    return { packets: count.subarray(0, slots), bytes: sum.subarray(0, slots), peaks: [], moved, mayMove, uncertain };
  }
  const { slices, bins } = traffic;
  const memberOf = Int16Array.from(layout.members);
  const load = new Float64Array((slots + 1) * bins);
  const hasMoved = new Uint8Array(list.length);
  for (let s = 0; s < slices.count; s++) {
    const p = slices.place[s];
    const slot = slotOf[p];
    if (slot === NOWHERE) {
      load[slots * bins + slices.bin[s]] += slices.bytes[s];
      continue;
    }
    load[slot * bins + slices.bin[s]] += slices.bytes[s];
    if (memberOf[slot] !== slices.member[s] && slices.member[s] !== NOWHERE) {
      moved.bytes += slices.bytes[s];
      if (hasMoved[p] === 0) {
        hasMoved[p] = 1;
        moved.flows++;
      }
    }
  }
  return {
    packets: count.subarray(0, slots),
    bytes: sum.subarray(0, slots),
    peaks: findPeaks(traffic, spreadLoad(load, layout, bins, uncertain.bytes), slots),
    moved,
    mayMove,
    uncertain,
  };
}

/** What was sent as it was sent: slot of each slice, and whether the policy decides it. */
export function replaySlices(
  traffic: PlanTraffic,
  layout: PlanLayout,
  slotOf: Uint8Array,
  isDecided: Uint8Array,
  inTime: boolean,
): PlanOutcome {
  const { slices, bins } = traffic;
  const slots = layout.members.length;
  const bytes = new Float64Array(slots);
  const packets = new Float64Array(slots);
  const uncertain = { packets: 0, bytes: 0 };
  const load = new Float64Array(inTime ? slots * bins : 0);
  for (let s = 0; s < slices.count; s++) {
    const slot = slotOf[s];
    bytes[slot] += slices.bytes[s];
    packets[slot] += slices.packets[s];
    if (inTime) load[slot * bins + slices.bin[s]] += slices.bytes[s];
    if (isDecided[s] === 0) {
      uncertain.packets += slices.packets[s];
      uncertain.bytes += slices.bytes[s];
    }
  }
  return { packets, bytes, peaks: inTime ? findPeaks(traffic, load, slots) : [], moved: noFlows(), mayMove: noFlows(), uncertain };
}

/** What is undecided (behind the last slot) goes to every live slot in equal parts: its expected value. */
function shareOut(sums: Float64Array, { live, members }: PlanLayout): void {
  const open = sums[members.length];
  if (open === 0 || live.length === 0) return;
  for (const slot of live) sums[slot] += open / live.length;
}

function spreadLoad(load: Float64Array, { live, members }: PlanLayout, bins: number, undecidedBytes: number): Float64Array {
  if (undecidedBytes === 0 || live.length === 0) return load;
  const open = members.length * bins;
  for (const slot of live) for (let b = 0; b < bins; b++) load[slot * bins + b] += load[open + b] / live.length;
  return load;
}

/** Highest rate of each slot in every width that the bins allow. `load`: bytes, index slot * bins + bin. */
export function findPeaks({ binMs, bins, fromMs }: PlanTraffic, load: Float64Array, slots: number): SlotPeaks[] {
  const widths = PEAK_WIDTHS_MS.filter((width) => width >= binMs);
  const peaks: SlotPeaks[] = [];
  // Windows lie on multiples of their width, so wider ones are sums of narrower ones.
  let windows: Windows = { widthMs: binMs, first: Math.round(fromMs / binMs), count: bins, load };
  for (const widthMs of widths.length > 0 ? [...widths].reverse() : [binMs]) {
    windows = widen(windows, widthMs, slots);
    const bps = new Float64Array(slots);
    for (let slot = 0; slot < slots; slot++) {
      let most = 0;
      for (let at = slot * windows.count; at < (slot + 1) * windows.count; at++) if (windows.load[at] > most) most = windows.load[at];
      bps[slot] = (most * 8000) / widthMs;
    }
    peaks.unshift({ widthMs, bps });
  }
  return peaks;
}

/** Bytes per slot and window: index slot * count + window. `first`: number of the first window, counted from 0 on the axis. */
interface Windows {
  readonly widthMs: number;
  readonly first: number;
  readonly count: number;
  readonly load: Float64Array;
}

function widen(windows: Windows, widthMs: number, slots: number): Windows {
  const step = widthMs / windows.widthMs;
  if (step === 1) return windows;
  const first = Math.floor(windows.first / step);
  const count = Math.floor((windows.first + windows.count - 1) / step) - first + 1;
  const load = new Float64Array(slots * count);
  for (let slot = 0; slot < slots; slot++) {
    let at = slot * count;
    let left = step - (windows.first - first * step);
    for (let b = slot * windows.count; b < (slot + 1) * windows.count; b++) {
      load[at] += windows.load[b];
      if (--left > 0) continue;
      left = step;
      at++;
    }
  }
  return { widthMs, first, count, load };
}

/** What chance makes of each slot: index draw * slots + slot. */
export interface DrawnLoads {
  readonly draws: number;
  /** Share of the bytes. */
  readonly shares: Float64Array;
  /** Highest rate in windows of `MAIN_PEAK_WIDTH_MS`, or of a bin where those are wider; empty without time. */
  readonly peakBps: Float64Array;
}

/** Work of all draws together, in slices: a small capture is drawn often, a large one less. */
const MOST_DRAWN_SLICES = 8_000_000;
const MOST_DRAWS = 200;
const LEAST_DRAWS = 20;

/** Places every undecided flow by chance, many times: each takes one live slot with equal probability, apart from all others. */
export function drawUndecided(
  traffic: PlanTraffic,
  layout: PlanLayout,
  slotOf: Uint8Array,
  random: () => number,
  wanted?: number,
): DrawnLoads {
  const { list, bytes, slices, bins, binMs, fromMs, totalBytes } = traffic;
  const slots = layout.members.length;
  const { live } = layout;
  const step = Math.max(Math.round(MAIN_PEAK_WIDTH_MS / binMs), 1);
  const shift = ((Math.round(fromMs / binMs) % step) + step) % step;
  const steps = Math.ceil((bins + shift) / step);
  const fixedLoad = new Float64Array(slots * steps);
  const fixedBytes = new Float64Array(slots);
  const open: number[] = [];
  for (let p = 0; p < list.length; p++) {
    if (slotOf[p] === NOWHERE) open.push(p);
    else fixedBytes[slotOf[p]] += bytes[p];
  }
  const openSlices: number[] = [];
  for (let s = 0; s < slices.count; s++) {
    const slot = slotOf[slices.place[s]];
    if (slot === NOWHERE) openSlices.push(s);
    else fixedLoad[slot * steps + Math.floor((slices.bin[s] + shift) / step)] += slices.bytes[s];
  }
  const work = openSlices.length + slots * steps + 1;
  const draws = wanted ?? Math.max(LEAST_DRAWS, Math.min(MOST_DRAWS, Math.floor(MOST_DRAWN_SLICES / work)));
  const shares = new Float64Array(draws * slots);
  const peakBps = new Float64Array(draws * slots);
  const drawn = new Uint8Array(list.length);
  const load = fixedLoad.slice();
  const sum = new Float64Array(slots);
  const fixedPeak = Float64Array.from({ length: slots }, (_, slot) => greatest(fixedLoad.subarray(slot * steps, (slot + 1) * steps)));
  const peak = new Float64Array(slots);
  // Only steps with undecided frames change, and only upwards: a draw costs what those cost, however long the capture is.
  const openSteps = Uint32Array.from(openSlices, (s) => Math.floor((slices.bin[s] + shift) / step));
  for (let d = 0; d < draws; d++) {
    sum.set(fixedBytes);
    peak.set(fixedPeak);
    for (const p of open) {
      drawn[p] = live[Math.floor(random() * live.length)];
      sum[drawn[p]] += bytes[p];
    }
    for (let o = 0; o < openSlices.length; o++) {
      const slot = drawn[slices.place[openSlices[o]]];
      const at = slot * steps + openSteps[o];
      load[at] += slices.bytes[openSlices[o]];
      if (load[at] > peak[slot]) peak[slot] = load[at];
    }
    for (let o = 0; o < openSlices.length; o++) {
      const at = drawn[slices.place[openSlices[o]]] * steps + openSteps[o];
      load[at] = fixedLoad[at];
    }
    for (let slot = 0; slot < slots; slot++) {
      shares[d * slots + slot] = totalBytes > 0 ? sum[slot] / totalBytes : 0;
      peakBps[d * slots + slot] = (peak[slot] * 8000) / (step * binMs);
    }
  }
  return { draws, shares, peakBps };
}

function greatest(values: Float64Array): number {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return most;
}
