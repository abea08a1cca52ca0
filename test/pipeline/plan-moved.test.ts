import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { createAnalysisService } from '../../src/pipeline/analysis-service.ts';
import type { PlanChoice } from '../../src/pipeline/plan-query.ts';
import type { AnalysisService, ServiceFile } from '../../src/pipeline/service.ts';
import { openInMemory } from '../support/memory-input.ts';

const FOLDER = new URL('../../samples/healthy-layer34/', import.meta.url);
const FILES: readonly ServiceFile[] = ['host-enp0s4.pcap', 'host-enp0s5.pcap', 'host-enp0s6.pcap', 'host-bond0-after.txt'].map((path) => ({
  path,
  content: new Uint8Array(readFileSync(new URL(path, FOLDER))),
}));

async function analysed(): Promise<{ service: AnalysisService; lagId: string }> {
  const service = createAnalysisService(openInMemory);
  const outcome = await service.analyze(FILES, DEFAULT_ANALYSIS_OPTIONS, () => {});
  if (!outcome.ok) throw new Error(outcome.reason);
  return { service, lagId: outcome.document.lags[0].id };
}

describe('the flows that a scenario moves', () => {
  it('are those that the scenario counts, largest first, each from where it was to where the policy puts it', async () => {
    const { service, lagId } = await analysed();
    for (const [policy, memberCount, failed] of [
      ['layer2+3', 3, []],
      ['layer3+4', 4, []],
      ['layer3+4', 3, ['enp0s5']],
    ] as const) {
      const choice: PlanChoice = { from: 'a', policy: { id: policy }, memberCount, failed: [...failed] };
      const result = await service.plan(lagId, {
        sides: ['a'],
        policies: [{ id: policy }],
        memberCounts: [memberCount],
        failed: failed.length === 0 ? [] : [[...failed]],
        advice: false,
      });
      if ('failed' in result) throw new Error(result.failed);
      const scenario = result.directions[0].scenarios.find(
        (of) => !of.current && of.policy === policy && of.memberCount === memberCount && of.failed.join() === failed.join(),
      );
      const moved = await service.movedFlows(lagId, choice, 5);
      expect(moved?.total).toBe(scenario?.moved.flows);
      expect(moved?.totalBytes).toBe(scenario?.moved.bytes);
      expect(moved?.flows).toHaveLength(Math.min(5, moved?.total ?? 0));
      let before = Infinity;
      for (const { id, bytes, from, to } of moved?.flows ?? []) {
        const flow = await service.flow(lagId, id);
        expect(flow?.members.map(({ name }) => name)).toContain(from);
        expect(to).not.toBe(from);
        expect(failed).not.toContain(to);
        expect(bytes).toBeLessThanOrEqual(before);
        before = bytes;
      }
    }
  });

  it('are none as it is, and not told where a random table decides', async () => {
    const { service, lagId } = await analysed();
    expect(await service.movedFlows(lagId, { from: 'a', current: true }, 5)).toBeNull();
    const drawn = await service.movedFlows(lagId, { from: 'a', policy: { id: 'ovs-balance-tcp' } }, 5);
    expect(drawn).toMatchObject({ total: 0, flows: [] });
    expect(drawn?.undecided).toBeGreaterThan(0);
  });

  it('draws the load of the policy in use over other members', async () => {
    const { service, lagId } = await analysed();
    const load = await service.planLoad(lagId, { from: 'a', memberCount: 4 }, 50);
    expect(load?.members.map(({ name }) => name)).toHaveLength(4);
    expect(load?.members[3].bytes.some((bytes) => bytes > 0)).toBe(true);
  });
});
