import { describe, expect, it } from 'vitest';
import { FIX_SYNTAX_IDS } from '../../src/fix/registry.ts';
import { analyzeCheck } from '../../src/pipeline/analyze-check.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import type { Finding } from '../../src/report/document.ts';
import { bytesOf, mac } from '../support/frame-builder.ts';
import { captureOf, lacpdu, NOBODY, START_SECONDS, type EndFields, type TimedFrame } from '../support/lacp-frames.ts';
import { startCpuClock } from '../support/cpu-clock.ts';

/** All captures here are generated. Side a (the smaller system) is A. */
const A = '02:00:00:00:00:0a';
const B = '02:00:00:00:00:0b';
const C = '02:00:00:00:00:0c';
const macOf = (side: 'a' | 'b', member: number): string => `02:0${side}:00:00:00:0${member}`;

interface Talk {
  readonly member: number;
  readonly side: 'a' | 'b';
  /** Times of the PDUs: from, to, every. */
  readonly times: readonly [number, number, number];
  readonly actor?: Partial<EndFields>;
  readonly partner?: Partial<EndFields>;
  readonly vlan?: number;
  readonly srcMac?: string;
  readonly actorLength?: number;
}

/** PDUs of one end at equal distances; healthy unless told otherwise: 0x3f, keys 15, port = member + 1. */
function talk({ member, side, times, actor, partner, vlan, srcMac, actorLength }: Talk): TimedFrame[] {
  const [from, to, every] = times;
  const own = { system: side === 'a' ? A : B, state: 0x3f, port: member + 1, ...actor };
  const theirs = { system: side === 'a' ? B : A, state: 0x3f, port: member + 1, ...partner };
  const frame = lacpdu({ srcMac: srcMac ?? macOf(side, member), actor: own, partner: theirs, vlan, actorLength });
  return Array.from({ length: Math.floor((to - from) / every + 1e-9) + 1 }, (_, i) => ({
    at: from + i * every + (side === 'b' ? 0.02 : 0),
    frame,
  }));
}

const healthy = (member: number, to = 30): TimedFrame[] => [
  ...talk({ member, side: 'a', times: [0, to, 1] }),
  ...talk({ member, side: 'b', times: [0, to, 1] }),
];

async function check(...members: readonly (readonly TimedFrame[])[]): Promise<readonly Finding[]> {
  const inputs = members.map((frames, m) => captureOf(`eth${m}`, frames));
  return (await analyzeCheck(inputs, { ...DEFAULT_ANALYSIS_OPTIONS, oneLag: true }, {})).findings;
}

const badOnes = (findings: readonly Finding[]): string[] =>
  findings.filter(({ severity }) => severity !== 'info').map(({ id, members }) => `${id} ${members.join(' ')}`);
const secondsOf = ({ since }: Finding): number => Date.parse(since ?? '') / 1000 - START_SECONDS;

