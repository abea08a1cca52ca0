import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { createAnalysisService } from '../../src/pipeline/analysis-service.ts';
import type { ByteSource } from '../../src/pipeline/byte-source.ts';
import type { AnalysisService, ServiceFile } from '../../src/pipeline/service.ts';
import type { InferProgress } from '../../src/pipeline/steps.ts';

const FOLDER = new URL('../../samples/healthy-layer34/', import.meta.url);
const FILES: readonly ServiceFile[] = ['host-enp0s4.pcap', 'host-enp0s5.pcap', 'host-enp0s6.pcap', 'host-bond0-after.txt'].map((path) => ({
  path,
  content: new Uint8Array(readFileSync(new URL(path, FOLDER))),
}));

/** Small chunks with a turn of the event loop between them, as a browser's stream gives them. */
function openSlowly({ path, content }: ServiceFile): ByteSource {
  const bytes = content as Uint8Array;
  return {
    path,
    size: bytes.length,
    rereadable: true,
    async *chunks() {
      for (let at = 0; at < bytes.length; at += 16_384) {
        await new Promise((resolve) => setImmediate(resolve));
        yield bytes.subarray(at, at + 16_384);
      }
    },
  };
}

const analyze = (service: AnalysisService, files: readonly ServiceFile[] = FILES) =>
  service.analyze(files, DEFAULT_ANALYSIS_OPTIONS, () => {});

describe('the analysis service', () => {
  it('keeps the analysis and answers from it', async () => {
    const service = createAnalysisService(openSlowly);
    const outcome = await analyze(service);
    if (!outcome.ok) throw new Error(outcome.reason);
    const [lag] = outcome.document.lags;
    const page = await service.flows(lag.id, { where: [], sort: '-bytes' }, 0, 5);
    expect(page.total).toBeGreaterThan(5);
    expect(page.flows).toHaveLength(5);
    expect(page.flows[0].bytes).toBeGreaterThanOrEqual(page.flows[4].bytes);
    expect((await service.flows(lag.id, { where: [], sort: '-bytes' }, page.total - 2, 5)).flows).toHaveLength(2);
    expect(await service.flow(lag.id, page.flows[0].id)).toEqual(page.flows[0]);
    expect(await service.flow(lag.id, 'f0')).toBeNull();
    expect((await service.load(lag.id, 100)).series.length).toBe(lag.members.length * 2);
  });

  it('says nothing before the first analysis', async () => {
    const service = createAnalysisService(openSlowly);
    expect(await service.flows('lag1', { where: [], sort: 'bytes' }, 0, 10)).toEqual({ total: 0, flows: [] });
    expect(await service.explain('lag1', 'f1')).toBeNull();
  });

  it('gives a cancelled or overtaken run up, and keeps the analysis before', async () => {
    const service = createAnalysisService(openSlowly);
    const first = await analyze(service);
    const cancelled = analyze(service);
    service.cancel();
    expect(await cancelled).toEqual({ ok: false, reason: 'cancelled', cancelled: true });
    const overtaken = analyze(service);
    const last = analyze(service, FILES.slice(0, 2));
    expect(await overtaken).toMatchObject({ ok: false, cancelled: true });
    expect((await last).ok && first.ok).toBe(true);
    const document = await last;
    expect(document.ok && document.document.inputs.length).toBe(2);
  });

  it('turns a wrong request into a reason', async () => {
    const service = createAnalysisService(openSlowly);
    const outcome = await service.analyze(FILES, { ...DEFAULT_ANALYSIS_OPTIONS, lag: 'lag7' }, () => {});
    expect(outcome).toMatchObject({ ok: false, cancelled: false });
    expect(outcome.ok ? '' : outcome.reason).toContain('lag7');
  });

  it('infers step by step, answers in between, and stops when asked', async () => {
    const service = createAnalysisService(openSlowly, undefined, () => new Promise((resolve) => setImmediate(resolve)));
    const outcome = await analyze(service);
    if (!outcome.ok) throw new Error(outcome.reason);
    const [{ id }] = outcome.document.lags;
    const steps: InferProgress[] = [];
    let answered = -1;
    const inferring = service.infer(id, (step) => steps.push(step));
    void service.flows(id, { where: [], sort: 'id' }, 0, 1).then(() => (answered = steps.length));
    expect((await inferring)?.map(({ from }) => from)).toEqual(['a', 'b']);
    expect(new Set(steps.map(({ from }) => from))).toEqual(new Set(['a', 'b']));
    expect(steps.some(({ source }) => source !== null)).toBe(true);
    expect(answered).toBeGreaterThan(-1);
    expect(answered).toBeLessThan(steps.length);

    const again = await analyze(service);
    expect(again.ok).toBe(true);
    const cancelled = service.infer(id);
    service.cancelInfer();
    expect(await cancelled).toBeNull();
    const overtaken = service.infer(id);
    const last = service.infer(id);
    expect(await overtaken).toBeNull();
    expect(await last).toHaveLength(2);
    expect(await service.infer(id)).toEqual(await last);
    await analyze(service);
    const beforeAnalysis = service.infer(id);
    const analysing = analyze(service, FILES.slice(0, 2));
    expect(await beforeAnalysis).toBeNull();
    await analysing;
  });
});
