/**
 * Tables of docs/calibration.md from the lines of `calibrate-infer.ts`: stated probability against frequency right.
 * Run: node scripts/run-ts.mjs bench/calibration-table.ts FILE…
 */
import { readFileSync } from 'node:fs';
import type { Outcome } from '../test/support/infer-subsets.ts';

interface Line extends Outcome {
  readonly kind: string;
  readonly sender: string;
  readonly policy: string | null;
  readonly size: number;
}

const EDGES = [0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99, 0.999, 1.0001];
const SURE = 0.95;
const write = (line: string): void => void process.stdout.write(`${line}\n`);

function writeBins(title: string, lines: readonly Line[], of: (line: Line) => readonly [stated: number, right: boolean]): void {
  write(`\n**${title}**\n\n| stated | subsets | mean stated | right |\n| --- | --: | --: | --: |`);
  EDGES.slice(1).forEach((edge, i) => {
    const inside = lines.map(of).filter(([stated]) => stated >= EDGES[i] && stated < edge);
    if (inside.length === 0) return;
    const mean = inside.reduce((sum, [stated]) => sum + stated, 0) / inside.length;
    const right = inside.filter(([, isRight]) => isRight).length / inside.length;
    write(`| ${EDGES[i]} to ${Math.min(edge, 1)} | ${inside.length} | ${mean.toFixed(4)} | ${right.toFixed(4)} |`);
  });
}

function writeSizes(lines: readonly Line[]): void {
  write(
    '\n| flows | subsets | decided | decided and wrong | best rule and equivalents above 0.95 and wrong |\n| --: | --: | --: | --: | --: |',
  );
  for (const size of [...new Set(lines.map((line) => line.size))].sort((x, y) => x - y)) {
    const of = lines.filter((line) => line.size === size);
    const decided = of.filter((line) => line.decided);
    const wrong = decided.filter((line) => !line.policyRight).length;
    const sure = of.filter((line) => line.probability > SURE && !line.right).length;
    write(`| ${size} | ${of.length} | ${decided.length} | ${wrong} | ${sure} |`);
  }
}

const all = process.argv.slice(2).flatMap((file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((text) => text.endsWith('}'))
    .map((text) => JSON.parse(text) as Line),
);
for (const kind of new Set(all.map((line) => line.kind))) {
  const lines = all.filter((line) => line.kind === kind);
  write(`\n### ${kind}: ${lines.length} subsets of ${new Set(lines.map(({ sender }) => sender)).size} senders`);
  writeBins('The best rule and its equivalents', lines, (line) => [line.probability, line.right]);
  writeBins('The policy of the best rule', lines, (line) => [line.confidence, line.policyRight]);
  const without = lines.filter((line) => line.policy === null);
  if (without.length > 0) writeBins('No rule that is described, of senders without one', without, (line) => [line.unexplained, true]);
  writeSizes(lines);
  for (const line of lines)
    if ((line.decided && !line.policyRight) || (line.probability > SURE && !line.right))
      console.error(
        `${line.sender} (${line.policy}) ${line.size}: ${line.said} ${line.probability.toFixed(4)}, policy ${line.confidence.toFixed(4)}`,
      );
}
