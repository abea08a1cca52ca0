import type { CaptureSource } from '../../src/decoder/capture-reader.ts';
import { decodeBatch } from '../../src/decoder/decode-batch.ts';
import { createPacketBatch } from '../../src/decoder/create-packet-batch.ts';
import type { PacketBatch } from '../../src/decoder/packet-batch.ts';
import { parseKey } from './describe-key.ts';
import type { ParsedKey } from './describe-key.ts';

/** A frame as a record would hold it. */
export interface TestFrame {
  readonly data: Uint8Array;
  /** Length on the wire; that of `data` if absent. */
  readonly original?: number;
  readonly linkType?: number;
  readonly hint?: number;
}

export interface DecodedFrame {
  readonly key: ParsedKey;
  readonly words: Uint32Array;
  readonly flags: number;
  readonly frameBytes: number;
}

/** A batch of these frames, laid out one after another with a gap between them that no decoder may read. */
export function batchOf(frames: readonly TestFrame[]): { batch: PacketBatch; sources: CaptureSource[] } {
  const linkTypes = [...new Set(frames.map((frame) => frame.linkType ?? 1))];
  const sources = linkTypes.map((linkType): CaptureSource => {
    const supported = [1, 113, 276].includes(linkType);
    return { name: null, ifIndex: null, linkType, linkTypeName: String(linkType), supported, snapLength: 0 };
  });
  const batch = createPacketBatch(Math.max(frames.length, 1));
  const gap = 5;
  const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + frame.data.length + gap, gap)).fill(
    (0xee ^ (frames.length * 31)) & 0xff,
  );
  let offset = gap;
  frames.forEach((frame, row) => {
    bytes.set(frame.data, offset);
    batch.source[row] = linkTypes.indexOf(frame.linkType ?? 1);
    batch.offset[row] = offset;
    batch.capturedLength[row] = frame.data.length;
    batch.originalLength[row] = frame.original ?? frame.data.length;
    batch.hint[row] = frame.hint ?? 0;
    offset += frame.data.length + gap;
  });
  batch.bytes = bytes;
  batch.view = new DataView(bytes.buffer);
  batch.length = frames.length;
  return { batch, sources };
}

export function decodeFrames(frames: readonly TestFrame[]): DecodedFrame[] {
  const { batch, sources } = batchOf(frames);
  decodeBatch(batch, sources);
  return frames.map((_, row) => decodedRow(batch, row));
}

export function decodedRow(batch: PacketBatch, row: number): DecodedFrame {
  const start = batch.keyStart[row];
  const key = parseKey(batch.keys, start);
  return { key, words: batch.keys.slice(start, start + key.words), flags: batch.flags[row], frameBytes: batch.frameBytes[row] };
}

/** One frame. */
export function decodeFrame(data: Uint8Array, options: Omit<TestFrame, 'data'> = {}): DecodedFrame {
  return decodeFrames([{ data, ...options }])[0];
}
