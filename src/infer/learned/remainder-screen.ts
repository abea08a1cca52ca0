/**
 * A first look at remainders by 3, 5 and 7, several times as fast as solving: most numbers are wrong, and few rows show it. The
 * digits of a row of the system are sliced by their bits, so that one step takes 32 columns. Rows are taken less the first
 * one, which leaves no constant term; the members' columns sum to nothing then, so that the first one can be done without.
 */

import { SPARE_TESTS } from './remainder-algebra.ts';

/** Bits of a digit. */
const PLANES = 3;
/** Columns of the value, those of the members. */
const WORDS = 2;
const ROW = PLANES * WORDS;

/** Adds a row of the store to `row`, digit by digit. */
type AddRow = (row: Int32Array, store: Int32Array, at: number) => void;

export interface RemainderScreen {
  /** False where no numbering of the members but the constant one is linear in the bits of these values. `order`: as for `fitRemainder`. */
  mayFit(values: Uint32Array, member: Uint8Array, order: ArrayLike<number>): boolean;
}

/** Null for moduli that it is not made for. */
export function createRemainderScreen(p: number, members: number): RemainderScreen | null {
  const add = ADD.get(p);
  if (add === undefined) return null;
  const row = new Int32Array(ROW);
  const multiple = new Int32Array(ROW);
  // All multiples of a pivot row: (pivot * p + digit) * ROW is what clears this digit.
  const store = new Int32Array((32 + members) * p * ROW);
  const columns = new Uint8Array(32 + members);

  const reduce = (rank: number): void => {
    for (let r = 0; r < rank; r++) {
      const digit = digitAt(row, columns[r]);
      if (digit !== 0) add(row, store, (r * p + digit) * ROW);
    }
  };
  const keep = (rank: number, column: number): void => {
    const first = rank * p * ROW;
    columns[rank] = column;
    const digit = digitAt(row, column);
    for (let w = 0; w < ROW; w++) multiple[w] = row[w];
    // What so many times the row clears: less by the row's own digit with each more.
    for (let times = 1, clears = p - digit; times < p; times++, clears = clears >= digit ? clears - digit : clears + p - digit) {
      for (let w = 0; w < ROW; w++) store[first + clears * ROW + w] = multiple[w];
      add(multiple, row, 0);
    }
  };

  return {
    mayFit(values, member, order) {
      const base = order[0];
      let rank = 0;
      let tests = 0;
      let dependents = 0;
      for (let n = 1; n < order.length && dependents < members + SPARE_TESTS; n++) {
        const i = order[n];
        setDifference(row, p, 0, values[i], values[base]);
        setDifference(row, p, PLANES, (1 << member[i]) >>> 1, (1 << member[base]) >>> 1);
        reduce(rank);
        let column = firstColumn(row, 0);
        if (column < 0) {
          dependents++;
          column = firstColumn(row, PLANES);
          if (column < 0) continue;
          column += 32;
          if (++tests >= members - 1) return false;
        }
        keep(rank++, column);
      }
      return true;
    },
  };
}

/** Digits of the bits of one number less those of another, -1 as p - 1. */
function setDifference(row: Int32Array, p: number, at: number, number: number, less: number): void {
  const plus = number & ~less;
  const minus = less & ~number;
  for (let plane = 0; plane < PLANES; plane++) row[at + plane] = (plane === 0 ? plus : 0) | (((p - 1) >> plane) & 1 ? minus : 0);
}

function digitAt(row: Int32Array, column: number): number {
  const at = column < 32 ? 0 : PLANES;
  return ((row[at] >>> column) & 1) | (((row[at + 1] >>> column) & 1) << 1) | (((row[at + 2] >>> column) & 1) << 2);
}

function firstColumn(row: Int32Array, at: number): number {
  const some = row[at] | row[at + 1] | row[at + 2];
  return some === 0 ? -1 : 31 - Math.clz32(some & -some);
}

/** Sums of digits below p in binary; where they reach p, what is missing to the next power of two is added and the overflow dropped. */
const ADD: ReadonlyMap<number, AddRow> = new Map<number, AddRow>([
  [
    3,
    (row, store, at) => {
      for (let w = 0; w < ROW; w += PLANES) {
        const x1 = row[w + 1] ^ store[at + w + 1];
        const c1 = row[w] & store[at + w];
        const s0 = row[w] ^ store[at + w];
        const s1 = x1 ^ c1;
        const over = (row[w + 1] & store[at + w + 1]) | (x1 & c1) | (s1 & s0);
        row[w] = s0 ^ over;
        row[w + 1] = s1 ^ (s0 & over);
      }
    },
  ],
  [
    5,
    (row, store, at) => {
      for (let w = 0; w < ROW; w += PLANES) {
        const c1 = row[w] & store[at + w];
        const s0 = row[w] ^ store[at + w];
        const x1 = row[w + 1] ^ store[at + w + 1];
        const c2 = (row[w + 1] & store[at + w + 1]) | (x1 & c1);
        const s1 = x1 ^ c1;
        const x2 = row[w + 2] ^ store[at + w + 2];
        const c3 = (row[w + 2] & store[at + w + 2]) | (x2 & c2);
        const s2 = x2 ^ c2;
        const over = c3 | (s2 & (s1 | s0));
        // 3 more.
        const d1 = s0 & over;
        row[w] = s0 ^ over;
        row[w + 1] = s1 ^ over ^ d1;
        row[w + 2] = s2 ^ ((s1 & over) | d1);
      }
    },
  ],
  [
    7,
    (row, store, at) => {
      for (let w = 0; w < ROW; w += PLANES) {
        const c1 = row[w] & store[at + w];
        const s0 = row[w] ^ store[at + w];
        const x1 = row[w + 1] ^ store[at + w + 1];
        const c2 = (row[w + 1] & store[at + w + 1]) | (x1 & c1);
        const s1 = x1 ^ c1;
        const x2 = row[w + 2] ^ store[at + w + 2];
        const c3 = (row[w + 2] & store[at + w + 2]) | (x2 & c2);
        const s2 = x2 ^ c2;
        const over = c3 | (s2 & s1 & s0);
        // 1 more.
        const d1 = s0 & over;
        row[w] = s0 ^ over;
        row[w + 1] = s1 ^ d1;
        row[w + 2] = s2 ^ (s1 & d1);
      }
    },
  ],
]);
