import type { ScanMemory } from '../wasm/scan-memory.ts';

/** Bytes to begin with. */
const FIRST_BYTES = 4096;
/** The longest record of usual captures, and some. */
const USUAL_BYTES = 1 << 17;

/**
 * The one partial record that a reader holds between two chunks. It grows with the bytes that arrive, never with
 * the length that a header claims: a corrupt length costs no memory.
 */
export class Carry {
  bytes = new Uint8Array(FIRST_BYTES);
  view = new DataView(this.bytes.buffer);
  length = 0;
  /** Offset of the first held byte in the decompressed input. */
  startOffset = 0;
  /** A column for records of usual length. What is longer lies elsewhere: the chunk would move away if this grew. */
  private column: { readonly bytes: Uint8Array<ArrayBuffer> } | null = null;
  private isInColumn = false;

  /** Takes bytes of `chunk` from `position` on until `need` bytes are held or `end` is reached; returns the new position. */
  fill(chunk: Uint8Array, position: number, end: number, need: number): number {
    const take = Math.min(need - this.length, end - position);
    if (take <= 0) return position;
    if (this.length === 0 && this.column !== null && !this.isInColumn) this.hold(this.column.bytes, true);
    this.reserve(this.length + take);
    this.bytes.set(chunk.subarray(position, position + take), this.length);
    this.length += take;
    return position + take;
  }

  clear(): void {
    this.length = 0;
  }

  /** Keeps the bytes in that memory from now on. */
  useMemory(memory: ScanMemory): void {
    const held = this.bytes.subarray(0, this.length);
    const column = {};
    memory.own(column, { bytes: [Uint8Array, Math.max(USUAL_BYTES, held.length)] });
    const owned = column as { readonly bytes: Uint8Array<ArrayBuffer> };
    owned.bytes.set(held);
    this.column = owned;
    this.hold(owned.bytes, true);
    memory.whenMoved(() => {
      if (this.isInColumn) this.hold(owned.bytes, true);
    });
  }

  private reserve(size: number): void {
    if (size <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(size, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.hold(grown, false);
  }

  private hold(bytes: Uint8Array<ArrayBuffer>, isInColumn: boolean): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.isInColumn = isInColumn;
  }
}
