import { describe, expect, it } from 'vitest';
import { analyzeCheck } from '../../src/pipeline/analyze-check.ts';
import type { AnalysisInput } from '../../src/pipeline/analyze.ts';
import { DEFAULT_ANALYSIS_OPTIONS, type AnalysisOptions } from '../../src/pipeline/analysis-options.ts';
import type { Finding } from '../../src/report/document.ts';
import {
  buildBlock,
  buildEnhancedPacket,
  buildInterface,
  buildOptions,
  buildPcap,
  buildSection,
  buildWords,
  concatBytes,
} from '../support/capture-builder.ts';
import { ethernet, ipv4, mac, tcp } from '../support/frame-builder.ts';
import { lacpdu, NOBODY, START_SECONDS, type TimedFrame } from '../support/lacp-frames.ts';
import { memoryInput } from '../support/memory-input.ts';

/** All captures here are generated. What a capture itself lacks, and what ports do that LACP does not allow. */
const HOST = '02:a0:00:00:00:0a';
const PEER = '02:b0:00:00:00:0b';

const data = (at: number, port: number, back = false): TimedFrame => ({
  at,
  frame: ethernet(
    0x0800,
    ipv4(
      6,
      back ? tcp(443, port) : tcp(port, 443),
      back ? { src: [10, 0, 0, 2], dst: [10, 0, 0, 1] } : { src: [10, 0, 0, 1], dst: [10, 0, 0, 2] },
    ),
    back ? { src: PEER, dst: HOST } : { src: HOST, dst: PEER },
  ),
});

/** Frames of both directions on one member. */
const traffic = (member: number, from = 0, to = 100): TimedFrame[] =>
  Array.from({ length: to - from }, (_, i) => [
    data((from + i) / 10, 40_000 + 2 * (i % 30) + member),
    data((from + i) / 10 + 0.01, 40_000 + 2 * (i % 30) + member, true),
  ]).flat();

const records = (frames: readonly TimedFrame[], snapLength = 65_535) =>
  [...frames]
    .sort((x, y) => x.at - y.at)
    .map(({ at, frame }) => ({
      seconds: START_SECONDS + Math.floor(at),
      fraction: Math.round((at - Math.floor(at)) * 1e6),
      data: frame.slice(0, snapLength),
      original: frame.length,
    }));

const pcap = (name: string, frames: readonly TimedFrame[], snapLength?: number): AnalysisInput =>
  memoryInput(`${name}.pcap`, buildPcap(records(frames, snapLength), { snapLength }));

async function check(inputs: readonly AnalysisInput[], options: Partial<AnalysisOptions> = {}): Promise<readonly Finding[]> {
  return (await analyzeCheck(inputs, { ...DEFAULT_ANALYSIS_OPTIONS, oneLag: true, ...options }, {})).findings;
}

const ids = (findings: readonly Finding[]): string[] => findings.map(({ id }) => id);
const both = (): AnalysisInput[] => [pcap('eth0', traffic(0)), pcap('eth1', traffic(1))];

