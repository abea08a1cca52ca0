import { describe, expect, it } from 'vitest';
import { analyzeCheck } from '../../src/pipeline/analyze-check.ts';
import { DEFAULT_ANALYSIS_OPTIONS, type AnalysisOptions } from '../../src/pipeline/analysis-options.ts';
import type { Finding } from '../../src/report/document.ts';
import { bytesOf, ethernet, gre, ipv4, tcp, u32 } from '../support/frame-builder.ts';
import { hashPacket } from '../support/hash-packets.ts';
import { captureOf, type TimedFrame } from '../support/lacp-frames.ts';
import { HERE, ipFlow, placeTraffic, randomFlows, tcpFlow, udpFlow, type TrafficFlow } from '../support/lag-traffic.ts';
import { memoryInput } from '../support/memory-input.ts';

/** All captures here are generated. Side a sends; its policy is given unless a test is about that. */
async function check(
  placed: readonly (readonly TimedFrame[])[],
  options: Partial<AnalysisOptions> = {},
  texts: readonly string[] = [],
): Promise<Finding[]> {
  const inputs = placed.map((frames, m) => captureOf(`eth${m}`, frames));
  const state = texts.map((text, t) => memoryInput(`state${t}.txt`, text));
  const { findings } = await analyzeCheck(
    [...inputs, ...state],
    { ...DEFAULT_ANALYSIS_OPTIONS, oneLag: true, local: [HERE], ...options },
    {},
  );
  for (const { title, detail } of findings) expect(`${title} ${detail}`).not.toMatch(/\{\w+\}|undefined|NaN/);
  return [...findings];
}

const given = (policy: string, variant: string): Partial<AnalysisOptions> => ({ sides: { a: { policy, variant } } });
const ofSide = (findings: readonly Finding[], group: RegExp): string[] =>
  findings.filter(({ id, side }) => side === 'a' && group.test(id)).map(({ id }) => id);
const OURS = /^(balance|hash)\//;

async function findOne(id: string, flows: readonly TrafficFlow[], policy: string, variant: string, members: number): Promise<Finding> {
  const findings = await check(placeTraffic(flows, { policy, variant, members }), given(policy, variant));
  const found = findings.find((finding) => finding.id === id && finding.side === 'a');
  expect(found, `${id} among ${findings.map((f) => f.id).join(' ')}`).toBeDefined();
  if (found === undefined) throw new Error(id);
  expect(found.evidence.length).toBeGreaterThan(0);
  for (const { path, packet, time } of found.evidence) {
    expect(path).toMatch(/^eth\d\.pcap$/);
    expect(packet).toBeGreaterThan(0);
    expect(time).not.toBeNull();
  }
  return found;
}

const ends = (i: number, srcPort = 40_000 + i, dstPort = 443): Parameters<typeof tcpFlow>[0] => ({
  src: [10, 0, 0, 1],
  dst: [10, 0, 1, 1],
  srcPort,
  dstPort,
});

