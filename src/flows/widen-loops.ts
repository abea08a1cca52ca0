/* Loops over the log of slices when its windows widen. In the subset of TypeScript that `scripts/loops/` compiles. */
import type { Unsigned } from '../base/unsigned.ts';
import type { FlowColumns } from './flow-columns.ts';
import { NO_WINDOW, STATE_CHANGES, STATE_FLOWS, STATE_SLICES } from './flow-columns.ts';
import { STAT_OPEN_PACKETS, STAT_OPEN_WINDOW } from './flow-row.ts';

export interface WidenColumns {
  /** By flow the window of its newest slice and where that is, side by side: mostly both are needed. NO_WINDOW to begin with. */
  newest: Uint32Array<ArrayBuffer>;
  /** By width: how many windows of now make one, and how many changes of window would be none; 0 to begin with. */
  factors: Uint32Array<ArrayBuffer>;
  merging: Uint32Array<ArrayBuffer>;
}

/** Slices of one flow that follow each other and fall into one window of `factor` times the width become one. Hot path. */
export function widenWindows(columns: FlowColumns, widening: WidenColumns, factor: Unsigned): void {
  const { rows, starts, sliceFlow: flow, sliceWindow: window, slicePackets: packets, sliceBytes: bytes, state } = columns;
  const { newest } = widening;
  const count = state[STATE_SLICES];
  const flows = state[STATE_FLOWS];
  let kept: Unsigned = 0;
  let changes: Unsigned = 0;
  let s: Unsigned = 0;
  while (s < count) {
    const f = flow[s] << 1;
    const wide = Math.floor(window[s] / factor);
    const before = newest[f];
    const at = newest[f + 1];
    let isKept = 1;
    if (before === wide) {
      const sum = (bytes[at] + bytes[s]) >>> 0;
      // A sum that is less than its parts went beyond 2^32: then the slices stay apart.
      if (sum >= bytes[s]) {
        packets[at] += packets[s];
        bytes[at] = sum;
        isKept = 0;
      }
    } else if (before !== NO_WINDOW) changes++;
    if (isKept !== 0) {
      flow[kept] = flow[s];
      window[kept] = wide;
      packets[kept] = packets[s];
      bytes[kept] = bytes[s];
      newest[f] = wide;
      newest[f + 1] = kept;
      kept++;
    }
    s++;
  }
  let n: Unsigned = 0;
  while (n < flows) {
    const row = starts[n];
    const wide = Math.floor(rows[row + STAT_OPEN_WINDOW] / factor);
    rows[row + STAT_OPEN_WINDOW] = wide;
    const before = newest[n << 1];
    if (before !== NO_WINDOW && before !== wide && rows[row + STAT_OPEN_PACKETS] !== 0) changes++;
    n++;
  }
  state[STATE_SLICES] = kept;
  state[STATE_CHANGES] = changes;
}

/**
 * Writes to `merging`, for each width from place `next` up to `widths`, how many changes of window are none at that width
 * first, going by every `sampled`th flow (a power of two). Hot path.
 */
export function countMergers(columns: FlowColumns, widening: WidenColumns, next: number, widths: number, sampled: Unsigned): void {
  const { rows, starts, sliceFlow: flow, sliceWindow: window, state } = columns;
  const { newest, factors, merging } = widening;
  const count = state[STATE_SLICES];
  const flows = state[STATE_FLOWS];
  let s: Unsigned = 0;
  while (s < count) {
    const f = flow[s];
    if ((f & (sampled - 1)) === 0) {
      const before = newest[f << 1];
      const after = window[s];
      newest[f << 1] = after;
      if (before !== NO_WINDOW && before !== after) merging[firstJoint(factors, next, widths, before, after)] += sampled;
    }
    s++;
  }
  let n: Unsigned = 0;
  while (n < flows) {
    const before = newest[n << 1];
    const after = rows[starts[n] + STAT_OPEN_WINDOW];
    if (before !== NO_WINDOW && before !== after && rows[starts[n] + STAT_OPEN_PACKETS] !== 0)
      merging[firstJoint(factors, next, widths, before, after)] += sampled;
    n = (n + sampled) >>> 0;
  }
}

/** The first width from `next` on at which two windows are one; `widths` if there is none. */
function firstJoint(factors: Uint32Array, next: number, widths: number, before: Unsigned, after: Unsigned): number {
  const gap = after > before ? (after - before) >>> 0 : (before - after) >>> 0;
  let joint = next;
  while (joint < widths) {
    const factor = factors[joint];
    if (gap < factor && Math.floor(before / factor) === Math.floor(after / factor)) break;
    joint++;
  }
  return joint;
}
