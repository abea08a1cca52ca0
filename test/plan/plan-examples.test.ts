/** Examples that people asked about in public, worked out by the planner. */
import { describe, expect, it } from 'vitest';
import { flowsCsv, directionOf, percents, planText, scenarioOf } from '../support/plan-text.ts';
import type { PlanAdvice } from '../../src/report/plan-document.ts';

describe('filers on a VMware IP hash (four addresses that used two of four uplinks)', () => {
  const filers = [120, 130, 140, 150].map((octet) => ({
    src: '192.168.100.101',
    dst: `192.168.100.${octet}`,
    srcPort: 900,
    dstPort: 2049,
  }));

  it.each(['last-octet', 'whole-address'])('they go to 1, 3, 1, 3 by the %s form', async (variant) => {
    const document = await planText(flowsCsv(filers), { sender: { policy: 'esxi-ip-hash', variant } }, { memberCounts: [4], failed: [] });
    const current = scenarioOf(document, { current: true });
    expect(percents(current)).toEqual([0, 50, 0, 50]);
    expect(current.balance.maxOverMean).toBeCloseTo(2);
  });

  it('a range of addresses holds four that use all four uplinks', async () => {
    const options = { sender: { policy: 'esxi-ip-hash' } };
    const document = await planText(flowsCsv(filers), options, { memberCounts: [4], cover: { servers: '192.168.100.120-199' } });
    const { cover } = directionOf(document);
    expect(cover).toMatchObject({ complete: true, vary: 'addresses', missing: [] });
    const chosen = (cover?.flows ?? []).map(({ src, dst }) => ({ src, dst, srcPort: 900, dstPort: 2049 }));
    const again = await planText(flowsCsv(chosen), options, { memberCounts: [4], failed: [] });
    expect(percents(scenarioOf(again, { current: true }))).toEqual([25, 25, 25, 25]);
  });
});

describe('iperf with even client ports only', () => {
  const even = [38986, 38988, 38990, 38992].map((srcPort) => ({ src: '10.1.1.1', dst: '10.1.1.2', srcPort, dstPort: 5201 }));
  const plan = (variant: string): ReturnType<typeof planText> =>
    planText(flowsCsv(even), { sender: { policy: 'layer3+4', variant } }, { memberCounts: [2], failed: [] });

  it('share one link where the sender keeps the lowest bit', async () => {
    expect(Math.max(...percents(scenarioOf(await plan('linux-3.17'), { current: true })))).toBe(100);
  });

  it('take two and two by the formula that discards it', async () => {
    expect(percents(scenarioOf(await plan('linux-5.18'), { current: true }))).toEqual([50, 50]);
  });

  it('and the advice for the old sender is a newer kernel', async () => {
    const document = await plan('linux-3.17');
    const advice = (document.lags[0].advice ?? []) as PlanAdvice[];
    expect(advice[0]).toMatchObject({ rank: 1, action: 'newer-kernel', side: 'a' });
  });
});

describe('Cisco bundles', () => {
  it.each([
    [2, [4, 4]],
    [3, [3, 3, 2]],
    [4, [2, 2, 2, 2]],
    [5, [2, 2, 2, 1, 1]],
    [6, [2, 2, 1, 1, 1, 1]],
    [7, [2, 1, 1, 1, 1, 1, 1]],
    [8, [1, 1, 1, 1, 1, 1, 1, 1]],
  ])('%i links share eight buckets %j', async (links, shares) => {
    // One flow per bucket.
    const flows = Array.from({ length: 8 }, (_, i) => ({ src: '10.0.0.0', dst: `10.0.1.${i}`, srcPort: 1, dstPort: 2 }));
    const document = await planText(flowsCsv(flows), { sender: { policy: 'cisco-src-dst-ip' } }, { memberCounts: [links], failed: [] });
    const { members } = scenarioOf(document, { current: true });
    expect(members.map(({ share }) => Math.round(share * 8))).toEqual(shares);
  });
});

