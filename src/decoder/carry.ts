/**
 * The one partial record that a reader holds between two chunks. It grows with the bytes that arrive, never with
 * the length that a header claims: a corrupt length costs no memory.
 */
export class Carry {
  bytes = new Uint8Array(4096);
  view = new DataView(this.bytes.buffer);
  length = 0;
  /** Offset of the first held byte in the decompressed input. */
  startOffset = 0;

  /** Takes bytes of `chunk` from `position` on until `need` bytes are held or `end` is reached; returns the new position. */
  fill(chunk: Uint8Array, position: number, end: number, need: number): number {
    const take = Math.min(need - this.length, end - position);
    if (take <= 0) return position;
    this.reserve(this.length + take);
    this.bytes.set(chunk.subarray(position, position + take), this.length);
    this.length += take;
    return position + take;
  }

  clear(): void {
    this.length = 0;
  }

  private reserve(size: number): void {
    if (size <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(size, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}
