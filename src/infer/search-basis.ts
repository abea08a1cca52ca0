import type { LagFlows } from '../flows/lag-flows.ts';
import type { BasisBuckets } from '../hash/ovs-basis.ts';
import {
  basisOfShift,
  SHIFT_FACTOR,
  SLB_WORDS,
  slbBuckets,
  slbShiftWords,
  TCP_WORDS,
  tcpBuckets,
  tcpShiftWords,
  TOLD_SHIFT,
} from '../hash/ovs-basis.ts';
import { evidenceBits, slbClasses, tcpClasses } from './basis-classes.ts';
import type { BasisClasses } from './basis-classes.ts';
import type { Hypothesis } from './hypothesis.ts';
import type { SliceSequence } from './learn-buckets.ts';
import { BUCKETS } from './learn-buckets.ts';
import { MOST_BASIS, plausibleBases } from './plausible-bases.ts';

/** Share of the bonds that have a basis at all, and of those that nobody would guess. */
const BASIS_SHARE = 0.05;
const ANY_SHARE = 0.1;
/** Bits of evidence wanted beyond those that single one candidate out. */
const SPARE_BITS = 10;
/** Flows looked at: a basis is refuted by some dozens. */
const MOST_FLOWS = 4_000;
/** More that fit say that the traffic does not decide. */
const MOST_FOUND = 4;
/** Shifts tried between two looks at what the host wants: some tens of milliseconds. A power of two. */
const STEP = 1 << 19;

/**
 * Bases under which no bucket is on two members, among those that a person may have written (hash-basis has 2^31 values: all
 * of them would take minutes), and of the CRC family among all. Empty where the flows are too few to tell them from chance, or where several fit.
 * Stops now and then, so that a host can do something else in between.
 */
export function* searchBasis(
  flows: LagFlows,
  list: Uint32Array,
  slices: SliceSequence,
  hypotheses: readonly Hypothesis[],
): Generator<null, Hypothesis[]> {
  const known = searched.get(flows.merged) ?? [];
  searched.set(flows.merged, known);
  const rules = hypotheses.map(({ policy, variant }) => `${policy.id} ${variant}`).join();
  // A direction is analysed several times while its sides are being found: what the first flows refute, more of them refute too.
  let search = known.find((before) => before.rules === rules && isPart(before.list, list, before.isFull));
  if (search === undefined) {
    search = { rules, list, ...(yield* searchAll(flows, list.subarray(0, MOST_FLOWS), slices, hypotheses)) };
    known.push(search);
  }
  return search.found.map(({ rule, basis, logShare }) => {
    const hypothesis = hypotheses[rule];
    return { ...hypothesis, basis, logPrior: hypothesis.logPrior + logShare };
  });
}

/** What a search gave: places in the list of hypotheses, with the share of their bonds that have this very basis. */
interface Found {
  readonly found: readonly { readonly rule: number; readonly basis: number; readonly logShare: number }[];
  /** Every basis that can be told was asked of every rule: no flow that joins these makes another one fit. */
  readonly isFull: boolean;
}

interface Search extends Found {
  readonly rules: string;
  readonly list: Uint32Array;
}

const searched = new WeakMap<LagFlows['merged'], Search[]>();

/** True for the same flows, both ascending, or where `mayGrow` for more of them. */
function isPart(part: Uint32Array, all: Uint32Array, mayGrow: boolean): boolean {
  if (mayGrow ? part.length > all.length : part.length !== all.length) return false;
  let at = 0;
  for (let i = 0; i < all.length && at < part.length; i++) if (all[i] === part[at]) at++;
  return at === part.length;
}

interface Asked {
  readonly rule: number;
  readonly family: 'portable' | 'crc';
  readonly isSlb: boolean;
  readonly classes: BasisClasses;
}