describe('rules of balance', () => {
  it.each([
    ['layer3+4', 'linux-5.18', 2],
    ['layer3+4', 'linux-3.17', 4],
    ['layer2+3', 'linux-5.18', 3],
    ['encap2+3', 'linux-5.18', 8],
  ] as const)('say nothing of random flows under %s %s on %i members', async (policy, variant, members) => {
    const findings = await check(placeTraffic(randomFlows(400, members), { policy, variant, members }), given(policy, variant));
    expect(ofSide(findings, OURS)).toEqual([]);
  });

  it('find an elephant, and show it', async () => {
    const flows = [...randomFlows(50, 3), tcpFlow(ends(0), 1500, { packets: 200, every: 0.005 })];
    const found = await findOne('balance/elephant', flows, 'layer3+4', 'linux-5.18', 2);
    expect(found.severity).toBe('info');
    expect(found.evidence[0].note).toBe('tcp 10.0.0.1:40000 > 10.0.1.1:443');
  });

  it('find too few flows', async () => {
    await findOne('balance/few-flows', randomFlows(6, 5), 'layer3+4', 'linux-5.18', 4);
  });

  it('find one pair of MAC addresses, and a policy that looks deeper', async () => {
    const found = await findOne('balance/single-mac-pair', randomFlows(40, 7), 'layer2', 'linux-5.18', 2);
    expect(found.fix.find(({ syntax }) => syntax === 'iproute2')?.text).toContain('layer3+4');
  });

  it('find a member that is loaded beyond chance', async () => {
    // Hosts whose addresses are multiples of four, all talking to one: four members, and the hash reaches one or two.
    const flows = Array.from({ length: 60 }, (_, i) =>
      tcpFlow({ src: [10, 0, 0, (i * 4) & 255], dst: [10, 0, 1, 1], srcPort: 50_000, dstPort: 443 }, 200),
    );
    const few = tcpFlow({ src: [10, 0, 0, 1], dst: [10, 0, 1, 1], srcPort: 50_000, dstPort: 443 }, 200);
    const found = await findOne('balance/skewed', [...flows, few], 'layer2+3', 'linux-5.18', 4);
    expect(found.severity).toBe('warn');
    expect(found.members).toHaveLength(1);
    expect(found.fix.some(({ text }) => text.includes('layer3+4'))).toBe(true);
  });

  it('call chance what chance gives', async () => {
    // One flow as large as all others, on four members.
    const flows = [...randomFlows(40, 11), tcpFlow(ends(1), 1500, { packets: 40, every: 0.02 })];
    const found = await findOne('balance/chance', flows, 'layer3+4', 'linux-5.18', 4);
    expect(found.severity).toBe('info');
  });

  it('find even ports where the version keeps their lowest bit, and not where it drops it', async () => {
    const flows = [38986, 38988, 38990, 38992].map((port) => tcpFlow(ends(0, port, 5201)));
    const found = await findOne('balance/even-ports', flows, 'layer3+4', 'linux-3.17', 2);
    expect(found.title).toContain('even');
    const newer = await check(
      placeTraffic(flows, { policy: 'layer3+4', variant: 'linux-4.15', members: 2 }),
      given('layer3+4', 'linux-4.15'),
    );
    expect(ofSide(newer, /even-ports/)).toEqual([]);
    const mixed = [8001, 8002, 8003, 8004].map((port) => tcpFlow(ends(0, port, 5201)));
    const both = await check(
      placeTraffic(mixed, { policy: 'layer3+4', variant: 'linux-3.17', members: 2 }),
      given('layer3+4', 'linux-3.17'),
    );
    expect(ofSide(both, /even-ports/)).toEqual([]);
  });

  it('find flows that an earlier hash has picked', async () => {
    const policy = { policy: 'layer3+4', variant: 'linux-5.18' };
    // A tier before this one keeps those whose hash is even, and this one divides by four: two members are left.
    const picked = randomFlows(2000, 13).filter(({ fields }) => hashPacket(fields, policy.policy, policy.variant).hash % 2 === 0);
    const found = await findOne('balance/polarised', picked, policy.policy, policy.variant, 4);
    expect(found.severity).toBe('warn');
    expect(found.detail).toContain('leave 0 when layer3+4');
    const all = await check(placeTraffic(randomFlows(400, 17), { ...policy, members: 4 }), given(policy.policy, policy.variant));
    expect(ofSide(all, OURS)).toEqual([]);
  });
});

const SHORT_GRE = (i: number): Uint8Array =>
  gre(0, 0x0800, [], ipv4(6, tcp(30_000 + i * 7, 443, new Uint8Array(60)), { src: [192, 168, 0, i & 255], dst: [192, 168, 1, 1] }));

describe('tunnels', () => {
  it('hide flows in GRE, freed by encap3+4', async () => {
    const flows = Array.from({ length: 80 }, (_, i) => ipFlow(47, { src: [10, 0, 0, 1], dst: [10, 0, 1, 1] }, SHORT_GRE(i)));
    const found = await findOne('balance/tunnel-hides-flows', flows, 'layer3+4', 'linux-5.18', 2);
    expect(found.title).toContain('GRE');
    expect(found.detail).toContain('80 flows are inside');
    expect(found.fix.find(({ syntax }) => syntax === 'iproute2')?.text).toContain('encap');
  });

  it('hide flows in VXLAN of one source port, and not of many', async () => {
    const vxlan = (i: number): Uint8Array =>
      bytesOf(
        u32(0x08000000),
        u32(7 << 8),
        ethernet(0x0800, ipv4(6, tcp(30_000 + i * 7, 443, new Uint8Array(60)), { src: [192, 168, 0, i & 255], dst: [192, 168, 1, 1] })),
      );
    const between = (srcPort: number): Parameters<typeof udpFlow>[0] => ({
      src: [10, 0, 0, 1],
      dst: [10, 0, 1, 1],
      srcPort,
      dstPort: 4789,
    });
    const one = Array.from({ length: 80 }, (_, i) => udpFlow(between(5555), vxlan(i)));
    const found = await findOne('balance/tunnel-hides-flows', one, 'layer3+4', 'linux-5.18', 2);
    expect(found.title).toContain('VXLAN');
    expect(found.detail).toContain('source port');
    const many = Array.from({ length: 80 }, (_, i) => udpFlow(between(50_000 + i * 13), vxlan(i)));
    const findings = await check(
      placeTraffic(many, { policy: 'layer3+4', variant: 'linux-5.18', members: 2 }),
      given('layer3+4', 'linux-5.18'),
    );
    expect(ofSide(findings, /tunnel/)).toEqual([]);
  });

  it('hide what is encrypted: WireGuard and ESP', async () => {
    const wireguard = [
      udpFlow({ src: [10, 0, 0, 1], dst: [10, 0, 1, 1], srcPort: 51820, dstPort: 51820 }, new Uint8Array(1000), { packets: 50 }),
    ];
    const first = await findOne('balance/tunnel-hides-flows', [...wireguard, ...randomFlows(30, 19)], 'layer3+4', 'linux-5.18', 2);
    expect(first.detail).toContain('what is inside is hidden');
    const esp = {
      ...ipFlow(50, { src: [10, 0, 0, 1], dst: [10, 0, 1, 1] }, bytesOf(u32(0xc0ffee), u32(1), new Uint8Array(900)), { spi: 0xc0ffee }),
      packets: 50,
    };
    const second = await findOne('balance/tunnel-hides-flows', [esp, ...randomFlows(30, 23)], 'layer3+4', 'linux-5.18', 2);
    expect(second.detail).toContain('RFC 9611');
  });

  it('say nothing of a tunnel that carries little', async () => {
    const one = {
      ...ipFlow(50, { src: [10, 0, 0, 1], dst: [10, 0, 1, 1] }, bytesOf(u32(1), u32(1), new Uint8Array(20)), { spi: 1 }),
      packets: 1,
    };
    const findings = await check(
      placeTraffic([one, ...randomFlows(300, 29)], { policy: 'layer3+4', variant: 'linux-5.18', members: 2 }),
      given('layer3+4', 'linux-5.18'),
    );
    expect(ofSide(findings, /tunnel/)).toEqual([]);
  });
});

