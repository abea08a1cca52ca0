/** Modes that place by no hash, told by what their frames show. Generated; the real runs are in the oracles. */
import { describe, expect, it } from 'vitest';
import { captureOf, type TimedFrame } from '../support/lacp-frames.ts';
import { tcpFlow } from '../support/lag-traffic.ts';
import { createTraffic, fieldsOf, seeded } from '../support/generated-switch.ts';
import { hashPacket } from '../support/hash-packets.ts';
import { inferPlaced } from '../support/placed-frames.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeInfer } from '../../src/pipeline/analyze-infer.ts';
import type { DirectionInference } from '../../src/report/infer-document.ts';

const hosts = (seed: number, count: number) => Array.from({ length: count }, createTraffic(seeded(seed), 'hosts'));

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
