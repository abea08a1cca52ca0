import { buildFseTable, createFseTable, fillRleTable, highBit, readFseTable, type FseTable } from './zstd-entropy.ts';
import { MAX_BLOCK_BYTES } from './zstd-literals.ts';

const zeros = (length: number): number[] => Array.from({ length }, () => 0);

/** Extra bits of literal length and match length codes (RFC 8878, 3.1.1.3.2.1.1); base values follow from them. */
const LITERAL_BITS = Uint8Array.from([...zeros(16), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
const MATCH_BITS = Uint8Array.from([...zeros(32), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
const LITERAL_BASES = makeBases(LITERAL_BITS, 0);
const MATCH_BASES = makeBases(MATCH_BITS, 3);

function makeBases(bits: Uint8Array, first: number): Uint32Array {
  let base = first;
  return Uint32Array.from(bits, (count) => {
    const own = base;
    base += 1 << count;
    return own;
  });
}

/** Predefined distributions (RFC 8878, 3.1.1.3.2.2). */
const DEFAULT_LITERALS = [4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1];
const DEFAULT_OFFSETS = [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1];
const DEFAULT_MATCHES = [
  1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  -1, -1, -1, -1, -1, -1, -1,
];

interface CodeKind {
  readonly maxLog: number;
  readonly maxSymbol: number;
  readonly predefined: FseTable;
}

function makeKind(maxLog: number, maxSymbol: number, counts: readonly number[], accuracyLog: number): CodeKind {
  const predefined = createFseTable(accuracyLog);
  buildFseTable(predefined, counts, counts.length, accuracyLog);
  return { maxLog, maxSymbol, predefined };
}

/** Literal lengths, offsets, match lengths: the order in a block. */
const KINDS: readonly CodeKind[] = [
  makeKind(9, 35, DEFAULT_LITERALS, 6),
  makeKind(8, 31, DEFAULT_OFFSETS, 5),
  makeKind(9, 52, DEFAULT_MATCHES, 6),
];

/** Decoder of the sequences section of a block (RFC 8878, 3.1.1.3.2 to 3.1.1.5), which writes the block. */
export class SequencesDecoder {
  private readonly own = KINDS.map((kind) => createFseTable(kind.maxLog));
  /** Tables in use; null: none yet in this frame. */
  private readonly tables: (FseTable | null)[] = [null, null, null];
  private readonly repeats = new Float64Array(3);

  reset(): void {
    this.tables.fill(null);
    this.repeats.set([1, 4, 8]);
  }

  /**
   * Runs the sequences in [at, end) on `output` from `outputStart` on: matches may reach back to `historyStart`.
   * Returns the offset after the block in `output`, or -1 if the block is invalid. `output` has room for a block.
   */
  run(
    view: DataView,
    bytes: Uint8Array,
    at: number,
    end: number,
    literals: Uint8Array,
    literalCount: number,
    output: Uint8Array,
    outputStart: number,
    historyStart: number,
  ): number {
    if (at >= end) return -1;
    let count = bytes[at++]!;
    if (count === 255) {
      count = bytes[at]! + (bytes[at + 1]! << 8) + 0x7f00;
      at += 2;
    } else if (count > 127) {
      count = ((count - 128) << 8) + bytes[at++]!;
    }
    if (count === 0) {
      if (at !== end) return -1;
      output.set(literals.subarray(0, literalCount), outputStart);
      return outputStart + literalCount;
    }
    if (at >= end) return -1;
    const modes = bytes[at++]!;
    if ((modes & 3) !== 0) return -1;
    for (let k = 0; k < 3; k++) {
      at = this.chooseTable(k, (modes >> (6 - 2 * k)) & 3, bytes, at, end);
      if (at < 0) return -1;
    }
    if (at >= end || bytes[end - 1] === 0) return -1;
    return this.execute(view, at, end * 8 - 8 + highBit(bytes[end - 1]!), count, literals, literalCount, output, outputStart, historyStart);
  }

  private chooseTable(k: number, mode: number, bytes: Uint8Array, at: number, end: number): number {
    const kind = KINDS[k]!;
    const own = this.own[k]!;
    if (mode === 0) {
      this.tables[k] = kind.predefined;
      return at;
    }
    if (mode === 3) return this.tables[k] === null ? -1 : at;
    this.tables[k] = own;
    if (mode === 2) return readFseTable(own, bytes, at, end, kind.maxLog, kind.maxSymbol);
    if (at >= end || bytes[at]! > kind.maxSymbol) return -1;
    fillRleTable(own, bytes[at]!);
    return at + 1;
  }

  /** hot path: bits are read backwards from `bit`, down to the first of byte `start`. */
  private execute(
    view: DataView,
    start: number,
    lastBit: number,
    count: number,
    literals: Uint8Array,
    literalCount: number,
    output: Uint8Array,
    outputStart: number,
    historyStart: number,
  ): number {
    const [literalTable, offsetTable, matchTable] = this.tables as FseTable[];
    const literalEntries = literalTable!.entries;
    const offsetEntries = offsetTable!.entries;
    const matchEntries = matchTable!.entries;
    const firstBit = start * 8;
    const outputLimit = outputStart + MAX_BLOCK_BYTES;
    let [repeat1, repeat2, repeat3] = this.repeats as unknown as [number, number, number];
    let bit = lastBit - literalTable!.accuracyLog - offsetTable!.accuracyLog - matchTable!.accuracyLog;
    if (bit < firstBit) return -1;
    let place = lastBit - literalTable!.accuracyLog;
    let literalState = (view.getUint32(place >> 3, true) >>> (place & 7)) & ((1 << literalTable!.accuracyLog) - 1);
    place -= offsetTable!.accuracyLog;
    let offsetState = (view.getUint32(place >> 3, true) >>> (place & 7)) & ((1 << offsetTable!.accuracyLog) - 1);
    let matchState = (view.getUint32(bit >> 3, true) >>> (bit & 7)) & ((1 << matchTable!.accuracyLog) - 1);
    let at = outputStart;
    let literalAt = 0;

    for (let left = count; left > 0; left--) {
      const literalEntry = literalEntries[literalState]!;
      const offsetEntry = offsetEntries[offsetState]!;
      const matchEntry = matchEntries[matchState]!;
      const offsetBits = offsetEntry & 0xff;
      const matchBits = MATCH_BITS[matchEntry & 0xff]!;
      const literalBits = LITERAL_BITS[literalEntry & 0xff]!;
      if (bit - offsetBits - matchBits - literalBits < firstBit) return -1;

      let offset: number;
      if (offsetBits <= 24) {
        bit -= offsetBits;
        offset = (1 << offsetBits) + ((view.getUint32(bit >> 3, true) >>> (bit & 7)) & ((1 << offsetBits) - 1));
      } else {
        bit -= offsetBits - 16;
        const high = (view.getUint32(bit >> 3, true) >>> (bit & 7)) & ((1 << (offsetBits - 16)) - 1);
        bit -= 16;
        offset = 2 ** offsetBits + high * 65536 + ((view.getUint32(bit >> 3, true) >>> (bit & 7)) & 0xffff);
      }
      bit -= matchBits;
      const matchLength = MATCH_BASES[matchEntry & 0xff]! + ((view.getUint32(bit >> 3, true) >>> (bit & 7)) & ((1 << matchBits) - 1));
      bit -= literalBits;
      const literalLength =
        LITERAL_BASES[literalEntry & 0xff]! + ((view.getUint32(bit >> 3, true) >>> (bit & 7)) & ((1 << literalBits) - 1));

      if (offset > 3) {
        offset -= 3;
        repeat3 = repeat2;
        repeat2 = repeat1;
        repeat1 = offset;
      } else {
        const index = literalLength === 0 ? offset : offset - 1;
        if (index === 0) {
          offset = repeat1;
        } else {
          offset = index === 1 ? repeat2 : index === 2 ? repeat3 : repeat1 - 1;
          if (index > 1) repeat3 = repeat2;
          repeat2 = repeat1;
          repeat1 = offset;
        }
      }

      if (left > 1) {
        // The order of the states: literal lengths, match lengths, offsets.
        const literalNext = (literalEntry >> 8) & 0xff;
        const matchNext = (matchEntry >> 8) & 0xff;
        const offsetNext = (offsetEntry >> 8) & 0xff;
        if (bit - literalNext - matchNext - offsetNext < firstBit) return -1;
        bit -= literalNext;
        literalState = (literalEntry >>> 16) + ((view.getUint32(bit >> 3, true) >>> (bit & 7)) & ((1 << literalNext) - 1));
        bit -= matchNext;
        matchState = (matchEntry >>> 16) + ((view.getUint32(bit >> 3, true) >>> (bit & 7)) & ((1 << matchNext) - 1));
        bit -= offsetNext;
        offsetState = (offsetEntry >>> 16) + ((view.getUint32(bit >> 3, true) >>> (bit & 7)) & ((1 << offsetNext) - 1));
      }

      const matchStart = at + literalLength;
      const stop = matchStart + matchLength;
      if (literalAt + literalLength > literalCount || stop > outputLimit) return -1;
      let from = matchStart - offset;
      if (from < historyStart || offset <= 0) return -1;
      if (literalLength > 48) {
        output.set(literals.subarray(literalAt, literalAt + literalLength), at);
        literalAt += literalLength;
        at = matchStart;
      } else {
        while (at < matchStart) output[at++] = literals[literalAt++]!;
      }
      if (offset >= matchLength && matchLength > 48) {
        output.copyWithin(at, from, from + matchLength);
        at = stop;
      } else {
        while (at < stop) output[at++] = output[from++]!;
      }
    }
    if (bit !== firstBit) return -1;
    this.repeats[0] = repeat1;
    this.repeats[1] = repeat2;
    this.repeats[2] = repeat3;
    const rest = literalCount - literalAt;
    if (at + rest > outputLimit) return -1;
    output.set(literals.subarray(literalAt, literalCount), at);
    return at + rest;
  }
}
