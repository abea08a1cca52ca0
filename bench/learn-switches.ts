/**
 * How well switches of unknown make are learned: forms of selectors drawn from seeds, each learned from some flows and held
 * against flows that were not seen. Prints the table of docs/switch-model.md.
 * Run: node scripts/run-ts.mjs bench/learn-switches.ts SEEDS [FORM…]
 */
import type { MadeForm, MadeHash, MadeMap, MadeMask } from '../test/support/made-switch.ts';
import type { MadeTraffic } from '../test/support/made-traffic.ts';
import { runTrial, type Trial } from '../test/support/learned-trial.ts';

interface Row {
  readonly name: string;
  readonly hashes: readonly MadeHash[];
  readonly masks: readonly MadeMask[];
  readonly map: MadeMap;
  readonly members: readonly number[];
  readonly flows: number;
  readonly traffic: readonly MadeTraffic[];
}

const LINEAR: readonly MadeHash[] = ['xor', 'crc8', 'crc16', 'crc32', 'toeplitz'];
const CATALOGUED: readonly MadeHash[] = ['xor', 'crc8', 'crc16', 'crc32'];
const KEYED: readonly MadeHash[] = ['siphash', 'murmur'];
const PARTS: readonly MadeMask[] = ['low-8', 'low-16', 'every-other', 'network'];
const ORDINARY: readonly MadeTraffic[] = ['hosts', 'wild'];

const ROWS: readonly Row[] = [
  { name: 'linear', hashes: LINEAR, masks: ['whole'], map: 'remainder', members: [2, 4, 8], flows: 400, traffic: ORDINARY },
  { name: 'linear, bits left out', hashes: LINEAR, masks: ['random'], map: 'remainder', members: [2, 4, 8], flows: 400, traffic: ORDINARY },
  {
    name: 'linear, misleading',
    hashes: LINEAR,
    masks: ['whole'],
    map: 'remainder',
    members: [2, 4, 8],
    flows: 600,
    traffic: ['decoy', 'few'],
  },
  { name: 'linear, mixed frames', hashes: LINEAR, masks: ['whole'], map: 'remainder', members: [2, 4, 8], flows: 1500, traffic: ['mixed'] },
  { name: 'remainder', hashes: CATALOGUED, masks: ['whole'], map: 'remainder', members: [3, 5, 6, 7], flows: 400, traffic: ORDINARY },
  { name: 'remainder', hashes: CATALOGUED, masks: ['whole'], map: 'remainder', members: [3, 5, 6, 7], flows: 600, traffic: ORDINARY },
  { name: 'remainder, parts', hashes: CATALOGUED, masks: PARTS, map: 'remainder', members: [3, 5, 6, 7], flows: 600, traffic: ORDINARY },
  {
    name: 'remainder, misleading',
    hashes: CATALOGUED,
    masks: ['whole'],
    map: 'remainder',
    members: [3, 5, 6, 7],
    flows: 600,
    traffic: ['decoy', 'few'],
  },
  {
    name: 'remainder, mixed frames',
    hashes: CATALOGUED,
    masks: ['whole'],
    map: 'remainder',
    members: [3, 5, 6, 7],
    flows: 1500,
    traffic: ['mixed'],
  },
  ...[16, 64, 256].flatMap((map): Row[] =>
    [600, 2000].map((flows) => ({
      name: 'table',
      hashes: CATALOGUED,
      masks: ['whole'],
      map,
      members: [2, 3, 4, 5, 8],
      flows,
      traffic: ORDINARY,
    })),
  ),
  { name: 'table, parts', hashes: CATALOGUED, masks: PARTS, map: 64, members: [2, 3, 4, 5, 8], flows: 600, traffic: ORDINARY },
  {
    name: 'table, single bits left out',
    hashes: CATALOGUED,
    masks: ['single-bits'],
    map: 64,
    members: [2, 3, 4, 5, 8],
    flows: 600,
    traffic: ORDINARY,
  },
  {
    name: 'table, many bits left out',
    hashes: CATALOGUED,
    masks: ['random'],
    map: 64,
    members: [2, 3, 4, 5, 8],
    flows: 2000,
    traffic: ORDINARY,
  },
  { name: 'blocks', hashes: CATALOGUED, masks: ['whole'], map: 'blocks', members: [3, 5, 6, 7], flows: 600, traffic: ORDINARY },
  {
    name: 'keyed',
    hashes: KEYED,
    masks: ['whole'],
    map: 'remainder',
    members: [2, 3, 4, 5, 8],
    flows: 600,
    traffic: ['hosts', 'wild', 'decoy', 'few'],
  },
  { name: 'Toeplitz, remainder', hashes: ['toeplitz'], masks: ['whole'], map: 'remainder', members: [3, 5], flows: 600, traffic: ORDINARY },
];

const [seeds = '2', ...wanted] = process.argv.slice(2);
const verbose = process.env.VERBOSE !== undefined;
console.log('| form | map | members | flows | switches | solved | right | wrong | cannot tell | of those solved: right | ms |');
console.log('| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
for (const row of ROWS) {
  if (wanted.length > 0 && !wanted.some((name) => `${row.name} ${row.map} ${row.flows}`.startsWith(name))) continue;
  const started = process.cpuUsage();
  const trials: Trial[] = [];
  let at = 0;
  for (const hash of row.hashes)
    for (const mask of row.masks)
      for (const members of row.members)
        for (const traffic of row.traffic)
          for (let seed = 1; seed <= Number(seeds); seed++) {
            const form: MadeForm = { hash, mask, map: row.map };
            const width = hash === 'crc8' || hash === 'xor' ? 8 : 16;
            if (typeof row.map === 'number' && row.map > 2 ** width) continue;
            const before = process.cpuUsage();
            const trial = runTrial({ ...form, members, traffic, flows: row.flows, seed: seed * 7919 + at++ });
            const { user, system } = process.cpuUsage(before);
            trials.push(trial);
            if (verbose)
              console.log(
                `  ${trial.learned.kind} ${trial.right.toFixed(3)} ${trial.wrong.toFixed(3)} ${((user + system) / 1000).toFixed(0)} ms ${traffic}: ${trial.made.title} -> ${trial.learned.summary}`,
              );
          }
  const { user } = process.cpuUsage(started);
  const solved = trials.filter(({ learned }) => learned.kind === 'linear');
  const mean = (list: readonly Trial[], pick: (trial: Trial) => number): string =>
    list.length === 0 ? '' : ((100 * list.reduce((sum, trial) => sum + pick(trial), 0)) / list.length).toFixed(2);
  console.log(
    `| ${row.name} | ${row.map} | ${row.members.join(' ')} | ${row.flows} | ${trials.length} | ${solved.length} | ${mean(trials, (t) => t.right)} | ${mean(trials, (t) => t.wrong)} | ${mean(trials, (t) => 1 - t.right - t.wrong)} | ${mean(solved, (t) => t.right)} | ${(user / 1000 / trials.length).toFixed(0)} |`,
  );
}
