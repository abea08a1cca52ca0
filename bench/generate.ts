/** Writes captures of the benchmark: `npm run bench:generate -- [--size MB] [--seed N] [--folder DIR] [CASE…]`. */
import { parseArgs } from 'node:util';
import { CASES, SEED } from './cases.ts';
import { writeCase } from './write-captures.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(SEED) },
    folder: { type: 'string', default: 'bench/out' },
  },
});
const unknown = positionals.filter((name) => !CASES.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(`unknown case ${unknown.join(', ')}; cases: ${CASES.map((bench) => bench.name).join(', ')}`);
  process.exit(2);
}
for (const bench of CASES) {
  if (positionals.length > 0 && !positionals.includes(bench.name)) continue;
  const started = Date.now();
  const { paths, truth } = writeCase(values.folder, bench, Number(values.size) * 1e6, Number(values.seed));
  console.log(`${paths.join(' ')}: ${truth.packets} frames, ${truth.flows} flows, ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