function* searchAll(flows: LagFlows, list: Uint32Array, slices: SliceSequence, hypotheses: readonly Hypothesis[]): Generator<null, Found> {
  const bases = plausibleBases();
  let isFull = true;
  const asked = hypotheses.flatMap(({ policy, variant }, rule): Asked[] => {
    if (variant !== 'portable' && variant !== 'crc') return [];
    const isSlb = policy.id === 'ovs-balance-slb';
    const classes = isSlb ? slbClasses(flows, list, slices) : tcpClasses(flows, list, slices, variant);
    if (classes !== null && evidenceBits(classes) >= Math.log2(bases.length) + SPARE_BITS)
      return [{ rule, family: variant, isSlb, classes }];
    isFull = false;
    return [];
  });
  const found: Found['found'][number][] = [];
  for (const { rule, family, isSlb, classes } of asked) {
    const fits = testBases(bases, bucketsOf(isSlb, family, classes), classes);
    yield null;
    if (fits.length > MOST_FOUND) isFull = false;
    else found.push(...fits.map((basis) => ({ rule, basis, logShare: Math.log(BASIS_SHARE / bases.length) })));
  }
  // All bases take longer: they are not asked where one that a person may have written fits.
  if (found.length > 0) return { found, isFull };
  for (const { rule, family, isSlb, classes } of asked) {
    if (family !== 'crc') continue;
    const fits = yield* searchShifts(isSlb, classes);
    if (fits === null) isFull = false;
    else found.push(...fits.map((basis) => ({ rule, basis, logShare: Math.log((BASIS_SHARE * ANY_SHARE) / TOLD_SHIFT) })));
  }
  return { found, isFull };
}

function bucketsOf(isSlb: boolean, family: 'portable' | 'crc', { words: [first, second] }: BasisClasses): BasisBuckets {
  return isSlb ? slbBuckets(family, first, second) : tcpBuckets(family, first);
}

/** Bases of the CRC family among all: 2^23 shifts tell apart all that frames can show. Null where the flows do not single few out. */
function* searchShifts(isSlb: boolean, classes: BasisClasses): Generator<null, number[] | null> {
  if (evidenceBits(classes) < Math.log2(TOLD_SHIFT) + SPARE_BITS) return null;
  const [first, second] = classes.words;
  const own = isSlb ? slbShiftWords(first, second) : tcpShiftWords(first);
  const found: number[] = [];
  for (let from = 0; from < TOLD_SHIFT; from += STEP) {
    testShifts(own, classes, from, from + STEP, found);
    if (found.length > MOST_FOUND) return null;
    yield null;
  }
  return found.map((shift) => basisOfShift(shift, isSlb ? SLB_WORDS : TCP_WORDS, MOST_BASIS)).filter((basis) => basis >= 0);
}

/** Members in a cell beside the number of the candidate that last filled it: the least significant bits. */
const MEMBER_BITS = 8;

/**
 * Hot path: some million shifts, each refuted by some two dozen flows. A cell holds a bucket's member and the shift that filled
 * it; what an earlier shift left there is smaller than the mark.
 */
function testShifts(own: Int32Array, { member, count }: BasisClasses, from: number, to: number, found: number[]): void {
  const cells = new Int32Array(BUCKETS);
  for (let shift = from; shift < to; shift++) {
    const mark = (shift - from + 1) << MEMBER_BITS;
    let i = 0;
    for (; i < count; i++) {
      const product = Math.imul(own[i] ^ shift, SHIFT_FACTOR);
      const bucket = (product ^ (product >>> 16)) & 0xff;
      const cell = cells[bucket];
      if (cell < mark) cells[bucket] = mark | member[i];
      else if (cell !== (mark | member[i])) break;
    }
    if (i === count && found.push(shift) > MOST_FOUND) return;
  }
}

/** Flows hashed at a time before they are compared: most bases are refuted by then. */
const BLOCK = 16;

/** Hot path: some hundred thousand bases. */
function testBases(bases: Uint32Array, bucketsOf: BasisBuckets, { member, count }: BasisClasses): number[] {
  const found: number[] = [];
  const buckets = new Uint8Array(BLOCK);
  const cells = new Int32Array(BUCKETS);
  for (let n = 0; n < bases.length; n++) {
    const mark = (n + 1) << MEMBER_BITS;
    let fits = true;
    for (let from = 0; from < count && fits; from += BLOCK) {
      const to = Math.min(from + BLOCK, count);
      bucketsOf(bases[n], from, to, buckets);
      for (let i = from; i < to; i++) {
        const cell = cells[buckets[i - from]];
        if (cell < mark) cells[buckets[i - from]] = mark | member[i];
        else if (cell !== (mark | member[i])) {
          fits = false;
          break;
        }
      }
    }
    if (fits && found.push(bases[n]) > MOST_FOUND) break;
  }
  return found;
}