describe('rules on generated LACPDUs', () => {
  it('say nothing of a healthy LAG, fast or slow', async () => {
    expect(await check(healthy(0), healthy(1))).toEqual([]);
    const slow = (member: number): TimedFrame[] =>
      (['a', 'b'] as const).flatMap((side) =>
        talk({ member, side, times: [0, 300, 30], actor: { state: 0x3d }, partner: { state: 0x3d } }),
      );
    expect(badOnes(await check(slow(0), slow(1)))).toEqual([]);
  });

  it('say nothing of a start that takes its time', async () => {
    const start = (member: number): TimedFrame[] => [
      ...talk({ member, side: 'a', times: [0, 4, 1], actor: { state: 0xc7 }, partner: NOBODY }),
      ...talk({ member, side: 'b', times: [3.5, 4, 1], actor: { state: 0x07 }, partner: { state: 0xc7 } }),
      ...talk({ member, side: 'a', times: [5, 30, 1] }),
      ...talk({ member, side: 'b', times: [5, 30, 1] }),
    ];
    expect(badOnes(await check(start(0), start(1)))).toEqual([]);
  });

  it('find no partner, since the first LACPDU', async () => {
    const alone = (member: number): TimedFrame[] =>
      talk({ member, side: 'a', times: [2, 62, 30], actor: { state: 0x47 }, partner: NOBODY });
    const [finding, ...others] = await check(alone(0), alone(1));
    expect(finding).toMatchObject({ id: 'lacp/no-partner', severity: 'error', members: ['eth0', 'eth1'], side: 'a' });
    expect(secondsOf(finding)).toBe(2);
    expect(badOnes(others)).toEqual([]);
    expect(finding.fix.length).toBeGreaterThan(0);
    for (const { syntax, text } of finding.fix) {
      expect(FIX_SYNTAX_IDS).toContain(syntax);
      expect(text).not.toBe('');
    }
  });

  it('find LACPDUs that reach the capture but not the port', async () => {
    const deaf = [
      ...talk({ member: 0, side: 'a', times: [0, 30, 1], actor: { state: 0x47 }, partner: NOBODY }),
      ...talk({ member: 0, side: 'b', times: [0, 30, 1], actor: { state: 0x07 }, partner: { state: 0x47 } }),
    ];
    const findings = await check(deaf, healthy(1));
    expect(findings.find(({ id }) => id === 'lacp/one-way')).toMatchObject({ members: ['eth0'], side: 'a' });
    expect(findings.some(({ id }) => id === 'lacp/no-partner')).toBe(false);
  });

  it('find the end that hears nothing any more, expired and then defaulted', async () => {
    const lost = [
      ...talk({ member: 0, side: 'a', times: [0, 12, 1] }),
      ...talk({ member: 0, side: 'b', times: [0, 9, 1] }),
      ...talk({ member: 0, side: 'a', times: [13, 15, 1], actor: { state: 0x8f }, partner: { state: 0x37 } }),
      ...talk({ member: 0, side: 'a', times: [16, 76, 30], actor: { state: 0x47 }, partner: NOBODY }),
    ];
    const findings = await check(lost, healthy(1, 80));
    expect(badOnes(findings)).toEqual(['lacp/expired eth0', 'lacp/defaulted eth0', 'bond/failover eth0']);
    expect(findings[0].side).toBe('a');
    expect(secondsOf(findings[0])).toBeCloseTo(9.02, 5);
    expect(findings[0].evidence.map(({ note }) => note)).toContain('says Expired');
  });

  it('tell a port that was taken out in order from one that is not heard', async () => {
    const taken = [
      ...talk({ member: 0, side: 'a', times: [0, 10, 1] }),
      ...talk({ member: 0, side: 'b', times: [0, 10, 1] }),
      ...talk({ member: 0, side: 'a', times: [10.5, 10.5, 1], actor: { state: 0x03 } }),
      ...talk({ member: 0, side: 'b', times: [11, 13, 1], actor: { state: 0x0f }, partner: { state: 0x03 } }),
      ...talk({ member: 0, side: 'b', times: [14, 30, 1], actor: { state: 0x8f }, partner: { state: 0x03 } }),
    ];
    expect(badOnes(await check(taken, healthy(1)))).toEqual(['bond/failover eth0']);
  });

  it('find a link that died', async () => {
    const silent = [...talk({ member: 0, side: 'a', times: [0, 10, 1] }), ...talk({ member: 0, side: 'b', times: [0, 10, 1] })];
    const flooded = bytesOf(
      mac('ff:ff:ff:ff:ff:ff'),
      mac('02:00:00:00:00:77'),
      [0x88, 0xb5],
      Array.from({ length: 46 }, () => 0),
    );
    const findings = await check([...silent, { at: 25, frame: flooded }], healthy(1));
    expect(badOnes(findings)).toEqual(['bond/failover eth0']);
    expect(secondsOf(findings[0])).toBeCloseTo(10.02, 5);
    // A file that ends with its last LACPDU may have been stopped by hand.
    expect(badOnes(await check(silent, healthy(1)))).toEqual([]);
  });

  it('find another partner system, and other keys, at the right end', async () => {
    const odd = [
      ...talk({ member: 1, side: 'a', times: [0, 30, 1], actor: { state: 0x07 }, partner: { system: C, state: 0x0f } }),
      ...talk({ member: 1, side: 'b', times: [0, 30, 1], actor: { system: C, state: 0x0f }, partner: { state: 0x07 } }),
    ];
    expect(badOnes(await check(healthy(0), odd, healthy(2)))).toEqual(['lacp/split-partner eth1']);
    const key = [
      ...talk({ member: 1, side: 'a', times: [0, 30, 1], actor: { state: 0x07 }, partner: { key: 79, state: 0x0f } }),
      ...talk({ member: 1, side: 'b', times: [0, 30, 1], actor: { key: 79, state: 0x0f }, partner: { state: 0x07 } }),
    ];
    const [finding, ...rest] = await check(healthy(0), key, healthy(2));
    expect(finding).toMatchObject({ id: 'lacp/key-mismatch', members: ['eth1'], side: 'b' });
    expect(badOnes(rest)).toEqual([]);
  });

  it('find both ends passive', async () => {
    const passive = (member: number): TimedFrame[] =>
      (['a', 'b'] as const).flatMap((side) =>
        talk({ member, side, times: [0, 20, 3.1], actor: { state: 0x3e }, partner: { state: 0x3e } }),
      );
    expect(badOnes(await check(passive(0), passive(1)))).toEqual(['lacp/both-passive eth0 eth1']);
    const oneActive = (member: number): TimedFrame[] => [
      ...talk({ member, side: 'a', times: [0, 20, 1], partner: { state: 0x3e } }),
      ...talk({ member, side: 'b', times: [0, 20, 1], actor: { state: 0x3e } }),
    ];
    expect(badOnes(await check(oneActive(0), oneActive(1)))).toEqual([]);
  });

  it('find a loop, a port number used twice, one MAC on two members', async () => {
    const loop = talk({ member: 1, side: 'a', times: [0, 30, 1], actor: { state: 0x07 }, partner: { system: A, state: 0x07 } });
    expect(badOnes(await check(healthy(0), loop))).toContain('lacp/loopback eth1');
    const twin = (['a', 'b'] as const).flatMap((side) =>
      talk({
        member: 1,
        side,
        times: [0, 30, 1],
        actor: { port: 1 },
        partner: { port: 1 },
        ...(side === 'a' && { srcMac: macOf('a', 0) }),
      }),
    );
    const found = badOnes(await check(healthy(0), twin));
    expect(found).toContain('lacp/duplicate-port eth0 eth1');
    expect(found).toContain('bond/duplicate-mac eth0 eth1');
  });

  it('find tagged and malformed LACPDUs and a third system', async () => {
    const tagged = [...healthy(0), ...talk({ member: 0, side: 'b', times: [5.5, 5.5, 1], vlan: 7 })];
    expect(badOnes(await check(tagged, healthy(1)))).toContain('lacp/tagged-pdu eth0');
    const malformed = [...healthy(0), ...talk({ member: 0, side: 'b', times: [5.5, 5.5, 1], actorLength: 9 })];
    expect(badOnes(await check(malformed, healthy(1)))).toContain('lacp/malformed-pdu eth0');
    const third = [
      ...healthy(0),
      ...talk({ member: 0, side: 'b', times: [5.5, 10.5, 1], actor: { system: C }, srcMac: '02:0c:00:00:00:01' }),
    ];
    expect(badOnes(await check(third, healthy(1)))).toContain('lacp/third-system eth0');
  });

  it('find a sender that is too slow, and nothing where one LACPDU is late', async () => {
    const late = (gaps: number): TimedFrame[] => [
      ...talk({ member: 0, side: 'a', times: [0, 30, 1] }).filter(
        ({ at }) => !Array.from({ length: gaps }, (_, i) => 5 + 6 * i).some((second) => at === second || at === second + 1),
      ),
      ...talk({ member: 0, side: 'b', times: [0, 30, 1] }),
    ];
    expect(badOnes(await check(late(4), healthy(1)))).toContain('lacp/rate-violated eth0');
    const once = talk({ member: 0, side: 'a', times: [0, 30, 1] }).filter(({ at }) => at !== 5);
    expect(badOnes(await check([...once, ...talk({ member: 0, side: 'b', times: [0, 30, 1] })], healthy(1)))).toEqual([]);
  });

  it('take some LACPDUs that are missing now and then for frames that the capture lost', async () => {
    const missing = new Set([20, 21, 22, 60, 61, 90, 91]);
    const own = talk({ member: 0, side: 'a', times: [0, 120, 1] }).filter(({ at }) => !missing.has(at));
    const heard = talk({ member: 0, side: 'b', times: [0, 120, 1] });
    expect(badOnes(await check([...own, ...heard], healthy(1)))).not.toContain('lacp/rate-violated eth0');
    const expired = talk({ member: 0, side: 'b', times: [22.5, 22.5, 1], actor: { state: 0x8f } });
    expect(badOnes(await check([...own, ...heard, ...expired], healthy(1)))).toContain('lacp/expired eth0');
  });

  it('find a port that never gets in sync, one that waits to distribute, one that stands by', async () => {
    const waiting = (a: number, b: number): TimedFrame[] => [
      ...talk({ member: 1, side: 'a', times: [0, 30, 1], actor: { state: a }, partner: { state: b } }),
      ...talk({ member: 1, side: 'b', times: [0, 30, 1], actor: { state: b }, partner: { state: a } }),
    ];
    const standby = await check(healthy(0), waiting(0x07, 0x07));
    expect(badOnes(standby)).toEqual([]);
    expect(standby.map(({ id }) => id)).toContain('lacp/standby');
    expect(badOnes(await check(waiting(0x07, 0x07).map((frame) => frame)))).toContain('lacp/not-synchronized eth0');
    expect(badOnes(await check(waiting(0x0f, 0x0f)))).toContain('lacp/not-distributing eth0');
  });

  it('take a link that has just come back neither for a lost partner nor for one held in reserve', async () => {
    const slow = { state: 0x3d };
    const before = [
      ...talk({ member: 0, side: 'a', times: [0, 12, 1], actor: slow }),
      ...talk({ member: 0, side: 'b', times: [0, 12, 12], partner: slow }),
    ];
    // Both ends begin anew when the link is back: Expired and Defaulted at once, as Linux says it.
    const begins = [
      ...talk({ member: 0, side: 'a', times: [20.3, 20.3, 1], actor: { state: 0xc5 }, partner: NOBODY }),
      ...talk({ member: 0, side: 'b', times: [20, 20, 1], actor: { state: 0xc7 }, partner: NOBODY }),
    ];
    const meets = [
      ...talk({ member: 0, side: 'a', times: [20.8, 20.8, 1], actor: { state: 0x0d }, partner: { state: 0xc7 } }),
      ...talk({ member: 0, side: 'b', times: [20.8, 20.8, 1], actor: { state: 0x07 }, partner: { state: 0xc5 } }),
    ];
    for (const back of [begins, [...begins, ...meets]]) {
      const found = await check([...before, ...back], healthy(1, 21));
      expect(badOnes(found)).toEqual(['bond/failover eth0']);
      expect(found.map(({ id }) => id)).not.toContain('lacp/standby');
    }
  });

  it('find a change of identity, an outdated view of the partner, flapping, different rates', async () => {
    const changed = [
      ...healthy(0, 15),
      ...(['a', 'b'] as const).flatMap((side) =>
        talk({ member: 0, side, times: [16, 30, 1], ...(side === 'a' ? { actor: { key: 21 } } : { partner: { key: 21 } }) }),
      ),
    ];
    expect(badOnes(await check(changed, healthy(1)))).toContain('lacp/actor-changed eth0');
    const stale = [
      ...talk({ member: 0, side: 'a', times: [0, 30, 1], partner: { port: 9 } }),
      ...talk({ member: 0, side: 'b', times: [0, 30, 1] }),
    ];
    expect(badOnes(await check(stale, healthy(1)))).toContain('lacp/stale-partner-view eth0');
    const flapping = Array.from({ length: 5 }, (_, i) => [
      ...(['a', 'b'] as const).flatMap((side) => talk({ member: 0, side, times: [i * 8, i * 8 + 5, 1] })),
      ...talk({ member: 0, side: 'a', times: [i * 8 + 6, i * 8 + 7, 1], actor: { state: 0x07 } }),
      ...talk({ member: 0, side: 'b', times: [i * 8 + 6, i * 8 + 7, 1], actor: { state: 0x07 } }),
    ]).flat();
    expect(badOnes(await check(flapping, healthy(1, 40)))).toContain('lacp/flap eth0');
    const rates = (member: number): TimedFrame[] => [
      ...talk({ member, side: 'a', times: [0, 90, 30], partner: { state: 0x3d } }),
      ...talk({ member, side: 'b', times: [0, 90, 1], actor: { state: 0x3d } }),
    ];
    const mixed = await check(rates(0), rates(1));
    expect(mixed.map(({ id, severity }) => `${severity} ${id}`)).toEqual(['info lacp/timeout-mismatch']);
  });

  it('find PAgP where LACP gets no answer', async () => {
    const pagp = bytesOf(
      mac('01:00:0c:cc:cc:cc'),
      mac('02:0b:00:00:00:01'),
      [0, 60, 0xaa, 0xaa, 3, 0, 0, 0x0c, 0x01, 0x04],
      Array.from({ length: 60 }, () => 0),
    );
    const alone = (member: number): TimedFrame[] => [
      ...talk({ member, side: 'a', times: [0, 60, 30], actor: { state: 0x47 }, partner: NOBODY }),
      { at: 3, frame: pagp },
      { at: 33, frame: pagp },
    ];
    expect(badOnes(await check(alone(0), alone(1)))).toContain('pagp/instead-of-lacp eth0 eth1');
    const both = (member: number): TimedFrame[] => [...healthy(member), { at: 3, frame: pagp }];
    expect(badOnes(await check(both(0), both(1)))).toEqual([]);
  });

  it('fill every message, with names and numbers only', async () => {
    const alone = (member: number): TimedFrame[] =>
      talk({ member, side: 'a', times: [2, 62, 30], actor: { state: 0x47 }, partner: NOBODY });
    for (const { title, detail } of await check(alone(0), healthy(1))) expect(`${title} ${detail}`).not.toMatch(/\{\w+\}|undefined|NaN/);
  });

  it('stay quick where a port flaps for ever', async () => {
    const frames = Array.from({ length: 60_000 }, (_, i) => ({
      at: i / 20,
      frame: lacpdu({ srcMac: macOf('a', 0), actor: { system: A, state: i % 2 === 0 ? 0x3f : 0x8f }, partner: { system: B, state: 0x3f } }),
    }));
    const spentMs = startCpuClock();
    await check([...frames, ...talk({ member: 0, side: 'b', times: [0, 3000, 1] })]);
    expect(spentMs()).toBeLessThan(5000);
  });
});
