import type { Unsigned } from '../base/unsigned.ts';
import type { PacketBatch } from './packet-batch.ts';

/** Bytes of a record header of pcap, as nearly all files have it. */
export const USUAL_HEADER_BYTES = 16;

/** Places in `batch.sums` of the original and the captured lengths of the records that a walk read. */
export const SUM_ORIGINAL_BYTES = 0;
export const SUM_CAPTURED_BYTES = 2;

/**
 * Reads little-endian records with headers of 16 bytes from `batch.view`, [start, end), into rows from `from` on, for as long as
 * they are whole and nothing is odd about them: captured at most `mostCaptured` bytes and no more than were on the wire, a
 * fraction below a second. Returns the row behind the last. Hot path; guarded by `bench/` (96-byte snap length).
 */
export function walkUsualRecords(
  batch: PacketBatch,
  start: Unsigned,
  end: Unsigned,
  mostCaptured: Unsigned,
  unitsPerSecond: Unsigned,
  nanosPerUnit: number,
  from: number,
): number {
  const { view, seconds, nanos, offset, capturedLength, originalLength, sums } = batch;
  const rows = offset.length;
  let position: Unsigned = start;
  let n = from;
  sums[SUM_ORIGINAL_BYTES] = 0;
  while (n < rows && (end - position) >>> 0 >= USUAL_HEADER_BYTES) {
    const captured = view.getUint32(position + 8, true);
    const original = view.getUint32(position + 12, true);
    const fraction = view.getUint32(position + 4, true);
    const data = (position + USUAL_HEADER_BYTES) >>> 0;
    if (captured > mostCaptured || captured > original || fraction >= unitsPerSecond || captured > (end - data) >>> 0) break;
    seconds[n] = view.getUint32(position, true);
    nanos[n] = Math.imul(fraction, nanosPerUnit);
    offset[n] = data;
    capturedLength[n] = captured;
    originalLength[n] = original;
    sums[SUM_ORIGINAL_BYTES] += original;
    position = (data + captured) >>> 0;
    n++;
  }
  return n;
}
