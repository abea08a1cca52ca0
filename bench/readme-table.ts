import { readFileSync, writeFileSync } from 'node:fs';
import type { CaseResult } from './judge.ts';

const START = '<!-- bench:start -->';
const END = '<!-- bench:end -->';
const BESIDE = ['node, reads only', 'capinfos -c', 'nfpcapd -r', 'pcap-parser'];

/** The short table of the README: lacpviz's figures, and what the others take as a multiple of its time. */
export function formatReadmeTable(results: readonly CaseResult[]): string {
  const lines = [
    `| 500 MB capture | lacpviz, s | MB/s | peak memory, MB | ${BESIDE.map((name) => `${name}, ×`).join(' | ')} |`,
    `| --- | ---: | ---: | ---: | ${BESIDE.map(() => '---:').join(' | ')} |`,
  ];
  for (const { bench, fileBytes, tools } of results) {
    if (bench.name === 'small') continue;
    const own = tools[0].run;
    const others = BESIDE.map((name) => {
      const tool = tools.find((candidate) => candidate.name === name);
      return tool === undefined ? '' : (tool.run.wallSeconds / own.wallSeconds).toFixed(2);
    });
    lines.push(
      `| ${bench.title} | ${own.wallSeconds.toFixed(2)} | ${(fileBytes / 1e6 / own.wallSeconds).toFixed(0)} | ${(own.peakBytes / 1e6).toFixed(0)} | ${others.join(' | ')} |`,
    );
  }
  return `${lines.join('\n')}\n\n×: the other program's time as a multiple of lacpviz's. Machine, method and every program: [bench/RESULTS.md](bench/RESULTS.md).`;
}

/** Puts the table between the README's marks. */
export function updateReadme(path: string, table: string): void {
  const text = readFileSync(path, 'utf8');
  const start = text.indexOf(START);
  const end = text.indexOf(END);
  if (start < 0 || end < start) throw new Error(`${path} has no marks ${START} … ${END}`);
  writeFileSync(path, `${text.slice(0, start + START.length)}\n${table}\n${text.slice(end)}`);
}
