/** The memory that an input is scanned in, and where in it a host puts the bytes. */
import { ScanMemory } from '../wasm/scan-memory.ts';

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
