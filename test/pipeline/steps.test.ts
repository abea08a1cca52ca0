import { describe, expect, it } from 'vitest';
import { openInputs } from '../../src/cli/input-arguments.ts';
import { RULE_SOURCES } from '../../src/infer/rule-sources.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeCheck } from '../../src/pipeline/analyze-check.ts';
import { analyzeInfer } from '../../src/pipeline/analyze-infer.ts';
import { analyzeFlows } from '../../src/pipeline/analyze.ts';
import { Cancelled, takeSteps } from '../../src/pipeline/steps.ts';
import type { InferProgress, StepHost } from '../../src/pipeline/steps.ts';

const inputs = () => openInputs(['4', '5', '6'].map((n) => ({ path: `samples/healthy-layer34/host-enp0s${n}.pcap` })));

describe('the steps of an analysis', () => {
  it('tell which sender is looked at, and which rules are weighed', async () => {
    const told: InferProgress[] = [];
    await analyzeInfer(inputs(), DEFAULT_ANALYSIS_OPTIONS, { onStep: (step) => void told.push(step) });
    for (const from of ['a', 'b']) {
      const sources = told.filter((step) => step.from === from).flatMap(({ source }) => source ?? []);
      expect(sources[0]).toBe(RULE_SOURCES[0].id);
      expect(new Set(sources).size).toBeGreaterThan(3);
    }
  });

  it.each([
    ['infer', analyzeInfer],
    ['flows', analyzeFlows],
    ['check', analyzeCheck],
  ])('of %s end where the host asks to stop while rules are weighed', async (_, analyze) => {
    let told = 0;
    const host: StepHost = { onStep: () => void told++, isCancelled: () => told === 4 };
    await expect(analyze(inputs(), DEFAULT_ANALYSIS_OPTIONS, host)).rejects.toThrow(Cancelled);
    expect(told).toBe(4);
  });

  it('give the result where nobody stops them, with few pauses between those that take no time', async () => {
    let pauses = 0;
    const count = function* () {
      for (let i = 0; i < 10_000; i++) yield null;
      yield { from: 'a' as const, source: 'modulo' };
      return 'done';
    };
    const isCancelled = (): boolean => {
      pauses++;
      return false;
    };
    expect(await takeSteps(count(), { isCancelled })).toBe('done');
    expect(pauses).toBeGreaterThan(0);
    expect(pauses).toBeLessThan(1_000);
  });
});