const proc = (policy: string, speed: number): string =>
  [
    'Ethernet Channel Bonding Driver: v6.1.0',
    '',
    'Bonding Mode: load balancing (xor)',
    `Transmit Hash Policy: ${policy} (${{ layer2: 0, 'layer3+4': 1, 'layer2+3': 2 }[policy] ?? 0})`,
    'MII Status: up',
    'MII Polling Interval (ms): 100',
    'Up Delay (ms): 0',
    'Down Delay (ms): 0',
    ...[0, 1].flatMap((m) => [
      '',
      `Slave Interface: eth${m}`,
      'MII Status: up',
      `Speed: ${speed} Mbps`,
      'Duplex: full',
      'Link Failure Count: 0',
      `Permanent HW addr: 02:a0:00:00:00:0${m === 0 ? 'a' : 'c'}`,
      'Slave queue ID: 0',
    ]),
    '',
  ].join('\n');

describe('rules of the hash', () => {
  it('find packets that are not where a given policy puts them', async () => {
    const placed = placeTraffic(randomFlows(200, 31), { policy: 'layer2+3', variant: 'linux-5.18', members: 2 });
    const findings = await check(placed, given('layer3+4', 'linux-5.18'));
    const found = findings.find(({ id }) => id === 'hash/mismatch');
    expect(found).toMatchObject({ severity: 'error', side: 'a' });
    expect(found?.evidence[0].note).toMatch(/^tcp 10\..* on eth[01], predicted eth[01]$/);
    const right = await check(placed, given('layer2+3', 'linux-5.18'));
    expect(ofSide(right, /mismatch/)).toEqual([]);
  });

  it('find that a state text names another policy than the traffic shows', async () => {
    const placed = placeTraffic(randomFlows(300, 37), { policy: 'layer3+4', variant: 'linux-5.18', members: 2 });
    const findings = await check(placed, {}, [proc('layer2+3', 1000)]);
    const found = findings.find(({ id }) => id === 'hash/policy-differs-from-state');
    expect(found, findings.map(({ id }) => id).join(' ')).toMatchObject({ severity: 'warn', side: 'a' });
    expect(found?.title).toContain('layer3+4');
    const agreed = await check(placed, {}, [proc('layer3+4', 1000)]);
    expect(ofSide(agreed, /^hash\//)).toEqual([]);
  });

  it('find fragments under a policy of ports, and not under one without', async () => {
    const fragments = Array.from({ length: 10 }, (_, i) => tcpFlow({ ...ends(i), fragment: 0x2000 }, 600));
    const flows = [...randomFlows(60, 41), ...fragments];
    const found = await findOne('hash/fragments-split', flows, 'layer3+4', 'linux-5.18', 2);
    expect(found.evidence[0].note).toContain('(first fragment)');
    const without = await check(
      placeTraffic(flows, { policy: 'layer2+3', variant: 'linux-5.18', members: 2 }),
      given('layer2+3', 'linux-5.18'),
    );
    expect(ofSide(without, /fragments/)).toEqual([]);
  });

  it('find packets that no field explains', async () => {
    await findOne('hash/unpredictable', randomFlows(60, 43), 'encap3+4', 'linux-5.18', 2);
  });
});

describe('bursts', () => {
  /** 120 kB in 10 ms are 96 Mbit/s. */
  const burst = (at: number): TrafficFlow => tcpFlow(ends(9), 1500, { packets: 240, from: at, every: 0.000125 });

  it('find a member that is full while the LAG is not', async () => {
    const placed = placeTraffic([...randomFlows(100, 47), burst(1.5)], { policy: 'layer3+4', variant: 'linux-5.18', members: 2 });
    const findings = await check(placed, {}, [proc('layer3+4', 100)]);
    const found = findings.find(({ id }) => id === 'balance/microburst');
    expect(found, findings.map(({ id }) => id).join(' ')).toMatchObject({ severity: 'warn', side: 'a' });
    expect(found?.since?.slice(11, 22)).toBe('00:00:01.50');
    expect(found?.evidence[0].note).toContain('10.0.0.1:40009');
    const faster = await check(placed, {}, [proc('layer3+4', 1000)]);
    expect(ofSide(faster, /microburst/)).toEqual([]);
  });
});
