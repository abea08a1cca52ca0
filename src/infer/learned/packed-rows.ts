/**
 * Rows of small numbers modulo a prime, several to a word, so that adding a multiple of one row to another takes few steps. A
 * lane is wide enough for all sums of one elimination: it is reduced only where it is looked at, and at the end.
 */

export interface Lanes {
  readonly p: number;
  readonly perWord: number;
  readonly bits: number;
  /** By column. */
  readonly word: Uint8Array;
  readonly shift: Uint8Array;
}

/** Pivot rows that may be added to a row before it is reduced. */
const MOST_ADDED = 33;

const made = new Map<number, Lanes>();

export function lanesFor(p: number, columns: number): Lanes {
  const known = made.get(columns * 16 + p);
  if (known !== undefined) return known;
  const largest = (p - 1) * (p - 1) * MOST_ADDED + p;
  const perWord = largest < 1 << 10 ? 3 : 2;
  const bits = perWord === 3 ? 10 : 16;
  const word = Uint8Array.from({ length: columns }, (_, c) => c / perWord);
  const lanes = { p, perWord, bits, word, shift: word.map((w, c) => (c - w * perWord) * bits) };
  made.set(columns * 16 + p, lanes);
  return lanes;
}

export function wordsFor({ word }: Lanes): number {
  return word[word.length - 1] + 1;
}

export function setLane({ word, shift }: Lanes, row: Int32Array, column: number, value: number): void {
  row[word[column]] |= value << shift[column];
}

/** What stands in a column, reduced. */
export function laneOf({ p, bits, word, shift }: Lanes, row: Int32Array, at: number, column: number): number {
  return ((row[at + word[column]] >>> shift[column]) & ((1 << bits) - 1)) % p;
}

/** Writes `row * factor` to `out` at `at`, every lane reduced. */
export function writeScaled({ p, perWord, bits }: Lanes, row: Int32Array, factor: number, out: Int32Array, at: number): void {
  for (let w = 0; w < row.length; w++) {
    let word = 0;
    for (let lane = 0; lane < perWord; lane++) {
      const value = (row[w] >>> (lane * bits)) & ((1 << bits) - 1);
      word |= (((value % p) * factor) % p) << (lane * bits);
    }
    out[at + w] = word;
  }
}
