import type { CapturePreamble } from '../decoder/part-start.ts';
import { findRecord, meanRecordBytes, readPreamble } from '../decoder/part-start.ts';
import type { ByteRange, ByteSource } from './byte-source.ts';

/** A capture in parts that follow each other, each to be scanned by itself. */
export interface PartPlan {
  readonly format: CapturePreamble['format'];
  /** Bytes at the beginning of the capture that each part is read after. */
  readonly preambleBytes: number;
  /** Where the parts begin, ascending; the first at 0. Likely places only: a reader that ends there proves them. */
  readonly starts: readonly number[];
  /** Flows at most in each part but the first: beyond it two tables would need too much memory, and joining them too much time. */
  readonly mostFlows: number;
}

/** Bytes in which the preamble must end. */
const HEAD_BYTES = 1 << 16;
/** Bytes in whose first half a record must begin, and which records must fill from there on. */
const SEARCHED_BYTES = 1 << 20;
/** Flows in all parts but the first at most: some 60 MB. */
const MOST_FLOWS = 3 << 17;

/** Mean bytes of a record of a capture; null where it cannot be told, or the capture must be read as a whole. Opens the source. */
export async function estimateRecordBytes(source: ByteSource): Promise<number | null> {
  if (source.range === undefined) return null;
  const head = await collect(source.range(0, HEAD_BYTES));
  const preamble = readPreamble(head);
  const mean = preamble === null ? NaN : meanRecordBytes(preamble, head);
  return mean > 0 ? mean : null;
}

/** Parts that begin near the offsets `near`; null if the capture must be read as a whole. Opens the source. */
export async function planParts(source: ByteSource, near: readonly number[]): Promise<PartPlan | null> {
  if (source.range === undefined || source.size === undefined) return null;
  const preamble = readPreamble(await collect(source.range(0, HEAD_BYTES)));
  if (preamble === null) return null;
  const starts = [0];
  for (const offset of near) {
    if (offset < preamble.bytes) continue;
    const found = findRecord(preamble, await collect(source.range(offset, offset + SEARCHED_BYTES)), offset);
    if (found >= 0 && offset + found > starts[starts.length - 1]) starts.push(offset + found);
  }
  if (starts.length < 2) return null;
  return {
    format: preamble.format,
    preambleBytes: preamble.bytes,
    starts,
    mostFlows: Math.floor(MOST_FLOWS / (starts.length - 1)),
  };
}

async function collect({ chunks }: ByteRange): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks()) {
    pieces.push(chunk.slice());
    length += chunk.length;
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
