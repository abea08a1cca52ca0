import { describe, expect, it } from 'vitest';
import { encodeFlowKey, type FlowFieldsInput } from '../../src/flows/flow-fields.ts';
import { analyzeCaptures } from '../../src/pipeline/analyze-captures.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { auditEntropy, type EntropyAudit } from '../../src/plan/entropy.ts';
import { createTunnelView, findTunnel } from '../../src/plan/find-tunnel.ts';
import { ValueTable } from '../../src/plan/value-table.ts';
import { captureOf } from '../support/lacp-frames.ts';
import { bytesOf, ethernet, ipv4, tcp, u32 } from '../support/frame-builder.ts';
import { HERE, placeTraffic, tcpFlow, udpFlow, type TrafficFlow } from '../support/lag-traffic.ts';

/** The audit of what side a sends; generated traffic. */
async function audit(flows: readonly TrafficFlow[], policy = 'layer2+3', members = 2): Promise<EntropyAudit> {
  const placed = placeTraffic(flows, { policy, variant: 'linux-5.18', members });
  const inputs = placed.map((frames, m) => captureOf(`eth${m}`, frames));
  const options = { ...DEFAULT_ANALYSIS_OPTIONS, oneLag: true, local: [HERE], sides: { a: { policy, variant: 'linux-5.18' } } };
  const { lags } = await analyzeCaptures(inputs, options, {});
  return auditEntropy(lags[0].flows, lags[0].directions[0]);
}

const clients = (count: number): TrafficFlow[] =>
  Array.from({ length: count }, (_, i) => tcpFlow({ src: [10, 0, 0, 16 + i], dst: [10, 0, 1, 1], srcPort: 40_000 + 2 * i, dstPort: 443 }));

describe('entropy audit', () => {
  it('tells which bits vary, and how much', async () => {
    const { fields, flows, packets } = await audit(clients(16));
    expect({ flows, packets }).toEqual({ flows: 16, packets: 80 });
    const field = (name: string): unknown => fields.find((one) => one.field === name);
    expect(field('src')).toMatchObject({
      width: 32,
      varyingMask: '0000000f',
      varyingBits: 4,
      values: 16,
      flowBits: 4,
      byteBits: expect.closeTo(4, 9),
      flows: 16,
    });
    expect(field('dst')).toMatchObject({ varyingMask: '00000000', values: 1, flowBits: 0 });
    // 40000 = 0x9c40, then every even number up to 40030 = 0x9c5e.
    expect(field('srcPort')).toMatchObject({ width: 16, varyingMask: '001e', varyingBits: 4, values: 16 });
    expect(field('srcMac')).toMatchObject({ width: 48, varyingMask: '000000000000', values: 1 });
    expect(field('tci')).toBeUndefined();
  });

  it('tells what each policy can see of them', async () => {
    const { policies } = await audit(clients(16));
    const policy = (id: string): unknown => policies.find((one) => one.policy === id);
    expect(policy('layer2')).toMatchObject({ current: false, hashes: 1, byteBits: 0, effectiveFlows: 1, reach: [1, 1, 1, 1, 1, 1, 1] });
    expect(policy('layer2+3')).toMatchObject({
      current: true,
      hashes: 16,
      byteBits: expect.closeTo(4, 9),
      effectiveFlows: expect.closeTo(16, 9),
    });
    expect(policies.find((one) => one.policy === 'layer2+3')?.reach.slice(0, 3)).toEqual([2, 3, 4]);
    expect(policy('cisco-dst-ip')).toMatchObject({ hashes: 1 });
    expect(policy('cisco-src-ip')).toMatchObject({ hashes: 8 });
    expect(policy('layer3+4')).toMatchObject({ unplacedBytes: 0 });
  });

  it('names the policy that would free the flows, and none where nothing is to be gained', async () => {
    const { change } = await audit(clients(64), 'layer2');
    expect(change).toMatchObject({ kind: 'set-policy', policy: 'layer2+3' });
    expect((await audit(clients(64))).change).toBeNull();
  });

  it('counts flows in a tunnel', async () => {
    const inside = (i: number): Uint8Array =>
      bytesOf(
        u32(0x08000000),
        u32(9 << 8),
        ethernet(0x0800, ipv4(6, tcp(30_000 + i, 443, new Uint8Array(40)), { src: [192, 168, 0, 1 + (i % 8)] })),
      );
    const outer = (srcPort: number): Parameters<typeof udpFlow>[0] => ({ src: [10, 0, 0, 1], dst: [10, 0, 1, 1], srcPort, dstPort: 4789 });
    const flows = Array.from({ length: 40 }, (_, i) => udpFlow(outer(i % 2 === 0 ? 5000 : 5001), inside(i)));
    const { tunnels, fields } = await audit(flows, 'layer3+4', 4);
    expect(tunnels).toHaveLength(1);
    expect(tunnels[0]).toMatchObject({
      kind: 'vxlan',
      by: 'header',
      share: 1,
      endpoints: 1,
      outerFlows: 2,
      sourcePorts: 2,
      sourcePortBits: 1,
      innerFlows: 40,
      mostInnerPerOuter: 20,
      hashes: 2,
      hides: true,
    });
    expect(tunnels[0].change).toMatchObject({ kind: 'vary-source-port', policy: null });
    expect(fields.find(({ field }) => field === 'innerSrc')).toMatchObject({ values: 8, flowBits: 3 });
    expect(fields.find(({ field }) => field === 'tunnelId')).toMatchObject({ values: 1 });
  });
});

