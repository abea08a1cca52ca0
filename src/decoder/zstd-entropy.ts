/** Entropy tables of Zstandard (RFC 8878, 4.1 and 4.2): FSE states and Huffman codes of literals. */

/** FSE decoding table. Entry: bits 0..7 symbol, 8..15 number of bits to read, 16..31 base of the next state. */
export interface FseTable {
  readonly entries: Int32Array;
  accuracyLog: number;
}

export function createFseTable(maxAccuracyLog: number): FseTable {
  return { entries: new Int32Array(1 << maxAccuracyLog), accuracyLog: 0 };
}

const probabilities = new Int16Array(256);
const nextState = new Uint16Array(256);

/** Position of the highest set bit of a positive number. */
export function highBit(value: number): number {
  return 31 - Math.clz32(value);
}

/** Reads a table description in [at, end) (RFC 8878, 4.1.1); returns the offset after it, or -1 if it is invalid. `bytes` is readable some bytes past `end`. */
export function readFseTable(
  table: FseTable,
  bytes: Uint8Array,
  at: number,
  end: number,
  maxAccuracyLog: number,
  maxSymbol: number,
): number {
  if (at >= end) return -1;
  const accuracyLog = (bytes[at]! & 15) + 5;
  if (accuracyLog > maxAccuracyLog) return -1;
  let bit = at * 8 + 4;
  let left = 1 << accuracyLog;
  let symbol = 0;
  while (left > 0) {
    if (symbol > maxSymbol || bit > end * 8) return -1;
    // Values 0 .. left + 1 in as few bits as possible: small ones have one bit less.
    const shortBits = highBit(left + 1);
    const byte = bit >> 3;
    const raw = (bytes[byte]! | (bytes[byte + 1]! << 8) | (bytes[byte + 2]! << 16)) >>> (bit & 7);
    const longMask = (1 << (shortBits + 1)) - 1;
    const shortMask = (1 << shortBits) - 1;
    const shortValues = longMask - left - 1;
    let value = raw & shortMask;
    if (value < shortValues) {
      bit += shortBits;
    } else {
      value = raw & longMask;
      if (value > shortMask) value -= shortValues;
      bit += shortBits + 1;
    }
    const probability = value - 1;
    probabilities[symbol++] = probability;
    left -= probability < 0 ? 1 : probability;
    if (left < 0) return -1;
    if (probability !== 0) continue;
    for (;;) {
      const place = bit >> 3;
      const repeat = ((bytes[place]! | (bytes[place + 1]! << 8)) >>> (bit & 7)) & 3;
      bit += 2;
      if (symbol + repeat > maxSymbol + 1 || bit > end * 8) return -1;
      for (let i = 0; i < repeat; i++) probabilities[symbol++] = 0;
      if (repeat < 3) break;
    }
  }
  const next = (bit + 7) >> 3;
  if (next > end) return -1;
  buildFseTable(table, probabilities, symbol, accuracyLog);
  return next;
}

/** Spreads symbols over states (RFC 8878, 4.1.1). Probabilities sum up to 2^accuracyLog, -1 counting as one. */
export function buildFseTable(table: FseTable, counts: ArrayLike<number>, symbols: number, accuracyLog: number): void {
  const size = 1 << accuracyLog;
  const mask = size - 1;
  const step = (size >> 1) + (size >> 3) + 3;
  const entries = table.entries;
  let high = size;
  for (let symbol = 0; symbol < symbols; symbol++) {
    if (counts[symbol] === -1) entries[--high] = symbol;
    nextState[symbol] = counts[symbol] === -1 ? 1 : counts[symbol]!;
  }
  let position = 0;
  for (let symbol = 0; symbol < symbols; symbol++) {
    for (let i = 0; i < counts[symbol]!; i++) {
      entries[position] = symbol;
      do position = (position + step) & mask;
      while (position >= high && high > 0);
    }
  }
  for (let state = 0; state < size; state++) {
    const symbol = entries[state]!;
    const next = nextState[symbol]++;
    const bits = accuracyLog - highBit(next);
    entries[state] = symbol | (bits << 8) | (((next << bits) - size) << 16);
  }
  table.accuracyLog = accuracyLog;
}

