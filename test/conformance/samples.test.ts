import { execFileSync, spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { openFileSource } from '../../src/cli/node-file-source.ts';
import { analyzeFlows, type AnalysisInput } from '../../src/pipeline/analyze.ts';
import { DEFAULT_ANALYSIS_OPTIONS, type AnalysisOptions } from '../../src/pipeline/analysis-options.ts';
import type { ByteSource } from '../../src/pipeline/byte-source.ts';
import type { FlowsAnalysis } from '../../src/pipeline/flows-analysis.ts';
import type { Counts, Direction, Flow, ResultDocument } from '../../src/report/document.ts';
import { PLAIN_STYLE } from '../../src/report/format-style.ts';
import { createTextBuffer } from '../../src/report/write-target.ts';
import { writeFlowsTable } from '../../src/report/write-flows-text.ts';
import { SAMPLES, listSamples, optionsFromTruth, samplePaths, type SampleCase } from '../support/sample-cases.ts';

/** What a capture of these runs may leave unpredicted, as the contract of the output has it. */
const MAY_BE_UNPREDICTED = ['in-frame-tag', 'before-up', 'socket-hash'];
const hasCapinfos = spawnSync('capinfos', ['--version'], { stdio: 'ignore' }).status === 0;

/** The same bytes in pieces of `size`. */
function inPieces(source: ByteSource, size: number): ByteSource {
  const cut = function* (chunk: Uint8Array): Iterable<Uint8Array> {
    for (let at = 0; at < chunk.length; at += size) yield chunk.subarray(at, at + size);
  };
  return {
    path: source.path,
    size: source.size,
    rereadable: source.rereadable,
    async *chunks() {
      for await (const chunk of source.chunks()) yield* cut(chunk);
    },
  };
}

function inputsOf(paths: readonly string[], pieceBytes?: number): AnalysisInput[] {
  return paths.map((path) => {
    const { source, failure } = openFileSource(path);
    return { path, source: source !== undefined && pieceBytes !== undefined ? inPieces(source, pieceBytes) : source, failure };
  });
}

function analyze(sample: SampleCase, options: AnalysisOptions, pieceBytes?: number, withState = false): Promise<FlowsAnalysis> {
  const files = withState ? [...sample.captures, ...sample.state] : sample.captures;
  return analyzeFlows(inputsOf(samplePaths(sample, files), pieceBytes), options, {});
}

function allFlows(analysis: FlowsAnalysis): Flow[] {
  return analysis.document.lags.flatMap(({ id }) => {
    const list = analysis.flows(id, { where: [], sort: 'firstTime' });
    return Array.from({ length: list.length }, (_, i) => list.at(i));
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function expectEveryFrameCounted({ inputs, lags, outside }: ResultDocument): void {
  const packets = (counts: readonly Counts[]) => sum(counts.map((count) => count.packets));
  const directions = lags.flatMap((lag) => lag.directions);
  for (const { totals, agreement, unpredicted, transition } of directions) {
    expect(totals.packets).toBe(agreement.packets.total + packets(unpredicted) + transition.packets);
  }
  const placed = directions.map((direction) => direction.totals.packets + direction.control.packets + direction.reflections.packets);
  expect(packets(inputs)).toBe(sum(placed) + packets(lags.flatMap((lag) => [lag.unassigned, lag.duplicates])) + outside.packets);
}

function expectAgreement({ from, totals, agreement, unpredicted, transition }: Direction): void {
  expect(agreement.packets.match, `frames from ${from} that agree`).toBe(agreement.packets.total);
  expect(agreement.packets.total, `frames from ${from} predicted`).toBeGreaterThan(totals.packets / 2);
  expect(transition.packets).toBeLessThanOrEqual(totals.packets * 0.05);
  for (const { reason } of unpredicted) expect(MAY_BE_UNPREDICTED).toContain(reason);
}

describe.each(listSamples().map((sample) => [sample.name, sample] as const))('sample %s', (_name, sample) => {
  const isLinux = sample.truth.system === 'Linux bonding';
  const sides = (['a', 'b'] as const).filter((side) => sample.truth.sides[side].policy !== null);
  let analysis: FlowsAnalysis;

  beforeAll(async () => {
    analysis = await analyze(sample, isLinux ? optionsFromTruth(sample) : { ...DEFAULT_ANALYSIS_OPTIONS, local: sample.local });
  });

  it('is one LAG with the members of the captures, nothing unreadable', () => {
    expect(analysis.document.errors).toEqual([]);
    expect(analysis.document.lags).toHaveLength(1);
    const names = analysis.document.lags[0].members.map((member) => member.name);
    expect([...names].sort()).toEqual([...sample.truth.sides.a.members].sort());
  });

  it('accounts for every frame', () => {
    expectEveryFrameCounted(analysis.document);
  });

  it.skipIf(!hasCapinfos)(`counts what capinfos counts${hasCapinfos ? '' : ' (skipped: capinfos is not installed)'}`, () => {
    const out = execFileSync('capinfos', ['-TMrc', ...samplePaths(sample, sample.captures)], { encoding: 'utf8' });
    const counted = out
      .trim()
      .split('\n')
      .map((line) => Number(line.split('\t')[1]));
    expect(analysis.document.inputs.map((input) => input.packets)).toEqual(counted);
  });

  it('lists flows that add up to the totals', () => {
    for (const { from, totals, control } of analysis.document.lags[0].directions) {
      const own = allFlows(analysis).filter((flow) => flow.from === from);
      const data = own.filter((flow) => flow.verdict !== 'control');
      expect(data.length).toBe(totals.flows);
      expect(sum(data.map((flow) => flow.packets))).toBe(totals.packets);
      expect(sum(own.map((flow) => flow.packets))).toBe(totals.packets + control.packets);
      for (const flow of own) expect(sum(flow.members.map((member) => member.packets))).toBe(flow.packets);
    }
  });

  it.runIf(isLinux)('agrees with the true configuration, frame by frame', () => {
    for (const direction of analysis.document.lags[0].directions) if (sides.includes(direction.from)) expectAgreement(direction);
  });

  it.runIf(isLinux && sample.state.length > 0)('agrees on side a given only the captures and the state text', async () => {
    const { document } = await analyze(sample, DEFAULT_ANALYSIS_OPTIONS, undefined, true);
    const direction = document.lags[0].directions.find(({ from }) => from === 'a');
    expect(direction?.policy).toMatchObject({ id: sample.truth.sides.a.policy, source: 'state' });
    if (direction !== undefined) expectAgreement(direction);
  });

  it('is the same in pieces of 7 and of 64 k bytes', async () => {
    const options = isLinux ? optionsFromTruth(sample) : { ...DEFAULT_ANALYSIS_OPTIONS, local: sample.local };
    for (const pieceBytes of [7, 65_536]) {
      const other = await analyze(sample, options, pieceBytes);
      expect(other.document).toEqual(analysis.document);
      expect(allFlows(other)).toEqual(allFlows(analysis));
    }
  });

  it('reads as its golden text', async () => {
    const withState = await analyze(sample, DEFAULT_ANALYSIS_OPTIONS, undefined, true);
    const target = createTextBuffer();
    writeFlowsTable(
      {
        document: withState.document,
        flowsOf(lagId) {
          const list = withState.flows(lagId, { where: [], sort: '-bytes' });
          return { length: Math.min(list.length, 10), total: list.length, at: (i) => list.at(i), json: (i) => list.json(i) };
        },
      },
      target,
      120,
      PLAIN_STYLE,
    );
    await expect(target.text()).toMatchFileSnapshot(`${SAMPLES}${sample.name}/golden.txt`);
  });
});
