import { describe, expect, it } from 'vitest';
import { recogniseControl } from '../../src/lacp/control-frame.ts';
import { ControlLog } from '../../src/lacp/control-log.ts';
import type { Neighbour } from '../../src/lacp/neighbour.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeLacp } from '../../src/pipeline/analyze-lacp.ts';
import { captureOf, lacpdu, type TimedFrame } from '../support/lacp-frames.ts';
import { cdp, lldp, pagp, slow, stp } from '../support/neighbour-frames.ts';

/** All frames here are generated. */
const PORT = '02:0b:00:00:00:01';

function read(frame: Uint8Array, length = frame.length): Neighbour | undefined {
  const log = new ControlLog();
  log.add(recogniseControl(frame, 0, length, 1), frame, length, 1, 0, 0);
  return log.take().neighbours[0]?.neighbour;
}

const LLDP = lldp({
  srcMac: '06:0b:00:00:00:01',
  chassis: '04:0b:00:00:00:01',
  port: 'Ethernet7',
  portDescription: 'to the host',
  systemName: 'tor-1',
  aggregate: 6,
  managementIpv4: [10, 0, 0, 9],
});

describe('frames that ports speak for themselves', () => {
  it('are told apart by kind', () => {
    const frames = [
      LLDP,
      cdp({ srcMac: PORT, device: 'sw', port: 'Gi0/1', platform: 'x', address: [10, 0, 0, 1] }),
      pagp({ srcMac: PORT, device: '02:0b:00:00:00:00', name: 'sw', port: 'Gi0/1', group: 0 }),
      stp(PORT),
      slow(PORT, 1),
      slow(PORT, 2),
      slow(PORT, 3),
      slow(PORT, 10),
    ];
    expect(frames.map((frame) => recogniseControl(frame, 0, frame.length, 1).kind)).toEqual([
      'lldp',
      'cdp',
      'pagp',
      'stp',
      'lacp',
      'marker',
      'oam',
      'ossp',
    ]);
  });

  it('tell names and aggregates by LLDP', () => {
    expect(read(LLDP)).toEqual({
      protocol: 'lldp',
      srcMac: '06:0b:00:00:00:01',
      chassis: '04:0b:00:00:00:01',
      systemName: 'tor-1',
      systemDescription: null,
      port: 'Ethernet7',
      portDescription: 'to the host',
      managementAddress: '10.0.0.9',
      aggregate: { isAggregated: true, port: 6 },
      ttlSeconds: 120,
      malformed: null,
    });
  });

  it('tell names by CDP and PAgP', () => {
    expect(read(cdp({ srcMac: PORT, device: 'core.lab', port: 'Gi1/0/2', platform: 'cisco WS', address: [192, 0, 2, 7] }))).toMatchObject({
      chassis: 'core.lab',
      systemName: 'core.lab',
      port: 'Gi1/0/2',
      systemDescription: 'cisco WS',
      managementAddress: '192.0.2.7',
      ttlSeconds: 180,
      malformed: null,
    });
    expect(read(pagp({ srcMac: PORT, device: '02:0b:00:00:00:00', name: 'sw1', port: 'Fa0/3', group: 12 }))).toMatchObject({
      chassis: '02:0b:00:00:00:00',
      systemName: 'sw1',
      port: 'Fa0/3',
      aggregate: { isAggregated: true, port: 12 },
      malformed: null,
    });
  });

  it('keep what was read of frames that end early, at any length', () => {
    const whole = [
      LLDP,
      cdp({ srcMac: PORT, device: 'd', port: 'p', platform: 'x', address: [1, 2, 3, 4] }),
      pagp({ srcMac: PORT, device: PORT, name: 'n', port: 'p', group: 1 }),
    ];
    for (const frame of whole) {
      for (let length = 0; length < frame.length; length++) {
        const cut = frame.slice(0, length);
        const control = recogniseControl(cut, 0, length, 1);
        const log = new ControlLog();
        log.add(control, cut, length, 1, 0, 0);
        for (const { neighbour } of log.take().neighbours)
          expect([null, 'string']).toContain(neighbour.malformed === null ? null : typeof neighbour.malformed);
      }
    }
    expect(read(LLDP, 30)?.malformed).toContain('beyond the end');
  });

  it('keep the last word of a sender, not its farewell', () => {
    const log = new ControlLog();
    const say = (fields: Parameters<typeof lldp>[0], frame: number): void => {
      const bytes = lldp(fields);
      log.add(recogniseControl(bytes, 0, bytes.length, 1), bytes, bytes.length, frame, frame, 0);
    };
    const base = { srcMac: PORT, chassis: PORT, port: 'p1' };
    say({ ...base, systemName: 'old' }, 1);
    say({ ...base, systemName: 'new' }, 2);
    say({ ...base, ttl: 0 }, 3);
    expect(log.take().neighbours).toMatchObject([{ frame: 2, count: 3, isWithdrawn: true, neighbour: { systemName: 'new' } }]);
  });

  it('are shown without control characters', () => {
    expect(read(lldp({ srcMac: PORT, chassis: PORT, port: 'e\u001b[31m1', systemName: 'a\u202eb\0' }))).toMatchObject({
      port: 'e\ufffd[31m1',
      systemName: 'a\ufffdb',
    });
  });
});

