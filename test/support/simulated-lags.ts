/** Loads that an ideal hash gives: what the test of chance must not take for a fault. */
import { chanceAtLeast, imbalanceDistribution } from '../../src/plan/chance.ts';
import { measureDependence } from '../../src/plan/independence.ts';
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
  /** Lists of active members: with 2 the last member is out for a while and comes back, with 3 the first one is out then. */
  readonly lists?: 1 | 2 | 3;
}

/** Members that are active by one list after the other. */
function targetsOf(members: number, lists: number): number[][] {
  const all = Array.from({ length: members }, (_, m) => m);
  return [all, all.slice(0, -1), all.slice(1)].slice(0, lists);
}

/** Share of `lags` simulated LAGs that the test calls uneven at each level. Every LAG has flows of its own. */
export function falseAlarms(
  { sizes, flows, members, lists = 1 }: SimulatedCase,
  lags: number,
  levels: readonly number[],
  seed: number,
  draws?: number,
): number[] {
  const random = randomSource(seed);
  const size = FLOW_SIZES[sizes];
  const alarms = levels.map(() => 0);
  const targets = targetsOf(members, lists);
  const load = new Float64Array(members);
  for (let lag = 0; lag < lags; lag++) {
    const groups = targets.map((list) => ({ weights: new Float64Array(flows), targets: list }));
    load.fill(0);
    for (let f = 0; f < flows; f++) {
      let rest = size(random);
      groups.forEach(({ weights, targets: list }, g) => {
        // What a flow sends under each list: any part of what is left, the last list the rest.
        const part = g === groups.length - 1 ? rest : rest * random();
        rest -= part;
        weights[f] = part;
        load[list[Math.floor(random() * list.length)]] += part;
      });
    }
    const squares = load.reduce((sum, x) => sum + x * x, 0);
    const p = chanceAtLeast(imbalanceDistribution(groups, members, draws), squares);
    levels.forEach((level, l) => {
      if (p <= level) alarms[l]++;
    });
  }
  return alarms.map((count) => count / lags);
}

/** The same for the test of two tiers: the share of pairs of independent hashes that it calls dependent. */
export function falseTies(flows: number, first: number, second: number, pairs: number, levels: readonly number[], seed: number): number[] {
  const random = randomSource(seed);
  const alarms = levels.map(() => 0);
  const classes = Uint32Array.from({ length: flows }, (_, i) => i);
  for (let pair = 0; pair < pairs; pair++) {
    const choose = (members: number): Int16Array => Int16Array.from({ length: flows }, () => Math.floor(random() * members));
    const chance = measureDependence(choose(first), choose(second), classes, classes)?.chance ?? 1;
    levels.forEach((level, l) => {
      if (chance <= level) alarms[l]++;
    });
  }
  return alarms.map((count) => count / pairs);
}
