/**
 * Lookup tables for the prefix codes of DEFLATE (RFC 1951, 3.2.2) in two levels, so that what is looked up often
 * stays in the cache: the first is indexed by ROOT_BITS bits (fewer where no code is longer); codes that are longer
 * have a second table for each beginning.
 *
 * Entry: bits 0..3 length of the code, 4..7 number of extra bits, 8..9 kind, 12.. value (literal, or base of a
 * length or distance). Bit 10: the value is the start of the second table, indexed by `subMask` of the bits after
 * the root. 0 stands for bits that no code begins with.
 */
export const KIND_LITERAL = 0;
export const KIND_BASE = 1;
export const KIND_END = 2;
export const KIND_BAD = 3;
export const IS_LINK = 1 << 10;
export const ROOT_BITS = 10;

export interface HuffmanTable {
  readonly entries: Int32Array;
  rootMask: number;
  subMask: number;
}

/** Second tables: each begins with at least one of at most 288 codes and has 2^(15 - ROOT_BITS) entries. */
const MAX_ENTRIES = (1 << ROOT_BITS) + 288 * (1 << (15 - ROOT_BITS));

export function createHuffmanTable(): HuffmanTable {
  return { entries: new Int32Array(MAX_ENTRIES), rootMask: 0, subMask: 0 };
}

const counts = new Uint16Array(16);
const nextCodes = new Uint16Array(16);

/**
 * Builds the table of the code lengths in [from, to); `symbols[i]` is the entry of symbol i without its code length.
 * False for lengths that make no code. Codes that leave bits unused are allowed only as zlib allows them: a single
 * code of one bit, or (distances) none at all.
 */
export function buildHuffmanTable(table: HuffmanTable, lengths: Uint8Array, from: number, to: number, symbols: Int32Array): boolean {
  counts.fill(0);
  for (let i = from; i < to; i++) counts[lengths[i]!]++;
  let longest = 15;
  while (longest > 0 && counts[longest] === 0) longest--;
  const entries = table.entries;
  if (longest === 0) {
    table.rootMask = table.subMask = 0;
    entries[0] = 0;
    return true;
  }
  let left = 1;
  let code = 0;
  counts[0] = 0;
  for (let length = 1; length <= longest; length++) {
    left = (left << 1) - counts[length]!;
    if (left < 0) return false;
    code = (code + counts[length - 1]!) << 1;
    nextCodes[length] = code;
  }
  if (left > 0 && longest !== 1) return false;
  const rootBits = Math.min(longest, ROOT_BITS);
  const rootSize = 1 << rootBits;
  const subSize = 1 << (longest - rootBits);
  table.rootMask = rootSize - 1;
  table.subMask = subSize - 1;
  // Also forgets the links of the table before; a complete code fills everything else.
  entries.fill(0, 0, rootSize);
  let end = rootSize;
  for (let i = from; i < to; i++) {
    const length = lengths[i]!;
    if (length === 0) continue;
    const entry = symbols[i - from]! | length;
    const reversed = reverseBits(nextCodes[length]++, length);
    if (length <= rootBits) {
      for (let at = reversed; at < rootSize; at += 1 << length) entries[at] = entry;
      continue;
    }
    const root = reversed & (rootSize - 1);
    if (entries[root] === 0) {
      entries[root] = (end << 12) | IS_LINK;
      end += subSize;
    }
    const start = entries[root]! >>> 12;
    for (let at = reversed >>> rootBits; at < subSize; at += 1 << (length - rootBits)) entries[start + at] = entry;
  }
  return true;
}

function reverseBits(code: number, length: number): number {
  let reversed = 0;
  for (let bit = 0; bit < length; bit++) reversed |= ((code >>> bit) & 1) << (length - 1 - bit);
  return reversed;
}

/** Entries of literals and lengths: RFC 1951, 3.2.5. */
export const LITERAL_SYMBOLS: Int32Array = makeLiteralSymbols();
/** Entries of distances: RFC 1951, 3.2.5. */
export const DISTANCE_SYMBOLS: Int32Array = makeDistanceSymbols();
/** Entries of the code length alphabet: the symbol itself. */
export const PLAIN_SYMBOLS: Int32Array = Int32Array.from({ length: 19 }, (_, symbol) => symbol << 12);

function makeLiteralSymbols(): Int32Array {
  const symbols = new Int32Array(288);
  for (let symbol = 0; symbol < 256; symbol++) symbols[symbol] = symbol << 12;
  symbols[256] = KIND_END << 8;
  let base = 3;
  for (let symbol = 257; symbol < 285; symbol++) {
    const extra = symbol < 265 ? 0 : (symbol - 261) >> 2;
    symbols[symbol] = (base << 12) | (KIND_BASE << 8) | (extra << 4);
    base += 1 << extra;
  }
  symbols[285] = (258 << 12) | (KIND_BASE << 8);
  symbols[286] = symbols[287] = KIND_BAD << 8;
  return symbols;
}

function makeDistanceSymbols(): Int32Array {
  const symbols = new Int32Array(32);
  let base = 1;
  for (let symbol = 0; symbol < 30; symbol++) {
    const extra = symbol < 4 ? 0 : (symbol - 2) >> 1;
    symbols[symbol] = (base << 12) | (KIND_BASE << 8) | (extra << 4);
    base += 1 << extra;
  }
  symbols[30] = symbols[31] = KIND_BAD << 8;
  return symbols;
}
