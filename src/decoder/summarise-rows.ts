/* Loops over the rows of a batch, in the subset of TypeScript that `scripts/loops/` compiles. */
import type { Unsigned } from '../base/unsigned.ts';
import type { PacketBatch } from './packet-batch.ts';

/** Place in `batch.sums` of the frame bytes of all rows. */
export const SUM_FRAME_BYTES = 1;

/** Places in `batch.summary`: earliest and latest time stamp, all flags, and how many rows have no time stamp. */
export const SUMMARY_FIRST_SECONDS = 0;
export const SUMMARY_FIRST_NANOS = 1;
export const SUMMARY_LAST_SECONDS = 2;
export const SUMMARY_LAST_NANOS = 3;
export const SUMMARY_FLAGS = 4;
export const SUMMARY_TIMELESS = 5;

/** Seconds of a record without time stamp. */
export const NO_SECONDS = 0xffffffff;

/** Sums up the first `count` rows, decoded, in `batch.summary` and `batch.sums`. Hot path. */
export function summariseRows(batch: PacketBatch, count: number): void {
  const { seconds, nanos, frameBytes, flags, summary, sums } = batch;
  let firstSeconds: Unsigned = NO_SECONDS;
  let firstNanos: Unsigned = 0;
  let lastSeconds: Unsigned = 0;
  let lastNanos: Unsigned = 0;
  let seen = 0;
  let timeless = 0;
  sums[SUM_FRAME_BYTES] = 0;
  for (let i = 0; i < count; i++) {
    const s = seconds[i];
    const n = nanos[i];
    seen |= flags[i];
    sums[SUM_FRAME_BYTES] += frameBytes[i];
    if (s === NO_SECONDS) timeless++;
    else {
      if (s > lastSeconds || (s === lastSeconds && n > lastNanos)) {
        lastSeconds = s;
        lastNanos = n;
      }
      if (s < firstSeconds || (s === firstSeconds && n < firstNanos)) {
        firstSeconds = s;
        firstNanos = n;
      }
    }
  }
  summary[SUMMARY_FIRST_SECONDS] = firstSeconds;
  summary[SUMMARY_FIRST_NANOS] = firstNanos;
  summary[SUMMARY_LAST_SECONDS] = lastSeconds;
  summary[SUMMARY_LAST_NANOS] = lastNanos;
  summary[SUMMARY_FLAGS] = seen;
  summary[SUMMARY_TIMELESS] = timeless;
}
