import { hashFlows } from '../flows/hash-flows.ts';
import { findPolicy } from '../hash/registry.ts';
import { fitBuckets, fitBucketsOfAnyBasis, ROUND_RATE } from './fit-buckets.ts';
import type { Hypothesis } from './hypothesis.ts';
import { holdAt, learnBuckets, sequenceSlices } from './learn-buckets.ts';
import { isOneAtATime } from './one-at-a-time.ts';
import type { Observation } from './observe.ts';
import type { Candidate, RuleSource } from './rule-source.ts';
import type { BucketScore } from './score-buckets.ts';
import { FLOW_ERROR, logOfSplit } from './score-rule.ts';
import { findSplit } from './split-sender.ts';

/** Variants of bucket policies that are looked for, with their shares; older behaviours only when asked for. */
const BUCKET_VARIANTS: readonly (readonly [policy: string, variant: string, share: number])[] = [
  ['ovs-balance-tcp', 'portable', 0.3],
  ['ovs-balance-tcp', 'crc', 0.2],
  ['ovs-balance-tcp', 'portable/lb-output', 0.05],
  ['ovs-balance-tcp', 'crc/lb-output', 0.05],
  ['ovs-balance-slb', 'portable', 0.25],
  ['ovs-balance-slb', 'crc', 0.15],
];

/**
 * Share of Open vSwitch bonds with a basis of their own, one in ten: few set it. Where so few addresses meet in a bucket that any
 * basis fits, this much is left to it. Only for functions of the MAC address: of the 5-tuple it is among the unknown rules.
 */
const OTHER_BASIS = Math.log(0.1);
const ANY_BASIS_POLICY = 'ovs-balance-slb';

const LEAST_OVS_TO_SEARCH = Math.log(0.3);

/** Open vSwitch: the buckets' members are learned, so only flows that share a bucket with another test the rule. */
export const ovsRules: RuleSource = {
  id: 'ovs',
  family: 'ovs',
  costly: true,
  *propose(request, seen) {
    const { ovs } = request.familyPrior;
    if (ovs === undefined || seen.sample.length === 0) return [];
    const hypotheses = BUCKET_VARIANTS.flatMap(([id, variant, share]): Hypothesis[] => {
      const policy = findPolicy(id);
      return policy === null ? [] : [{ policy, variant, basis: request.basis, logPrior: ovs + Math.log(share) }];
    });
    const slices = sequenceSlices(request.flows, request.isData);
    if (isOneAtATime(slices)) return [];
    // Another basis is looked for only where the sender is likely to be Open vSwitch and nothing tells the basis: it takes long.
    // Stations that keep to sets of members are refuted under every basis of one table.
    const isSearched = ovs >= LEAST_OVS_TO_SEARCH && request.basis === 0 && findSplit(seen) === null;
    const fits = isSearched
      ? yield* fitBucketsOfAnyBasis(request.flows, request.list, slices, hypotheses)
      : fitBuckets(request.flows, request.list, slices, hypotheses);
    return fits.map(({ hypothesis, score }): Candidate => {
      const { hash, reason } = hashFlows(
        request.flows.merged,
        seen.sample,
        [
          {
            policy: hypothesis.policy,
            context: { variant: hypothesis.variant, basis: hypothesis.basis, memberCount: request.flows.memberCount },
          },
        ],
        false,
      )[0];
      const bucketOf = new Int16Array(request.flows.merged.count).fill(-1);
      for (let i = 0; i < hash.length; i++) if (reason[i] === 0) bucketOf[seen.sample[i]] = hash[i] & 0xff;
      const table = learnBuckets(slices, (flow) => bucketOf[flow], request.flows.memberCount);
      const middleMs = (request.flows.firstMs + request.flows.lastMs) / 2;
      const predicted = Int16Array.from(seen.sample, (flow) =>
        bucketOf[flow] < 0 ? -1 : (holdAt(table[bucketOf[flow]], middleMs)?.member ?? -1),
      );
      const { tests, logOdds, freeLogOdds } = scoreTable(seen, hash, reason, score);
      const isOpen = hypothesis.policy.id === ANY_BASIS_POLICY && request.basis === 0;
      const total = predicted.reduce((sum, member) => sum + (member >= 0 ? 1 : 0), 0);
      return {
        hypothesis,
        order: [...request.members],
        untested: [],
        logOdds,
        predicted,
        flows: { match: total, total },
        packets: packetsOf(slices, table, bucketOf),
        tests,
        learned: true,
        ...(isOpen ? { otherBasis: hypothesis.logPrior + OTHER_BASIS + freeLogOdds } : {}),
        sorted: numberBuckets(seen.sample, bucketOf),
      };
    });
  },
};

