import { ScanMemory } from '../wasm/scan-memory.ts';
import type { ByteRange } from './byte-source.ts';

/** Bytes between two looks at the observer and two returns to the event loop. */
const PAUSE_BYTES = 8 << 20;

/** Bytes read at a time: they stay in the cache between the host's copy and the decoder. */
const CHUNK_BYTES = 1 << 19;
/** Inputs smaller than this are counted before a memory for compiled loops would be made. */
const COMPILED_FROM_BYTES = 1 << 20;

/** Memory for the scan of an input of that many bytes, as far as that is known. `compiledFrom`: from what size on loops are compiled. */
export function createScanMemory(size: number | undefined, compiledFrom: number = COMPILED_FROM_BYTES): ScanMemory {
  return new ScanMemory(size === undefined || size >= compiledFrom);
}

/** Where a host that can choose is to put the bytes it reads. */
export function chunkTarget(memory: ScanMemory): () => Uint8Array {
  const chunk = {} as { readonly bytes: Uint8Array };
  memory.own(chunk, { bytes: [Uint8Array, CHUNK_BYTES] });
  return () => chunk.bytes;
}

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
