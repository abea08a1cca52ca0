/**
 * The benchmark: generates captures, runs `lacpviz flows` beside other tools on each, checks lacpviz's answer, prints
 * tables. `npm run build && npm run bench -- [--size MB] [--runs N] [--results FILE] [CASE…]`
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import type { ResultDocument } from '../src/report/document.ts';
import { CASES, SMALL_BYTES, SMALL_CASE, type BenchCase } from './cases.ts';
import { checkAnswer, checkInference } from './check-answer.ts';
import { measure, medianRun, type Measurement } from './measure.ts';
import { formatVerdicts, judge, type CaseResult, type ToolResult } from './judge.ts';
import { formatReadmeTable, updateReadme } from './readme-table.ts';
import { listTools, type Tool } from './tools.ts';
import { KERNEL, SIDE_A, SIDE_B, type TrafficTruth } from './traffic.ts';
import { writeCase, type WrittenCase } from './write-captures.ts';

const CLI = 'dist/cli/lacpviz.js';
const OUT = 'bench/out';
const ANSWER = `${OUT}/answer.json`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '500' },
    runs: { type: 'string', default: '3' },
    results: { type: 'string' },
    'lacpviz-only': { type: 'boolean', default: false },
  },
});
const targetBytes = Number(values.size) * 1e6;
const runs = Number(values.runs);

async function main(): Promise<void> {
  if (!existsSync(CLI)) {
    console.error(`${CLI} is missing: npm run build comes first`);
    process.exitCode = 2;
    return;
  }
  const tools = values['lacpviz-only'] ? [] : listTools();
  for (const tool of tools) if (!tool.available) console.log(`${tool.name}: not installed, left out`);
  const cases = [...CASES, SMALL_CASE].filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const results: CaseResult[] = [];
  for (const bench of cases) {
    const bytes = bench === SMALL_CASE ? SMALL_BYTES : targetBytes;
    process.stderr.write(`${bench.name}: generating\n`);
    const result = await runCase(bench, writeCase(OUT, bench, bytes), tools);
    results.push(result);
    console.log(`\n${formatCase(result)}`);
  }
  const text = formatVerdicts(judge(results));
  console.log(`\n${text}`);
  const wrong = results.flatMap(({ wrongAnswers, bench }) => wrongAnswers.map((what) => `${bench.name}: ${what}`));
  console.log(wrong.length === 0 ? '\nEvery answer is right.' : `\nWRONG ANSWERS\n${wrong.join('\n')}`);
  if (wrong.length > 0) process.exitCode = 1;

  const isWhole = positionals.length === 0 && targetBytes === 500e6 && tools.length > 0;
  const file = values.results ?? (isWhole ? 'bench/RESULTS.md' : undefined);
  if (file !== undefined) writeFileSync(file, formatResults(results, text, wrong));
  if (isWhole) updateReadme('README.md', formatReadmeTable(results));
}

/** The command measured. Two members: the policies are given, so that every frame's member is checked too. */
function lacpvizCommand(bench: BenchCase, paths: readonly string[]): string[] {
  const options = ['--json', '--no-progress', ...paths];
  // Nothing is told but which end captured: the rules, their versions and the order of members are to be found.
  if (bench.command === 'infer') return [process.execPath, CLI, 'infer', '--local', SIDE_A.bondMac, ...options];
  const command = [process.execPath, CLI, 'flows', '--top', '1', ...options];
  if (bench.members > 1) {
    command.push('--policy-a', SIDE_A.policy, '--policy-b', SIDE_B.policy, '--kernel', KERNEL, '--local', SIDE_A.bondMac);
  }
  return command;
}