/** The rows' buckets, numbered in order of appearance. */
function numberBuckets(sample: Uint32Array, bucketOf: Int16Array): Int16Array {
  const numbers = new Map<number, number>();
  return Int16Array.from(sample, (flow) => {
    const bucket = bucketOf[flow];
    if (bucket < 0) return -1;
    if (!numbers.has(bucket)) numbers.set(bucket, numbers.size);
    return numbers.get(bucket) ?? -1;
  });
}

/** A hash elsewhere than its bucket, or a move that no flow made: as surprising as one flow elsewhere. */
const MISS_LOG_ODDS = Math.log(FLOW_ERROR);

/**
 * Odds in the currency of the other rules: the first flow of a bucket may be anywhere, with every split of the buckets as
 * likely; the others are where it is, and move with it. Flows of one hash count, as they do for every function of fewer fields; `tests` are different hashes
 * that share a bucket, which no other rule brings together.
 */
function scoreTable(
  seen: Observation,
  hash: Uint32Array,
  reason: Uint8Array,
  { misses, roundMisses, joined }: BucketScore,
): { tests: number; logOdds: number; freeLogOdds: number } {
  const { memberCount } = seen.flows;
  const inBucket = new Map<number, { hashes: Set<number>; flows: number; byMember: Uint32Array }>();
  // With another basis each hash may have a bucket of its own; what went astray is as strange then.
  const free = new Map<number, Uint32Array>();
  let predicted = 0;
  for (let i = 0; i < hash.length; i++) {
    if (reason[i] !== 0) continue;
    const of = inBucket.get(hash[i] & 0xff) ?? { hashes: new Set<number>(), flows: 0, byMember: new Uint32Array(memberCount) };
    of.hashes.add(hash[i]);
    of.flows++;
    of.byMember[seen.member[i]]++;
    inBucket.set(hash[i] & 0xff, of);
    const own = free.get(hash[i]) ?? new Uint32Array(memberCount);
    own[seen.member[i]]++;
    free.set(hash[i], own);
    predicted++;
  }
  const n = Math.max(seen.members.length, 2);
  // While the members looked at were in use: before and after it others may have held the bucket.
  const held = new Float64Array(memberCount);
  let tests = 0;
  const astray = misses * (MISS_LOG_ODDS - Math.log(n)) + roundMisses * (Math.log(ROUND_RATE) - Math.log(n)) + joined * Math.log(n);
  let logOdds = astray;
  for (const { hashes, flows, byMember } of inBucket.values()) {
    held[byMember.indexOf(Math.max(...byMember))]++;
    tests += hashes.size - 1;
    logOdds += flows * Math.log(n);
  }
  logOdds += logOfSplit(held, n);
  const freely = new Float64Array(memberCount);
  for (const byMember of free.values()) freely[byMember.indexOf(Math.max(...byMember))]++;
  return { tests, logOdds, freeLogOdds: astray + predicted * Math.log(n) + logOfSplit(freely, n) };
}

function packetsOf(
  slices: ReturnType<typeof sequenceSlices>,
  table: ReturnType<typeof learnBuckets>,
  bucketOf: Int16Array,
): { match: number; total: number } {
  let match = 0;
  let total = 0;
  for (let i = 0; i < slices.count; i++) {
    const bucket = bucketOf[slices.flow[i]];
    if (bucket < 0) continue;
    total += slices.packets[i];
    if (holdAt(table[bucket], slices.ms[i])?.member === slices.member[i]) match += slices.packets[i];
  }
  return { match, total };
}
