/**
 * Switches that take a number modulo the members where these are no power of two: no split of the members is affine over GF(2),
 * but where the number is one that is known but for its seed, its remainder is linear modulo each prime factor.
 */
import { bitsOfTest, evidenceOf, LEAST_CHOSEN_BITS } from './evidence.ts';
import type { FieldRows } from './field-sets.ts';
import { distinctByValue, valuesOf, type KnownValue } from './known-values.ts';
import { fitRemainder, rankOfBits, remainderOf, type RemainderFit } from './remainder-algebra.ts';
import { createRemainderScreen, type RemainderScreen } from './remainder-screen.ts';

export interface SolvedRemainder {
  readonly kind: 'remainder';
  readonly value: KnownValue;
  /** One for each prime factor of the number of members. */
  readonly sums: readonly RemainderFit[];
  /** Member by remainders, the first sum counting fastest; -1 where none was seen. */
  readonly table: Int16Array;
  readonly wrong: number;
  /** Unknowns that the rows pinned down, and rows that could have refuted it. */
  readonly rank: number;
  readonly tests: number;
}

/** Share of rows that may be elsewhere. */
const MOST_WRONG = 0.03;

/** Rows that a first look at remainders takes: as many unknowns as a value has bits, two for each member, and some to spare. */
export function rowsOfFirstLook(members: number): number {
  return 40 + 2 * members;
}

/** True where remainders by the members are no matter of single bits. */
export function hasOddFactor(members: number): boolean {
  return primeFactors(members).some((p) => p > 2);
}

/** Sums modulo the prime factors that give these rows' members; null where there are none. `order`: rows that are taken for right; `bits`: of a value. */
export function fitRemainders(
  values: Uint32Array,
  bits: number,
  member: Uint8Array,
  members: number,
  order: ArrayLike<number>,
): RemainderFit[] | null {
  const primes = primeFactors(members);
  const fits: RemainderFit[] = [];
  // Odd ones first: modulo 2 more is linear.
  for (const p of [...primes.filter((q) => q > 2), ...primes.filter((q) => q === 2)]) {
    const found = fitRemainder(values, bits, member, members, p, order) ?? [];
    if (found.length === 0) return null;
    fits.push(...found);
  }
  return tellsApart(fits, members) ? fits : null;
}

/** A quick look at what `fitRemainders` looks for: false where it would find nothing. */
export function createRemainderLook(members: number): RemainderScreen['mayFit'] {
  const screens = primeFactors(members).flatMap((p) => createRemainderScreen(p, members) ?? []);
  return (values, member, order) => screens.every((screen) => screen.mayFit(values, member, order));
}

/** Distinct prime factors. Modulo 2 several numberings may be linear: of 12 members, two. */
function primeFactors(members: number): number[] {
  return [2, 3, 5, 7, 11, 13].filter((p) => members % p === 0);
}

/** No two members have the same remainders. */
function tellsApart(fits: readonly RemainderFit[], members: number): boolean {
  return new Set(Array.from({ length: members }, (_, m) => fits.map((fit) => fit.remainderOf[m]).join())).size === members;
}

/** Holds sums against all rows; null where these refute them. */
export function solveRemainder(
  rows: FieldRows,
  list: Uint32Array,
  value: KnownValue,
  sums: readonly RemainderFit[],
): SolvedRemainder | null {
  const cells = sums.reduce((product, { modulus }) => product * modulus, 1);
  const table = new Int16Array(cells).fill(-1);
  for (let m = 0; m < rows.members; m++) table[cellOf(sums, (sum) => sum.remainderOf[m])] = m;
  const distinct = distinctByValue(value, rows, list);
  const values = valuesOf(value, rows, distinct);
  let wrong = 0;
  for (let n = 0; n < distinct.length; n++) if (table[cellOfValue(sums, values[n])] !== rows.member[distinct[n]]) wrong++;
  const rank = Math.min(...sums.map(({ modulus }) => rankOfBits(values, modulus)));
  const tests = distinct.length - rank;
  if (wrong > distinct.length * MOST_WRONG || evidenceOf(tests, wrong, bitsOfTest(rows, distinct)) < LEAST_CHOSEN_BITS) return null;
  return { kind: 'remainder', value, sums, table, wrong, rank, tests };
}

export function cellOfValue(sums: readonly RemainderFit[], value: number): number {
  return cellOf(sums, (sum) => remainderOf(sum, value));
}

function cellOf(sums: readonly RemainderFit[], pick: (sum: RemainderFit) => number): number {
  let cell = 0;
  let step = 1;
  for (const sum of sums) {
    cell += step * pick(sum);
    step *= sum.modulus;
  }
  return cell;
}
