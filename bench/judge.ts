import type { BenchCase } from './cases.ts';
import type { Measurement } from './measure.ts';
import type { TrafficTruth } from './traffic.ts';

export interface ToolResult {
  readonly name: string;
  readonly does: string;
  readonly run: Measurement;
}

export interface CaseResult {
  readonly bench: BenchCase;
  readonly truth: TrafficTruth;
  readonly fileBytes: number;
  /** lacpviz first. */
  readonly tools: readonly ToolResult[];
  readonly wrongAnswers: readonly string[];
}

/** One expectation held against one case of a run. */
export interface Verdict {
  readonly holds: boolean;
  readonly capture: string;
  readonly expectation: string;
  readonly measured: string;
}

const READ_ONLY = 'node, reads only';
const MEMORY_LIMIT = 400e6;

/** What the project promises of its speed, held against a run of the benchmark: ratios within the run, met or not. */
export function judge(results: readonly CaseResult[]): Verdict[] {
  const verdicts: Verdict[] = [];
  for (const { bench, tools } of results) {
    if (bench.name === 'small') continue;
    const own = tools[0].run;
    const wallOf = (name: string): number | undefined => tools.find((tool) => tool.name === name)?.run.wallSeconds;
    const readSeconds = wallOf(READ_ONLY);
    const add = (holds: boolean, expectation: string, measured: string): void => {
      verdicts.push({ holds, capture: bench.title, expectation, measured });
    };
    if (bench.snapLength === 0 && readSeconds !== undefined) {
      const ratio = own.wallSeconds / readSeconds;
      add(ratio <= 2, 'at most 2 times as long as Node only reading the file', `${ratio.toFixed(2)} times`);
    }
    const expectFaster = (name: string, least: number): void => {
      const other = wallOf(name);
      if (other === undefined) return;
      const ratio = other / own.wallSeconds;
      // Nothing that runs in Node can be faster than Node that only reads the file: said where the goal lies below.
      const limit =
        readSeconds !== undefined && other / least < readSeconds ? `; Node only reading the file: ${times(other / readSeconds)}` : '';
      add(ratio >= least, `at least ${least === 1 ? 'as fast' : `${least} times as fast`} as ${name}`, `${times(ratio)}${limit}`);
    };
    if (bench.name === 'snap-10k') expectFaster('capinfos -c', 1);
    expectFaster('nfpcapd -r', 4);
    expectFaster('pcap-parser', 10);
    if (bench.flows >= 1_000_000 && bench.command === undefined)
      add(own.peakBytes < MEMORY_LIMIT, 'peak memory below 400 MB', `${(own.peakBytes / 1e6).toFixed(0)} MB`);
  }
  return verdicts;
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)} times as fast`;
}

/** The verdicts as a table, and how many hold. */
export function formatVerdicts(verdicts: readonly Verdict[]): string {
  const met = verdicts.filter(({ holds }) => holds).length;
  return [
    '| capture | expected of lacpviz | measured | met |',
    '| --- | --- | --- | --- |',
    ...verdicts.map(
      ({ holds, capture, expectation, measured }) => `| ${capture} | ${expectation} | ${measured} | ${holds ? 'yes' : '**no**'} |`,
    ),
    '',
    `${met} of ${verdicts.length} met in this run.`,
  ].join('\n');
}
