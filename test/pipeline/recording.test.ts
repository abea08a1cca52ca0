import { describe, expect, it } from 'vitest';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeFlows, type AnalysisInput } from '../../src/pipeline/analyze.ts';
import { createRecorder, createReplay, packRecording, unpackRecording } from '../../src/pipeline/recording.ts';
import { inProcessScanner } from '../../src/pipeline/scanner.ts';
import { openFileSource } from '../../src/cli/node-file-source.ts';
import { listSamples, samplePaths } from '../support/sample-cases.ts';

const JOBS = listSamples().filter(({ name }) => ['link-lost-and-back', 'one-link', 'ovs-rebalancing'].includes(name));

function inputsOf(paths: readonly string[]): AnalysisInput[] {
  return paths.map((path) => ({ path, ...openFileSource(path) }));
}

async function record(inputs: readonly AnalysisInput[]) {
  const recorder = createRecorder(inputs, { scanner: inProcessScanner });
  const analysis = await analyzeFlows(inputs, DEFAULT_ANALYSIS_OPTIONS, recorder.host);
  return { analysis, bytes: Buffer.concat(packRecording(recorder.take(DEFAULT_ANALYSIS_OPTIONS, 'view=flows'))) };
}

describe('a recorded analysis', () => {
  it.each(JOBS)(
    'of $name is made again from the recording, twice',
    async (sample) => {
      const paths = samplePaths(sample, [...sample.captures, ...sample.state]);
      const { analysis, bytes } = await record(inputsOf([...paths, 'samples/README.md', 'samples/no-such-file']));
      const replay = createReplay(bytes);
      const unpacked = unpackRecording(bytes);
      if (!unpacked.ok) throw new Error(unpacked.reason);
      expect(unpacked.recording.fragment).toBe('view=flows');
      for (let run = 0; run < 2; run++) {
        const inputs = unpacked.recording.inputs.map(({ path }, i) => ({ path, source: replay.source(i) }));
        const again = await analyzeFlows(inputs, DEFAULT_ANALYSIS_OPTIONS, {
          scanner: replay.scanner(inProcessScanner),
          reread: replay.reread,
        });
        expect(again.document).toEqual(analysis.document);
        for (const { id } of analysis.document.lags) {
          const query = { where: [], sort: 'id', top: 50 };
          const [first, second] = [analysis, again].map((of) => of.flows(id, query));
          for (let i = 0; i < first.length; i++) expect(second.at(i)).toEqual(first.at(i));
          expect(again.lacp(id)).toEqual(analysis.lacp(id));
          expect(again.load(id, 50)).toEqual(analysis.load(id, 50));
        }
      }
    },
    60_000,
  );

  it('takes other inputs beside it', async () => {
    const [sample] = JOBS;
    const [first, ...rest] = samplePaths(sample, sample.captures);
    const { bytes } = await record(inputsOf(rest));
    const replay = createReplay(bytes);
    const inputs: AnalysisInput[] = [...rest.map((path, i) => ({ path, source: replay.source(i) })), ...inputsOf([first])];
    const joined = await analyzeFlows(inputs, DEFAULT_ANALYSIS_OPTIONS, {
      scanner: replay.scanner(inProcessScanner),
      reread: replay.reread,
    });
    const whole = await analyzeFlows(inputsOf([...rest, first]), DEFAULT_ANALYSIS_OPTIONS, {});
    expect(joined.document.inputs).toEqual(whole.document.inputs);
    expect(joined.document.lags.map((lag) => lag.directions.map((direction) => direction.totals))).toEqual(
      whole.document.lags.map((lag) => lag.directions.map((direction) => direction.totals)),
    );
  }, 60_000);

  it('says why bytes are no recording', () => {
    expect(unpackRecording(new Uint8Array(3))).toMatchObject({ ok: false });
    expect(unpackRecording(new TextEncoder().encode('not a recording at all'))).toMatchObject({ ok: false });
  });
});
