import { hashFlows } from '../flows/hash-flows.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import type { BasisBuckets } from '../hash/ovs-basis.ts';
import { basisOfShift, TOLD_SHIFT, SLB_WORDS, slbBuckets, slbShifts, TCP_WORDS, tcpBuckets, tcpShifts } from '../hash/ovs-basis.ts';
import { slbHighWord, slbLowWord } from '../hash/ovs-balance-slb.ts';
import { findPolicy } from '../hash/registry.ts';
import type { Hypothesis } from './hypothesis.ts';
import type { SliceSequence } from './learn-buckets.ts';
import { BUCKETS } from './learn-buckets.ts';

/** Greater values are silently taken as 0 (ovs-bonds 1). */
const MOST_BASIS = 0x7fff_ffff;
/** Every basis up to here is tried; above, those that people write. */
const EVERY_BASIS = 1 << 18;
/** Share of the bonds that have a basis at all, and of those that nobody would guess. */
const BASIS_SHARE = 0.05;
const ANY_SHARE = 0.1;
/** Bits of evidence wanted beyond those that single one candidate out. */
const SPARE_BITS = 10;
/** Flows hashed at a time before they are compared: most bases are refuted by then. */
const BLOCK = 16;
/** Flows looked at: a basis is refuted by some dozens. */
const MOST_FLOWS = 4_000;
/** More that fit say that the traffic does not decide. */
const MOST_FOUND = 4;

/** What tells bases apart: classes of flows that one bucket function cannot tell apart, and the member of each. */
interface Classes {
  readonly words: readonly Uint32Array[];
  readonly member: Uint8Array;
  readonly count: number;
}

/**
 * Bases under which no bucket is on two members, among those that a person may have written (hash-basis has 2^31 values: all
 * of them would take minutes), and of the CRC family among all. Empty where the flows are too few to tell them from chance, or where several fit.
 */
export function searchBasis(flows: LagFlows, list: Uint32Array, slices: SliceSequence, hypotheses: readonly Hypothesis[]): Hypothesis[] {
  // A direction is analysed several times while its sides are being found.
  const known = searched.get(flows.merged) ?? new Map<string, Hypothesis[]>();
  searched.set(flows.merged, known);
  const sample = list.subarray(0, MOST_FLOWS);
  const key = `${sample.join(' ')} ${hypotheses.map(({ policy, variant }) => `${policy.id} ${variant}`).join()}`;
  const found = known.get(key) ?? searchAll(flows, sample, slices, hypotheses);
  known.set(key, found);
  return found;
}

const searched = new WeakMap<LagFlows['merged'], Map<string, Hypothesis[]>>();

function searchAll(flows: LagFlows, list: Uint32Array, slices: SliceSequence, hypotheses: readonly Hypothesis[]): Hypothesis[] {
  const bases = plausibleBases();
  const asked = hypotheses.flatMap((hypothesis) => {
    const { policy, variant } = hypothesis;
    if (variant !== 'portable' && variant !== 'crc') return [];
    const isSlb = policy.id === 'ovs-balance-slb';
    const classes = isSlb ? slbClasses(flows, list, slices) : tcpClasses(flows, list, slices, variant);
    const isEnough = classes !== null && evidenceBits(classes) >= Math.log2(bases.length) + SPARE_BITS;
    return isEnough ? [{ hypothesis, variant: variant as 'portable' | 'crc', isSlb, classes }] : [];
  });
  const plausible = asked.flatMap(({ hypothesis, variant, isSlb, classes }) => {
    const [first, second] = classes.words;
    const buckets = isSlb ? slbBuckets(variant, first, second) : tcpBuckets(variant, first);
    const found = testBases(bases.length, (n) => bases[n], buckets, classes);
    const logPrior = hypothesis.logPrior + Math.log(BASIS_SHARE / bases.length);
    return found.map((basis) => ({ ...hypothesis, basis, logPrior, isOneOfMany: found.length > MOST_FOUND }));
  });
  // All bases take seconds: they are not asked where one that a person may have written fits.
  if (plausible.length > 0) return plausible.flatMap(({ isOneOfMany, ...hypothesis }) => (isOneOfMany ? [] : [hypothesis]));
  return asked.flatMap(({ hypothesis, variant, isSlb, classes }) => {
    if (variant !== 'crc') return [];
    const logPrior = hypothesis.logPrior + Math.log((BASIS_SHARE * ANY_SHARE) / TOLD_SHIFT);
    return searchShifts(isSlb, classes).map((basis) => ({ ...hypothesis, basis, logPrior }));
  });
}

/** Bases of the CRC family among all: 2^23 shifts tell apart all that frames can show. Empty where the flows do not single few out. */
function searchShifts(isSlb: boolean, classes: Classes): number[] {
  if (evidenceBits(classes) < Math.log2(TOLD_SHIFT) + SPARE_BITS) return [];
  const [first, second] = classes.words;
  const found = testBases(TOLD_SHIFT, (n) => n, isSlb ? slbShifts(first, second) : tcpShifts(first), classes);
  if (found.length > MOST_FOUND) return [];
  return found.map((shift) => basisOfShift(shift, isSlb ? SLB_WORDS : TCP_WORDS, MOST_BASIS)).filter((basis) => basis >= 0);
}

