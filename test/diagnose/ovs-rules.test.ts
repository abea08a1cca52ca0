import { describe, expect, it } from 'vitest';
import { analyzeCheck } from '../../src/pipeline/analyze-check.ts';
import { DEFAULT_ANALYSIS_OPTIONS, type AnalysisOptions } from '../../src/pipeline/analysis-options.ts';
import { randomSource } from '../../src/plan/random.ts';
import type { Finding } from '../../src/report/document.ts';
import { hashPacket } from '../support/hash-packets.ts';
import { HERE, placeTraffic, randomFlows, tcpFlow, type TrafficFlow } from '../support/lag-traffic.ts';
import { captureOf, type TimedFrame } from '../support/lacp-frames.ts';
import { memoryInput } from '../support/memory-input.ts';

/** All captures here are generated. */
async function check(
  placed: readonly (readonly TimedFrame[])[],
  text: string | null,
  options: Partial<AnalysisOptions> = {},
): Promise<readonly Finding[]> {
  const inputs = placed.map((frames, m) =>
    captureOf(
      `eth${m}`,
      [...frames].sort((x, y) => x.at - y.at),
    ),
  );
  const state = text === null ? [] : [memoryInput('bond-show.txt', text)];
  const all = { ...DEFAULT_ANALYSIS_OPTIONS, oneLag: true, local: [HERE], ...options };
  const { findings } = await analyzeCheck([...inputs, ...state], all, {});
  for (const { title, detail } of findings) expect(`${title} ${detail}`).not.toMatch(/\{\w+\}|undefined|NaN/);
  return findings;
}

const MEMBERS = 3;
const random = randomSource(7);
const TABLE = Uint8Array.from({ length: 256 }, () => Math.floor(random() * MEMBERS));
const FLOWS = randomFlows(400, 5).map((flow, f): TrafficFlow => ({ ...flow, packets: 30, from: 1 + (f % 97) / 100, every: 0.2 }));
const bucketOf = (flow: TrafficFlow): number => hashPacket(flow.fields, 'ovs-balance-tcp', 'portable').hash & 255;

/** Frames where the table puts them; `memberAt` says otherwise for some. */
function place(flows: readonly TrafficFlow[], memberAt: (bucket: number, at: number) => number): TimedFrame[][] {
  const placed = Array.from({ length: MEMBERS }, (): TimedFrame[] => []);
  for (const flow of flows) {
    const { packets = 1, from = 1, every = 0.1 } = flow;
    const bucket = bucketOf(flow);
    for (let p = 0; p < packets; p++) placed[memberAt(bucket, from + p * every)].push({ at: from + p * every, frame: flow.frame });
  }
  return placed;
}

function bondShow(table: Uint8Array): string {
  const members = Array.from({ length: MEMBERS }, (_, m) => {
    const hashes = [...table].flatMap((member, bucket) => (member === m ? [`  hash ${bucket}: 3 kB load`] : []));
    return [`member eth${m}: enabled`, ...(m === 0 ? ['  active member'] : []), '  may_enable: true', ...hashes].join('\n');
  });
  return `---- bond0 ----
bond_mode: balance-tcp
bond may use recirculation: yes, Recirc-ID : 1
bond-hash-basis: 0
lb_output action: disabled, bond-id: -1
updelay: 0 ms
downdelay: 0 ms
lacp_status: negotiated
lacp_fallback_ab: false
active-backup primary: <none>
active member mac: ${HERE}(eth0)

${members.join('\n\n')}
`;
}

const idsOf = (findings: readonly Finding[]): string[] => findings.map(({ id }) => id);

