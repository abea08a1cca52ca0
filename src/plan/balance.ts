import { chanceAtLeast, imbalanceDistribution } from './chance.ts';
import type { PlaceableFlows } from './chance.ts';

export { randomSource } from './random.ts';

/** Balance of a direction's bytes over its members. */
export interface Balance {
  /** Jain's index (sum x)^2 / (n * sum x^2): 1 even, 1/n all on one. */
  readonly jain: number | null;
  readonly maxOverMean: number | null;
  /** 1 / sum of squared shares. */
  readonly effectiveMembers: number | null;
  /** Probability that an ideal hash placing the same flows gives a sum of squares at least as large. */
  readonly pValue: number | null;
}

/**
 * `loads`: observed bytes per active member, silent ones included. `flows`: bytes of each flow placed on them, or, where
 * the active members changed, the flows of each list of members with the members that they could take.
 */
export function measureBalance(loads: readonly number[], flows: Float64Array | readonly PlaceableFlows[]): Balance {
  const n = loads.length;
  const sum = loads.reduce((total, x) => total + x, 0);
  if (n === 0 || sum === 0) return { jain: null, maxOverMean: null, effectiveMembers: null, pValue: null };
  const squares = loads.reduce((total, x) => total + x * x, 0);
  const groups = flows instanceof Float64Array ? [{ weights: flows, targets: loads.map((_, m) => m) }] : flows;
  return {
    jain: (sum * sum) / (n * squares),
    maxOverMean: (Math.max(...loads) * n) / sum,
    effectiveMembers: (sum * sum) / squares,
    pValue: n === 1 ? 1 : chanceAtLeast(imbalanceDistribution(groups, n), squares),
  };
}
