/**
 * How often the test of chance calls an ideal hash uneven: the tables of docs/calibration.md, "Chance or fault".
 * Run: node scripts/run-ts.mjs bench/calibrate-chance.ts [LAGS] [PART]   PART: lags, deviate or tiers; all unless told
 */
import { performance } from 'node:perf_hooks';
import { chanceAtLeast, imbalanceDistribution } from '../src/plan/chance.ts';
import { randomSource } from '../src/plan/random.ts';
import { falseAlarms, falseTies, FLOW_SIZES, type SimulatedCase } from '../test/support/simulated-lags.ts';

const LEVELS = [0.1, 0.05, 0.01, 0.001];
const lags = Number(process.argv[2] ?? 10_000);
const part = process.argv[3] ?? 'all';
const CASES: readonly SimulatedCase[] = [
  { sizes: 'equal', flows: 8, members: 2 },
  { sizes: 'equal', flows: 40, members: 4 },
  { sizes: 'equal', flows: 12, members: 7 },
  { sizes: 'log-normal', flows: 5, members: 2 },
  { sizes: 'log-normal', flows: 20, members: 3 },
  { sizes: 'log-normal', flows: 50, members: 4 },
  { sizes: 'log-normal', flows: 6, members: 5 },
  { sizes: 'log-normal', flows: 24, members: 6 },
  { sizes: 'log-normal', flows: 64, members: 8 },
  { sizes: 'Pareto 1.2', flows: 20, members: 2 },
  { sizes: 'Pareto 1.2', flows: 16, members: 3 },
  { sizes: 'Pareto 1.2', flows: 100, members: 4 },
  { sizes: 'Pareto 1.2', flows: 10, members: 5 },
  { sizes: 'Pareto 1.2', flows: 30, members: 7 },
  { sizes: 'Pareto 1.2', flows: 1200, members: 2 },
  { sizes: 'equal', flows: 16, members: 2, lists: 2 },
  { sizes: 'log-normal', flows: 12, members: 3, lists: 2 },
  { sizes: 'log-normal', flows: 20, members: 4, lists: 3 },
  { sizes: 'Pareto 1.2', flows: 24, members: 8, lists: 3 },
];
/** Flows of different hash value and members of both tiers: as few as the test takes, and many. */
const TIERS = [
  [64, 2, 2],
  [64, 3, 2],
  [80, 4, 4],
  [320, 8, 8],
  [1000, 2, 4],
  [1000, 8, 3],
] as const;

const write = (line: string): void => void process.stdout.write(`${line}\n`);
const cells = (rates: readonly number[]): string => rates.map((rate) => rate.toFixed(4)).join(' | ');
const bars = LEVELS.map(() => '---:').join(' | ');

if (part === 'all' || part === 'lags') {
  write(`| flow sizes | flows | members | lists | ${LEVELS.join(' | ')} | ms |`);
  write(`| --- | ---: | ---: | ---: | ${bars} | ---: |`);
  CASES.forEach((one, c) => {
    const start = performance.now();
    const rates = falseAlarms(one, lags, LEVELS, 1000 + c);
    const ms = (performance.now() - start) / lags;
    write(`| ${one.sizes} | ${one.flows} | ${one.members} | ${one.lists ?? 1} | ${cells(rates)} | ${ms.toFixed(2)} |`);
  });
}

if (part === 'all' || part === 'tiers') {
  write('\nTwo tiers, independent hashes:\n');
  write(`| flows | members of the first | of the second | ${LEVELS.join(' | ')} |`);
  write(`| ---: | ---: | ---: | ${bars} |`);
  TIERS.forEach(([flows, first, second], c) => {
    write(`| ${flows} | ${first} | ${second} | ${cells(falseTies(flows, first, second, lags, LEVELS, 2000 + c))} |`);
  });
}

if (part === 'all' || part === 'deviate') writeDeviates();

/** The normal deviate of many flows against every flow drawn. */
function writeDeviates(): void {
  write('Largest difference of the probability from the one with every flow drawn (200,000 draws):');
  write('');
  write('| flow sizes | flows | members | anywhere | below 0.05 |');
  write('| --- | ---: | ---: | ---: | ---: |');
  const DRAWS = 200_000;
  for (const sizes of Object.keys(FLOW_SIZES)) {
    for (const [flows, members] of [
      [1100, 2],
      [1100, 8],
      [5000, 4],
    ]) {
      const random = randomSource(flows);
      const weights = Float64Array.from({ length: flows }, () => FLOW_SIZES[sizes](random));
      const groups = [{ weights, targets: Array.from({ length: members }, (_, m) => m) }];
      const mixed = imbalanceDistribution(groups, members, DRAWS);
      const single = imbalanceDistribution(groups, members, DRAWS, Infinity);
      let anywhere = 0;
      let tail = 0;
      for (let i = 0; i < DRAWS; i += 100) {
        const exact = chanceAtLeast(single, single.values[i]);
        const difference = Math.abs(exact - chanceAtLeast(mixed, single.values[i]));
        anywhere = Math.max(anywhere, difference);
        if (exact < 0.05) tail = Math.max(tail, difference);
      }
      write(`| ${sizes} | ${flows} | ${members} | ${anywhere.toFixed(4)} | ${tail.toFixed(4)} |`);
    }
  }
}
