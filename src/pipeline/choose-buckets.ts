import { hashFlows } from '../flows/hash-flows.ts';
import type { HashPolicy, UnpredictedReason } from '../hash/policy.ts';
import { fitBuckets, fitBucketsOfAnyBasis } from '../infer/fit-buckets.ts';
import type { Hypothesis } from '../infer/hypothesis.ts';
import { findEvents, findRebalanceInterval, forgetAfter, knownChanges } from '../infer/bucket-events.ts';
import { learnBuckets, sequenceSlices } from '../infer/learn-buckets.ts';
import { findLosses } from '../infer/member-losses.ts';
import type { PolicyInUse } from '../report/document.ts';
import { knownOrder } from './sender-order.ts';
import { membersWithData, pick, requirePolicy } from './sender.ts';
import type { Sender, SenderRequest } from './sender.ts';
import { withStatedBuckets } from './stated-buckets.ts';

/** Variants of bucket policies that are looked for; older behaviours only when asked for. */
const BUCKET_VARIANTS: readonly (readonly [policy: string, variant: string])[] = [
  ['ovs-balance-tcp', 'portable'],
  ['ovs-balance-tcp', 'crc'],
  ['ovs-balance-tcp', 'portable/lb-output'],
  ['ovs-balance-tcp', 'crc/lb-output'],
  ['ovs-balance-slb', 'portable'],
  ['ovs-balance-slb', 'crc'],
];

/** A bucket function that the ranking of all rules found, and how sure it is. */
export interface FittedFunction {
  readonly hypothesis: Hypothesis;
  readonly confidence: number;
}

/** An Open vSwitch sender: the bucket function by option, state or fit; the table of buckets by state text and captures. */
export function chooseBuckets(
  request: SenderRequest,
  policy: HashPolicy | null,
  source: PolicyInUse['source'],
  fitted: FittedFunction | null = null,
): Sender {
  const { options, facts, plan, flows } = request;
  const told = options.basis ?? facts.find((f) => f.facts.hashBasis !== undefined)?.facts.hashBasis;
  const basis = told ?? fitted?.hypothesis.basis ?? 0;
  const lbOutput = facts.find((f) => f.facts.lbOutput !== undefined)?.facts.lbOutput;
  const order = knownOrder(request) ?? plan.members.map((_, m) => m);
  const nothing = (reason: UnpredictedReason): Sender => ({
    policy: null,
    variant: '',
    basis,
    order,
    source,
    confidence: 0,
    unpredicted: reason,
  });
  const asked = options.variant;
  const wanted = asked === undefined || policy === null ? BUCKET_VARIANTS : [[policy.id, asked] as const];
  const hypotheses = wanted
    .filter(
      ([id, variant]) =>
        (policy === null || policy.id === id) &&
        (asked !== undefined || lbOutput === undefined || id !== 'ovs-balance-tcp' || variant.endsWith('lb-output') === lbOutput),
    )
    .map(([id, variant]): Hypothesis => ({
      policy: requirePolicy(id),
      variant,
      basis,
      logPrior: variant.startsWith('portable') ? 0 : -0.5,
    }));
  const slices = sequenceSlices(flows, request.isData);
  const fit = told === undefined ? fitBucketsOfAnyBasis : fitBuckets;
  const fits = fitted === null ? fit(flows, request.list, slices, hypotheses) : [{ ...fitted, probability: fitted.confidence }];
  const carrying = membersWithData(request).length;
  // Refuted although the mode is known: the kernel datapath, whose hash has a key of its own. Undecided: too little traffic.
  if (fits.length === 0 && (policy === null || (carrying > 1 && asked === undefined && request.list.length > 30)))
    return nothing(policy === null ? 'unknown-policy' : 'keyed-hash');
  const chosen = fits[0]?.hypothesis ?? hypotheses[0];
  if (chosen === undefined) return nothing('unknown-policy');
  const [hashes] = hashFlows(
    flows.merged,
    request.list,
    [{ policy: chosen.policy, context: { variant: chosen.variant, basis: chosen.basis, memberCount: plan.members.length } }],
    false,
  );
  const bucket = new Int16Array(flows.merged.count).fill(-1);
  for (let i = 0; i < request.list.length; i++) if (hashes.reason[i] === 0) bucket[request.list[i]] = hashes.hash[i] & 0xff;
  const members = plan.members.length;
  const bucketOf = (flow: number): number => bucket[flow];
  const losses = findLosses(slices, request.activity, members);
  const first = learnBuckets(slices, bucketOf, members, knownChanges(losses, []));
  // Changes that several buckets show make others of one frame believable.
  const learned = learnBuckets(slices, bucketOf, members, knownChanges(losses, findEvents(first, losses)));
  const events = findEvents(learned, losses);
  const stated = facts.find((f) => f.facts.rebalanceIntervalMs !== undefined)?.facts.rebalanceIntervalMs;
  return {
    ...pick(chosen),
    order,
    source,
    confidence: fits[0]?.probability ?? (source === 'inferred' ? 0 : 1),
    buckets: {
      ...withStatedBuckets(forgetAfter(learned, events), request, events.length > 0),
      events,
      rebalanceIntervalMs: stated ?? findRebalanceInterval(events),
    },
  };
}
