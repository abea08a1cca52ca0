import type { Inflater } from '../../src/decoder/inflater.ts';
import { concatBytes } from './capture-builder.ts';

/** Everything that an inflater makes of `bytes`, pushed in chunks of `size`. */
export function inflateAll(inflater: Inflater, bytes: Uint8Array, size: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  const drain = (): void => {
    for (let piece = inflater.next(); piece !== null; piece = inflater.next()) pieces.push(piece.slice());
  };
  for (let at = 0; at < bytes.length; at += size) {
    inflater.push(bytes.slice(at, at + size));
    drain();
  }
  inflater.finish();
  drain();
  return concatBytes(...pieces);
}

/** Bytes with structure at several distances, of a kind that uses all of DEFLATE and Zstandard. */
export function mixedBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 12345;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const kind = (i >> 12) % 5;
    bytes[i] =
      kind === 0
        ? state >>> 24
        : kind === 1
          ? 65 + ((state >>> 24) % 6)
          : kind === 2
            ? 0
            : i >= 30000 && kind === 3
              ? bytes[i - 30000]
              : i % 251;
  }
  return bytes;
}
