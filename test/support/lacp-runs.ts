/** LACP of real captures: the ports that the analysis rebuilds, and the folders they come from. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openInputs } from '../../src/cli/input-arguments.ts';
import { DEFAULT_ANALYSIS_OPTIONS, type AnalysisOptions } from '../../src/pipeline/analysis-options.ts';
import { analyzeLacp, type LacpAnalysis } from '../../src/pipeline/analyze-lacp.ts';
import type { SideId } from '../../src/report/document.ts';
import type { LagPort } from '../../src/report/lacp-document.ts';

export const SHARED = fileURLToPath(new URL('../../../shared/', import.meta.url));

/** Folders below `shared/captures/<kind>`; empty where the captures are absent. */
export function listRuns(kind: 'linux' | 'ovs'): string[] {
  const root = join(SHARED, 'captures', kind);
  if (!existsSync(root)) return [];
  return readdirSync(root).filter((name) => existsSync(join(root, name, 'config.json')));
}

export function runFile(kind: 'linux' | 'ovs', run: string, file: string): string {
  return join(SHARED, 'captures', kind, run, file);
}

/** The captures of a run that were taken on the members of the capturing host, one per member. */
export function memberCaptures(kind: 'linux' | 'ovs', run: string): string[] {
  const files = readdirSync(runFile(kind, run, '.'));
  const pattern = kind === 'linux' ? /^host-[a-z0-9]+\.pcap(ng)?$/ : /^e[a-z0-9]+\.pcap(ng)?$/;
  return files.filter((file) => pattern.test(file)).map((file) => runFile(kind, run, file));
}

export function analyzePaths(paths: readonly string[], options: Partial<AnalysisOptions> = {}): Promise<LacpAnalysis> {
  return analyzeLacp(openInputs(paths.map((path) => ({ path }))), { ...DEFAULT_ANALYSIS_OPTIONS, ...options }, {});
}

export function portOf(analysis: LacpAnalysis, member: string, side: SideId): LagPort {
  for (const lag of analysis.document.lags) {
    const port = lag.ports?.find((candidate) => candidate.member === member && candidate.side === side);
    if (port !== undefined) return port;
  }
  throw new Error(`no port of ${member} at side ${side}`);
}