describe('rules on what captures lack', () => {
  it('say nothing of whole captures', async () => {
    expect(ids(await check(both())).filter((id) => id.startsWith('capture/') || id.startsWith('bond/'))).toEqual([]);
  });

  it('find a capture cut short, damaged records, frames dropped', async () => {
    const whole = buildPcap(records(traffic(0)));
    expect(ids(await check([memoryInput('eth0.pcap', whole.slice(0, -5)), both()[1]]))).toContain('capture/truncated');
    const bad = records(traffic(0)).map((record, i) => (i === 7 ? { ...record, original: 20 } : record));
    expect(ids(await check([memoryInput('eth0.pcap', buildPcap(bad)), both()[1]]))).toContain('capture/corrupt');
    const packets = records(traffic(0)).map(({ seconds, fraction, data: bytes }) =>
      buildEnhancedPacket({ interface: 0, time: BigInt(seconds) * 1_000_000n + BigInt(fraction), data: bytes }),
    );
    // Interface statistics with isb_ifdrop.
    const statistics = (dropped: number): Uint8Array =>
      buildBlock(
        5,
        concatBytes(buildWords(true, [4, 0], [4, 0], [4, 0]), buildOptions([{ code: 5, value: buildWords(true, [4, dropped], [4, 0]) }])),
      );
    const pcapng = (dropped: number): AnalysisInput =>
      memoryInput('eth0.pcapng', concatBytes(buildSection(), buildInterface(1, 0), ...packets, statistics(dropped)));
    expect((await check([pcapng(17), both()[1]])).find(({ id }) => id === 'capture/dropped')?.title).toBe('The capture lost 17 frames');
    expect(ids(await check([pcapng(0), both()[1]]))).not.toContain('capture/dropped');
  });

  it('find captures that do not overlap, a member without a frame, a direction that is missing', async () => {
    expect(ids(await check([pcap('eth0', traffic(0)), pcap('eth1', traffic(1, 200, 300))]))).toContain('capture/disjoint-times');
    expect((await check([...both(), pcap('eth2', [])])).find(({ id }) => id === 'bond/member-silent')?.members).toEqual(['eth2']);
    const oneWay = (member: number): TimedFrame[] => traffic(member).filter((_, i) => i % 2 === 0);
    expect(ids(await check([pcap('eth0', oneWay(0)), pcap('eth1', oneWay(1))], { local: [HOST] }))).toContain('capture/one-direction');
  });

  it('miss no direction where the end of most stations is unknown', async () => {
    const conversation = (n: number): TimedFrame[] => {
      const [here, there] = [`02:a1:00:00:00:${10 + n}`, `02:b1:00:00:00:${10 + n}`];
      return traffic(0).map(({ at, frame }, i) => {
        const other = frame.slice();
        other.set([...mac(i % 2 === 0 ? there : here), ...mac(i % 2 === 0 ? here : there)]);
        return { at: at + n / 100, frame: other };
      });
    };
    const oneWay = traffic(0).filter((_, i) => i % 2 === 0);
    const frames = [...oneWay, ...conversation(1), ...conversation(2), ...conversation(3)];
    expect(ids(await check([pcap('eth0', frames), pcap('eth1', [])], { local: [HOST] }))).not.toContain('capture/one-direction');
  });

  it('find a snap length that cuts the ports a policy needs', async () => {
    const cut = (snapLength: number): AnalysisInput[] => [pcap('eth0', traffic(0), snapLength), pcap('eth1', traffic(1), snapLength)];
    const sender = { policy: 'layer3+4' };
    expect(ids(await check(cut(34), { sender }))).toContain('capture/snap-length-too-short');
    expect(ids(await check(cut(96), { sender }))).not.toContain('capture/snap-length-too-short');
  });

  it('find a member that a state text names and nobody captured', async () => {
    const text = (members: readonly string[]): AnalysisInput =>
      memoryInput(
        'bond0.txt',
        new TextEncoder().encode(
          `Ethernet Channel Bonding Driver: v6.1.0\n\nBonding Mode: load balancing (xor)\nTransmit Hash Policy: layer3+4 (1)\nMII Status: up\nMII Polling Interval (ms): 100\n\n${members
            .map(
              (name) =>
                `Slave Interface: ${name}\nMII Status: up\nSpeed: 1000 Mbps\nDuplex: full\nLink Failure Count: 0\nPermanent HW addr: ${HOST}\n`,
            )
            .join('\n')}`,
        ),
      );
    const missing = (await check([...both(), text(['eth0', 'eth1', 'eth2'])])).find(({ id }) => id === 'capture/missing-member');
    expect(missing?.members).toEqual(['eth2']);
    expect(ids(await check([...both(), text(['eth0', 'eth1'])]))).not.toContain('capture/missing-member');
  });
});

describe('rules on what ports do beside LACP', () => {
  const A = '02:00:00:00:00:0a';
  const B = '02:00:00:00:00:0b';
  const pdu = (at: number, side: 'a' | 'b', state: number, partner: number | null): TimedFrame => ({
    at: at + (side === 'b' ? 0.02 : 0),
    frame: lacpdu({
      srcMac: `02:0${side}:00:00:00:01`,
      actor: { system: side === 'a' ? A : B, state },
      partner: partner === null ? NOBODY : { system: side === 'a' ? B : A, state: partner },
    }),
  });
  const seconds = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

  it('find a port that works alone after it lost its partner', async () => {
    const alone = [
      ...seconds(0, 5).flatMap((at) => [pdu(at, 'a', 0x3f, 0x3f), pdu(at, 'b', 0x3f, 0x3f)]),
      ...seconds(8, 40).map((at) => pdu(at, 'a', 0x7f, null)),
    ];
    expect((await check([pcap('eth0', alone)])).find(({ id }) => id === 'lacp/individual')).toMatchObject({
      members: ['eth0'],
      side: 'a',
      severity: 'warn',
    });
    const up = seconds(0, 40).flatMap((at) => [pdu(at, 'a', 0x3f, 0x3f), pdu(at, 'b', 0x3f, 0x3f)]);
    expect(ids(await check([pcap('eth0', up)]))).not.toContain('lacp/individual');
  });

  it('find data on a port that never says that it distributes', async () => {
    const waiting = seconds(0, 40).flatMap((at) => [pdu(at, 'a', 0x07, 0x0f), pdu(at, 'b', 0x0f, 0x07)]);
    const mixed = [...waiting, ...seconds(5, 35).flatMap((at) => [0, 1, 2, 3].map((n) => data(at + n / 4, 40_000 + n)))];
    expect(
      (await check([pcap('eth0', mixed)], { local: [HOST, A] })).find(({ id }) => id === 'lacp/data-while-not-distributing'),
    ).toMatchObject({
      members: ['eth0'],
      side: 'a',
    });
    expect(ids(await check([pcap('eth0', waiting)]))).not.toContain('lacp/data-while-not-distributing');
  });
});
