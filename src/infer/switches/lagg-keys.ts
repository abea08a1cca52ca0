/**
 * The key of FreeBSD's lagg where the number of links is no power of two, so that all 32 bits of the hash count.
 *
 * FNV-1 is `h = h * P ^ byte`. Multiplied out, the XOR changes the low eight bits only, and what they are depends on the low
 * byte of the key alone: h = key * P^n + S, n the number of bytes and S a sum that the low byte of the key and the flow
 * tell. The remaining 24 bits add the same Z to every hash of n bytes. Modulo the links all that is left to find is where
 * S + Z passes 2^32: with the flows in order of S, the members on both sides of that place are the same function of S mod
 * links, turned by 2^32 mod links. So 256 sorts find the key, up to keys that place all these flows alike.
 */
import { hashFlows, type HashRequest } from '../../flows/hash-flows.ts';
import type { HashPolicy } from '../../hash/policy.ts';
import type { Hypothesis } from '../hypothesis.ts';
import type { Observation } from '../observe.ts';

/** Flows that a low byte is judged by. */
const MOST_FLOWS = 400;
/** Flows of different hash below which any key fits. */
const LEAST_FLOWS = 24;
/** Share of the flows that a key must have right: the rest are strays. */
const LEAST_RIGHT = 0.95;
/** Keys of one low byte that are held against flows of other lengths, at most. */
const MOST_KEYS = 1 << 16;
const WORD = 0x1_0000_0000;
const LOW_BYTES = 256;

/** Flows of one variant whose hash has the same number of bytes. */
interface Length {
  /** Rows of the observation. */
  readonly rows: Uint32Array;
  /** P^n * 256 modulo 2^32: what one step of the key above its low byte adds to each hash. */
  readonly step: number;
}

/** Keys that fit: one for each remainder that Z may have, since the order of the links is not known; empty where none does. */
export function findLaggKeys(policy: HashPolicy, variant: string, seen: Observation): { keys: number[]; logShare: number } {
  const none = { keys: [], logShare: 0 };
  const n = seen.members.length;
  const lengths = groupByLength(policy, variant, seen);
  if (n < 3 || lengths.length === 0 || lengths[0].rows.length < LEAST_FLOWS) return none;
  const [main] = lengths;
  const hashAt = (rows: Uint32Array, lowBytes: readonly number[]): Uint32Array[] =>
    hashFlows(
      seen.flows.merged,
      rows.map((row) => seen.sample[row]),
      lowBytes.map((low) => keyed(policy, variant, LOW_BYTES + low)),
      false,
    ).map(({ hash }) => hash);
  const few = thin(main.rows, MOST_FLOWS);
  let best = { low: -1, right: 0 };
  hashAt(
    few,
    Array.from({ length: LOW_BYTES }, (_, low) => low),
  ).forEach((hash, low) => {
    const { right } = passingPoint(hash, few, seen);
    if (right > best.right) best = { low, right };
  });
  if (best.right < few.length * LEAST_RIGHT) return none;
  const { low } = best;
  // The hashes are those of the key 256 + low: Z counts from there.
  const fit = passingPoint(hashAt(main.rows, [low])[0], main.rows, seen);
  const steps = stepsBetween(fit.fromZ, fit.toZ, main.step);
  const others = lengths.slice(1).map(({ rows, step }) => ({ rows, step, hash: hashAt(rows, [low])[0] }));
  const keys = bestKeys(steps, fit, others, seen).map((m) => (LOW_BYTES + low + m * LOW_BYTES) >>> 0);
  // A key of 0 stands for one that is not known.
  return { keys: keys.filter((key) => key !== 0), logShare: Math.log(Math.max(steps.count, 1) / n) - Math.log(WORD) };
}

/** Hypotheses of the keys that fit; the prior of each variant is shared out over all 2^32. */
export function laggKeyHypotheses(variants: readonly Hypothesis[], seen: Observation): Hypothesis[] {
  const n = seen.members.length;
  if (n < 3 || (n & (n - 1)) === 0) return [];
  return variants.flatMap((hypothesis) => {
    const { keys, logShare } = findLaggKeys(hypothesis.policy, hypothesis.variant, seen);
    return keys.map((basis): Hypothesis => ({ ...hypothesis, basis, logPrior: hypothesis.logPrior + logShare }));
  });
}

function keyed(policy: HashPolicy, variant: string, basis: number): HashRequest {
  return { policy, context: { variant, basis, memberCount: 0 } };
}

/** Flows by the length of what is hashed, most flows first: two keys that differ in bit 8 tell P^n. */
function groupByLength(policy: HashPolicy, variant: string, seen: Observation): Length[] {
  const requests = [keyed(policy, variant, LOW_BYTES), keyed(policy, variant, 2 * LOW_BYTES)];
  const [first, second] = hashFlows(seen.flows.merged, seen.sample, requests, false);
  const byStep = new Map<number, number[]>();
  for (let i = 0; i < seen.sample.length; i++) {
    if (first.reason[i] !== 0) continue;
    const step = (second.hash[i] - first.hash[i]) >>> 0;
    const rows = byStep.get(step);
    if (rows === undefined) byStep.set(step, [i]);
    else rows.push(i);
  }
  return [...byStep].map(([step, rows]): Length => ({ rows: Uint32Array.from(rows), step })).sort((x, y) => y.rows.length - x.rows.length);
}

