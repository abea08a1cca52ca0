/**
 * How often the test of chance calls an ideal hash uneven: the tables of docs/calibration.md, "Chance or fault".
 * Run: node scripts/run-ts.mjs bench/calibrate-chance.ts [LAGS]
 */
import { performance } from 'node:perf_hooks';
import { chanceAtLeast, imbalanceDistribution } from '../src/plan/chance.ts';
import { randomSource } from '../src/plan/random.ts';
import { falseAlarms, FLOW_SIZES } from '../test/support/simulated-lags.ts';

const LEVELS = [0.1, 0.05, 0.01, 0.001];
const lags = Number(process.argv[2] ?? 10_000);
const CASES = [
  { sizes: 'equal', flows: 8, members: 2 },
  { sizes: 'equal', flows: 40, members: 4 },
  { sizes: 'log-normal', flows: 5, members: 2 },
  { sizes: 'log-normal', flows: 20, members: 3 },
  { sizes: 'log-normal', flows: 50, members: 4 },
  { sizes: 'log-normal', flows: 64, members: 8 },
  { sizes: 'Pareto 1.2', flows: 20, members: 2 },
  { sizes: 'Pareto 1.2', flows: 100, members: 4 },
  { sizes: 'Pareto 1.2', flows: 1200, members: 2 },
];

const write = (line: string): void => void process.stdout.write(`${line}\n`);

write(`| flow sizes | flows | members | ${LEVELS.join(' | ')} | ms |`);
write(`| --- | ---: | ---: | ${LEVELS.map(() => '---:').join(' | ')} | ---: |`);
CASES.forEach((one, c) => {
  const start = performance.now();
  const rates = falseAlarms(one, lags, LEVELS, 1000 + c);
  const ms = (performance.now() - start) / lags;
  write(`| ${one.sizes} | ${one.flows} | ${one.members} | ${rates.map((rate) => rate.toFixed(4)).join(' | ')} | ${ms.toFixed(2)} |`);
});

write('');
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
