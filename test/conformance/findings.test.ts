import { describe, expect, it } from 'vitest';
import { openInputs } from '../../src/cli/input-arguments.ts';
import { analyzeCheck } from '../../src/pipeline/analyze-check.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { listSamples, samplePaths } from '../support/sample-cases.ts';

/** Findings that are no information, of the samples that have a fault. All others have none. */
const FAULTS: Readonly<Record<string, readonly string[]>> = {
  'link-lost-and-back': ['warn bond/failover enp0s6'],
  'no-partner': ['error lacp/no-partner enp0s4 enp0s5'],
};
const INFORMATION: Readonly<Record<string, readonly string[]>> = { 'one-link': ['balance/one-member', 'ovs/frozen-map'] };

describe.each(listSamples().map((sample) => [sample.name, sample] as const))('findings of sample %s', (name, sample) => {
  it.each([false, true])('with state text %s', async (withState) => {
    const paths = samplePaths(sample, withState ? [...sample.captures, ...sample.state] : sample.captures);
    const { findings } = await analyzeCheck(openInputs(paths.map((path) => ({ path }))), DEFAULT_ANALYSIS_OPTIONS, {});
    expect(
      findings.filter(({ severity }) => severity !== 'info').map(({ severity, id, members }) => `${severity} ${id} ${members.join(' ')}`),
    ).toEqual(FAULTS[name] ?? []);
    for (const id of INFORMATION[name] ?? []) expect(findings.map((finding) => finding.id)).toContain(id);
  });
});
