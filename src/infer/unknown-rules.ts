import { FIELD_SETS } from './field-sets.ts';
import type { Observation } from './observe.ts';
import { scoreFunctionOf } from './score-rule.ts';

/** A rule that nobody described, as far as it can be weighed: which header fields it would be a function of. */
export interface UnknownRule {
  /** The fields, or `one member` (none at all), or `every flow` (all of them). */
  readonly fields: string;
  readonly logOdds: number;
}

/** All flows on one member: any rule with one usable member, or a table that has them all there. */
export const ONE_MEMBER = 'one member';

/** Senders outside the hypotheses, from the coarsest function of the header to the finest. */
export function weighUnknownRules(seen: Observation): UnknownRule[] {
  return [
    { fields: ONE_MEMBER, logOdds: scoreFunctionOf(seen, new Uint32Array(seen.sample.length)) },
    ...FIELD_SETS.map(({ id }, f) => ({ fields: id, logOdds: scoreFunctionOf(seen, seen.fields[f]) })),
    { fields: 'every flow', logOdds: 0 },
  ];
}