describe('rules of Open vSwitch', () => {
  it('say nothing where text and wire agree and nothing moves', async () => {
    const ids = idsOf(
      await check(
        place(FLOWS, (bucket) => TABLE[bucket]),
        bondShow(TABLE),
      ),
    );
    expect(ids.filter((id) => /^(ovs|hash)\//.test(id))).toEqual([]);
  });

  it('name the buckets that the text puts elsewhere', async () => {
    const used = new Set(FLOWS.map(bucketOf));
    const wrong = [...used].sort((x, y) => x - y).slice(0, 5);
    const text = TABLE.map((member, bucket) => (wrong.includes(bucket) ? (member + 1) % MEMBERS : member));
    const findings = await check(
      place(FLOWS, (bucket) => TABLE[bucket]),
      bondShow(text),
    );
    const found = findings.find(({ id }) => id === 'ovs/bucket-mismatch');
    expect(found).toMatchObject({ severity: 'warn', side: 'a' });
    expect(found?.detail).toContain(wrong.join(', '));
    expect(found?.title).toContain(`5 of ${used.size} buckets`);
    expect(found?.evidence.map(({ note }) => note)).toEqual(wrong.map((bucket) => `frame of bucket ${bucket}`));
  });

  it('tell of rounds of rebalancing, when they began, and how far they are apart', async () => {
    const moving = [...new Set(FLOWS.map(bucketOf))].filter((bucket) => TABLE[bucket] === 0).slice(0, 4);
    const round = (bucket: number): number => 2.55 + 1.02 * moving.indexOf(bucket);
    const findings = await check(
      place(FLOWS, (bucket, at) => (moving.includes(bucket) && at > round(bucket) ? 1 : TABLE[bucket])),
      null,
    );
    const found = findings.find(({ id }) => id === 'ovs/rebalanced');
    expect(found).toMatchObject({ severity: 'info', side: 'a', members: ['eth0', 'eth1'] });
    expect(found?.title).toContain('4 times');
    expect(found?.detail).toContain('multiple of 1 s');
    expect(found?.since?.slice(17, 20)).toBe('02.');
    expect(found?.evidence).toHaveLength(4);
    expect(found?.evidence[0].packet).toBeGreaterThan(1);
    expect(idsOf(findings)).not.toContain('hash/mismatch');
  });

  it('refuse a load that no link carries, and name a key that Open vSwitch does not have', async () => {
    const text = `${bondShow(TABLE).replace(/hash (\d+): 3 kB/, 'hash $1: 9007199254740991 kB')}
$ ovs-vsctl add-bond br0 bond0 eth0 eth1 eth2 lacp=active bond_mode=balance-tcp other_config:xmit_hash_policy=layer2+3
`;
    const ids = idsOf(
      await check(
        place(FLOWS, (bucket) => TABLE[bucket]),
        text,
      ),
    );
    expect(ids).toContain('ovs/absurd-load');
    expect(ids).toContain('ovs/ignored-key');
  });
});

describe('a field that decides although the policy does not look at it', () => {
  const policy = { policy: 'esxi-ip-hash', variant: 'last-octet', members: 2 };
  const options: Partial<AnalysisOptions> = { sides: { a: { policy: policy.policy, variant: policy.variant } } };
  const pair = (host: number, port: number, srcMac?: string): TrafficFlow =>
    tcpFlow({
      src: [10, 0, 0, host],
      dst: [10, 0, 1, 9],
      srcPort: 40_000 + port,
      dstPort: 443,
      ...(srcMac === undefined ? {} : { srcMac }),
    });
  const healthy = Array.from({ length: 60 }, (_, host) => Array.from({ length: 6 }, (_none, port) => pair(host + 1, port))).flat();

  it('is named with the flows that show it', async () => {
    const placed = placeTraffic(healthy, policy);
    for (let host = 1; host <= 5; host++)
      for (let port = 10; port < 14; port++) {
        const odd = pair(host, port, '02:a0:00:00:00:0c');
        const { hash } = hashPacket(odd.fields, policy.policy, policy.variant, 0, 2);
        for (let p = 0; p < 5; p++) placed[1 - (hash % 2)].push({ at: 1 + p * 0.2 + port / 1000, frame: odd.frame });
      }
    const found = (await check(placed, null, { ...options, local: [HERE, '02:a0:00:00:00:0c'] })).find(
      ({ id }) => id === 'hash/hidden-input',
    );
    expect(found).toMatchObject({ severity: 'warn', side: 'a' });
    expect(found?.title).toContain('source MAC');
    expect(found?.evidence).toHaveLength(2);
  });

  it('is not looked for where all fits', async () => {
    expect(idsOf(await check(placeTraffic(healthy, policy), null, options))).not.toContain('hash/hidden-input');
  });
});