async function runCase(bench: BenchCase, { paths, truth }: WrittenCase, tools: readonly Tool[]): Promise<CaseResult> {
  // Into the page cache: what is measured is the program, not the disk.
  // Before each run: the system may take pages away from files that nobody has read for some seconds.
  const warmUp = async (): Promise<void> => {
    for (const path of paths) await measure(['dd', `if=${path}`, 'of=/dev/null', 'bs=1M']);
  };
  await warmUp();
  const tool: ToolResult[] = [];
  process.stderr.write(`${bench.name}: lacpviz\n`);
  const own: Measurement[] = [];
  for (let i = 0; i < runs; i++) {
    await warmUp();
    own.push(await measure(lacpvizCommand(bench, paths), ANSWER));
  }
  const isInfer = bench.command === 'infer';
  const does = isInfer ? 'the same, and every rule weighed' : 'flows, members, prediction, agreement';
  tool.push({ name: `lacpviz ${isInfer ? 'infer' : 'flows'}`, does, run: medianRun(own) });
  const wrongAnswers = own.some(({ exitCode }) => exitCode !== 0)
    ? [`lacpviz ended with ${own.map(({ exitCode }) => exitCode).join(', ')}`]
    : wrongIn(JSON.parse(readFileSync(ANSWER, 'utf8')) as ResultDocument, truth, bench);
  for (const { name, does, available, smallOnly, runs: wanted, command } of tools) {
    if (!available || (smallOnly && bench !== SMALL_CASE) || bench.members > 1) continue;
    process.stderr.write(`${bench.name}: ${name}\n`);
    const measured: Measurement[] = [];
    for (let i = 0; i < Math.min(runs, wanted); i++) {
      await warmUp();
      measured.push(await measure(command(paths[0])));
    }
    tool.push({ name, does, run: medianRun(measured) });
  }
  return { bench, truth, fileBytes: truth.fileBytes, tools: tool, wrongAnswers };
}

function wrongIn(document: ResultDocument, truth: TrafficTruth, bench: BenchCase): string[] {
  const counts = checkAnswer(document, truth, bench.members > 1);
  return bench.command === 'infer' ? [...counts, ...checkInference(document, bench.members)] : counts;
}

function formatCase({ bench, truth, fileBytes, tools, wrongAnswers }: CaseResult): string {
  const own = tools[0].run;
  const rate = `${(fileBytes / 1e6 / own.wallSeconds).toFixed(0)} MB/s, ${(truth.packets / 1e6 / own.wallSeconds).toFixed(2)} M frames/s`;
  const lines = [
    `### ${bench.title}`,
    '',
    `${(fileBytes / 1e6).toFixed(0)} MB, ${truth.packets} frames, ${truth.flows} flows. lacpviz: ${rate}; answer ${wrongAnswers.length === 0 ? 'checked' : '**WRONG**'}.`,
    '',
    '| program | what it does | wall, s | CPU, s | peak memory, MB | times lacpviz |',
    '| --- | --- | ---: | ---: | ---: | ---: |',
  ];
  for (const { name, does, run } of tools) {
    const note = run.exitCode === 0 ? '' : ` (ended with ${run.exitCode})`;
    lines.push(
      `| ${name} | ${does}${note} | ${run.wallSeconds.toFixed(2)} | ${run.cpuSeconds.toFixed(2)} | ${(run.peakBytes / 1e6).toFixed(0)} | ${(run.wallSeconds / own.wallSeconds).toFixed(2)} |`,
    );
  }
  return lines.join('\n');
}

function formatResults(results: readonly CaseResult[], verdicts: string, wrong: readonly string[]): string {
  const processor = cpus();
  return `# Benchmark

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${processor[0]?.model.trim()}, ${processor.length} cores, ${(totalmem() / 1e9).toFixed(0)} GB, Linux ${release()}, Node ${process.versions.node}.

Whole processes, from start to exit, median of ${runs} runs (slow programs: one run), file in the page cache. \`lacpviz flows
--json --top 1\` decodes every header, builds the flows and time slices, infers the policies and compares; its answer
(frames, bytes, flows, frames per direction, and with two members the member of every frame) is checked against the generator.
\`infer --json\` is told no policy; that nothing but the rule of each side is left, and the order of members, are checked too.
"Times lacpviz" is the other program's wall time divided by lacpviz's.

${results.map(formatCase).join('\n\n')}

## Expected

${verdicts}

${wrong.length === 0 ? 'Every answer is right.' : wrong.map((what) => `- wrong answer: ${what}`).join('\n')}
`;
}

await main();
