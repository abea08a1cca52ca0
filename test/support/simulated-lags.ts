/** Loads that an ideal hash gives: what the test of chance must not take for a fault. */
import { chanceAtLeast, imbalanceDistribution } from '../../src/plan/chance.ts';
import { normal, randomSource } from '../../src/plan/random.ts';

/** Sizes of flows, drawn by `random`. */
export const FLOW_SIZES: Readonly<Record<string, (random: () => number) => number>> = {
  equal: () => 1500,
  'log-normal': (random) => Math.ceil(60 * Math.exp(2 * Math.abs(normal(random)))),
  'Pareto 1.2': (random) => Math.ceil(60 * (1 - random()) ** (-1 / 1.2)),
};

export interface SimulatedCase {
  readonly sizes: string;
  readonly flows: number;
  readonly members: number;
}

/** Share of `lags` simulated LAGs that the test calls uneven at each level. Every LAG has flows of its own. */
export function falseAlarms(
  { sizes, flows, members }: SimulatedCase,
  lags: number,
  levels: readonly number[],
  seed: number,
  draws?: number,
): number[] {
  const random = randomSource(seed);
  const size = FLOW_SIZES[sizes];
  const alarms = levels.map(() => 0);
  const targets = Array.from({ length: members }, (_, m) => m);
  const load = new Float64Array(members);
  for (let lag = 0; lag < lags; lag++) {
    const weights = Float64Array.from({ length: flows }, () => size(random));
    load.fill(0);
    for (const weight of weights) load[Math.floor(random() * members)] += weight;
    const squares = load.reduce((sum, x) => sum + x * x, 0);
    const p = chanceAtLeast(imbalanceDistribution([{ weights, targets }], members, draws), squares);
    levels.forEach((level, l) => {
      if (p <= level) alarms[l]++;
    });
  }
  return alarms.map((count) => count / lags);
}
