/**
 * Remainders as linear functions. A number v of which each bit is known but for an inversion (a CRC of known polynomial and
 * unknown seed) is, modulo a prime p, `c + sum of w_i * b_i` with unknown c and w_i = ±2^i: linear over GF(p) in the bits. Members
 * are numbered in an unknown way, so each is a column of its own: equations that the bits make redundant tell which
 * numberings of the members are linear.
 */

import { laneOf, lanesFor, setBits, setLane, wordsFor, writeScaled, type Lanes } from './packed-rows.ts';

/** Bits of the widest value, and the constant term. */
const VALUE_BITS = 32;
const COLUMNS = VALUE_BITS + 1;

export interface RemainderFit {
  readonly modulus: number;
  /** Per bit of the value, lowest first; the constant is the last. */
  readonly weights: Uint8Array;
  /** Remainder of each member's values. */
  readonly remainderOf: Uint8Array;
}

/** Equations that other equations make redundant, beyond those that pin a numbering down, before one is believed enough to solve. */
export const SPARE_TESTS = 4;

/**
 * Numberings of the members that are linear modulo `p` in the bits of `values`, a basis of them without the constant one;
 * empty where there are none, null where the rows do not suffice to tell. `order`: rows to use, all of which are taken for right.
 * `bits`: of a value.
 */
export function fitRemainder(
  values: Uint32Array,
  bits: number,
  member: Uint8Array,
  members: number,
  p: number,
  order: ArrayLike<number>,
): RemainderFit[] | null {
  const columns = bits + 1;
  const lanes = lanesFor(p, columns + members, columns);
  const width = wordsFor(lanes);
  const rows = new Int32Array(columns * width);
  const columnOf = new Int32Array(columns);
  const tests = new Int32Array(members * members);
  const row = new Int32Array(width);
  const rest = new Int32Array(members);
  let rank = 0;
  let testRank = 0;
  let dependents = 0;
  for (let n = 0; n < order.length && dependents < members + SPARE_TESTS; n++) {
    const i = order[n];
    row.fill(0);
    setBits(lanes, row, values[i], bits);
    setLane(lanes, row, bits, 1);
    setLane(lanes, row, columns + member[i], 1);
    // Hot path. Before its own column a pivot row holds nothing.
    for (let r = 0; r < rank; r++) {
      const factor = laneOf(lanes, row, 0, columnOf[r]);
      if (factor === 0) continue;
      const at = r * width;
      const times = p - factor;
      for (let w = lanes.word[columnOf[r]]; w < width; w++) row[w] += Math.imul(times, rows[at + w]);
    }
    let column = 0;
    let value = 0;
    while (column < columns && (value = laneOf(lanes, row, 0, column)) === 0) column++;
    if (column < columns) {
      writeScaled(lanes, row, inverse(value, p), rows, rank * width);
      columnOf[rank++] = column;
      continue;
    }
    dependents++;
    for (let m = 0; m < members; m++) rest[m] = laneOf(lanes, row, 0, columns + m);
    testRank = addTest(tests, testRank, rest, members, p);
    // The constant numbering is always linear: one more is wanted.
    if (testRank >= members - 1) return [];
  }
  if (dependents < members + SPARE_TESTS) return null;
  return nullSpace(tests, testRank, members, p).flatMap((remainderOf) => {
    if (remainderOf.every((value) => value === remainderOf[0])) return [];
    return [{ modulus: p, weights: solveWeights(lanes, rows, columnOf.subarray(0, rank), width, columns, remainderOf), remainderOf }];
  });
}

function scaleInto(rows: Int32Array, at: number, row: Int32Array, factor: number, p: number): void {
  for (let c = 0; c < row.length; c++) rows[at + c] = (row[c] * factor) % p;
}

function inverse(value: number, p: number): number {
  for (let x = 1; x < p; x++) if ((value * x) % p === 1) return x;
  return 0;
}

