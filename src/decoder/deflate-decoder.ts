import {
  buildHuffmanTable,
  createHuffmanTable,
  DISTANCE_SYMBOLS,
  IS_LINK,
  KIND_BAD,
  KIND_BASE,
  KIND_END,
  LITERAL_SYMBOLS,
  PLAIN_SYMBOLS,
  ROOT_BITS,
  type HuffmanTable,
} from './huffman-table.ts';

/** Farthest that a match reaches back (RFC 1951, 2). */
const WINDOW_BYTES = 32768;
const OUTPUT_BYTES = WINDOW_BYTES + 131072;
const LONGEST_MATCH = 258;
/** Zero bytes kept after the input, so that the bit buffer can be filled without asking. */
const PAD_BYTES = 16;

export type DeflateStatus = 'more-input' | 'output-full' | 'end' | 'corrupt';

const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const FIXED_LENGTHS = Uint8Array.from({ length: 320 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : i < 288 ? 8 : 5));
let fixedTables: { literals: HuffmanTable; distances: HuffmanTable } | null = null;

function getFixedTables(): { literals: HuffmanTable; distances: HuffmanTable } {
  if (fixedTables === null) {
    fixedTables = { literals: createHuffmanTable(), distances: createHuffmanTable() };
    buildHuffmanTable(fixedTables.literals, FIXED_LENGTHS, 0, 288, LITERAL_SYMBOLS);
    buildHuffmanTable(fixedTables.distances, FIXED_LENGTHS, 288, 320, DISTANCE_SYMBOLS);
  }
  return fixedTables;
}

/**
 * Streaming decoder of DEFLATE (RFC 1951). Stops at any bit for want of input and goes on from there; keeps
 * everything decoded before an error. Unlike the libraries at hand it tells exactly where a stream ends, which
 * files of several members and cut files need.
 */
export class DeflateDecoder {
  /** Input not yet consumed lies in [inputStart, inputEnd). */
  input = new Uint8Array(65536 + PAD_BYTES);
  inputStart = 0;
  inputEnd = 0;
  private view = new DataView(this.input.buffer);
  /** What is wrong, after status 'corrupt'. */
  problem = '';

  private output = new Uint8Array(OUTPUT_BYTES);
  private outputEnd = 0;
  /** Output before this was handed out. */
  private taken = 0;
  /** Output ever made in this stream, up to the window: matches must not reach beyond. */
  private history = 0;

  private bitBuffer = 0;
  private bitCount = 0;
  private state: 'header' | 'stored' | 'codes' | 'end' = 'header';
  private lastBlock = false;
  private storedLeft = 0;
  private readonly ownLiterals = createHuffmanTable();
  private readonly ownDistances = createHuffmanTable();
  private readonly lengthTable = createHuffmanTable();
  private readonly lengths = new Uint8Array(320);
  private literals: HuffmanTable = this.ownLiterals;
  private distances: HuffmanTable = this.ownDistances;

  /** Forgets the stream; keeps unread input. */
  reset(): void {
    this.outputEnd = this.taken = this.history = 0;
    this.bitBuffer = this.bitCount = 0;
    this.state = 'header';
    this.lastBlock = false;
  }

  /** Appends input. Keep chunks to some 64 KiB: they are copied. */
  append(chunk: Uint8Array): void {
    // Pad that went into the bit buffer, unused, makes room for what is really there.
    while (this.inputStart > this.inputEnd) {
      this.inputStart--;
      this.bitCount -= 8;
    }
    this.bitBuffer &= (1 << this.bitCount) - 1;
    const kept = this.inputEnd - this.inputStart;
    const size = kept + chunk.length + PAD_BYTES;
    if (size > this.input.length) {
      const grown = new Uint8Array(Math.max(size, this.input.length * 2));
      grown.set(this.input.subarray(this.inputStart, this.inputEnd));
      this.input = grown;
      this.view = new DataView(grown.buffer);
    } else if (this.inputStart > 0) {
      this.input.copyWithin(0, this.inputStart, this.inputEnd);
    }
    this.input.set(chunk, kept);
    this.inputStart = 0;
    this.inputEnd = kept + chunk.length;
    this.input.fill(0, this.inputEnd, this.inputEnd + PAD_BYTES);
  }

  /** Output since the last call; valid until the next `run`. */
  takeOutput(): Uint8Array {
    const piece = this.output.subarray(this.taken, this.outputEnd);
    this.taken = this.outputEnd;
    return piece;
  }

