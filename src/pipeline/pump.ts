import type { ByteRange } from './byte-source.ts';

/** Bytes between two looks at the observer and two returns to the event loop. */
const PAUSE_BYTES = 8 << 20;

/**
 * Feeds chunks until `feed` answers that it wants no more, or `pause`, asked now and then, that the host does not.
 * True: the host asked to stop.
 */
export async function pump(
  range: ByteRange,
  feed: (chunk: Uint8Array) => boolean,
  pause: () => boolean | Promise<boolean>,
  target: () => Uint8Array,
): Promise<boolean> {
  let sincePause = 0;
  if (range.chunksSync !== undefined) {
    for (const chunk of range.chunksSync(target)) {
      if (feed(chunk)) return false;
      sincePause += chunk.length;
      if (sincePause < PAUSE_BYTES) continue;
      sincePause = 0;
      if (await pause()) return true;
    }
    return false;
  }
  for await (const chunk of range.chunks()) {
    if (feed(chunk)) return false;
    sincePause += chunk.length;
    if (sincePause < PAUSE_BYTES) continue;
    sincePause = 0;
    if (await pause()) return true;
  }
  return false;
}
