import type { Hypothesis } from './hypothesis.ts';
import type { ObserveRequest, Observation } from './observe.ts';

/** How sure the order of members is before the traffic is looked at. */
export interface OrderPrior {
  readonly order: readonly number[];
  /** `exact`: asked for. `likely`: read from port numbers or a text, which the wire can overrule. */
  readonly weight: 'exact' | 'likely';
}

/** What a source of rules may look at. */
export interface RuleRequest extends ObserveRequest {
  /** Members in hash order if something tells them, among `members`. */
  readonly order: OrderPrior | null;
  /** Rules by modulo to try, with their priors. */
  readonly hypotheses: readonly Hypothesis[];
  /** Logarithm of the prior of each family of senders; a family that is missing is not looked for. */
  readonly familyPrior: Readonly<Partial<Record<RuleFamily, number>>>;
  /** Hash basis of an Open vSwitch sender. */
  readonly basis: number;
  /** Names of the LAG's members by index, for models that outlive the analysis. */
  readonly memberNames?: readonly string[];
}

export type RuleFamily = 'linux' | 'ovs' | 'vmware' | 'cisco' | 'freebsd' | 'team' | 'other';

/** A rule with what the traffic says of it. Rows belong to the observation's sample. */
export interface Candidate {
  readonly hypothesis: Hypothesis;
  /** Members in hash order. */
  readonly order: readonly number[];
  /** Those whose place in the order no flow tests. */
  readonly untested: readonly number[];
  /** Logarithm of the odds of what was seen against members drawn blindly for every flow. */
  readonly logOdds: number;
  /** Member named for each row, -1 where none is. */
  readonly predicted: Int16Array;
  /** Flows predicted, and those of them that are where the rule says. */
  readonly flows: { readonly match: number; readonly total: number };
  readonly packets: { readonly match: number; readonly total: number };
  readonly tests: number;
  /** The rule's table of buckets was learned from the same frames: it agrees with any rule that fits. */
  readonly learned: boolean;
  /** Logarithm of prior times odds of the same policy with a basis that nobody named, where any may fit as well. */
  readonly otherBasis?: number;
  /** Of such a table: number of each row's bucket in order of appearance, -1 without one. Rules that sort the flows alike cannot be told apart. */
  readonly sorted?: Int16Array;
}

/** One source of rules: one line in `rule-sources.ts`. `logPrior` of its hypotheses includes that of the family. */
export interface RuleSource {
  readonly id: string;
  /** Family of all its rules: a source none of whose rules survives a first look is not asked again. */
  readonly family?: RuleFamily;
  /** True for what takes long: asked only where the others leave something to explain. */
  readonly costly: boolean;
  /** True for what makes a rule from the flows: asked only where no known rule explains them. */
  readonly lastResort?: boolean;
  /** Stops now and then where it takes long, so that a host can do something else in between. */
  propose(request: RuleRequest, seen: Observation): Proposal;
}

export type Proposal = readonly Candidate[] | Generator<null, readonly Candidate[]>;
