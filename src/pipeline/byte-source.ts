/**
 * The only view of a file the core has. A host makes these from a path, a File or a stream.
 * Chunks are borrowed: valid until the next one is asked for.
 */
export interface ByteSource {
  /** Path or name as the user gave it: for messages and `inputs[].path`. */
  readonly path: string;
  /** Bytes as stored (compressed size), or undefined for a stream. */
  readonly size: number | undefined;
  /** True where `chunks` can be called again from the start (files; not standard input). */
  readonly rereadable: boolean;
  chunks(): AsyncIterable<Uint8Array>;
  /**
   * The same without asynchrony where the host can (Node files): several times faster for small chunks. Each chunk is read
   * into what `target` gives for it, if it is asked for.
   */
  chunksSync?(target?: () => Uint8Array): Iterable<Uint8Array>;
  /** Bytes [from, to) alone, without `to` those to the end; where the host can begin in the middle and `size` is known. */
  range?(from: number, to?: number): ByteRange;
}

/** A piece of an input, to be read as the whole. */
export type ByteRange = Pick<ByteSource, 'chunks' | 'chunksSync'>;
