/**
 * How far the probabilities of `infer` can be trusted: random subsets of the flows of real senders, stated probability
 * against frequency right. Usage: node scripts/run-ts.mjs bench/calibrate-infer.ts [SUBSETS-PER-SIZE-AND-SENDER]
 */
import { resolve } from 'node:path';
import { judge, knownSenders, rankSubset, seededRandom, type KnownSender, type Outcome } from '../test/support/infer-subsets.ts';
import { listLinuxRuns } from '../test/support/linux-runs.ts';

/** This file runs from a bundle: the captures lie beside the directory it is started in. */
const RUNS = resolve('../shared/captures/linux');
const SIZES = [5, 10, 20, 50, 100, 200];
const EDGES = [0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99, 0.999, 1.0001];
const each = Number(process.argv[2] ?? 10);

interface Row {
  count: number;
  stated: number;
  right: number;
}

const empty = (): Row[] => EDGES.slice(1).map(() => ({ count: 0, stated: 0, right: 0 }));

function add(rows: Row[], stated: number, right: boolean): void {
  const row = rows[EDGES.findIndex((edge, i) => i > 0 && stated < edge) - 1];
  row.count++;
  row.stated += stated;
  if (right) row.right++;
}

function print(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}\n\n| stated | subsets | mean stated | right |\n| --- | --: | --: | --: |`);
  rows.forEach(({ count, stated, right }, i) => {
    if (count === 0) return;
    const range = `${EDGES[i]} to ${Math.min(EDGES[i + 1], 1)}`;
    console.log(`| ${range} | ${count} | ${(stated / count).toFixed(4)} | ${(right / count).toFixed(4)} |`);
  });
}

const byRule = empty();
const byPolicy = empty();
const bySize = new Map<number, { count: number; decided: number; wrong: number; sure: number }>();
const wrongOnes: string[] = [];
const senders: KnownSender[] = [];
for (const run of listLinuxRuns(RUNS)) senders.push(...(await knownSenders(run)));
senders.forEach((sender, s) => {
  const random = seededRandom(s + 1);
  for (const size of SIZES) {
    if (size > sender.seen.sample.length) continue;
    for (let k = 0; k < each; k++) {
      const outcome: Outcome = judge(rankSubset(sender, size, random), sender.policy);
      add(byRule, outcome.probability, outcome.right);
      add(byPolicy, outcome.confidence, outcome.policyRight);
      const of = bySize.get(size) ?? { count: 0, decided: 0, wrong: 0, sure: 0 };
      of.count++;
      if (outcome.decided) of.decided++;
      if (outcome.decided && !outcome.policyRight) {
        of.wrong++;
        wrongOnes.push(`${sender.name} ${size}: ${outcome.confidence.toFixed(4)}`);
      }
      if (outcome.probability > 0.95 && !outcome.right) of.sure++;
      bySize.set(size, of);
    }
  }
});
console.log(`${senders.length} senders of ${listLinuxRuns(RUNS).length} runs, ${each} subsets of each size`);
print('The best rule and its equivalents', byRule);
print('The policy of the best rule', byPolicy);
console.log(
  '\n| flows | subsets | decided | decided and wrong | best rule and equivalents above 0.95 and wrong |\n| --: | --: | --: | --: | --: |',
);
for (const [size, { count, decided, wrong, sure }] of bySize) console.log(`| ${size} | ${count} | ${decided} | ${wrong} | ${sure} |`);
if (wrongOnes.length > 0) console.error(wrongOnes.join('\n'));