describe('RoCEv2 and GTP-U', () => {
  const between = (srcPort: number, dstPort: number): Parameters<typeof udpFlow>[0] => ({
    src: [10, 0, 0, 1],
    dst: [10, 0, 1, 1],
    srcPort,
    dstPort,
  });
  const roce = (queuePair: number): Uint8Array => bytesOf([4, 0, 0xff, 0xff], u32(queuePair), u32(1), new Uint8Array(40));

  it('count queue pairs, which one source port hides and many show', async () => {
    const pairs = Array.from({ length: 40 }, (_, i) => i);
    const { tunnels: one } = await audit(
      pairs.map((i) => udpFlow(between(49_152, 4791), roce(i))),
      'layer3+4',
    );
    expect(one[0]).toMatchObject({
      kind: 'roce',
      by: 'header',
      outerFlows: 1,
      innerFlows: 40,
      mostInnerPerOuter: 40,
      hashes: 1,
      hides: true,
    });
    expect(one[0].change).toMatchObject({ kind: 'more-queue-pairs' });
    const { tunnels: many } = await audit(
      pairs.map((i) => udpFlow(between(49_152 + i * 5, 4791), roce(i))),
      'layer3+4',
    );
    expect(many[0]).toMatchObject({ outerFlows: 40, innerFlows: 40, mostInnerPerOuter: 1, hides: false, change: null });
  });

  it('count the packets that GTP-U carries', async () => {
    const gtp = (i: number): Uint8Array =>
      bytesOf([0x30, 0xff, 0, 60], u32(100 + i), ipv4(6, tcp(30_000 + i, 443), { src: [100, 64, 0, i] }));
    const { tunnels } = await audit(
      Array.from({ length: 40 }, (_, i) => udpFlow(between(2152, 2152), gtp(i))),
      'layer3+4',
    );
    expect(tunnels[0]).toMatchObject({ kind: 'gtp', by: 'header', outerFlows: 1, innerFlows: 40, hides: true });
    expect(tunnels[0].change).toMatchObject({ kind: 'vary-source-port' });
  });
});

describe('tunnels by their headers', () => {
  const MACS = { srcMac: '02:00:00:00:00:01', dstMac: '02:00:00:00:00:02' };
  const kindOf = (fields: FlowFieldsInput): string | null => {
    const rows = new Uint32Array(256);
    const encoded = encodeFlowKey({ ...MACS, ...fields }, rows, 0);
    expect(encoded.ok).toBe(true);
    const view = createTunnelView();
    return findTunnel(view, rows, 0) ? `${view.kind}${view.byHeader ? '' : ' by port'}` : null;
  };
  const hosts = { src: '10.0.0.1', dst: '10.0.0.2' };

  it.each([
    [{ ...hosts, protocol: 'tcp', srcPort: 40000, dstPort: 443 }, null],
    [{ ...hosts, protocol: 'udp', srcPort: 51820, dstPort: 40000 }, 'wireguard by port'],
    [{ ...hosts, protocol: 'udp', srcPort: 49152, dstPort: 4791 }, 'roce by port'],
    [{ ...hosts, protocol: 'udp', srcPort: 4791, dstPort: 53 }, null],
    [{ ...hosts, protocol: 'udp', srcPort: 2152, dstPort: 2152 }, 'gtp by port'],
    [{ ...hosts, protocol: 'udp', srcPort: 4500, dstPort: 4500 }, 'esp-in-udp by port'],
    [{ ...hosts, protocol: 'tcp', srcPort: 40000, dstPort: 1194 }, 'openvpn by port'],
    [{ ...hosts, protocol: 'tcp', srcPort: 40000, dstPort: 51820 }, null],
    [{ ...hosts, protocol: 50, spi: 7 }, 'esp'],
    [{ ...hosts, protocol: 51, spi: 7 }, 'ah'],
    [{ ...hosts, protocol: 'udp', fragment: 'later' }, null],
    [{ protocol: 'arp' }, null],
    [{ etherType: '0x88cc' }, null],
  ] as [FlowFieldsInput, string | null][])('%j is %s', (fields, kind) => {
    expect(kindOf(fields)).toBe(kind);
  });
});

describe('values', () => {
  it('are counted exactly through growth, colliding words apart', () => {
    const table = new ValueTable();
    for (let i = 0; i < 5000; i++) table.add(i % 50, Math.floor(i / 50) % 20, 10);
    const { values, flows, bytes, flowBits, byteBits, effective, largestBytes } = table.spread();
    expect({ values, flows, bytes, largestBytes }).toEqual({ values: 1000, flows: 5000, bytes: 50_000, largestBytes: 50 });
    expect(flowBits).toBeCloseTo(Math.log2(1000), 9);
    expect(byteBits).toBeCloseTo(Math.log2(1000), 9);
    expect(effective).toBeCloseTo(1000, 6);
  });

  it('have no entropy where there is one, or none', () => {
    const table = new ValueTable();
    expect(table.spread()).toMatchObject({ values: 0, flowBits: 0, byteBits: 0, effective: 0 });
    table.add(0xffffffff, 0xffffffff, 0);
    table.add(0xffffffff, 0xffffffff, 0);
    expect(table.spread()).toMatchObject({ values: 1, flows: 2, flowBits: 0, byteBits: 0, effective: 0 });
  });
});
