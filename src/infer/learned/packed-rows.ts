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
  /** Remainders modulo `p` of all that a lane may hold: a division takes much longer. */
  readonly reduced: Uint8Array;
  /** Lanes with the first bits of a number, so many as a word has, by these bits. */
  readonly spread: Int32Array;
}

const made = new Map<number, Lanes>();

/** `mostAdded`: pivot rows that may be added to a row before it is reduced. */
export function lanesFor(p: number, columns: number, mostAdded: number): Lanes {
  const name = (columns * 64 + mostAdded) * 16 + p;
  const known = made.get(name);
  if (known !== undefined) return known;
  const largest = (p - 1) * (p - 1) * mostAdded + p;
  const perWord = largest < 1 << 8 ? 4 : largest < 1 << 10 ? 3 : 2;
  const bits = perWord === 3 ? 10 : 32 / perWord;
  const word = Uint8Array.from({ length: columns }, (_, c) => c / perWord);
  const lanes = {
    p,
    perWord,
    bits,
    word,
    shift: word.map((w, c) => (c - w * perWord) * bits),
    reduced: Uint8Array.from({ length: largest + 1 }, (_, value) => value % p),
    spread: Int32Array.from({ length: 1 << perWord }, (_, number) => {
      let lane = 0;
      for (let b = 0; b < perWord; b++) lane |= ((number >>> b) & 1) << (b * bits);
      return lane;
    }),
  };
  made.set(name, lanes);
  return lanes;
}

export function wordsFor({ word }: Lanes): number {
  return word[word.length - 1] + 1;
}

/** Sets the first `count` columns, all 0 until now, to the bits of a number, lowest first. */
export function setBits({ perWord, spread }: Lanes, row: Int32Array, number: number, count: number): void {
  for (let b = 0, w = 0; b < count; b += perWord, w++) row[w] = spread[(number >>> b) & (spread.length - 1)];
}

export function setLane({ word, shift }: Lanes, row: Int32Array, column: number, value: number): void {
  row[word[column]] |= value << shift[column];
}

/** What stands in a column, reduced. */
export function laneOf({ bits, word, shift, reduced }: Lanes, row: Int32Array, at: number, column: number): number {
  return reduced[(row[at + word[column]] >>> shift[column]) & ((1 << bits) - 1)];
}

/** Writes `row * factor` to `out` at `at`, every lane reduced. */
export function writeScaled({ perWord, bits, reduced }: Lanes, row: Int32Array, factor: number, out: Int32Array, at: number): void {
  for (let w = 0; w < row.length; w++) {
    let word = 0;
    for (let lane = 0; lane < perWord; lane++) {
      const value = (row[w] >>> (lane * bits)) & ((1 << bits) - 1);
      word |= reduced[reduced[value] * factor] << (lane * bits);
    }
    out[at + w] = word;
  }
}