/** A table whose every state is one symbol. */
export function fillRleTable(table: FseTable, symbol: number): void {
  table.entries[0] = symbol;
  table.accuracyLog = 0;
}

export const MAX_HUFFMAN_BITS = 11;

/** Huffman decoding table. Entry: bits 0..7 symbol, 8.. length of the code; indexed by `bits` bits. */
export interface LiteralTable {
  readonly entries: Uint16Array;
  bits: number;
}

export function createLiteralTable(): LiteralTable {
  return { entries: new Uint16Array(1 << MAX_HUFFMAN_BITS), bits: 0 };
}

const weights = new Uint8Array(256);
const weightTable = createFseTable(6);
const rankStart = new Uint32Array(14);

/** Reads a Huffman tree description in [at, end) (RFC 8878, 4.2.1); returns the offset after it, or -1 if it is invalid. */
export function readLiteralTable(table: LiteralTable, bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return -1;
  const head = bytes[at++]!;
  let count: number;
  let next: number;
  if (head >= 128) {
    count = head - 127;
    next = at + ((count + 1) >> 1);
    if (next > end) return -1;
    for (let i = 0; i < count; i++) weights[i] = i & 1 ? bytes[at + (i >> 1)]! & 15 : bytes[at + (i >> 1)]! >> 4;
  } else {
    next = at + head;
    if (next > end) return -1;
    count = readWeights(bytes, at, next);
    if (count < 0) return -1;
  }
  return buildLiteralTable(table, count) ? next : -1;
}

/** Weights packed by FSE, two states taking turns (RFC 8878, 4.2.1.2); returns their number or -1. */
function readWeights(bytes: Uint8Array, start: number, end: number): number {
  const at = readFseTable(weightTable, bytes, start, end, 6, 255);
  if (at < 0 || at >= end || bytes[end - 1] === 0) return -1;
  const { entries, accuracyLog } = weightTable;
  const first = at * 8;
  let bit = end * 8 - 8 + highBit(bytes[end - 1]!);
  const read = (count: number): number => {
    bit -= count;
    const byte = bit >> 3;
    return ((bytes[byte]! | (bytes[byte + 1]! << 8)) >>> (bit & 7)) & ((1 << count) - 1);
  };
  if (bit - first < 2 * accuracyLog) return -1;
  let one = read(accuracyLog);
  let other = read(accuracyLog);
  let count = 0;
  for (;;) {
    if (count >= 254) return -1;
    const entry = entries[one]!;
    weights[count++] = entry & 0xff;
    const bits = (entry >> 8) & 0xff;
    if (bit - first < bits) {
      weights[count++] = entries[other]! & 0xff;
      return count;
    }
    one = other;
    other = (entry >> 16) + read(bits);
  }
}

function buildLiteralTable(table: LiteralTable, given: number): boolean {
  let sum = 0;
  for (let i = 0; i < given; i++) {
    if (weights[i]! > MAX_HUFFMAN_BITS) return false;
    if (weights[i]! > 0) sum += 1 << (weights[i]! - 1);
  }
  if (sum === 0) return false;
  const bits = highBit(sum) + 1;
  if (bits > MAX_HUFFMAN_BITS) return false;
  const rest = (1 << bits) - sum;
  if ((rest & (rest - 1)) !== 0) return false;
  weights[given] = highBit(rest) + 1;
  const count = given + 1;
  rankStart.fill(0);
  for (let i = 0; i < count; i++) if (weights[i]! > 0) rankStart[weights[i]! + 1] += 1 << (weights[i]! - 1);
  for (let weight = 1; weight < rankStart.length; weight++) rankStart[weight] += rankStart[weight - 1]!;
  for (let symbol = 0; symbol < count; symbol++) {
    const weight = weights[symbol]!;
    if (weight === 0) continue;
    const from = rankStart[weight]!;
    const to = from + (1 << (weight - 1));
    table.entries.fill(symbol | ((bits + 1 - weight) << 8), from, to);
    rankStart[weight] = to;
  }
  table.bits = bits;
  return true;
}
