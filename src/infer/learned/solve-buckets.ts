/**
 * Switches that take some bits of a known number for a bucket, and look its member up in any table: flows that meet in a
 * bucket share a member. Which bits of the number count, and how many, is found with it.
 */
import { bitsOfTest, evidenceOf, LEAST_CHOSEN_BITS } from './evidence.ts';
import type { FieldRows } from './field-sets.ts';
import { parity } from './gf2.ts';
import { distinctByValue, valuesOf, type KnownValue, type TriedValue } from './known-values.ts';
import { completeTable } from './regular-tables.ts';

/** Bits of a bucket at most: the largest tables of members that are in use have 256 entries. */
export const BUCKET_BITS = 8;
const BUCKETS = 1 << BUCKET_BITS;
/** Rows on another member than those before them in their bucket, after which a number is given up at first sight. */
const MOST_STRIKES = 2;
/** Share of rows that may be elsewhere. */
const MOST_WRONG = 0.03;
/** Share of a bucket's rows on one member, above which it is that member's. */
const LEAST_CLEAR = 0.75;
/** Bits of evidence that a bit of the bucket does not matter. */
const LEAST_MERGE_EVIDENCE = 20;

export interface SolvedBuckets {
  readonly kind: 'buckets';
  readonly value: KnownValue;
  /** Lowest bit of the window of the value that the masks look at. */
  readonly shift: number;
  /** Bits of the value whose parity is each bit of the bucket, lowest first. */
  readonly masks: readonly number[];
  /** Member by bucket, -1 where none was seen. */
  readonly table: Int16Array;
  readonly wrong: number;
  /** Rows that could have refuted it. */
  readonly tests: number;
}

/** The member first met in each bucket, with a stamp that says of which window: nothing has to be cleared between them. */
export interface FirstSight {
  readonly met: Int32Array;
  stamp: number;
}

const STAMP_SHIFT = 8;
const LAST_STAMP = 2 ** (31 - STAMP_SHIFT) - 1;

export function createFirstSight(): FirstSight {
  return { met: new Int32Array(BUCKETS), stamp: 0 };
}

/** Lowest bits of the windows of a value in which these rows' buckets have one member each. */
export function windowsThatFit(sight: FirstSight, tried: TriedValue, member: Uint8Array): number[] {
  const { met } = sight;
  const { values, width } = tried;
  const found: number[] = [];
  let filled = 0;
  for (let shift = 0; shift <= Math.max(0, width - BUCKET_BITS); shift++) {
    if (sight.stamp === LAST_STAMP) met.fill((sight.stamp = 0));
    const stamp = ++sight.stamp << STAMP_SHIFT;
    let strikes = 0;
    for (let n = 0; n < values.length && strikes <= MOST_STRIKES; n++) {
      if (n === filled) filled = tried.fill(n + 1);
      // Hot path, and no branch that could be foreseen.
      const bucket = (values[n] >>> shift) & (BUCKETS - 1);
      const differs = met[bucket] ^ (stamp | member[n]);
      const wasMet = (differs - (1 << STAMP_SHIFT)) >> 31;
      strikes += wasMet & ((differs | -differs) >>> 31);
      met[bucket] = stamp | (member[n] ^ (differs & wasMet));
    }
    if (strikes <= MOST_STRIKES) found.push(shift);
  }
  return found;
}

/** Rows of different values of the fields that enter, counted by bucket and member. */
interface BucketCounts {
  readonly masks: readonly number[];
  readonly members: number;
  readonly counts: Float64Array;
}

/** The table of a window with all rows; null where they refute it, or are too few to show it. `spent`: bits that the choice of the value took beyond that of a catalogued one. */
export function solveBuckets(rows: FieldRows, list: Uint32Array, value: KnownValue, shift: number, spent = 0): SolvedBuckets | null {
  const distinct = distinctByValue(value, rows, list);
  const values = valuesOf(value, rows, distinct);
  const masks = Array.from({ length: Math.min(BUCKET_BITS, value.width) }, (_, b) => (1 << (b + shift)) >>> 0);
  const window = countBuckets(masks, values, distinct, rows);
  const { table, wrong, seen } = majority(window);
  const tests = distinct.length - seen;
  const bits = bitsOfTest(rows, distinct);
  if (wrong > distinct.length * MOST_WRONG || evidenceOf(tests, wrong, bits) < LEAST_CHOSEN_BITS + spent) return null;
  const regular = completeTable(table, window.counts, rows.members);
  if (regular !== null) return { kind: 'buckets', value, shift, masks, table: withoutUnclear(regular, window), wrong, tests };
  const merged = mergeBuckets(window, values, distinct, rows, bits);
  return { kind: 'buckets', value, shift, masks: merged.masks, ...pickTable(merged), tests };
}

