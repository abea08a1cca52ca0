import { hashFlows } from '../flows/hash-flows.ts';
import { findPolicy } from '../hash/registry.ts';
import { fitBucketsOfAnyBasis } from './fit-buckets.ts';
import type { Hypothesis } from './hypothesis.ts';
import { holdAt, learnBuckets, sequenceSlices } from './learn-buckets.ts';
import type { Observation } from './observe.ts';
import type { Candidate, RuleSource } from './rule-source.ts';

/** Variants of bucket policies that are looked for, with their shares; older behaviours only when asked for. */
const BUCKET_VARIANTS: readonly (readonly [policy: string, variant: string, share: number])[] = [
  ['ovs-balance-tcp', 'portable', 0.3],
  ['ovs-balance-tcp', 'crc', 0.2],
  ['ovs-balance-tcp', 'portable/lb-output', 0.05],
  ['ovs-balance-tcp', 'crc/lb-output', 0.05],
  ['ovs-balance-slb', 'portable', 0.25],
  ['ovs-balance-slb', 'crc', 0.15],
];

/** Open vSwitch: the buckets' members are learned, so only flows that share a bucket with another test the rule. */
export const ovsRules: RuleSource = {
  id: 'ovs',
  costly: true,
  propose(request, seen) {
    const { ovs } = request.familyPrior;
    if (ovs === undefined || seen.sample.length === 0) return [];
    const hypotheses = BUCKET_VARIANTS.flatMap(([id, variant, share]): Hypothesis[] => {
      const policy = findPolicy(id);
      return policy === null ? [] : [{ policy, variant, basis: request.basis, logPrior: ovs + Math.log(share) }];
    });
    const slices = sequenceSlices(request.flows, request.isData);
    const fits = fitBucketsOfAnyBasis(request.flows, request.list, slices, hypotheses);
    return fits.map(({ hypothesis, logOdds }): Candidate => {
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
      const { tests, logOdds: most } = distinctTests(seen, hash, reason);
      const total = predicted.reduce((sum, member) => sum + (member >= 0 ? 1 : 0), 0);
      return {
        hypothesis,
        order: [...request.members],
        untested: [],
        // Two flows that take turns a thousand times in one bucket are one test.
        logOdds: Math.min(logOdds - hypothesis.logPrior, most),
        predicted,
        flows: { match: total, total },
        packets: packetsOf(slices, table, bucketOf),
        tests,
        learned: true,
      };
    });
  },
};

/** Different hashes that share a bucket, beyond the first, and what they can be worth at most. */
function distinctTests(seen: Observation, hash: Uint32Array, reason: Uint8Array): { tests: number; logOdds: number } {
  const inBucket = new Map<number, Set<number>>();
  const carried = new Float64Array(seen.flows.memberCount);
  for (let i = 0; i < hash.length; i++) {
    carried[seen.member[i]]++;
    if (reason[i] !== 0) continue;
    const set = inBucket.get(hash[i] & 0xff) ?? new Set<number>();
    set.add(hash[i]);
    inBucket.set(hash[i] & 0xff, set);
  }
  let tests = 0;
  for (const set of inBucket.values()) tests += set.size - 1;
  const together = carried.reduce((sum, flows) => sum + (flows / Math.max(seen.sample.length, 1)) ** 2, 0);
  return { tests, logOdds: tests * -Math.log(Math.max(together, 1e-6)) };
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
