import { describe, expect, it } from 'vitest';
import { analyzeCheck } from '../../src/pipeline/analyze-check.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import type { Finding } from '../../src/report/document.ts';
import { ethernet, ipv4, padTo, tcp } from '../support/frame-builder.ts';
import { captureOf, lacpdu, START_SECONDS, type TimedFrame } from '../support/lacp-frames.ts';

/** All captures here are generated: a static LAG of two members, conversations dealt out in turn. */
const HOST = '02:a0:00:00:00:0a';
const PEER = '02:b0:00:00:00:0b';

interface Talk {
  readonly client: number;
  /** Members of questions and answers. */
  readonly out: number;
  readonly back: number;
  readonly from: number;
  readonly to: number;
  /** Answers stop here. */
  readonly answeredTo?: number;
}

const HOST_ADDRESS = [10, 0, 0, 1];
const PEER_ADDRESS = [10, 0, 0, 2];

/** Questions of the host each second with an answer 5 ms later. */
function talk({ client, out, back, from, to, answeredTo = to }: Talk): { member: number; at: number; frame: Uint8Array }[] {
  const question = padTo(
    ethernet(0x0800, ipv4(6, tcp(40_000 + client, 443), { src: HOST_ADDRESS, dst: PEER_ADDRESS }), { src: HOST, dst: PEER }),
    90,
  );
  const answer = padTo(
    ethernet(0x0800, ipv4(6, tcp(443, 40_000 + client), { src: PEER_ADDRESS, dst: HOST_ADDRESS }), { src: PEER, dst: HOST }),
    400,
  );
  const frames = [];
  for (let at = from; at <= to; at++) {
    frames.push({ member: out, at: at + client * 0.001, frame: question });
    if (at <= answeredTo) frames.push({ member: back, at: at + client * 0.001 + 0.005, frame: answer });
  }
  return frames;
}

interface Placed {
  readonly member: number;
  readonly at: number;
  readonly frame: Uint8Array;
}

/** Conversations on all combinations of members. */
const COUNT = 40;
const healthy = (to = 30): Placed[] =>
  Array.from({ length: COUNT }, (_, client) =>
    talk({ client, out: client & 1, back: (client >> 1) & 1, from: 2 + (client % 5), to }),
  ).flat();

const on = (placed: readonly Placed[], member: number): TimedFrame[] => placed.filter((frame) => frame.member === member);

async function check(captures: readonly (readonly [name: string, frames: readonly TimedFrame[]])[]): Promise<readonly Finding[]> {
  const inputs = captures.map(([name, frames]) => captureOf(name, frames));
  return (await analyzeCheck(inputs, { ...DEFAULT_ANALYSIS_OPTIONS, oneLag: true }, {})).findings;
}

const checkMembers = (placed: readonly Placed[]): Promise<readonly Finding[]> =>
  check([0, 1].map((member) => [`eth${member}`, on(placed, member)] as const));

const NEW_RULES = [
  'bond/failover-blackhole',
  'capture/duplicate-frames',
  'capture/bond-device',
  'capture/clock-skew',
  'capture/offload-frames',
];
const found = (findings: readonly Finding[], id: string): Finding | undefined => findings.find((finding) => finding.id === id);

