/** Modes that place by no hash, told by what their frames show. Generated; the real runs are in the oracles. */
import { describe, expect, it } from 'vitest';
import { captureOf, type TimedFrame } from '../support/lacp-frames.ts';
import { tcpFlow } from '../support/lag-traffic.ts';
import { concatBytes } from '../support/capture-builder.ts';
import { frameOf } from '../support/generated-captures.ts';
import { createTraffic, fieldsOf, seeded, type GeneratedFlow } from '../support/generated-switch.ts';
import { hashPacket } from '../support/hash-packets.ts';
import { inferPlaced } from '../support/placed-frames.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeInfer } from '../../src/pipeline/analyze-infer.ts';
import type { DirectionInference } from '../../src/report/infer-document.ts';

const hosts = (seed: number, count: number) => Array.from({ length: count }, createTraffic(seeded(seed), 'hosts'));

/** Frames of the flows in turn, those of one direction or of both, on the members and so much later as `where` says, if they are not lost. */
function spread(
  flows: readonly GeneratedFlow[],
  frames: number,
  where: (flow: GeneratedFlow) => number[][],
  isLost: () => boolean = () => false,
  bothWays = false,
): TimedFrame[][] {
  const members: TimedFrame[][] = [];
  for (let n = 0; n < frames; n++) {
    const flow = { ...flows[n % flows.length], srcMac: '02:00:00:00:00:11', dstMac: '02:00:00:00:00:22' };
    const back = { ...flow, src: flow.dst, dst: flow.src, srcMac: flow.dstMac, dstMac: flow.srcMac };
    const data = concatBytes(frameOf(bothWays && n % 3 === 0 ? back : flow), Uint8Array.of(n >> 8, n & 0xff));
    for (const [member, delay] of where(flow)) if (!isLost()) (members[member] ??= []).push({ at: n / 100 + delay, frame: data });
  }
  return members;
}

async function infer(members: readonly TimedFrame[][]): Promise<DirectionInference> {
  const inputs = members.map((frames, m) => captureOf(`eth${m}`, frames));
  const { document } = await analyzeInfer(inputs, { ...DEFAULT_ANALYSIS_OPTIONS, oneLag: true }, {});
  return document.lags[0].directions.find((d) => d.totals.packets > 0) as unknown as DirectionInference;
}

describe('modes that place by no hash', () => {
  it('are balance-rr where each CPU of the sender keeps a cycle of its own', async () => {
    const random = seeded(61);
    const next = [0, 1, 2, 0];
    const flows = hosts(61, 40).map((flow) => ({ ...flow, srcMac: '02:00:00:00:00:11', dstMac: '02:00:00:00:00:22' }));
    const place = (): number => next[Math.floor(random() * next.length)]++ % 3;
    expect(await inferPlaced(flows, 900, place, 3)).toMatchObject({ mode: 'balance-rr', equivalentModes: [], decided: true });
  });

  it('are balance-tlb where the source address follows the member, though a hash chooses it', async () => {
    const flows = hosts(62, 300).map((flow) => {
      const member = hashPacket(fieldsOf({ ...flow, srcMac: '02:00:00:00:00:11' }), 'layer3+4', 'linux-5.18').hash % 3;
      return { ...flow, src: '10.0.0.1', srcMac: `02:00:00:00:00:1${member}`, dstMac: '02:00:00:00:00:22' };
    });
    const sender = await inferPlaced(flows, 900, (flow) => Number(flow.srcMac.slice(-1)), 3);
    expect([sender.mode, ...sender.equivalentModes]).toEqual(['balance-tlb', 'balance-alb']);
  });

  it.each([2, 3])('are broadcast also where captures of %d members lost a tenth of the frames', async (members) => {
    const random = seeded(64 + members);
    const copies = spread(
      hosts(64, 40),
      600,
      () => [...Array(members).keys()].map((m) => [m, m * 0.00002]),
      () => random() < 0.1,
    );
    expect(await infer(copies)).toMatchObject({ mode: 'broadcast', equivalentModes: [], decided: true });
  });

  it('are no broadcast where a switch throws back what it floods until it knows the station', async () => {
    const seen = new Map<string, number>();
    const known = new Set(
      hosts(65, 40)
        .slice(0, 30)
        .map(({ dst }) => dst),
    );
    const copies = spread(hosts(65, 40), 600, (flow) => {
      const n = (seen.get(flow.dst) ?? 0) + 1;
      seen.set(flow.dst, n);
      return known.has(flow.dst) && n > 10
        ? [[0, 0]]
        : [
            [0, 0],
            [1, 0.0001],
          ];
    });
    expect((await infer(copies)).mode).not.toBe('broadcast');
  });

  it('are no broadcast where a switch floods everything, and each flow has its member', async () => {
    const copies = spread(hosts(66, 40), 800, (flow) => {
      const own = flow.srcPort % 2;
      return [
        [own, 0],
        [1 - own, 0.0001],
      ];
    });
    expect((await infer(copies)).mode).not.toBe('broadcast');
  });

  it('may be broadcast where both ends are seen everywhere: a switch that floods makes one member look so', async () => {
    const copies = spread(
      hosts(67, 40),
      800,
      () => [
        [0, 0],
        [1, 0.00002],
      ],
      () => false,
      true,
    );
    const { mode, equivalentModes, decided } = await infer(copies);
    expect([mode, equivalentModes, decided]).toEqual(['broadcast', ['active-backup'], false]);
  });

  it('are broadcast also where most stations are of no known side', async () => {
    const random = seeded(63);
    const byte = (): number => Math.floor(random() * 256);
    const address = (): string => `02:${[1, 2, 3, 4, 5].map(() => byte().toString(16).padStart(2, '0')).join(':')}`;
    const ends = (srcMac: string, dstMac: string) =>
      ({ src: [10, 0, byte(), byte()], dst: [10, 1, byte(), byte()], srcPort: 1024 + byte(), dstPort: 80, srcMac, dstMac }) as const;
    const sent: TimedFrame[] = [];
    // Many frames of one station, and single frames of stations that nobody answers.
    for (let n = 0; n < 300; n++)
      sent.push({ at: n / 20, frame: tcpFlow(ends('02:00:00:00:00:11', '02:00:00:00:00:22'), 100 + (n % 50)).frame });
    for (let n = 0; n < 200; n++) sent.push({ at: 0.01 + n / 20, frame: tcpFlow(ends(address(), address()), 100 + n).frame });
    const twin = sent.map(({ at, frame }) => ({ at: at + 0.00002, frame }));
    const { document } = await analyzeInfer(
      [captureOf('eth0', sent), captureOf('eth1', twin)],
      { ...DEFAULT_ANALYSIS_OPTIONS, oneLag: true },
      {},
    );
    const modes = document.lags[0].directions.filter((d) => d.totals.packets > 0).map((d) => (d as unknown as DirectionInference).mode);
    expect(modes).toEqual(['broadcast']);
  });
});
