/* Loops that sort slices by flow. In the subset of TypeScript that `scripts/loops/` compiles. */
import type { Unsigned } from '../base/unsigned.ts';
import type { FlowColumns } from './flow-columns.ts';
import { STATE_FLOWS, STATE_SLICES } from './flow-columns.ts';

/** Slices by flow, beside those of a log. */
export interface SortColumns {
  /** By flow the place of its next slice: in the end that behind its last. One more than there are flows, 0 to begin with. */
  next: Uint32Array<ArrayBuffer>;
  window: Uint32Array<ArrayBuffer>;
  packets: Uint32Array<ArrayBuffer>;
  bytes: Uint32Array<ArrayBuffer>;
  /** How far `joinNeighbours` is: SORTED_*. */
  progress: Uint32Array<ArrayBuffer>;
}

/** The flow at hand, its slice at hand, and how many slices are kept. */
export const SORTED_FLOW = 0;
export const SORTED_SLICE = 1;
export const SORTED_KEPT = 2;

/** Writes the slices of the log, those of each flow as they follow each other. Hot path. */
export function scatterSlices(columns: FlowColumns, sorted: SortColumns): void {
  const { sliceFlow: flow, sliceWindow, slicePackets, sliceBytes, state } = columns;
  const { next, window, packets, bytes } = sorted;
  const count = state[STATE_SLICES];
  const flows = state[STATE_FLOWS];
  let s: Unsigned = 0;
  while (s < count) {
    next[flow[s] + 1]++;
    s++;
  }
  let f: Unsigned = 0;
  while (f < flows) {
    next[f + 1] += next[f];
    f++;
  }
  s = 0;
  while (s < count) {
    const place = next[flow[s]];
    next[flow[s]] = place + 1;
    window[place] = sliceWindow[s];
    packets[place] = slicePackets[s];
    bytes[place] = sliceBytes[s];
    s++;
  }
}

/**
 * Joins runs of slices of one flow in one window in place, and writes their flows to `sliceFlow`. Stops before a run whose bytes
 * do not fit 32 bits, and at the end; `progress` tells where. Hot path.
 */
export function joinNeighbours(columns: FlowColumns, sorted: SortColumns): void {
  const { sliceFlow, state } = columns;
  const { next: ends, window, packets, bytes, progress } = sorted;
  const flows = state[STATE_FLOWS];
  let s = progress[SORTED_SLICE];
  let kept = progress[SORTED_KEPT];
  let f = progress[SORTED_FLOW];
  let fits = 1;
  while (f < flows && fits !== 0) {
    const end = ends[f];
    while (s < end) {
      const ofWindow = window[s];
      let sumPackets = packets[s];
      let sumBytes = bytes[s];
      let n = (s + 1) >>> 0;
      while (n < end && window[n] === ofWindow) {
        sumPackets = (sumPackets + packets[n]) >>> 0;
        const sum = (sumBytes + bytes[n]) >>> 0;
        if (sum < sumBytes) fits = 0;
        sumBytes = sum;
        n++;
      }
      if (fits === 0) break;
      sliceFlow[kept] = f;
      window[kept] = ofWindow;
      packets[kept] = sumPackets;
      bytes[kept] = sumBytes;
      kept++;
      s = n;
    }
    if (fits !== 0) f++;
  }
  progress[SORTED_SLICE] = s;
  progress[SORTED_KEPT] = kept;
  progress[SORTED_FLOW] = f;
}
