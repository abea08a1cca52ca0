/** What `infer` says of a direction. Names of members as in the document; probabilities 0 to 1. */

import type { LagMode } from '../infer/lag-modes.ts';

type SideId = 'a' | 'b';

export interface MatchCount {
  match: number;
  total: number;
}

/** A rule by its id and variant (`linux-5.18`, `portable` …; empty where there is only one). */
export interface RuleName {
  policy: string;
  variant: string;
}

/** One rule that the sender may follow, with those that place these flows alike. */
export interface InferHypothesis extends RuleName {
  basis: number;
  /** In hash order. */
  members: string[];
  /** Of these, the ones whose place in the order no flow tests under this rule: they may be exchanged. */
  untestedMembers: string[];
  /** Frames and flows that the rule predicts, and those of them that are where it says. */
  agreement: { packets: MatchCount; flows: MatchCount };
  /** Independent tests among those flows: groups that the rule cannot tell apart count once. */
  tests: number;
  /** Of this rule and its equivalents together. */
  probability: number;
  equivalent: RuleName[];
}

/** A flow that one of the two best rules puts elsewhere than the other. */
export interface DecidingFlow {
  flow: string;
  observed: string;
  /** Member that the best rule names, and the one after it; null where a rule does not predict the flow. */
  best: string | null;
  other: string | null;
}

/** Where the state text names a rule and the wire another (finding `hash/policy-differs-from-state`). */
export interface StatedRule {
  policy: string;
  /** Null where the text does not tell the version. */
  variant: string | null;
  path: string;
  /** True where the traffic refutes it. */
  refuted: boolean;
}

/** What was learned of a sender that follows no known rule. */
export interface LearnedSwitchReport {
  kind: string;
  /** One sentence for people. */
  summary: string;
  fields: readonly { readonly id: string; readonly title: string; readonly role: string }[];
  /** What `predict --model` reads; null where nothing can be predicted by it. */
  model: object | null;
}

export interface DirectionInference {
  from: SideId;
  to: SideId;
  /** Best first. Empty where the direction has no flows. */
  hypotheses: InferHypothesis[];
  /** Probability that none of the hypotheses is the rule. */
  unexplained: number;
  /** One policy is left: it and its equivalents of the same id exceed 0.95 and explain the flows. */
  decided: boolean;
  /** Probability of the policy of the best hypothesis, all its versions together. */
  confidence: number;
  mode: LagMode;
  /** Other modes that would look the same. */
  equivalentModes: LagMode[];
  /** What the mode was read from, one sentence each. */
  modeEvidence: string[];
  /** Which traffic would decide; empty where nothing is left to decide. */
  needs: string;
  /** At most 20 of the flows in which the two best hypotheses differ. */
  decidedBy: DecidingFlow[];
  /** In documents of `infer`, where no known rule explains the flows: what they show of the sender as a switch of unknown make. */
  learned?: LearnedSwitchReport | null;
  /** What a state text says, or null. */
  stated: StatedRule | null;
}