describe('rules on generated traffic', () => {
  it('say nothing of healthy captures but that two directions differ', async () => {
    const ids = (await checkMembers(healthy())).map(({ id }) => id);
    for (const id of NEW_RULES) expect(ids).not.toContain(id);
    expect(ids).toContain('path/asymmetric');
  });

  it('count the conversations that go apart, and none where all stay together', async () => {
    expect(found(await checkMembers(healthy()), 'path/asymmetric')?.title).toBe(
      '20 of 40 conversations use different members for the two directions',
    );
    const together = Array.from({ length: 20 }, (_, client) => talk({ client, out: client & 1, back: client & 1, from: 2, to: 20 })).flat();
    expect(found(await checkMembers(together), 'path/asymmetric')).toBeUndefined();
  });

  it('find a member that swallows what is sent on it', async () => {
    // From 15 s on nothing sent on eth1 is answered any more, on whatever member the answer came.
    const placed = healthy().filter(({ member, at, frame }) => {
      const client = frame[14 + 20 + 2] === 0x01 ? frame[14 + 20 + 1] - 0x40 : frame[14 + 20 + 3] - 0x40;
      const isAnswer = frame.length === 400;
      return !(isAnswer && at > 15 && (client & 1) === 1) && member >= 0;
    });
    const finding = found(await checkMembers(placed), 'bond/failover-blackhole');
    expect(finding).toMatchObject({ severity: 'error', members: ['eth1'], side: 'a' });
    expect(Date.parse(finding?.since ?? '') / 1000 - START_SECONDS).toBeGreaterThan(14);
    expect(Date.parse(finding?.since ?? '') / 1000 - START_SECONDS).toBeLessThan(15.01);
    expect(finding?.fix.length).toBeGreaterThan(0);
    // All answers end at once: nothing is told of a member.
    const ended = healthy().filter(({ at, frame }) => frame.length !== 400 || at <= 15);
    expect(found(await checkMembers(ended), 'bond/failover-blackhole')).toBeUndefined();
  });

  it('find clocks that differ by answers before their questions, and how much', async () => {
    const skewed = (seconds: number): Placed[] =>
      healthy().map((frame) => (frame.member === 1 ? { ...frame, at: frame.at + seconds } : frame));
    const ahead = found(await checkMembers(skewed(1.5)), 'capture/clock-skew');
    expect(ahead).toMatchObject({ severity: 'warn', members: ['eth0', 'eth1'] });
    expect(ahead?.title).toBe('The clocks of eth0 and eth1 differ by about 1.500 s');
    expect(found(await checkMembers(skewed(-0.05)), 'capture/clock-skew')?.title).toBe(
      'The clocks of eth1 and eth0 differ by about 50.0 ms',
    );
    // Less than an answer takes: not proven.
    expect(found(await checkMembers(skewed(0.004)), 'capture/clock-skew')).toBeUndefined();
  });

  it('find two captures of one member with two clocks by the LACPDUs in both', async () => {
    const states = [0xc7, 0x07, 0x0f, 0x3f, 0x0f, 0x3f, 0x07, 0x0f, 0x3f];
    const pdus = (late: number): TimedFrame[] =>
      states.flatMap((state, at) =>
        (['a', 'b'] as const).map((side) => ({
          at: at + late + (side === 'a' ? 0 : 0.2),
          frame: lacpdu({
            srcMac: `02:0${side}:00:00:00:01`,
            actor: { system: `02:00:00:00:00:0${side}`, state },
            partner: { system: `02:00:00:00:00:0${side === 'a' ? 'b' : 'a'}`, state },
          }),
        })),
      );
    const both = async (late: number): Promise<Finding | undefined> => {
      const inputs = [captureOf('near', pdus(0)), captureOf('far', pdus(late))].map((input) => ({ ...input, memberName: 'eth0' }));
      return found((await analyzeCheck(inputs, DEFAULT_ANALYSIS_OPTIONS, {})).findings, 'capture/clock-skew');
    };
    expect(await both(0.0001)).toBeUndefined();
    expect((await both(2))?.members).toEqual(['eth0']);
  });

  it('leave the capture of the bond itself out', async () => {
    const placed = healthy();
    const findings = await check([
      ['bond0', placed],
      ['eth0', on(placed, 0)],
      ['eth1', on(placed, 1)],
    ]);
    expect(found(findings, 'capture/bond-device')).toMatchObject({
      severity: 'warn',
      title: 'bond0 is the bond itself: its capture was left out',
    });
    expect(found(findings, 'path/asymmetric')?.title).toContain('20 of 40');
    // Three members are no bond with two members.
    const third = placed.map((frame, i) => ({ ...frame, member: i % 3 === 0 ? 2 : frame.member }));
    expect(found(await check([0, 1, 2].map((m) => [`eth${m}`, on(third, m)] as const)), 'capture/bond-device')).toBeUndefined();
  });

  it('find frames recorded twice, and a capture given twice', async () => {
    const twice = healthy().flatMap((frame) => [frame, { ...frame, at: frame.at + 0.00002 }]);
    const doubled = found(await checkMembers(twice), 'capture/duplicate-frames');
    expect(doubled).toMatchObject({ severity: 'warn', members: ['eth0'] });
    expect(doubled?.evidence).toHaveLength(2);
    const copies = await check([
      ['eth0', on(healthy(), 0)],
      ['copy', on(healthy(), 0)],
    ]);
    expect(found(copies, 'capture/duplicate-frames')?.members).toEqual(['eth0', 'copy']);
  });

  it('find frames longer than any wire carries', async () => {
    const long = { member: 0, at: 9.5, frame: padTo(ethernet(0x0800, ipv4(6, tcp(40_000, 443)), { src: HOST, dst: PEER }), 20_000) };
    const finding = found(await checkMembers([...healthy(), long]), 'capture/offload-frames');
    expect(finding).toMatchObject({
      severity: 'info',
      title: 'Frames of 20000 bytes: captured above the segmentation of the network card',
    });
  });

  it('take an end that floods all members for no end on another one', async () => {
    // Before the first conversation both ends send to groups only; the switch floods, and eth1 shows the frame first.
    const group = (src: string, ms: number, member: number, at: number): Placed => ({
      member,
      at: at + ms / 1000,
      frame: padTo(ethernet(0x88b5, Uint8Array.of(Math.round(at)), { src, dst: '01:00:5e:00:00:fb' }), 80),
    });
    const quiet = Array.from({ length: 20 }, (_, at) => [
      group(HOST, 0, 0, at),
      group(PEER, 500, 1, at),
      ...(at % 2 === 0 ? [group(PEER, 501, 0, at)] : []),
    ]).flat();
    const talks = Array.from({ length: 10 }, (_, client) => talk({ client, out: 0, back: 0, from: 20, to: 40 })).flat();
    expect(found(await checkMembers([...quiet, ...talks]), 'bond/ends-disagree-active')).toBeUndefined();
    // Without the copies on eth0 nothing of the peer is heard there.
    const apart = quiet.filter(({ member, frame }) => member === 1 || frame[6 + 1] === 0xa0);
    expect(found(await checkMembers([...apart, ...talks]), 'bond/ends-disagree-active')).toMatchObject({ members: ['eth0', 'eth1'] });
  });
});
