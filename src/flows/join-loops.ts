/* Loops that add a part of a capture, counted apart, to a table. In the subset of TypeScript that `scripts/loops/` compiles. */
import type { Unsigned } from '../base/unsigned.ts';
import type { PacketBatch } from '../decoder/packet-batch.ts';
import type { FlowColumns } from './flow-columns.ts';
import { STATE_CHANGES, STATE_FLOWS } from './flow-columns.ts';
import { closeSlice, findRows } from './flow-loops.ts';
import {
  STAT_BYTES_HIGH,
  STAT_FIRST_FRAME,
  STAT_FIRST_NANOS,
  STAT_FIRST_SECONDS,
  STAT_LAST_NANOS,
  STAT_LAST_SECONDS,
  STAT_NUMBER,
  STAT_OPEN_BYTES,
  STAT_OPEN_PACKETS,
  STAT_OPEN_WINDOW,
  STAT_WORDS,
} from './flow-row.ts';

/** Slices added at a time. */
export const JOIN_SLICES = 4096;

/** What is at hand of a part: some of its slices, and where its flows lie in the table. */
export interface PartColumns {
  /** Row of each flow of the part. */
  rowOf: Int32Array<ArrayBuffer>;
  flow: Uint32Array<ArrayBuffer>;
  window: Uint32Array<ArrayBuffer>;
  packets: Uint32Array<ArrayBuffer>;
  bytes: Uint32Array<ArrayBuffer>;
}

/**
 * Finds or adds the first `count` flows of the batch, at most a block, and adds their times and flags. Their whole rows lie in
 * the batch's `keys`, each before its key. `firstFlow`: number of the first in the part, `framesBefore`: records before the
 * part. Hot path.
 */
export function joinRows(
  batch: PacketBatch,
  picked: Uint32Array,
  count: number,
  columns: FlowColumns,
  part: PartColumns,
  firstFlow: number,
  framesBefore: number,
): void {
  const { keys, keyStart } = batch;
  const { rows, found, state } = columns;
  const { rowOf } = part;
  const known = state[STATE_FLOWS];
  findRows(batch, picked, 0, count, columns);
  for (let i = 0; i < count; i++) {
    const row = found[i];
    const other = (keyStart[i] - STAT_WORDS) | 0;
    rowOf[firstFlow + i] = row;
    rows[row + STAT_BYTES_HIGH] |= keys[other + STAT_BYTES_HIGH] & 0xffff0000;
    const lastSeconds = keys[other + STAT_LAST_SECONDS];
    const lastNanos = keys[other + STAT_LAST_NANOS];
    const firstSeconds = keys[other + STAT_FIRST_SECONDS];
    const firstNanos = keys[other + STAT_FIRST_NANOS];
    const last = rows[row + STAT_LAST_SECONDS];
    const first = rows[row + STAT_FIRST_SECONDS];
    const isNew = rows[row + STAT_NUMBER] >= known;
    if (isNew) rows[row + STAT_FIRST_FRAME] = framesBefore + keys[other + STAT_FIRST_FRAME];
    if (isNew || lastSeconds > last || (lastSeconds === last && lastNanos > rows[row + STAT_LAST_NANOS])) {
      rows[row + STAT_LAST_SECONDS] = lastSeconds;
      rows[row + STAT_LAST_NANOS] = lastNanos;
    }
    if (isNew || firstSeconds < first || (firstSeconds === first && firstNanos < rows[row + STAT_FIRST_NANOS])) {
      rows[row + STAT_FIRST_SECONDS] = firstSeconds;
      rows[row + STAT_FIRST_NANOS] = firstNanos;
    }
  }
}

/** Adds the first `count` slices of the part as if each were a frame; `factor` of its windows make one here. The log has room for as many. Hot path. */
export function joinSlices(part: PartColumns, count: number, factor: Unsigned, columns: FlowColumns): void {
  const { rowOf, flow, window: windowOf, packets, bytes } = part;
  const { rows, state } = columns;
  for (let s = 0; s < count; s++) {
    const row = rowOf[flow[s]];
    const window = Math.floor(windowOf[s] / factor);
    const openBytes = rows[row + STAT_OPEN_BYTES];
    const sum = (openBytes + bytes[s]) >>> 0;
    // A sum that is less than its parts went beyond 2^32.
    if (rows[row + STAT_OPEN_WINDOW] !== window || sum < openBytes) {
      if (rows[row + STAT_OPEN_PACKETS] !== 0) {
        if (rows[row + STAT_OPEN_WINDOW] !== window) state[STATE_CHANGES]++;
        closeSlice(columns, row);
      }
      rows[row + STAT_OPEN_WINDOW] = window;
    }
    rows[row + STAT_OPEN_PACKETS] += packets[s];
    rows[row + STAT_OPEN_BYTES] += bytes[s];
  }
}
