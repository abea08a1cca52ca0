import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AnalysisOptions, SenderOptions } from '../../src/pipeline/analysis-options.ts';
import type { SideId } from '../../src/report/document.ts';

export const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));

/** What one end was configured to do. */
export interface SideTruth {
  readonly policy: string | null;
  readonly kernel?: string | null;
  /** Names of the LAG's members in hash order. */
  readonly members: readonly string[];
  readonly macs: readonly string[];
}

export interface SampleCase {
  readonly name: string;
  readonly title: string;
  readonly shows: string;
  readonly captures: readonly string[];
  readonly state: readonly string[];
  readonly local: readonly string[];
  readonly truth: { readonly system: string; readonly mode: string; readonly sides: { readonly [side in SideId]: SideTruth } };
}

/** All cases below samples/, in the order of their names. */
export function listSamples(): SampleCase[] {
  return readdirSync(SAMPLES)
    .filter((name) => statSync(join(SAMPLES, name)).isDirectory())
    .sort()
    .map((name) => ({ name, ...(JSON.parse(readFileSync(join(SAMPLES, name, 'case.json'), 'utf8')) as Omit<SampleCase, 'name'>) }));
}

/** Paths relative to the repository, as a user of the checkout gives them. */
export function samplePaths(sample: SampleCase, files: readonly string[]): string[] {
  return files.map((file) => `samples/${sample.name}/${file}`);
}

/** The true configuration of both sides as options; sides whose policy is unknown or that do not aggregate stay open. */
export function optionsFromTruth({ truth, local }: SampleCase): AnalysisOptions {
  const senderOf = ({ policy, kernel, members }: SideTruth): SenderOptions =>
    policy === null ? {} : { policy, members, ...(kernel ? { kernel } : {}) };
  return { sender: {}, sides: { a: senderOf(truth.sides.a), b: senderOf(truth.sides.b) }, local, oneLag: false, threads: 0 };
}