/** Adds an equation on the numbering to the reduced ones; the new rank. */
function addTest(tests: Int32Array, rank: number, equation: Int32Array, members: number, p: number): number {
  const row = equation.slice();
  for (let r = 0; r < rank; r++) {
    const at = r * members;
    const factor = row[pivotOf(tests, at, members)];
    if (factor !== 0) for (let m = 0; m < members; m++) row[m] = (row[m] + (p - factor) * tests[at + m]) % p;
  }
  const pivot = row.findIndex((value) => value !== 0);
  if (pivot < 0) return rank;
  scaleInto(tests, rank * members, row, inverse(row[pivot], p), p);
  for (let r = 0; r < rank; r++) {
    const factor = tests[r * members + pivot];
    if (factor === 0) continue;
    for (let m = 0; m < members; m++) tests[r * members + m] = (tests[r * members + m] + (p - factor) * tests[rank * members + m]) % p;
  }
  return rank + 1;
}

function pivotOf(tests: Int32Array, at: number, members: number): number {
  let m = 0;
  while (m < members - 1 && tests[at + m] === 0) m++;
  return m;
}

/** A basis of the numberings that fulfil all tests. */
function nullSpace(tests: Int32Array, rank: number, members: number, p: number): Uint8Array[] {
  const pivots = Array.from({ length: rank }, (_, r) => pivotOf(tests, r * members, members));
  const basis: Uint8Array[] = [];
  for (let free = 0; free < members; free++) {
    if (pivots.includes(free)) continue;
    const vector = new Uint8Array(members);
    vector[free] = 1;
    pivots.forEach((pivot, r) => (vector[pivot] = (p - tests[r * members + free]) % p));
    basis.push(vector);
  }
  return basis;
}

/** Weights by substitution from the last pivot row on; columns without a pivot weigh nothing. */
function solveWeights(
  lanes: Lanes,
  rows: Int32Array,
  columnOf: Int32Array,
  width: number,
  columns: number,
  remainderOf: Uint8Array,
): Uint8Array {
  const solved = new Uint8Array(columns);
  const { p } = lanes;
  for (let r = columnOf.length - 1; r >= 0; r--) {
    const at = r * width;
    let sum = 0;
    for (let m = 0; m < remainderOf.length; m++) sum += laneOf(lanes, rows, at, columns + m) * remainderOf[m];
    for (let c = 0; c < columns; c++) if (c !== columnOf[r]) sum += (p - laneOf(lanes, rows, at, c)) * solved[c];
    solved[columnOf[r]] = sum % p;
  }
  const weights = new Uint8Array(COLUMNS);
  weights.set(solved.subarray(0, columns - 1));
  weights[VALUE_BITS] = solved[columns - 1];
  return weights;
}

/** The remainder that weights give a value. */
export function remainderOf({ modulus, weights }: Pick<RemainderFit, 'modulus' | 'weights'>, value: number): number {
  let sum = weights[VALUE_BITS];
  for (let b = 0; b < VALUE_BITS; b++) if (((value >>> b) & 1) === 1) sum += weights[b];
  return sum % modulus;
}

/** Rank modulo `p` of the bits of values, with the constant term: fewer than there are bits leave weights undetermined. */
export function rankOfBits(values: ArrayLike<number>, p: number): number {
  const rows: Int32Array[] = [];
  const columnOf: number[] = [];
  for (let n = 0; n < values.length && rows.length < COLUMNS; n++) {
    const row = new Int32Array(COLUMNS);
    for (let b = 0; b < VALUE_BITS; b++) row[b] = (values[n] >>> b) & 1;
    row[VALUE_BITS] = 1;
    for (let r = 0; r < rows.length; r++) {
      const factor = row[columnOf[r]];
      if (factor !== 0) for (let c = 0; c < COLUMNS; c++) row[c] = (row[c] + (p - factor) * rows[r][c]) % p;
    }
    const column = row.findIndex((value) => value !== 0);
    if (column < 0) continue;
    const scaled = new Int32Array(COLUMNS);
    scaleInto(scaled, 0, row, inverse(row[column], p), p);
    rows.push(scaled);
    columnOf.push(column);
  }
  return rows.length;
}
