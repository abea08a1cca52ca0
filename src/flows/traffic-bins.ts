import type { DirectedFlows } from './direct-flows.ts';
import { NO_FLOW } from './flow-row.ts';
import { sliceTables } from './lag-flows.ts';
import type { LagFlows, SliceTable } from './lag-flows.ts';
import type { TableKind } from './merge.ts';
import { WINDOW_WIDTHS_MS } from './slice-log.ts';

/** Bins of equal width over the LAG's time axis; what lies outside counts to the outermost ones. */
export interface BinAxis {
  readonly fromMs: number;
  readonly binMs: number;
  readonly bins: number;
}

/** Classes in which frames are counted: by direction (0, 1 and UNASSIGNED), and control. */
export const CLASS_CONTROL = 3;
export const CLASSES = 4;

/** Frames of a LAG by member, class and time, for all who ask at their own width. */
export interface TrafficBins {
  readonly flows: LagFlows;
  /** Per flow: its class. */
  readonly classOf: Uint8Array;
  readonly axis: BinAxis;
  /** Per member: packets of frames; index class * bins + bin. */
  readonly packets: readonly Uint32Array[];
  /** Largest mean size of frames, in bytes without FCS, that any flow shows in one slice of time: some frame is at least as long. */
  readonly longestFrameBytes: number;
}

/** The finest that is asked for. */
const LEAST_BIN_MS = 50;
const MOST_BINS = 20_000;

/** The narrowest of the usual widths that is no narrower than `leastMs` and the widest slice, with about `most` bins at most. */
export function chooseBinMs({ firstMs, lastMs, widthMs }: LagFlows, leastMs: number, most: number): number {
  const wanted = Math.max(leastMs, widthMs, (lastMs - firstMs) / most);
  return WINDOW_WIDTHS_MS.find((width) => width >= wanted) ?? wanted;
}

/** Bins of a width from the one of the first frame to that of the last. */
export function binAxis({ firstMs, lastMs }: LagFlows, binMs: number): BinAxis {
  const fromMs = Math.floor(firstMs / binMs) * binMs;
  return { fromMs, binMs, bins: Math.floor((lastMs - fromMs) / binMs) + 1 };
}

/** Goes through the slices of all frames once. */
export function binTraffic(flows: LagFlows, directed: DirectedFlows): TrafficBins {
  const axis = binAxis(flows, chooseBinMs(flows, LEAST_BIN_MS, MOST_BINS));
  const classOf = classify(directed);
  const packets = Array.from({ length: flows.memberCount }, () => new Uint32Array(CLASSES * axis.bins));
  let longest = 0;
  for (const table of sliceTables(flows, 'frames')) longest = addToBins(table, classOf, axis, packets[table.member], longest);
  return { flows, classOf, axis, packets, longestFrameBytes: Math.ceil(longest) };
}

function classify({ direction, control }: DirectedFlows): Uint8Array {
  const classOf = new Uint8Array(direction.length);
  for (let f = 0; f < classOf.length; f++) classOf[f] = control[f] !== 0 ? CLASS_CONTROL : direction[f];
  return classOf;
}

/** Frames of a kind on one member at another width; index class * bins + bin. */
export function countInBins({ flows, classOf, axis, packets }: TrafficBins, kind: TableKind, member: number, wanted: BinAxis): Uint32Array {
  const sums = new Uint32Array(CLASSES * wanted.bins);
  if (kind === 'frames' && wanted.binMs % axis.binMs === 0) {
    for (let c = 0; c < CLASSES; c++) widenBins(packets[member], c * axis.bins, axis, sums, c * wanted.bins, wanted);
    return sums;
  }
  for (const table of sliceTables(flows, kind)) if (table.member === member) addToBins(table, classOf, wanted, sums, 0);
  return sums;
}

function widenBins(fine: Uint32Array, from: number, axis: BinAxis, wide: Uint32Array, to: number, wanted: BinAxis): void {
  const offsetMs = axis.fromMs - wanted.fromMs;
  for (let b = 0; b < axis.bins; b++) {
    if (fine[from + b] === 0) continue;
    wide[to + Math.min(Math.floor((offsetMs + b * axis.binMs) / wanted.binMs), wanted.bins - 1)] += fine[from + b];
  }
}

/**
 * Adds the packets of a table's slices to `sums` by the class of their flow. Returns the largest mean size of frames
 * that a slice shows, or `longest` if that is more. One loop without a call for each slice. Hot path.
 */
function addToBins(
  { slices, flowOf, shiftMs }: SliceTable,
  classOf: Uint8Array,
  { fromMs, binMs, bins }: BinAxis,
  sums: Uint32Array,
  longest: number,
): number {
  const { count, flow: number, window, packets, bytes, widthMs } = slices;
  const offsetMs = shiftMs - fromMs;
  let largest = longest;
  for (let s = 0; s < count; s++) {
    const flow = flowOf[number[s]];
    if (flow === NO_FLOW) continue;
    const at = (offsetMs + window[s] * widthMs) / binMs;
    const bin = at < 0 ? 0 : at >= bins ? bins - 1 : at | 0;
    sums[classOf[flow] * bins + bin] += packets[s];
    if (bytes[s] > largest * packets[s]) largest = bytes[s] / packets[s];
  }
  return largest;
}
