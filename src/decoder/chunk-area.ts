import type { ScanMemory } from '../wasm/scan-memory.ts';

/** A place in a memory for chunks that come from elsewhere. */
export class ChunkArea {
  bytes = new Uint8Array(0);
  private readonly memory: ScanMemory;
  private isOwned = false;

  constructor(memory: ScanMemory) {
    this.memory = memory;
  }

  /** The chunk, copied if it lies elsewhere. Valid until the next one is taken. */
  take(chunk: Uint8Array): Uint8Array {
    const { memory } = this;
    if (memory.buffer === null || chunk.buffer === memory.buffer) return chunk;
    if (!this.isOwned) memory.own(this, { bytes: [Uint8Array, chunk.length] });
    else if (chunk.length > this.bytes.length) memory.resize(this, 'bytes', chunk.length);
    this.isOwned = true;
    this.bytes.set(chunk);
    return this.bytes.subarray(0, chunk.length);
  }
}