describe('advice', () => {
  it('says that one flow cannot be split', async () => {
    const flow = [{ src: '10.0.0.1', dst: '10.0.0.2', srcPort: 1, dstPort: 2 }];
    const document = await planText(flowsCsv(flow), { sender: { policy: 'layer3+4' } }, { memberCounts: [2] });
    const [first] = (document.lags[0].advice ?? []) as PlanAdvice[];
    expect(first).toMatchObject({ rank: 1, action: 'split-flows' });
    expect(first.why).toContain('no policy can split one flow');
  });

  it('leaves a spread alone that chance explains', async () => {
    const flows = Array.from({ length: 200 }, (_, i) => ({ src: `10.0.0.${i}`, dst: '10.0.1.1', srcPort: 20000 + i * 7, dstPort: 443 }));
    const document = await planText(flowsCsv(flows), { sender: { policy: 'layer3+4' } }, { memberCounts: [2] });
    const [first] = (document.lags[0].advice ?? []) as PlanAdvice[];
    expect(first).toMatchObject({ rank: 1, action: 'change-nothing' });
  });

  it('asks for ports where addresses tell nothing apart, in the syntax asked for', async () => {
    const flows = Array.from({ length: 100 }, (_, i) => ({ src: '10.0.0.1', dst: '10.0.1.1', srcPort: 20000 + i * 7, dstPort: 443 }));
    const query = { memberCounts: [2], syntax: 'ifupdown2' };
    const csv = flowsCsv(flows)
      .replace('src,', 'srcMac,dstMac,src,')
      .replaceAll(/^(10\.)/gm, '02:00:00:00:00:01,02:00:00:00:00:02,$1');
    const document = await planText(csv, { sender: { policy: 'layer2+3' } }, query);
    const [first] = (document.lags[0].advice ?? []) as PlanAdvice[];
    expect(first).toMatchObject({ rank: 1, action: 'set-policy', policy: 'layer3+4', fix: [{ syntax: 'ifupdown2' }] });
    expect(first.fix[0].text).toContain('layer3+4');
    expect(first.effect?.busiestShareBefore).toBe(1);
    expect(first.effect?.busiestShareAfter).toBeLessThan(0.7);
  });
});

describe('what records do not tell', () => {
  const flows = flowsCsv(Array.from({ length: 50 }, (_, i) => ({ src: `10.0.0.${i}`, dst: '10.0.1.1', srcPort: 1000 + i, dstPort: 443 })));

  it('is open where a hash needs it, decided where it does not', async () => {
    const document = await planText(flows, { sender: { policy: 'layer3+4' } }, { memberCounts: [2], failed: [] });
    const { bytes } = directionOf(document).totals;
    for (const policy of ['layer2', 'layer2+3', 'vlan+srcmac'])
      expect(scenarioOf(document, { policy, current: false }).uncertain, policy).toMatchObject({ bytes, reason: 'hidden-input' });
    expect(scenarioOf(document, { current: true }).uncertain.bytes).toBe(0);
    expect(document.inputs[0]).toMatchObject({ kind: 'records', lacks: expect.arrayContaining(['macs', 'vlan']) as string[] });
  });

  it('rates are rates: 50 MB in ten seconds are 40 Mbit/s and a little for the headers', async () => {
    const document = await planText(flows, { sender: { policy: 'layer3+4' } }, { memberCounts: [2], failed: [], speedsMbps: [100] });
    const { members, peakWindow } = scenarioOf(document, { current: true });
    const mean = members.reduce((sum, { meanBps }) => sum + (meanBps ?? 0), 0);
    expect(mean / 1e6).toBeCloseTo(40.56, 1);
    expect(peakWindow).toBe(1);
    for (const { peakBps, peakLoad, meanBps } of members) {
      expect(peakBps).toBeGreaterThan((meanBps ?? 0) * 0.9);
      expect(peakLoad).toBeCloseTo((peakBps ?? 0) / 100e6, 6);
    }
  });
});

describe('sides of records that nothing anchors', () => {
  const between = (src: string, dst: string): ReturnType<typeof planText> =>
    planText(
      flowsCsv([
        { src, dst, srcPort: 443, dstPort: 50_000, bytes: 5_000_000 },
        { src: dst, dst: src, srcPort: 50_000, dstPort: 443, bytes: 1_000, at: 1 },
      ]),
      { sender: { policy: 'layer3+4' } },
      { memberCounts: [2] },
    );

  it('are private addresses against public ones, whoever is listed first, else the first sender', async () => {
    for (const [src, dst, from] of [
      ['8.8.8.8', '192.168.1.9', 'b'],
      ['192.168.1.9', '8.8.8.8', 'a'],
      ['2001:db8::1', 'fd00::9', 'b'],
      ['10.0.0.1', '10.0.0.2', 'a'],
      ['8.8.8.8', '9.9.9.9', 'a'],
    ] as const) {
      const document = await between(src, dst);
      expect(directionOf(document, from).totals.bytes, `${src} ${dst}`).toBeGreaterThan(5_000_000);
    }
  });
});
