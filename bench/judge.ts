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

export interface Verdict {
  readonly holds: boolean;
  readonly text: string;
}

const MEMORY_LIMIT = 400e6;

/** What the project promises of its speed, held against a run of the benchmark. */
export function judge(results: readonly CaseResult[]): Verdict[] {
  const verdicts: Verdict[] = [];
  for (const { bench, tools } of results) {
    if (bench.name === 'small') continue;
    const own = tools[0].run;
    /** Wall time of another program divided by lacpviz's. */
    const ratio = (name: string): number | undefined => {
      const other = tools.find((tool) => tool.name === name);
      return other === undefined ? undefined : other.run.wallSeconds / own.wallSeconds;
    };
    const expectAtLeast = (name: string, least: number, text: string): void => {
      const found = ratio(name);
      if (found !== undefined)
        verdicts.push({ holds: found >= least, text: `${bench.title}: ${text} (${found.toFixed(2)} times lacpviz)` });
    };
    if (bench.snapLength === 0) expectAtLeast('node, reads only', 0.5, 'at most twice the time of Node only reading the file');
    if (bench.name === 'snap-10k') expectAtLeast('capinfos -c', 1, 'faster than capinfos -c');
    expectAtLeast('nfpcapd -r', 4, 'at least 4 times as fast as nfpcapd -r');
    expectAtLeast('pcap-parser', 10, 'at least 10 times as fast as pcap-parser');
    if (bench.flows >= 1_000_000) {
      verdicts.push({
        holds: own.peakBytes < MEMORY_LIMIT,
        text: `${bench.title}: peak memory below 400 MB (${(own.peakBytes / 1e6).toFixed(0)} MB)`,
      });
    }
  }
  return verdicts;
}
