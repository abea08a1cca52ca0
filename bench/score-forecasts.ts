/** Coverage of forecasts on real captures: `node scripts/run-ts.mjs bench/score-forecasts.ts FOLDER…`, a run of one LAG in each folder. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ENOUGH_WINDOWS } from '../src/plan/forecast.ts';
import { scoreForecasts } from '../test/support/forecast-score.ts';

const nothing = { known: 0, windows: 0, below: 0, inside: 0, above: 0, expected: 0, seen: 0 };
const sums = { long: { ...nothing }, short: { ...nothing } };
for (const folder of process.argv.slice(2)) {
  const files = readdirSync(folder).filter((name) => name.endsWith('.pcap'));
  if (files.length === 0) continue;
  for (const score of await scoreForecasts(files.map((name) => join(folder, name)))) {
    if (score.windows === 0) continue;
    const sum = score.known >= ENOUGH_WINDOWS ? sums.long : sums.short;
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += score[key];
    const { known, windows, below, inside, above, expected, seen } = score;
    console.log(
      `${basename(folder)}: ${windows} windows by ${known}: ${below} below, ${inside} inside, ${above} above; above the middle ${expected.toFixed(1)} expected, ${seen} seen`,
    );
  }
}
for (const [name, sum] of Object.entries(sums)) console.log(name, sum, (sum.inside / sum.windows).toFixed(3));