function tcpClasses(flows: LagFlows, list: Uint32Array, slices: SliceSequence, family: string): Classes | null {
  const policy = findPolicy('ovs-balance-tcp');
  if (policy === null) return null;
  // Without the second step the hash is the 5-tuple hash itself.
  const context = { variant: `${family}/lb-output`, basis: 0, memberCount: flows.memberCount };
  const [{ hash, reason }] = hashFlows(flows.merged, list, [{ policy, context }], false);
  return classify(flows, list, slices, [hash], reason);
}

function slbClasses(flows: LagFlows, list: Uint32Array, slices: SliceSequence): Classes | null {
  const context = { variant: 'portable', basis: 0, memberCount: flows.memberCount };
  const [low, high] = hashFlows(
    flows.merged,
    list,
    [
      { policy: slbLowWord, context },
      { policy: slbHighWord, context },
    ],
    false,
  );
  return classify(flows, list, slices, [low.hash, high.hash], low.reason);
}

/** Classes with their members in the stretch of time, without any change of member, that shows most of them. */
function classify(
  flows: LagFlows,
  list: Uint32Array,
  slices: SliceSequence,
  words: readonly Uint32Array[],
  reason: Uint8Array,
): Classes | null {
  const index = new Map<string, number>();
  const classOf = new Int32Array(flows.merged.count).fill(-1);
  const rowOf: number[] = [];
  for (let i = 0; i < list.length; i++) {
    if (reason[i] !== 0) continue;
    const key = words.map((column) => column[i]).join(' ');
    const known = index.get(key) ?? index.size;
    if (known === index.size) {
      index.set(key, known);
      rowOf.push(i);
    }
    classOf[list[i]] = known;
  }
  let best = new Map<number, number>();
  let current = new Map<number, number>();
  for (let i = 0; i < slices.count; i++) {
    const c = classOf[slices.flow[i]];
    if (c < 0) continue;
    const before = current.get(c);
    if (before !== undefined && before !== slices.member[i]) {
      if (current.size > best.size) best = current;
      current = new Map();
    }
    current.set(c, slices.member[i]);
  }
  if (current.size > best.size) best = current;
  const rows = [...best.keys()].map((c) => rowOf[c]);
  return {
    words: words.map((column) => Uint32Array.from(rows, (row) => column[row])),
    member: Uint8Array.from(best.values()),
    count: best.size,
  };
}

/** Classes beyond the first of each bucket are tests; each passes by chance where two classes drawn at random share a member. */
function evidenceBits({ member, count }: Classes): number {
  const tests = count - BUCKETS * (1 - (1 - 1 / BUCKETS) ** count);
  const shares = new Map<number, number>();
  for (const m of member) shares.set(m, (shares.get(m) ?? 0) + 1 / count);
  let together = 0;
  for (const share of shares.values()) together += share * share;
  return tests * -Math.log2(Math.max(together, 1e-9));
}

/** Hot path: some million bases. */
function testBases(length: number, basisAt: (n: number) => number, bucketsOf: BasisBuckets, { member, count }: Classes): number[] {
  const found: number[] = [];
  const buckets = new Uint8Array(BLOCK);
  // Number of the basis that last filled the bucket, and its member.
  const filledBy = new Uint32Array(BUCKETS);
  const holder = new Uint8Array(BUCKETS);
  for (let n = 0; n < length; n++) {
    const basis = basisAt(n);
    const mark = n + 1;
    let fits = true;
    for (let from = 0; from < count && fits; from += BLOCK) {
      const to = Math.min(from + BLOCK, count);
      bucketsOf(basis, from, to, buckets);
      for (let i = from; i < to; i++) {
        const bucket = buckets[i - from];
        if (filledBy[bucket] === mark) {
          if (holder[bucket] !== member[i]) {
            fits = false;
            break;
          }
        } else {
          filledBy[bucket] = mark;
          holder[bucket] = member[i];
        }
      }
    }
    if (fits && found.push(basis) > MOST_FOUND) break;
  }
  return found;
}

let remembered: Uint32Array | null = null;

/** Small numbers, round ones, dates, repeated and counted digits, powers of two and their neighbours. */
export function plausibleBases(): Uint32Array {
  if (remembered !== null) return remembered;
  const large = new Set<number>();
  const add = (value: number): void => {
    if (value > EVERY_BASIS && value <= MOST_BASIS) large.add(value);
  };
  for (let digits = 1; digits < 100; digits++) for (let zeros = 0; zeros < 10; zeros++) add(digits * 10 ** zeros);
  for (let digit = 1; digit < 10; digit++) for (let length = 1; length <= 10; length++) add(Number(String(digit).repeat(length)));
  for (let from = 0; from < 10; from++)
    for (let length = 2; length <= 10; length++) {
      const up = Array.from({ length }, (_, i) => (from + i) % 10).join('');
      add(Number(up));
      add(Number([...up].reverse().join('')));
    }
  for (let bit = 18; bit < 32; bit++) for (let near = -1; near <= 1; near++) add(2 ** bit + near);
  for (let year = 1990; year <= 2040; year++)
    for (let month = 1; month <= 12; month++)
      for (let day = 1; day <= 31; day++) {
        add(year * 10_000 + month * 100 + day);
        add(day * 1_000_000 + month * 10_000 + year);
      }
  remembered = Uint32Array.from([...Array.from({ length: EVERY_BASIS }, (_, i) => i + 1), ...large]);
  return remembered;
}
