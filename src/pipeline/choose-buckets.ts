import { hashFlows } from '../flows/hash-flows.ts';
import type { HashPolicy, UnpredictedReason } from '../hash/policy.ts';
import { fitBuckets, fitBucketsOfAnyBasis } from '../infer/fit-buckets.ts';
import type { BucketFit } from '../infer/fit-buckets.ts';
import type { Hypothesis } from '../infer/hypothesis.ts';
import { findEvents, findRebalanceInterval, forgetAfter, knownChanges } from '../infer/bucket-events.ts';
import { finish } from '../infer/rank-rules.ts';
import { isOneAtATime } from '../infer/one-at-a-time.ts';
import { learnBuckets, sequenceSlices } from '../infer/learn-buckets.ts';
import type { SliceSequence } from '../infer/learn-buckets.ts';
import { findLosses } from '../infer/member-losses.ts';
import type { PolicyInUse } from '../report/document.ts';
import { knownOrder } from './sender-order.ts';
import { membersWithData, pick, requirePolicy } from './sender.ts';
import type { Sender, SenderBuckets, SenderRequest } from './sender.ts';
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
  if (source === 'state') {
    const instead = otherThanBuckets(request, policy);
    if (instead?.named !== undefined) return { ...nothing(instead.unpredicted), named: instead.named, confidence: 1 };
    if (instead !== null) return nothing(instead.unpredicted);
  }
  const asked = options.variant;
  const wanted = wantedVariants(policy, asked);
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
  // Where nothing names the sender, the ranking has looked for another basis already, if it may be Open vSwitch at all.
  const fitAll = (...asked: Parameters<typeof fitBuckets>): BucketFit[] =>
    told === undefined && policy !== null ? finish(fitBucketsOfAnyBasis(...asked)) : fitBuckets(...asked);
  // Nothing names the sender: a failover that every table follows is no proof of one.
  const isProof = policy !== null || !isOneAtATime(slices);
  const found =
    fitted === null && isProof
      ? fitAll(flows, request.list, slices, hypotheses, policy === null ? LEAST_UNTOLD_LOG_ODDS : REFUTED_LOG_ODDS)
      : [];
  const fits = fitted === null ? found : [{ ...fitted, probability: fitted.confidence }];
  const carrying = membersWithData(request).length;
  // Refuted although the mode is known: the kernel datapath, whose hash has a key of its own (balance-slb is computed in
  // ovs-vswitchd). Undecided: too little traffic.
  if (fits.length === 0 && (policy === null || (carrying > 1 && asked === undefined && request.list.length > 30)))
    return nothing(policy?.id === 'ovs-balance-tcp' ? 'keyed-hash' : 'unknown-policy');
  const tellsBuckets = facts.some((f) => f.facts.buckets !== undefined) || (request.looseBuckets?.length ?? 0) > 0;
  const candidates = fits.length > 0 ? fits.map(({ hypothesis }) => hypothesis) : hypotheses.slice(0, tellsBuckets ? undefined : 1);
  if (candidates.length === 0) return nothing('unknown-policy');
  const tables = candidates.slice(0, tellsBuckets ? MOST_COMPARED : 1).map((hypothesis) => learnTable(request, slices, hypothesis));
  // Where the flows alone leave several, the one under which they are where the texts say.
  const best = tables.reduce((top, table) => (table.buckets.agreement > top.buckets.agreement ? table : top));
  const fit = fits.find(({ hypothesis }) => hypothesis === best.hypothesis);
  // A mode that is told is not weighed against chance: it is one of its functions.
  const alive = fits.reduce((sum, { probability }) => sum + probability, 0);
  return {
    ...pick(best.hypothesis),
    order,
    source,
    confidence: fit === undefined ? (source === 'inferred' ? 0 : 1) : fit.probability / (policy === null || fitted !== null ? 1 : alive),
    buckets: best.buckets,
  };
}

/** Evidence for a function that nothing names: a few flows that share a bucket by chance are none. */
const LEAST_UNTOLD_LOG_ODDS = Math.log(20);
/** Evidence against all functions of a mode that is told, by which it is taken for the kernel's, whose hash is keyed. */
const REFUTED_LOG_ODDS = -Math.log(1_000);

/** Bucket functions held against a text's table, at most. */
const MOST_COMPARED = 6;

interface LearnedTable {
  readonly hypothesis: Hypothesis;
  readonly buckets: SenderBuckets;
}

/** The table of buckets under a function, by captures and state texts. */
function learnTable(request: SenderRequest, slices: SliceSequence, hypothesis: Hypothesis): LearnedTable {
  const { flows, list, plan, facts } = request;
  const { policy, variant, basis } = hypothesis;
  const members = plan.members.length;
  const [hashes] = hashFlows(flows.merged, list, [{ policy, context: { variant, basis, memberCount: members } }], false);
  const bucket = new Int16Array(flows.merged.count).fill(-1);
  for (let i = 0; i < list.length; i++) if (hashes.reason[i] === 0) bucket[list[i]] = hashes.hash[i] & 0xff;
  const bucketOf = (flow: number): number => bucket[flow];
  const losses = findLosses(slices, request.activity, members);
  const first = learnBuckets(slices, bucketOf, members, knownChanges(losses, []));
  // Changes that several buckets show make others of one frame believable.
  const learned = learnBuckets(slices, bucketOf, members, knownChanges(losses, findEvents(first, losses)));
  const events = findEvents(learned, losses);
  const stated = facts.find((f) => f.facts.rebalanceIntervalMs !== undefined)?.facts.rebalanceIntervalMs;
  return {
    hypothesis,
    buckets: {
      ...withStatedBuckets(forgetAfter(learned, events), request, events.length > 0),
      events,
      rebalanceIntervalMs: stated ?? findRebalanceInterval(events),
    },
  };
}

/** The variants to try; of a policy that is not among the usual ones, its own. */
function wantedVariants(policy: HashPolicy | null, asked: string | undefined): readonly (readonly [policy: string, variant: string])[] {
  if (policy === null) return BUCKET_VARIANTS;
  if (asked !== undefined) return [[policy.id, asked]];
  const usual = BUCKET_VARIANTS.filter(([id]) => id === policy.id);
  return usual.length > 0 ? usual : [[policy.id, policy.defaultVariant]];
}

/** What a state text says that rules buckets out, although its mode has them; null if nothing does. */
function otherThanBuckets(
  { facts, plan }: SenderRequest,
  policy: HashPolicy | null,
): { readonly named?: string; readonly unpredicted: UnpredictedReason } | null {
  // Without a partner the bond falls back to one member, if it may (lacp-fallback-ab).
  const alone = facts.some(({ facts: f }) => f.lacpFallbackToActiveBackup === true && f.lacpStatus === 'configured');
  if (alone) return { named: 'ovs-active-backup', unpredicted: 'unknown-policy' };
  // The kernel's hash has a key of its own (ovs-bonds 6); balance-slb is computed in ovs-vswitchd.
  if (policy?.id === 'ovs-balance-tcp' && facts.some(({ facts: f }) => f.datapathType === 'system')) return { unpredicted: 'keyed-hash' };
  // Two systems behind one end (MLAG) have a table each: which of them a frame came to is not in the packet.
  const parts = facts.map(({ members }) => new Set(members.filter((m) => m >= 0))).filter((part) => part.size > 0);
  const isPart = parts.length > 1 && parts.every((part) => part.size < plan.members.length);
  return isPart ? { unpredicted: 'hidden-input' } : null;
}
