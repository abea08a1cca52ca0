/**
 * Switches that take a number modulo the members where these are no power of two: no split of the members is affine over GF(2),
 * but where the number is one that is known but for its seed, its remainder is linear modulo each prime factor.
 */
import { FIELD_WORDS } from '../../hash/learned-fields.ts';
import type { FieldRows } from './field-sets.ts';
import { knownValues, type KnownValue } from './known-values.ts';
import { createRandom, shuffle } from './random.ts';
import { fitRemainder, remainderOf, type RemainderFit } from './remainder-algebra.ts';

export interface SolvedRemainder {
  readonly value: KnownValue;
  /** One for each prime factor of the number of members. */
  readonly sums: readonly RemainderFit[];
  /** Member by remainders, the first sum counting fastest; -1 where none was seen. */
  readonly table: Int16Array;
  /** Values that were tried, this one included. */
  readonly tried: number;
  readonly wrong: number;
}

/** Rows that the first look takes beside two for each member: as many unknowns as a value has bits, and some to spare. */
const FIRST_LOOK = 40;
/** Rows below which a solution is not believed. */
const LEAST_ROWS = 100;
/** Share of rows that may be elsewhere. */
const MOST_WRONG = 0.03;
/** `list`: rows of one layout. Null where no catalogued value explains them. */
export function solveRemainder(rows: FieldRows, list: Uint32Array, seed: number): SolvedRemainder | null {
  const primes = primeFactors(rows.members);
  const odd = primes.filter((p) => p > 2);
  if (list.length < LEAST_ROWS || odd.length === 0) return null;
  const first = shuffle(Uint32Array.from(list), createRandom(seed)).subarray(0, FIRST_LOOK + 2 * rows.members);
  const member = Uint8Array.from(first, (i) => rows.member[i]);
  const order = Array.from(first.keys());
  let tried = 0;
  for (const value of knownValues(rows, list)) {
    tried++;
    const values = value.values(rows, first);
    const fits: RemainderFit[] = [];
    for (const p of [...odd, ...primes.filter((q) => q === 2)]) {
      const found = fitRemainder(values, member, rows.members, p, order) ?? [];
      if (found.length === 0) break;
      fits.push(...found);
    }
    if (fits.length < primes.length || !tellsApart(fits, rows.members)) continue;
    const solved = checkAll(rows, list, value, fits, tried);
    if (solved !== null) return solved;
  }
  return null;
}

/** Distinct prime factors. Modulo 2 several numberings may be linear: of 12 members, two. */
function primeFactors(members: number): number[] {
  return [2, 3, 5, 7, 11, 13].filter((p) => members % p === 0);
}

/** No two members have the same remainders. */
function tellsApart(fits: readonly RemainderFit[], members: number): boolean {
  return new Set(Array.from({ length: members }, (_, m) => fits.map((fit) => fit.remainderOf[m]).join())).size === members;
}

function checkAll(
  rows: FieldRows,
  list: Uint32Array,
  value: KnownValue,
  sums: readonly RemainderFit[],
  tried: number,
): SolvedRemainder | null {
  const cells = sums.reduce((product, { modulus }) => product * modulus, 1);
  const table = new Int16Array(cells).fill(-1);
  for (let m = 0; m < rows.members; m++) table[cellOf(sums, (sum) => sum.remainderOf[m])] = m;
  const values = value.values(rows, list);
  let wrong = 0;
  for (let n = 0; n < list.length; n++) if (table[cellOf(sums, (sum) => remainderOf(sum, values[n]))] !== rows.member[list[n]]) wrong++;
  return wrong > list.length * MOST_WRONG ? null : { value, sums, table, tried, wrong };
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

/** Member of a row under a solution, -1 for remainders that were never seen. */
export function memberByRemainder({ value, sums, table }: SolvedRemainder, rows: FieldRows, row: number): number {
  const [number] = value.values(rows, [row]);
  return table[cellOf(sums, (sum) => remainderOf(sum, number))];
}

/** Field bits whose parity is each bit of the value: words of a row of field words, by bit of the value. */
export function parityMasks(value: KnownValue, fieldWords: readonly number[]): Uint32Array[] {
  const masks = Array.from({ length: 32 }, () => new Uint32Array(FIELD_WORDS));
  const words = new Uint32Array(FIELD_WORDS);
  const unit: FieldRows = { words, count: 1, member: new Uint8Array(1), members: 1 };
  for (const word of fieldWords)
    for (let bit = 0; bit < 32; bit++) {
      words[word] = (1 << bit) >>> 0;
      const [result] = value.values(unit, [0]);
      words[word] = 0;
      for (let b = 0; b < 32; b++) if (((result >>> b) & 1) === 1) masks[b][word] |= 1 << bit;
    }
  return masks;
}
