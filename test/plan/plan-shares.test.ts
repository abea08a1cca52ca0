import { describe, expect, it } from 'vitest';
import { POLICIES } from '../../src/hash/registry.ts';
import { steadyKinds } from '../../src/plan/flow-kinds.ts';
import { forecastLoad } from '../../src/plan/forecast.ts';
import { directionOf, flowsCsv, planText } from '../support/plan-text.ts';

const flows = flowsCsv(
  Array.from({ length: 300 }, (_, i) => ({
    src: i % 5 === 0 ? `2001:db8::${i}` : `10.0.${i % 7}.${i % 251}`,
    dst: i % 5 === 0 ? '2001:db8:1::1' : `10.1.0.${i % 3}`,
    protocol: i % 3 === 0 ? 'udp' : 'tcp',
    srcPort: 1024 + i * 37,
    dstPort: 443,
    bytes: 1000 + i * i * 10,
  })),
);

describe('whole-capture shares from remainders', () => {
  it('are those of the replay in time, for every policy that decides, 1 to 8 members and single failures', async () => {
    const policies = POLICIES.filter(({ selector }) => selector === 'modulo' || selector === 'bucket-8').map(({ id }) => ({ id }));
    const query = { policies, memberCounts: [1, 3, 7, 8], advice: false, chance: false, draws: 1 };
    const sender = { sender: { policy: 'layer3+4' } };
    const [replayed, binned] = await Promise.all(
      (['time', 'shares'] as const).map(async (detail) => directionOf(await planText(flows, sender, { ...query, detail })).scenarios ?? []),
    );
    expect(binned).toHaveLength(replayed.length);
    expect(replayed.length).toBeGreaterThan(policies.length * 10);
    replayed.forEach((scenario, i) => {
      const name = `${scenario.policy} ${scenario.memberCount} ${scenario.failed.join()}`;
      expect(binned[i].failed, name).toEqual(scenario.failed);
      expect(binned[i].moved, name).toEqual(scenario.moved);
      expect(binned[i].uncertain.bytes, name).toBe(scenario.uncertain.bytes);
      // Expected values are rounded.
      scenario.members.forEach(({ bytes }, m) => expect(Math.abs(binned[i].members[m].bytes - bytes), name).toBeLessThanOrEqual(1));
    });
  });
});

describe('a forecast', () => {
  const rates = Float64Array.from({ length: 200 }, (_, i) => 1e6 * (1 + (i % 10)));

  it('grows with the flows and falls with the links', () => {
    const at = (count: number, members: number): number => forecastLoad(steadyKinds(rates), count, members, 100e6, 0.8)?.probability ?? -1;
    expect(at(4, 4)).toBe(0);
    expect(at(200, 2)).toBe(1);
    const chances = [20, 30, 40, 60].map((count) => at(count, 4));
    for (let i = 1; i < chances.length; i++) expect(chances[i]).toBeGreaterThanOrEqual(chances[i - 1]);
    expect(at(40, 2)).toBeGreaterThan(at(40, 4));
  });

  it('is less sure of itself where few flows were captured', () => {
    const width = (of: Float64Array): number => {
      const forecast = forecastLoad(steadyKinds(of), 30, 4, 80e6, 0.8);
      return forecast === null ? 0 : forecast.high - forecast.low;
    };
    expect(width(rates.subarray(0, 10))).toBeGreaterThan(width(rates));
  });

  it('takes no longer for very many flows, and goes on smoothly where their sums are taken for normal', () => {
    const at = (count: number): number => forecastLoad(steadyKinds(rates), count, 4, 80e6, 0.8)?.busiest.middle ?? 0;
    const started = process.cpuUsage();
    // The busiest of few flows is further above the mean.
    const growth = at(1_000_000) / at(4096) / (1_000_000 / 4096);
    expect(growth).toBeGreaterThan(0.94);
    expect(growth).toBeLessThanOrEqual(1);
    expect(at(4097) / at(4096)).toBeCloseTo(1, 2);
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(5);
  });

  it('says nothing without flows, links or speed', () => {
    expect(forecastLoad(steadyKinds(new Float64Array(0)), 1, 1, 1, 0.8)).toBeNull();
    expect(forecastLoad(steadyKinds(rates), 1, 0, 1, 0.8)).toBeNull();
    expect(forecastLoad(steadyKinds(rates), 1, 2, Number.NaN, 0.8)).toBeNull();
  });
});
