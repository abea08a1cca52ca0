import {
  STAT_BYTES_HIGH,
  STAT_BYTES_LOW,
  STAT_FIRST_NANOS,
  STAT_FIRST_SECONDS,
  STAT_LAST_NANOS,
  STAT_LAST_SECONDS,
  STAT_NUMBER,
  STAT_OPEN_BYTES,
  STAT_OPEN_PACKETS,
  STAT_OPEN_WINDOW,
  STAT_PACKETS,
} from './flow-row.ts';
import type { SliceColumns } from './slice-columns.ts';
import type { SliceLog } from './slice-log.ts';

/** Adds slices [from, to) of a part, of whose windows `factor` make one here. A function of its own, for V8 to compile it soon. Hot path. */
export function addSlices(
  { flow, window: windowOf, packets, bytes }: SliceColumns,
  from: number,
  to: number,
  factor: number,
  rowOf: Int32Array,
  rows: Uint32Array,
  slices: SliceLog,
): void {
  for (let s = from; s < to; s++) {
    const row = rowOf[flow[s]];
    const window = Math.floor(windowOf[s] / factor);
    const openWindow = rows[row + STAT_OPEN_WINDOW];
    if (openWindow !== window || rows[row + STAT_OPEN_BYTES] + bytes[s] > 0xffffffff) {
      if (rows[row + STAT_OPEN_PACKETS] !== 0) {
        if (openWindow !== window) slices.changes++;
        closeSlice(rows, row, slices);
      }
      rows[row + STAT_OPEN_WINDOW] = window;
    }
    rows[row + STAT_OPEN_PACKETS] += packets[s];
    rows[row + STAT_OPEN_BYTES] += bytes[s];
  }
}

/** Adds the flags of another row of the flow, and its times; `isNew`: the row has them already. */
export function addTimes(rows: Uint32Array, row: number, others: Uint32Array, other: number, isNew: boolean): void {
  rows[row + STAT_BYTES_HIGH] |= others[other + STAT_BYTES_HIGH] & 0xffff0000;
  const lastSeconds = others[other + STAT_LAST_SECONDS];
  const lastNanos = others[other + STAT_LAST_NANOS];
  const firstSeconds = others[other + STAT_FIRST_SECONDS];
  const firstNanos = others[other + STAT_FIRST_NANOS];
  const known = rows[row + STAT_LAST_SECONDS];
  if (isNew || lastSeconds > known || (lastSeconds === known && lastNanos > rows[row + STAT_LAST_NANOS])) {
    rows[row + STAT_LAST_SECONDS] = lastSeconds;
    rows[row + STAT_LAST_NANOS] = lastNanos;
  }
  const first = rows[row + STAT_FIRST_SECONDS];
  if (isNew || firstSeconds < first || (firstSeconds === first && firstNanos < rows[row + STAT_FIRST_NANOS])) {
    rows[row + STAT_FIRST_SECONDS] = firstSeconds;
    rows[row + STAT_FIRST_NANOS] = firstNanos;
  }
}

/** Moves the open slice of a row into the log and into the flow's counters. */
export function closeSlice(rows: Uint32Array, row: number, slices: SliceLog): void {
  const packets = rows[row + STAT_OPEN_PACKETS];
  const bytes = rows[row + STAT_OPEN_BYTES];
  slices.append(rows[row + STAT_NUMBER], rows[row + STAT_OPEN_WINDOW], packets, bytes);
  rows[row + STAT_PACKETS] += packets;
  const low = (rows[row + STAT_BYTES_LOW] + bytes) >>> 0;
  rows[row + STAT_BYTES_LOW] = low;
  if (low < bytes) rows[row + STAT_BYTES_HIGH]++;
  rows[row + STAT_OPEN_PACKETS] = 0;
  rows[row + STAT_OPEN_BYTES] = 0;
}