function thin(rows: Uint32Array, most: number): Uint32Array {
  if (rows.length <= most) return rows;
  return Uint32Array.from({ length: most }, (_, i) => rows[Math.floor((i * rows.length) / most)]);
}

/** Where S + Z passes 2^32: Z from `fromZ` to `toZ`, and the member of each remainder of S below that place. */
interface PassingPoint {
  readonly right: number;
  readonly fromZ: number;
  readonly toZ: number;
  readonly memberOf: Int16Array;
}

/** Walks the place of passing down through the flows in order of S, counting members by remainder. */
function passingPoint(sums: Uint32Array, rows: Uint32Array, seen: Observation): PassingPoint {
  const n = seen.members.length;
  const { memberCount } = seen.flows;
  const order = Uint32Array.from(sums.keys()).sort((x, y) => sums[x] - sums[y]);
  const turn = WORD % n;
  const counts = new Int32Array(n * memberCount);
  for (let i = 0; i < order.length; i++) counts[(sums[i] % n) * memberCount + seen.member[rows[i]]]++;
  let best = { right: rightOf(counts, n, memberCount), below: order.length };
  let kept = counts.slice();
  for (let below = order.length - 1; below >= 0; below--) {
    const i = order[below];
    const remainder = sums[i] % n;
    const member = seen.member[rows[i]];
    counts[remainder * memberCount + member]--;
    counts[((remainder + n - turn) % n) * memberCount + member]++;
    if (below > 0 && sums[order[below - 1]] === sums[i]) continue;
    const right = rightOf(counts, n, memberCount);
    if (right <= best.right) continue;
    best = { right, below };
    kept = counts.slice();
  }
  const { below } = best;
  return {
    right: best.right,
    fromZ: below === order.length ? 0 : WORD - sums[order[below]],
    toZ: below === 0 ? WORD - 1 : WORD - 1 - sums[order[below - 1]],
    memberOf: Int16Array.from({ length: n }, (_, r) => topOf(kept, r, memberCount)),
  };
}

/** Flows on the member that most of their remainder are on; remainders that share one count once. */
function rightOf(counts: Int32Array, n: number, memberCount: number): number {
  let right = 0;
  let taken = 0;
  for (let r = 0; r < n; r++) {
    const top = topOf(counts, r, memberCount);
    const flows = counts[r * memberCount + top];
    if (flows === 0 || ((taken >> top) & 1) === 1) continue;
    taken |= 1 << top;
    right += flows;
  }
  return right;
}

function topOf(counts: Int32Array, remainder: number, memberCount: number): number {
  let top = 0;
  for (let m = 1; m < memberCount; m++) if (counts[remainder * memberCount + m] > counts[remainder * memberCount + top]) top = m;
  return top;
}

/** Numbers m for which m * step lies in a range of Z: multiples of 256, divided by the odd part of the step. */
interface Steps {
  readonly count: number;
  at(index: number): { m: number; z: number };
}

function stepsBetween(fromZ: number, toZ: number, step: number): Steps {
  const first = Math.ceil(fromZ / LOW_BYTES);
  const inverse = inverseOfOdd(step >>> 8);
  return {
    count: Math.max(Math.floor(toZ / LOW_BYTES) - first + 1, 0),
    at: (index) => ({ m: Math.imul(first + index, inverse) & 0xff_ffff, z: (first + index) * LOW_BYTES }),
  };
}

/** Inverse modulo 2^32, each round doubling the bits that are right (Newton). */
function inverseOfOdd(value: number): number {
  let inverse = value;
  for (let round = 0; round < 5; round++) inverse = Math.imul(inverse, 2 - Math.imul(value, inverse));
  return inverse;
}

interface OtherLength extends Length {
  readonly hash: Uint32Array;
}

/** For each remainder of Z, the key that most flows of other lengths agree with (the middle of the range without any). */
function bestKeys(steps: Steps, fit: PassingPoint, others: readonly OtherLength[], seen: Observation): number[] {
  const n = seen.members.length;
  const best = Array.from({ length: n }, () => ({ m: -1, wrong: Infinity }));
  const stride = Math.max(1, Math.floor(steps.count / MOST_KEYS));
  const offset = others.length === 0 ? Math.floor(steps.count / 2) : 0;
  const looked = others.length === 0 ? Math.min(n, steps.count) : Math.min(steps.count, MOST_KEYS);
  for (let k = 0; k < looked; k++) {
    const { m, z } = steps.at((offset + k * stride) % steps.count);
    // Flows of the main length have the remainder of S + Z: that fixes which member each remainder of the hash is.
    const shift = z % n;
    const wrong = countWrong(others, m, shift, fit.memberOf, seen, best[shift].wrong);
    if (wrong < best[shift].wrong) best[shift] = { m, wrong };
  }
  return best.flatMap(({ m }) => (m >= 0 ? [m] : []));
}

/** Hot path: stops where a key is no better than the best one. */
function countWrong(
  others: readonly OtherLength[],
  m: number,
  shift: number,
  memberOf: Int16Array,
  seen: Observation,
  most: number,
): number {
  const n = memberOf.length;
  let wrong = 0;
  for (const { rows, step, hash } of others) {
    const added = Math.imul(m, step);
    for (let i = 0; i < rows.length; i++) {
      const remainder = ((hash[i] + added) >>> 0) % n;
      if (memberOf[(remainder + n - shift) % n] !== seen.member[rows[i]] && ++wrong >= most) return wrong;
    }
  }
  return wrong;
}
