import { createLiteralTable, highBit, readLiteralTable } from './zstd-entropy.ts';

export const MAX_BLOCK_BYTES = 131072;

/** Decoder of the literals section of a block (RFC 8878, 3.1.1.3.1). */
export class LiteralsDecoder {
  readonly literals = new Uint8Array(MAX_BLOCK_BYTES);
  length = 0;
  private readonly table = createLiteralTable();
  private tableKnown = false;

  /** A frame does not inherit the table of the one before. */
  reset(): void {
    this.tableKnown = false;
  }

  /** Reads the section at `at`; returns the offset after it, or -1 if it is invalid. `bytes` is readable past `end`. */
  read(bytes: Uint8Array, view: DataView, at: number, end: number): number {
    if (at >= end) return -1;
    const head = bytes[at]!;
    const type = head & 3;
    const format = (head >> 2) & 3;
    if (type < 2) return this.readPlain(bytes, at, end, type, format);

    const word = view.getUint32(at, true);
    let packed: number;
    let next: number;
    if (format < 2) {
      this.length = (word >>> 4) & 0x3ff;
      packed = (word >>> 14) & 0x3ff;
      next = at + 3;
    } else if (format === 2) {
      this.length = (word >>> 4) & 0x3fff;
      packed = word >>> 18;
      next = at + 4;
    } else {
      this.length = (word >>> 4) & 0x3ffff;
      packed = (word >>> 22) | (bytes[at + 4]! << 10);
      next = at + 5;
    }
    const sectionEnd = next + packed;
    if (this.length > MAX_BLOCK_BYTES || sectionEnd > end) return -1;
    if (type === 2) {
      next = readLiteralTable(this.table, bytes, next, sectionEnd);
      if (next < 0) return -1;
      this.tableKnown = true;
    } else if (!this.tableKnown) {
      return -1;
    }
    if (format === 0) return this.decodeStream(view, next, sectionEnd, 0, this.length) ? sectionEnd : -1;
    return this.decodeFourStreams(view, next, sectionEnd) ? sectionEnd : -1;
  }

  private readPlain(bytes: Uint8Array, at: number, end: number, type: number, format: number): number {
    const head = bytes[at]!;
    let next: number;
    if ((format & 1) === 0) {
      this.length = head >> 3;
      next = at + 1;
    } else if (format === 1) {
      this.length = (head >> 4) | (bytes[at + 1]! << 4);
      next = at + 2;
    } else {
      this.length = (head >> 4) | (bytes[at + 1]! << 4) | (bytes[at + 2]! << 12);
      next = at + 3;
    }
    const after = type === 0 ? next + this.length : next + 1;
    if (this.length > MAX_BLOCK_BYTES || after > end) return -1;
    if (type === 0) this.literals.set(bytes.subarray(next, after));
    else this.literals.fill(bytes[next]!, 0, this.length);
    return after;
  }

  private decodeFourStreams(view: DataView, at: number, end: number): boolean {
    const first = at + 6;
    if (first > end) return false;
    const second = first + view.getUint16(at, true);
    const third = second + view.getUint16(at + 2, true);
    const fourth = third + view.getUint16(at + 4, true);
    const part = (this.length + 3) >> 2;
    if (fourth > end || part * 3 > this.length) return false;
    return (
      this.decodeStream(view, first, second, 0, part) &&
      this.decodeStream(view, second, third, part, part * 2) &&
      this.decodeStream(view, third, fourth, part * 2, part * 3) &&
      this.decodeStream(view, fourth, end, part * 3, this.length)
    );
  }

  /** Codes in [start, end), read from the last bit backwards, into literals [from, to). hot path. */
  private decodeStream(view: DataView, start: number, end: number, from: number, to: number): boolean {
    if (start >= end) return false;
    const last = view.getUint8(end - 1);
    if (last === 0) return false;
    const { literals } = this;
    const { entries, bits } = this.table;
    const mask = (1 << bits) - 1;
    const firstBit = start * 8;
    let bit = end * 8 - 8 + highBit(last);
    let at = from;
    // Two codes per load: of 25 bits that are surely there, 22 are needed.
    const shift = 22 - bits;
    const firstSafe = firstBit + 22;
    while (at + 1 < to && bit >= firstSafe) {
      const place = bit - 22;
      const window = view.getUint32(place >> 3, true) >>> (place & 7);
      const one = entries[(window >>> shift) & mask]!;
      const oneBits = one >> 8;
      literals[at] = one;
      const two = entries[(window >>> (shift - oneBits)) & mask]!;
      literals[at + 1] = two;
      bit -= oneBits + (two >> 8);
      at += 2;
    }
    while (at < to && bit > firstBit) {
      const place = bit - bits;
      let window: number;
      if (place >= firstBit) {
        window = view.getUint32(place >> 3, true) >>> (place & 7);
      } else {
        // Fewer bits left than the longest code has: as if zeros followed.
        const have = bit - firstBit;
        window = ((view.getUint32(start, true) & ((1 << have) - 1)) << (bits - have)) >>> 0;
      }
      const entry = entries[window & mask]!;
      literals[at++] = entry;
      bit -= entry >> 8;
    }
    return at === to && bit === firstBit;
  }
}
