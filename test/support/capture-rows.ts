import type { CaptureInfo, CaptureReader } from '../../src/decoder/capture-reader.ts';
import type { Issue } from '../../src/base/issue.ts';
import { createCaptureReader } from '../../src/decoder/open-capture.ts';
import { createPacketBatch } from '../../src/decoder/create-packet-batch.ts';

export interface CopiedRow {
  readonly frame: number;
  readonly source: number;
  readonly seconds: number;
  readonly nanos: number;
  readonly capturedLength: number;
  readonly originalLength: number;
  readonly hint: number;
  readonly flags: number;
  readonly data: string;
}

export interface ReadCapture {
  readonly rows: readonly CopiedRow[];
  readonly info: CaptureInfo;
  readonly issues: readonly Issue[];
}

/** Reads a whole capture, cut into chunks of the sizes that `sizes` tells again and again, and copies all rows out. */
export function readCapture(
  bytes: Uint8Array,
  sizes: readonly number[] = [65536],
  reader: CaptureReader = createCaptureReader(),
): ReadCapture {
  const batch = createPacketBatch();
  const rows: CopiedRow[] = [];
  const drain = (): void => {
    while (reader.next(batch) > 0) {
      for (let i = 0; i < batch.length; i++) {
        const at = batch.offset[i];
        if (at + batch.capturedLength[i] > batch.bytes.length) throw new Error('row out of bounds');
        if (batch.view.byteOffset !== batch.bytes.byteOffset || batch.view.byteLength !== batch.bytes.byteLength)
          throw new Error('view and bytes differ');
        rows.push({
          frame: batch.firstFrame + i,
          source: batch.source[i],
          seconds: batch.seconds[i],
          nanos: batch.nanos[i],
          capturedLength: batch.capturedLength[i],
          originalLength: batch.originalLength[i],
          hint: batch.hint[i],
          flags: batch.flags[i],
          data: Buffer.from(batch.bytes.subarray(at, at + batch.capturedLength[i])).toString('hex'),
        });
      }
    }
  };
  // The reader only borrows chunks: hand each out in a buffer that is overwritten with the next one.
  const buffer = new Uint8Array(Math.max(...sizes) + 3);
  for (let at = 0, k = 0; at < bytes.length && !reader.done; k++) {
    const size = Math.max(1, sizes[k % sizes.length]);
    const chunk = buffer.subarray(3, 3 + Math.min(size, bytes.length - at));
    chunk.set(bytes.subarray(at, at + chunk.length));
    reader.push(chunk);
    drain();
    at += chunk.length;
  }
  reader.finish();
  drain();
  return { rows, info: reader.info, issues: reader.issues };
}