  /** Decodes as far as input and output allow. After 'end', unread input begins at the byte after the stream. */
  run(): DeflateStatus {
    if (this.outputEnd >= OUTPUT_BYTES - LONGEST_MATCH) {
      this.output.copyWithin(0, this.outputEnd - WINDOW_BYTES, this.outputEnd);
      this.outputEnd = this.taken = WINDOW_BYTES;
    }
    for (;;) {
      let status: DeflateStatus | 'go-on';
      if (this.state === 'header') status = this.readBlockHeader();
      else if (this.state === 'stored') status = this.copyStored();
      else if (this.state === 'codes') status = this.decodeCodes();
      else status = 'end';
      if (status === 'end') this.returnWholeBytes();
      if (status !== 'go-on') return status;
    }
  }

  private endBlock(): 'go-on' {
    this.state = this.lastBlock ? 'end' : 'header';
    return 'go-on';
  }

  private fail(problem: string): 'corrupt' {
    this.problem = problem;
    return 'corrupt';
  }

  /** Gives bytes back that are in the bit buffer as a whole; drops the rest of the last byte. */
  private returnWholeBytes(): void {
    this.inputStart -= this.bitCount >>> 3;
    this.bitBuffer = this.bitCount = 0;
  }

  /** Bits at hand beyond the bit buffer and the real input are pad: true if some of them were used. */
  private overran(): boolean {
    return this.inputStart - (this.bitCount >>> 3) > this.inputEnd;
  }

  /** Reads a few bits; may run into the pad, which the caller detects by `overran`. */
  private takeBits(count: number): number {
    while (this.bitCount < count) {
      const byte = this.inputStart < this.inputEnd ? this.input[this.inputStart]! : 0;
      this.bitBuffer |= byte << this.bitCount;
      this.inputStart++;
      this.bitCount += 8;
    }
    const value = this.bitBuffer & ((1 << count) - 1);
    this.bitBuffer >>>= count;
    this.bitCount -= count;
    return value;
  }

  private readBlockHeader(): DeflateStatus | 'go-on' {
    const { inputStart, bitBuffer, bitCount } = this;
    const status = this.tryBlockHeader();
    if (!this.overran()) return status;
    // Not all of it is there yet: whatever was concluded from the pad is void.
    this.inputStart = inputStart;
    this.bitBuffer = bitBuffer;
    this.bitCount = bitCount;
    this.state = 'header';
    return 'more-input';
  }

  private tryBlockHeader(): DeflateStatus | 'go-on' {
    this.lastBlock = this.takeBits(1) === 1;
    const type = this.takeBits(2);
    if (type === 0) {
      this.returnWholeBytes();
      const length = this.takeBits(16);
      const complement = this.takeBits(16);
      if ((length ^ complement) !== 0xffff) return this.fail('a stored block with a wrong length');
      this.storedLeft = length;
      this.state = 'stored';
      return 'go-on';
    }
    if (type === 3) return this.fail('a block of unknown type');
    if (type === 1) {
      const fixed = getFixedTables();
      this.literals = fixed.literals;
      this.distances = fixed.distances;
    } else {
      const problem = this.readDynamicTables();
      if (problem !== null) return this.fail(problem);
      this.literals = this.ownLiterals;
      this.distances = this.ownDistances;
    }
    this.state = 'codes';
    return 'go-on';
  }

