/** Advice is given only where its own scenario shows a gain, and nothing else is to be mended first. */
import { describe, expect, it } from 'vitest';
import { gainOf } from '../../src/pipeline/advice-load.ts';
import { rankAdvice } from '../../src/pipeline/advice-rank.ts';
import type { PlanAdvice, PlanScenario } from '../../src/report/plan-document.ts';
import { directionOf, flowsCsv, planText } from '../support/plan-text.ts';
import type { TestFlow } from '../support/plan-text.ts';

const adviceOf = async (flows: readonly TestFlow[], sender: { policy: string; variant?: string }, count = 2): Promise<PlanAdvice[]> => {
  const document = await planText(flowsCsv(flows), { sender }, { memberCounts: [count] });
  expect(directionOf(document).scenarios?.some(({ current }) => current)).toBe(true);
  return (document.lags[0].advice ?? []) as PlanAdvice[];
};

const oneServer = (count: number, bytes: (i: number) => number = () => 1_000_000): TestFlow[] =>
  Array.from({ length: count }, (_, i) => ({ src: '10.0.0.1', dst: '10.0.1.1', srcPort: 20_000 + i * 7, dstPort: 443, bytes: bytes(i) }));

describe('advice', () => {
  it('proves every change that stands before "change nothing" by its own scenario', async () => {
    const advice = await adviceOf(oneServer(100), { policy: 'esxi-ip-hash' });
    for (const { action, effect } of advice.slice(
      0,
      advice.findIndex((of) => of.action === 'change-nothing'),
    )) {
      expect(action).not.toBe('change-nothing');
      expect(effect?.busiestShareAfter).toBeLessThan((effect?.busiestShareBefore ?? 0) * 0.9);
    }
  });

  it('offers no policy that the era of the sender did not have', async () => {
    const advice = await adviceOf(oneServer(60), { policy: 'layer2', variant: 'linux-2.6' });
    expect(advice.some(({ policy }) => policy === 'encap3+4' || policy === 'encap2+3' || policy === 'vlan+srcmac')).toBe(false);
  });

  it('puts the one large flow before what gains less than splitting it', async () => {
    const advice = await adviceOf(
      oneServer(12, (i) => (i === 0 ? 100_000_000 : 1_000_000)),
      { policy: 'layer3+4' },
      4,
    );
    expect(advice[0]).toMatchObject({ rank: 1, action: 'split-flows' });
    expect(advice[0].effect?.busiestShareAfter).toBeLessThan(0.35);
  });
});

describe('gain', () => {
  const scenario = (shares: readonly number[], peaks: readonly number[]): PlanScenario =>
    ({
      members: shares.map((share, i) => ({ name: `eth${i}`, share, peakBps: peaks[i], peakLoad: null, meanLoad: null })),
    }) as unknown as PlanScenario;

  it('is the smaller of what the fullest second and the whole time show', () => {
    expect(gainOf(scenario([0.6, 0.4], [100, 50]), scenario([0.5, 0.5], [80, 60]))).toBeCloseTo(1 - 0.5 / 0.6);
    expect(gainOf(scenario([0.48, 0.52], [100, 50]), scenario([0.43, 0.57], [70, 60]))).toBeLessThan(0);
  });
});

describe('two directions', () => {
  const of = (side: 'a' | 'b', action: string, after: number): PlanAdvice =>
    ({
      side,
      action,
      effect: { busiestShareBefore: 1, busiestShareAfter: after, peakBpsBefore: null, peakBpsAfter: null, movedFlows: 0 },
    }) as unknown as PlanAdvice;

  it('are ranked together, each in its own order', () => {
    const a = [of('a', 'set-policy', 0.6), of('a', 'newer-kernel', 0.5), of('a', 'change-nothing', 1), of('a', 'rebalance', 0.4)];
    const b = [of('b', 'set-policy', 0.55), of('b', 'change-nothing', 1)];
    const ranked = rankAdvice([a, b, []]);
    expect(ranked.map(({ side, action }) => `${side} ${action}`)).toEqual([
      'b set-policy',
      'a set-policy',
      'a newer-kernel',
      'a change-nothing',
      'b change-nothing',
      'a rebalance',
    ]);
    expect(ranked.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