/** What a rule says of buckets, but for those that the rows are divided on. */
function withoutUnclear(table: Int16Array, { counts, members }: BucketCounts): Int16Array {
  return table.map((member, bucket) => {
    const own = counts.subarray(bucket * members, (bucket + 1) * members);
    const all = own.reduce((sum, count) => sum + count, 0);
    return all === 0 || isClear(own[member], all) ? member : -1;
  });
}

function pickTable(counts: BucketCounts): Pick<SolvedBuckets, 'table' | 'wrong'> {
  const { table, wrong } = majority(counts);
  return { table, wrong };
}

export function bucketOfValue(masks: readonly number[], value: number): number {
  let bucket = 0;
  for (let b = 0; b < masks.length; b++) bucket |= parity(value & masks[b]) << b;
  return bucket;
}

function countBuckets(masks: readonly number[], values: Uint32Array, list: Uint32Array, { member, members }: FieldRows): BucketCounts {
  const counts = new Float64Array((1 << masks.length) * members);
  for (let n = 0; n < list.length; n++) counts[bucketOfValue(masks, values[n]) * members + member[list[n]]]++;
  return { masks, members, counts };
}

/** A bucket with rows on several members, as on the border of two parts of the range, is not told by the most of them. */
function isClear(most: number, all: number): boolean {
  return most > all * LEAST_CLEAR;
}

/** The member of most rows of each bucket. */
function majority({ masks, members, counts }: BucketCounts): { table: Int16Array; wrong: number; seen: number } {
  const table = new Int16Array(1 << masks.length).fill(-1);
  let wrong = 0;
  let seen = 0;
  for (let bucket = 0; bucket < table.length; bucket++) {
    const own = counts.subarray(bucket * members, (bucket + 1) * members);
    const most = Math.max(...own);
    if (most === 0) continue;
    const all = own.reduce((sum, count) => sum + count, 0);
    seen++;
    wrong += all - most;
    if (isClear(most, all)) table[bucket] = own.indexOf(most);
  }
  return { table, wrong, seen };
}

/**
 * Leaves out what does not matter: if buckets that differ by `step` have the same member wherever both were seen, often enough,
 * they are one. Fewer buckets are met by more flows.
 */
function mergeBuckets(start: BucketCounts, values: Uint32Array, list: Uint32Array, rows: FieldRows, bits: number): BucketCounts {
  let current = start;
  for (;;) {
    const step = stepWithoutEffect(current, bits);
    if (step === 0) return current;
    const pivot = 31 - Math.clz32(step);
    const masks = current.masks.flatMap((mask, b) =>
      b === pivot ? [] : [((step >>> b) & 1) === 1 ? (mask ^ current.masks[pivot]) >>> 0 : mask],
    );
    current = countBuckets(masks, values, list, rows);
  }
}

function stepWithoutEffect(current: BucketCounts, bits: number): number {
  const { table } = majority(current);
  const { counts, members } = current;
  const weight = (bucket: number): number => counts[bucket * members + table[bucket]];
  for (let step = 1; step < table.length; step++) {
    let agree = 0;
    let differ = 0;
    let proven = 0;
    for (let bucket = 0; bucket < table.length; bucket++) {
      const other = bucket ^ step;
      if (other < bucket || table[bucket] < 0 || table[other] < 0) continue;
      if (table[bucket] === table[other]) agree++;
      else {
        differ++;
        // Not a single stray: both sides are where several rows put them.
        if (weight(bucket) > 1 && weight(other) > 1) proven++;
      }
    }
    if (proven > 0 || differ > (agree + differ) * MOST_WRONG * 2) continue;
    if (evidenceOf(agree + differ, differ, bits) - Math.log2(table.length) >= LEAST_MERGE_EVIDENCE) return step;
  }
  return 0;
}
