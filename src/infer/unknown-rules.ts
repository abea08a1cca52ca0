import { FIELD_SETS, FIVE_TUPLE } from './field-sets.ts';
import type { Observation } from './observe.ts';
import { scoreFunctionOf } from './score-rule.ts';

/** A rule that nobody described, as far as it can be weighed: which header fields it would be a function of. */
export interface UnknownRule {
  /** The fields, or `one member` (none at all), or `every flow` (all of them). */
  readonly fields: string;
  readonly logOdds: number;
  /** Logarithm of its share of the senders that nobody described. */
  readonly logShare: number;
}

/** Of Open vSwitch senders outside the hypotheses, those with a kernel's datapath or a basis that was not tried. */
const KEYED_OVS_SHARE = 0.6;

/** All flows on one member: any rule with one usable member, or a table that has them all there. */
export const ONE_MEMBER = 'one member';

/** Senders outside the hypotheses, from the coarsest function of the header to the finest. `isOvs`: it is likely to be Open vSwitch. */
export function weighUnknownRules(seen: Observation, isOvs: boolean): UnknownRule[] {
  const rules = [
    { fields: ONE_MEMBER, logOdds: scoreFunctionOf(seen, new Uint32Array(seen.sample.length)) },
    ...FIELD_SETS.map(({ id }, f) => ({ fields: id, logOdds: scoreFunctionOf(seen, seen.fields[f]) })),
    { fields: 'every flow', logOdds: 0 },
  ];
  const equal = 1 / rules.length;
  return rules.map((rule) => {
    if (!isOvs) return { ...rule, logShare: Math.log(equal) };
    const rest = (1 - KEYED_OVS_SHARE) / (rules.length - 1);
    return { ...rule, logShare: Math.log(rule.fields === FIVE_TUPLE ? KEYED_OVS_SHARE : rest) };
  });
}
