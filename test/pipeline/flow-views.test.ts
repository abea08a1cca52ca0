import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { createAnalysisService } from '../../src/pipeline/analysis-service.ts';
import { FLOW_SORT_FIELDS, type FlowQuery } from '../../src/pipeline/flows-analysis.ts';
import type { AnalysisService, ServiceFile } from '../../src/pipeline/service.ts';
import type { Flow, Lag } from '../../src/report/document.ts';
import { predictedMember } from '../../src/report/format-flow.ts';
import { addSeconds } from '../../src/report/iso-time.ts';
import { openInMemory } from '../support/memory-input.ts';

const SAMPLES = new URL('../../samples/', import.meta.url);
const ALL: FlowQuery = { where: [], sort: 'firstTime' };

async function analyse(id: string): Promise<{ service: AnalysisService; lag: Lag; flows: readonly Flow[] }> {
  const folder = new URL(`${id}/`, SAMPLES);
  const files = readdirSync(folder)
    .filter((name) => /^(?!case|golden|README)/.test(name))
    .map((path): ServiceFile => ({ path, content: new Uint8Array(readFileSync(new URL(path, folder))) }));
  const service = createAnalysisService(openInMemory);
  const outcome = await service.analyze(files, DEFAULT_ANALYSIS_OPTIONS, () => {});
  if (!outcome.ok) throw new Error(outcome.reason);
  const [lag] = outcome.document.lags;
  return { service, lag, flows: (await service.flows(lag.id, ALL, 0, 1e6)).flows };
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

describe.each(['healthy-layer34', 'link-lost-and-back', 'ovs-rebalancing'])('what the page asks beside the flows of %s', (id) => {
  let service: AnalysisService;
  let lag: Lag;
  let flows: readonly Flow[];
  beforeAll(async () => {
    ({ service, lag, flows } = await analyse(id));
  }, 60_000);

  it('sorts by every field, both ways', async () => {
    const keyOf: Partial<Record<(typeof FLOW_SORT_FIELDS)[number], (flow: Flow) => string | number | null>> = {
      predicted: (flow) => flow.predicted?.member ?? null,
      vlan: (flow) => flow.vlans[0] ?? null,
    };
    for (const field of ['bytes', 'packets', 'from', 'observed', 'verdict', 'reason', 'srcMac', 'firstTime', 'lastTime'] as const)
      keyOf[field] = (flow) => flow[field];
    const ids = flows
      .map((flow) => flow.id)
      .sort()
      .join();
    for (const field of FLOW_SORT_FIELDS) {
      const rising = (await service.flows(lag.id, { where: [], sort: field }, 0, 1e6)).flows;
      const falling = (await service.flows(lag.id, { where: [], sort: `-${field}` }, 0, 1e6)).flows;
      expect(
        rising
          .map((flow) => flow.id)
          .sort()
          .join(),
        field,
      ).toBe(ids);
      const key = keyOf[field];
      if (key === undefined) continue;
      const sorted = rising.map(key).sort((a, b) => (a === b ? 0 : a === null ? -1 : b === null ? 1 : a < b ? -1 : 1));
      expect(rising.map(key).join(), field).toBe(sorted.join());
      expect(falling.map(key).join(), `-${field}`).toBe(sorted.reverse().join());
    }
  });

  it('maps every flow of a sender to one bucket, and the filter finds the flows of a bucket', async () => {
    for (const { from } of lag.directions) {
      const map = await service.flowMap(lag.id, from, ALL, 50);
      if (!map) throw new Error('no map');
      const sent = flows.filter((flow) => flow.from === from);
      expect(sum(map.buckets.map((bucket) => bucket.flows)) + map.unplaced.flows).toBe(sent.length);
      expect(sum(map.buckets.map((bucket) => bucket.bytes)) + map.unplaced.bytes).toBe(sum(sent.map((flow) => flow.bytes)));
      expect(sum(map.buckets.map((bucket) => bucket.named.length))).toBe(Math.min(50, sum(map.buckets.map((bucket) => bucket.flows))));
      for (const { bucket, member, named, flows: count } of map.buckets) {
        const where = [{ field: 'side', value: from } as const, { field: 'bucket', value: String(bucket) } as const];
        expect((await service.flows(lag.id, { where, sort: 'id' }, 0, 0)).total).toBe(count);
        for (const { flow } of named) if (flow.predicted) expect([flow.predicted.bucket, flow.predicted.member]).toEqual([bucket, member]);
      }
    }
  });

  it('gives the way back and the load of flows, nothing for what is none', async () => {
    const { flows: some, beside = [] } = await service.flows(lag.id, ALL, 0, 20, 16);
    expect(beside).toHaveLength(20);
    for (const [i, flow] of some.entries()) {
      const reverse = flows.find(({ id }) => id === flow.reverse);
      expect(beside[i]?.reverse).toEqual(
        reverse ? { id: reverse.id, observed: reverse.observed, predicted: predictedMember(reverse) } : null,
      );
      expect([beside[i]?.packets, beside[i]?.bytes, sum(beside[i]?.load ?? [])]).toEqual([flow.packets, flow.bytes, flow.bytes]);
    }
    const loads = await service.flowLoads(lag.id, { where: [], sort: '-bytes', top: 5 }, 200);
    const series = await service.load(lag.id, 200);
    expect([loads?.fromTime, loads?.stepSeconds, loads?.steps]).toEqual([series.fromTime, series.stepSeconds, series.steps]);
    for (const row of loads?.rows ?? []) {
      expect(sum(row.bytes)).toBe(row.flow.bytes);
      const { series: own } = await service.load(lag.id, 200, row.flow.id);
      expect([...row.bytes]).toEqual([...row.bytes].map((_, step) => sum(own.map(({ bytes }) => bytes[step]))));
    }
  });

  it('cuts the time: parts add up to the whole, and the whole is the document', async () => {
    const { fromTime, stepSeconds, steps } = await service.load(lag.id, 8);
    const edge = (step: number): string => addSeconds(fromTime, step * stepSeconds);
    const whole = await service.spanBalance(lag.id, { fromTime: edge(0), toTime: edge(steps) });
    for (const [i, direction] of lag.directions.entries()) {
      expect(whole[i].members.map((member) => member.observed)).toEqual(direction.members.map((member) => member.observed));
      expect(whole[i].totals).toEqual(direction.totals);
    }
    let packets = 0;
    let listed = 0;
    for (let step = 0; step < steps; step++) {
      const span = { fromTime: edge(step), toTime: edge(step + 1) };
      packets += sum((await service.spanBalance(lag.id, span)).map((part) => part.totals.packets));
      listed += (await service.flows(lag.id, { ...ALL, span }, 0, 0)).total;
    }
    expect(packets).toBe(sum(whole.map((part) => part.totals.packets)));
    expect(listed).toBeGreaterThanOrEqual(flows.length);
  });
});