describe('the map of cables', () => {
  const A = '02:00:00:00:00:0a';
  const B = '02:00:00:00:00:0b';
  const member = (m: number, aggregate: number): TimedFrame[] => {
    const port = (side: string): string => `04:0${side}:00:00:00:0${m}`;
    const pdus = Array.from({ length: 10 }, (_, at) => [
      {
        at,
        frame: lacpdu({ srcMac: port('a'), actor: { system: A, state: 0x3f, port: m }, partner: { system: B, state: 0x3f, port: m } }),
      },
      {
        at: at + 0.1,
        frame: lacpdu({ srcMac: port('b'), actor: { system: B, state: 0x3f, port: m }, partner: { system: A, state: 0x3f, port: m } }),
      },
    ]).flat();
    // lldpd: the member's permanent address with the local bit set.
    const neighbour = lldp({
      srcMac: `06:0b:00:00:00:0${m}`,
      chassis: B,
      port: port('b'),
      portDescription: `Ethernet${m}`,
      systemName: 'tor-1',
      aggregate,
    });
    return [...pdus, { at: 2, frame: neighbour }, { at: 3, frame: stp(port('b')) }];
  };

  it('names the systems and ports of the side that said so', async () => {
    const { document } = await analyzeLacp(
      [captureOf('eth1', member(1, 5)), captureOf('eth2', member(2, 5))],
      DEFAULT_ANALYSIS_OPTIONS,
      {},
    );
    const [lag] = document.lags;
    expect(lag.cables).toEqual(
      [1, 2].map((m) => ({
        member: `eth${m}`,
        a: { system: A, port: String(m), aggregate: null, by: 'lacp' },
        b: { system: 'tor-1', port: `Ethernet${m}`, aggregate: 5, by: 'lldp' },
      })),
    );
    expect(lag.sides[1].label).toBe('tor-1');
    expect(lag.neighbours?.map(({ member: name, side, port, frames }) => [name, side, port, frames])).toEqual([
      ['eth1', 'b', '04:0b:00:00:00:01', 1],
      ['eth2', 'b', '04:0b:00:00:00:02', 1],
    ]);
    expect(lag.control?.map(({ member: name, kind, packets }) => [name, kind, packets])).toEqual([
      ['eth1', 'lacp', 20],
      ['eth1', 'lldp', 1],
      ['eth1', 'stp', 1],
      ['eth2', 'lacp', 20],
      ['eth2', 'lldp', 1],
      ['eth2', 'stp', 1],
    ]);
  });
});
