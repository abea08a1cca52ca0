/**
 * How far the probabilities of `infer` can be trusted: random subsets of the flows of senders whose rule is known, what was
 * stated of each against the truth, one line of JSON a subset. `calibration-table.ts` makes the tables of docs/calibration.md of them.
 * Run: node scripts/run-ts.mjs bench/calibrate-infer.ts KIND SUBSETS-PER-SIZE FOLDER… >> out.jsonl
 * KIND: linux or ovs (folders of runs with their config.json), switches (generated: give the number of senders of each sort).
 */
import { generatedSenders } from '../test/support/generated-senders.ts';
import { judge, rankSubset, seededRandom } from '../test/support/infer-subsets.ts';
import { linuxSenders, listOvsRuns, ovsSenders, type KnownSender } from '../test/support/known-senders.ts';
import { listLinuxRuns } from '../test/support/linux-runs.ts';

/** Flows of a subset; larger than what was captured are left out. */
const SIZES = [5, 10, 20, 50, 100, 200, 500];
const [kind, each, ...rest] = process.argv.slice(2);

async function* senders(): AsyncGenerator<readonly KnownSender[]> {
  if (kind === 'switches') yield* generatedSenders(Number(rest[0] ?? 5));
  for (const folder of kind === 'linux' ? rest : []) for (const run of listLinuxRuns(folder)) yield linuxSenders(run);
  for (const folder of kind === 'ovs' ? rest : []) for (const run of listOvsRuns(folder)) yield ovsSenders(run);
}

/** Subsets of a sender are the same whatever else is run. */
function seedOf(text: string): number {
  return [...text].reduce((sum, letter) => Math.imul(sum ^ letter.charCodeAt(0), 0x01000193), 0x811c9dc5) >>> 0;
}

for await (const list of senders()) {
  for (const sender of list) {
    for (const size of SIZES) {
      if (size > sender.seen.sample.length) continue;
      const random = seededRandom(seedOf(`${sender.name} ${size}`));
      for (let k = 0; k < Number(each); k++) {
        const outcome = judge(rankSubset(sender, size, random), sender);
        console.log(JSON.stringify({ kind, sender: sender.name, policy: sender.policy, size, k, ...outcome }));
      }
    }
  }
}
