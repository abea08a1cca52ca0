/** Looks for a known number behind the members: one of which the remainder or a table of buckets gives them. */
import { climbMasks } from './climb-masks.ts';
import type { FieldRows } from './field-sets.ts';
import { partialMasks, wholeKey } from './field-masks.ts';
import { doesVary, isUsual, keyFields, keySequences } from './key-fields.ts';
import { triedValues, valuesOf, type MaskedKey, type TriedValue } from './known-values.ts';
import { numberFamilies, type NumberFamily } from './number-families.ts';
import { createRandom, shuffle } from './random.ts';
import { createRefuter } from './refuted-keys.ts';
import { BUCKET_BITS, bucketOfValue, createFirstSight, solveBuckets, windowsThatFit, type SolvedBuckets } from './solve-buckets.ts';
import type { RemainderFit } from './remainder-algebra.ts';
import {
  cellOfValue,
  createRemainderLook,
  fitRemainders,
  hasOddFactor,
  rowsOfFirstLook,
  solveRemainder,
  type SolvedRemainder,
} from './solve-remainder.ts';

export type SolvedNumber = SolvedRemainder | SolvedBuckets;

/** Rows below which a solution is not believed. */
const LEAST_ROWS = 100;
/** Rows of the first look at buckets: enough for some dozens to meet. */
const FIRST_LOOK = 160;
/** Numbers that pass the first look, after which the rows are taken to refute none: some do of those that are wrong, one in a hundred or fewer. */
const MOST_PASSED = 256;
/** Numbers tried from one step to the next: some tens of milliseconds. */
const TRIES_PER_STEP = 512;

/**
 * `list`: rows of one layout. Null where no known number explains them. The solution with the fewest rows elsewhere. Yields now
 * and then: it may take seconds.
 */
export function* solveNumber(rows: FieldRows, list: Uint32Array, seed: number): Generator<null, SolvedNumber | null> {
  if (list.length < LEAST_ROWS) return null;
  const first = shuffle(Uint32Array.from(list), createRandom(seed)).subarray(0, FIRST_LOOK);
  const member = Uint8Array.from(first, (row) => rows.member[row]);
  const order = Array.from({ length: Math.min(first.length, rowsOfFirstLook(rows.members)) }, (_, n) => n);
  const isOdd = hasOddFactor(rows.members);
  const mayFit = createRemainderLook(rows.members);
  const sight = createFirstSight();
  let passed = 0;

  const remaindersOf = (tried: TriedValue): RemainderFit[] | null => {
    tried.fill(order.length);
    if (!mayFit(tried.values, member, order)) return null;
    return fitRemainders(tried.values, tried.width, member, rows.members, order);
  };
  const solveOne = (tried: TriedValue): SolvedNumber[] => {
    const found: SolvedNumber[] = [];
    const windows = windowsThatFit(sight, tried, member);
    // The remainder of few bits is a table of them, too.
    // The remainder of few bits is a table of them, too.
    const sums = isOdd && (windows.length > 0 || tried.width > BUCKET_BITS) ? remaindersOf(tried) : null;
    if (windows.length === 0 && sums === null) return found;
    passed++;
    const value = tried.make();
    const remainder = sums === null ? null : solveRemainder(rows, list, value, sums);
    if (remainder !== null) found.push(remainder);
    for (const shift of windows) {
      const buckets = solveBuckets(rows, list, value, shift);
      if (buckets !== null) found.push(buckets);
    }
    return found;
  };
  let tries = 0;
  function* search(families: readonly NumberFamily[], keys: readonly MaskedKey[]): Generator<null, SolvedNumber | null> {
    let best: SolvedNumber | null = null;
    for (const family of families)
      for (const tried of triedValues(rows, first, family, keys)) {
        if (passed >= MOST_PASSED) return best;
        if (++tries % TRIES_PER_STEP === 0) yield null;
        for (const solved of solveOne(tried)) {
          if (best === null || solved.wrong < best.wrong) best = solved;
          if (best.wrong === 0) return best;
        }
      }
    return best;
  }

  const isRefuted = createRefuter(rows, list);
  const whole = keySequences(keyFields(rows, list))
    .map((key) => ({ key, masks: wholeKey(key) }))
    .filter((key) => !isRefuted(key));
  const usual = whole.filter(({ key }) => isUsual(key));
  const parts = usual
    .filter(({ key }) => key.every(doesVary))
    .flatMap(({ key }) => partialMasks(key).map((masks) => ({ key, masks })))
    .filter((key) => !isRefuted(key));
  const plain = numberFamilies().filter(({ isPlain }) => isPlain);
  const found =
    (yield* search(numberFamilies(), usual)) ??
    (yield* search(plain, parts)) ??
    (yield* search(
      plain,
      whole.filter(({ key }) => !isUsual(key)),
    ));
  return found !== null || passed >= MOST_PASSED ? found : climbMasks(rows, list, seed);
}

/** The same number with more rows, of which the table may show more. */
export function solveAgain(solved: SolvedNumber, rows: FieldRows, list: Uint32Array): SolvedNumber {
  const again =
    solved.kind === 'remainder'
      ? solveRemainder(rows, list, solved.value, solved.sums)
      : solveBuckets(rows, list, solved.value, solved.shift);
  return again ?? solved;
}

/** Members of rows under a solution, -1 where nothing like them was seen. */
export function membersBySolution(solved: SolvedNumber, rows: FieldRows, list: ArrayLike<number>): Int16Array {
  const values = valuesOf(solved.value, rows, list);
  return Int16Array.from(values, (value) =>
    solved.kind === 'remainder' ? solved.table[cellOfValue(solved.sums, value)] : solved.table[bucketOfValue(solved.masks, value)],
  );
}
