/** Findings and epochs of real captures whose files end, begin, or run by clocks apart, or hold several links, against the truth of the whole ones. */
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyzeCaptures, type AnalysisInput } from '../../src/pipeline/analyze-captures.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { diagnose } from '../../src/pipeline/build-findings.ts';
import { takeSteps } from '../../src/pipeline/steps.ts';
import type { ResultDocument } from '../../src/report/document.ts';
import { type CutRecord, mergeRecords, momentOf, readRecords, recordsInput } from '../support/cut-captures.ts';
import { listRuns, memberCaptures } from '../support/lacp-runs.ts';

const runs = listRuns('linux');
const hint = runs.length === 0 ? ' (skipped: the captures are not here)' : '';

interface Captures {
  readonly names: readonly string[];
  readonly records: readonly (readonly CutRecord[])[];
}

function read(run: string): Captures {
  const paths = memberCaptures('linux', run);
  return { names: paths.map((path) => basename(path, '.pcap')), records: paths.map(readRecords) };
}

const inputsOf = ({ names }: Captures, records: readonly (readonly CutRecord[])[]): AnalysisInput[] =>
  records.map((list, i) => recordsInput(names[i], list));

async function check(inputs: readonly AnalysisInput[]): Promise<ResultDocument> {
  return takeSteps(diagnose(await analyzeCaptures(inputs, DEFAULT_ANALYSIS_OPTIONS, {})), {});
}

const bad = ({ findings }: ResultDocument): string[] =>
  findings
    .filter(({ severity }) => severity !== 'info')
    .map(({ id, members }) => `${id} ${members.map((name) => name.replace('host-', '')).join(' ')}`);

/** Lists of members that each end used, one after the other. */
const epochsOf = ({ lags }: ResultDocument): string[][] =>
  lags.flatMap((lag) =>
    lag.directions.map(({ epochs }) => epochs.map(({ active }) => active.map((name) => name.replace('host-', '')).join())),
  );

describe(`captures that somebody stopped or began by hand${hint}`, () => {
  it.skipIf(runs.length === 0)('lose no member where a file ends at 60 % of the time', { timeout: 120_000 }, async () => {
    const whole = read('k6.1-layer23-n3');
    const stop = momentOf(whole.records, 0.6);
    const last = whole.records.length - 1;
    const records = whole.records.map((list, i) => (i === last ? list.filter(({ at }) => at < stop) : list));
    const cut = await check(inputsOf(whole, records));
    expect(bad(cut)).toEqual([]);
    expect(cut.findings.map(({ id }) => id)).toContain('capture/uneven-times');
    expect(epochsOf(cut)).toEqual(epochsOf(await check(inputsOf(whole, whole.records))));
  });

  it.skipIf(runs.length === 0)('still lose the one whose link was lost, although its file ends with it', { timeout: 120_000 }, async () => {
    const run = read('k6.1-linkdown-return-layer23-n3');
    // Up to the return of the link: what is left of the lost member ends with its loss.
    const stop = momentOf(run.records, 0.55);
    const found = await check(
      inputsOf(
        run,
        run.records.map((list) => list.filter(({ at }) => at < stop)),
      ),
    );
    expect(bad(found)).toEqual(['bond/failover enp0s6']);
  });

  it.skipIf(runs.length === 0)('take no clock for a loss', { timeout: 120_000 }, async () => {
    const whole = read('k6.1-layer34-n2');
    const late = whole.records[1].map((record) => ({ ...record, at: record.at + 60_000_000_000n }));
    expect(bad(await check(inputsOf(whole, [whole.records[0], late])))).toEqual(['capture/clock-skew enp0s4 enp0s5']);
  });
});

describe(`LACPDUs of several links in one file${hint}`, () => {
  it.skipIf(runs.length === 0).each([
    ['k6.12-layer34-n3', []],
    ['k6.1-reenslave-layer34-n3', ['bond/failover all']],
    ['k6.1-split-aggregator-n3', ['lacp/split-partner all']],
    ['k6.12-keysplit-n4', ['lacp/key-mismatch all']],
    ['k6.1-lacpdu-oneway-loss-n2', ['lacp/expired all', 'lacp/defaulted all', 'bond/failover all']],
  ])('%s: each port by itself', { timeout: 120_000 }, async (run, expected) => {
    const found = await check([recordsInput('all', mergeRecords(read(run).records))]);
    expect(bad(found)).toEqual([...expected, 'capture/several-links all']);
    for (const { id, detail } of found.findings) if (id === 'bond/failover') expect(detail).toMatch(/all \(port \d+ of [\da-f:]+\)/);
  });
});
