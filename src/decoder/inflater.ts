import type { IssueCode } from '../base/issue.ts';

/** Why decompression ended early, or what is odd about data that was decompressed. */
export interface InflateFault {
  readonly code: Extract<IssueCode, 'truncated' | 'corrupt' | 'unsupported-format'>;
  /** One clause in English that names the offset in the compressed data. */
  readonly reason: string;
}

/**
 * Decompression as push and pull, so that one compressed chunk never becomes more than one bounded piece at a time.
 * Nothing is thrown for bad input; whatever was decompressed before a fault is handed out first.
 *
 * Protocol: `push(chunk)`, `next()` until null, and so on; then `finish()`, `next()` until null, then read `fault`.
 */
export interface Inflater {
  /** The chunk is borrowed until `next` returns null. */
  push(chunk: Uint8Array): void;
  /** The next decompressed piece, at most some 100 kB, borrowed until the next call; null: more input is needed, or none can help. */
  next(): Uint8Array | null;
  /** Declares that no more input comes. */
  finish(): void;
  /** Set when the rest cannot be decompressed, or (after `finish`) when the input ends early. */
  readonly fault: InflateFault | null;
  /** Oddities that cost no data: bytes after the end, checksums that differ. */
  readonly warnings: readonly InflateFault[];
}

export type Compression = 'gzip' | 'zstd';
export type InflaterFactory = (compression: Compression) => Inflater;
