import type { HashPolicy } from '../hash/policy.ts';

/** A rule a sender may follow. */
export interface Hypothesis {
  readonly policy: HashPolicy;
  readonly variant: string;
  readonly basis: number;
  /** Natural logarithm of the probability before the traffic is looked at. */
  readonly logPrior: number;
}
