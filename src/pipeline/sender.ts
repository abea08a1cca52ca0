import { LEARNED_POLICY_ID, learnedPolicyOf } from '../hash/learned-policy.ts';
import type { HashPolicy, UnpredictedReason } from '../hash/policy.ts';
import { findPolicy, policyIds } from '../hash/registry.ts';
import type { Ranking } from '../infer/rank-rules.ts';
import type { Hypothesis } from '../infer/hypothesis.ts';
import type { BucketEvent } from '../infer/bucket-events.ts';
import type { BucketTable } from '../infer/learn-buckets.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import type { LinkEnd } from '../lacp/group-lags.ts';
import type { Activity } from '../plan/activity.ts';
import type { PolicyInUse } from '../report/document.ts';
import type { SenderOptions } from './analysis-options.ts';
import type { LagPlan } from './assemble-lags.ts';
import { BadCall } from './bad-call.ts';
import type { BucketFacts } from '../state/state-facts.ts';
import type { SenderFacts } from './sender-facts.ts';

/** The bucket table of an Open vSwitch sender. */
export interface SenderBuckets {
  readonly table: BucketTable;
  /** Buckets that a state text tells. */
  readonly known: ReadonlySet<number>;
  /** Why buckets moved, in order of time. */
  readonly events: readonly BucketEvent[];
  /** Interval of rebalancing rounds in milliseconds: as a text says, else as the moves show; null if neither tells. */
  readonly rebalanceIntervalMs: number | null;
  /** Buckets that a text puts on another member than all their frames. */
  readonly misplaced: readonly number[];
  /** Buckets that a text tells and that carried traffic. */
  readonly told: number;
  /** Told buckets whose frames were seen where a text says, less those that were seen elsewhere only. */
  readonly agreement: number;
}

/** The rule by which one side sends, and where it was learned. */
export interface Sender {
  /** The rule that predicts, or null. */
  readonly policy: HashPolicy | null;
  /** Id of a mode that was named but places nothing by a hash (balance-rr …), where `policy` is null. */
  readonly named?: string;
  readonly variant: string;
  readonly basis: number;
  /** Member indices in hash order at the start of the capture. */
  readonly order: readonly number[];
  readonly source: PolicyInUse['source'];
  readonly confidence: number;
  /** Open vSwitch: which member held each bucket when, and the buckets that a state text tells. */
  readonly buckets?: SenderBuckets;
  /** Why nothing is predicted where `policy` is null. */
  readonly unpredicted?: UnpredictedReason;
  /** Where the end is several chassis behind one system: each places over its own members. */
  readonly split?: readonly SenderChassis[];
  /** The ranking of all rules, where it was made to choose: `infer` need not make it again. */
  readonly ranking?: Ranking;
  /** What a state text names, where `policy` may be something else: the wire can overrule it. */
  readonly stated?: StatedPolicy;
}

/** One chassis of an end that is several behind one system (MLAG, vPC), and how it places what it sends. */
export interface SenderChassis {
  /** Ascending. */
  readonly members: readonly number[];
  readonly hypothesis: Hypothesis;
  /** The members in hash order. */
  readonly order: readonly number[];
  readonly confidence: number;
}

/**
 * The policy of a state text. Where it is `refuted`, the sender's `policy` is the one that the traffic shows (`source`
 * is `inferred`): what `hash/policy-differs-from-state` tells.
 */
export interface StatedPolicy {
  readonly policy: string;
  /** Null where the text does not tell the version. */
  readonly variant: string | null;
  readonly path: string;
  readonly refuted: boolean;
}

export interface SenderRequest {
  readonly plan: LagPlan;
  readonly flows: LagFlows;
  readonly list: Uint32Array;
  readonly isData: (flow: number) => boolean;
  readonly activity: Activity;
  /** The sender's end on each member, or null. */
  readonly ends: readonly (LinkEnd | null)[];
  readonly options: SenderOptions;
  readonly facts: readonly SenderFacts[];
  /** Bucket tables of state texts that name neither bond nor member. */
  readonly looseBuckets?: readonly (readonly BucketFacts[])[];
  /** Members that nobody captured are left out: a text of the other end lists them, and this side may not have them. */
  readonly capturedOnly?: boolean;
}

/** The part of a sender that a hypothesis names. */
export function pick(hypothesis: Hypothesis): Pick<Sender, 'policy' | 'variant' | 'basis'> {
  return { policy: hypothesis.policy, variant: hypothesis.variant, basis: hypothesis.basis };
}

/** The policy of an id that an option or a state text gave; a bad call if there is none. */
export function requirePolicy(id: string): HashPolicy {
  const policy = findPolicy(id);
  if (policy === null) throw new BadCall(`unknown policy ${id}; known: ${policyIds().join(', ')}`);
  return policy;
}

/** The policy that the options name: a registry entry, or the model they carry. */
export function optionPolicy(options: SenderOptions): HashPolicy | null {
  if (options.policy === undefined) return null;
  if (options.policy !== LEARNED_POLICY_ID) return requirePolicy(options.policy);
  if (options.model === undefined) throw new BadCall('the policy learned needs a model');
  return learnedPolicyOf(options.model);
}

/** Members that carried data of this direction, ascending. */
export function membersWithData(request: SenderRequest): number[] {
  const { bins, data } = request.activity;
  return request.plan.members.map((_, m) => m).filter((m) => data.subarray(m * bins, (m + 1) * bins).includes(1));
}