  private readDynamicTables(): string | null {
    const { lengths, lengthTable } = this;
    const literalCount = this.takeBits(5) + 257;
    const distanceCount = this.takeBits(5) + 1;
    const lengthCount = this.takeBits(4) + 4;
    if (literalCount > 286 || distanceCount > 30) return 'a block with too many symbols';
    lengths.fill(0, 0, 19);
    for (let i = 0; i < lengthCount; i++) lengths[CODE_LENGTH_ORDER[i]!] = this.takeBits(3);
    if (!buildHuffmanTable(lengthTable, lengths, 0, 19, PLAIN_SYMBOLS)) return 'a block with invalid code lengths';
    const total = literalCount + distanceCount;
    for (let i = 0; i < total && !this.overran();) {
      // A code of this alphabet has at most 7 bits; peek, then take as many as it has.
      const peeked = this.takeBits(7);
      const entry = lengthTable.entries[peeked & lengthTable.rootMask]!;
      const used = entry & 15;
      if (used === 0) return 'a block with an invalid code length code';
      this.bitBuffer = (this.bitBuffer << (7 - used)) | (peeked >>> used);
      this.bitCount += 7 - used;
      const symbol = entry >>> 12;
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) return 'a block that repeats a length before the first';
      const value = symbol === 16 ? lengths[i - 1]! : 0;
      let repeat = symbol === 16 ? 3 + this.takeBits(2) : symbol === 17 ? 3 + this.takeBits(3) : 11 + this.takeBits(7);
      if (i + repeat > total) return 'a block with too many code lengths';
      while (repeat-- > 0) lengths[i++] = value;
    }
    if (this.overran()) return 'cut';
    if (lengths[256] === 0) return 'a block without an end';
    if (!buildHuffmanTable(this.ownLiterals, lengths, 0, literalCount, LITERAL_SYMBOLS)) return 'a block with invalid literal codes';
    if (!buildHuffmanTable(this.ownDistances, lengths, literalCount, total, DISTANCE_SYMBOLS)) return 'a block with invalid distance codes';
    return null;
  }

  private copyStored(): DeflateStatus | 'go-on' {
    // takeBits leaves whole bytes only in the buffer, and none after 16-bit fields from a byte boundary.
    const take = Math.min(this.storedLeft, this.inputEnd - this.inputStart, OUTPUT_BYTES - this.outputEnd);
    this.output.set(this.input.subarray(this.inputStart, this.inputStart + take), this.outputEnd);
    this.inputStart += take;
    this.outputEnd += take;
    this.storedLeft -= take;
    this.history = Math.min(this.history + take, WINDOW_BYTES);
    if (this.storedLeft === 0) return this.endBlock();
    return this.inputStart === this.inputEnd ? 'more-input' : 'output-full';
  }

  /** Literals and matches of one block. hot path. */
  private decodeCodes(): DeflateStatus | 'go-on' {
    const { view, output, inputEnd } = this;
    const literals = this.literals.entries;
    const literalMask = this.literals.rootMask;
    const literalSubMask = this.literals.subMask;
    const distances = this.distances.entries;
    const distanceMask = this.distances.rootMask;
    const distanceSubMask = this.distances.subMask;
    const start = this.outputEnd;
    const reachable = this.history;
    const outputLimit = OUTPUT_BYTES - LONGEST_MATCH;
    let at = start;
    let position = this.inputStart;
    let buffer = this.bitBuffer;
    let count = this.bitCount;
    // State before the symbol at hand, to return to when the input ends inside it.
    let savedPosition = position;
    let savedBuffer = buffer;
    let savedCount = count;
    let status: DeflateStatus | 'go-on' | null = null;

    while (at < outputLimit) {
      savedPosition = position;
      savedBuffer = buffer;
      savedCount = count;
      // A code of 15 bits and 5 more. Whole bytes of a word go in: bits above `count` are those that follow anyway.
      if (count < 20) {
        buffer |= view.getInt32(position, true) << count;
        position += (31 - count) >> 3;
        count |= 24;
      }
      let entry = literals[buffer & literalMask]!;
      if ((entry & IS_LINK) !== 0) entry = literals[(entry >>> 12) + ((buffer >>> ROOT_BITS) & literalSubMask)]!;
      let used = entry & 15;
      buffer >>>= used;
      count -= used;
      if (position - (count >>> 3) > inputEnd) {
        status = 'more-input';
        break;
      }
      if ((entry & 0x300) === 0) {
        if (used === 0) {
          status = this.fail('an invalid code');
          break;
        }
        output[at++] = entry >>> 12;
        continue;
      }
      if ((entry & 0x300) !== KIND_BASE << 8) {
        status = (entry & 0x300) === KIND_END << 8 ? this.endBlock() : this.fail('an invalid code');
        break;
      }
      let extra = (entry >>> 4) & 15;
      const length = (entry >>> 12) + (buffer & ((1 << extra) - 1));
      buffer >>>= extra;
      count -= extra;
      if (count < 15) {
        buffer |= view.getInt32(position, true) << count;
        position += (31 - count) >> 3;
        count |= 24;
      }
      entry = distances[buffer & distanceMask]!;
      if ((entry & IS_LINK) !== 0) entry = distances[(entry >>> 12) + ((buffer >>> ROOT_BITS) & distanceSubMask)]!;
      used = entry & 15;
      buffer >>>= used;
      count -= used;
      if (count < 13) {
        buffer |= view.getInt32(position, true) << count;
        position += (31 - count) >> 3;
        count |= 24;
      }
      extra = (entry >>> 4) & 15;
      const distance = (entry >>> 12) + (buffer & ((1 << extra) - 1));
      buffer >>>= extra;
      count -= extra;
      if (position - (count >>> 3) > inputEnd) {
        status = 'more-input';
        break;
      }
      if (used === 0 || (entry & 0x300) === KIND_BAD << 8) {
        status = this.fail('an invalid distance code');
        break;
      }
      if (distance > reachable + at - start) {
        status = this.fail('a match that reaches back before the start');
        break;
      }
      const stop = at + length;
      if (distance >= length && length > 32) {
        output.copyWithin(at, at - distance, at - distance + length);
        at = stop;
      } else {
        let from = at - distance;
        while (at < stop) output[at++] = output[from++]!;
      }
    }
    if (status === 'more-input' || status === 'corrupt') {
      position = savedPosition;
      buffer = savedBuffer;
      count = savedCount;
    }
    this.inputStart = position;
    this.bitBuffer = buffer & ((1 << count) - 1);
    this.bitCount = count;
    this.outputEnd = at;
    this.history = Math.min(reachable + at - start, WINDOW_BYTES);
    return status ?? 'output-full';
  }
}
