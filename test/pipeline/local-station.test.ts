/** `--local` names a station behind a bridge, which no frame joins to the ends' LACP systems. Generated. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeLacp } from '../../src/pipeline/analyze-lacp.ts';
import { captureOf, lacpdu, type TimedFrame } from '../support/lacp-frames.ts';
import { HERE, tcpFlow, THERE } from '../support/lag-traffic.ts';

const ACTOR = { system: '02:00:00:00:01:00', state: 0x3f };
const PARTNER = { system: '02:00:00:00:02:00', state: 0x3f };

/** Both ends' LACPDUs each second, and a conversation of guests. */
function member(m: number): TimedFrame[] {
  const frames: TimedFrame[] = [];
  for (let s = 0; s < 10; s++) {
    const [own, other] = [
      { ...ACTOR, port: m + 1 },
      { ...PARTNER, port: m + 1 },
    ];
    frames.push({ at: s, frame: lacpdu({ srcMac: `02:00:00:00:01:0${m + 1}`, actor: own, partner: other }) });
    frames.push({ at: s + 0.1, frame: lacpdu({ srcMac: `02:00:00:00:02:0${m + 1}`, actor: other, partner: own }) });
    const ends = { src: [10, 0, m, s], dst: [10, 1, m, s], srcPort: 4000 + s, dstPort: 80 } as const;
    frames.push({ at: s + 0.2, frame: tcpFlow(ends).frame });
    const back = { src: ends.dst, dst: ends.src, srcPort: 80, dstPort: ends.srcPort, srcMac: THERE, dstMac: HERE };
    frames.push({ at: s + 0.3, frame: tcpFlow(back).frame });
  }
  return frames;
}

describe('a local station that nothing joins to the LACP systems', () => {
  it.each([HERE, THERE])('leaves the ports of both ends what they are with --local %s', async (local) => {
    const inputs = [captureOf('eth0', member(0)), captureOf('eth1', member(1))];
    const { document } = await analyzeLacp(inputs, { ...DEFAULT_ANALYSIS_OPTIONS, local: [local] }, {});
    const [lag] = document.lags;
    expect(lag.sides[0].macs).toContain(local);
    expect(lag.ports?.map(({ state, pdus }) => [state, pdus])).toEqual(Array.from({ length: 4 }, () => ['up', 10]));
    expect(lag.directions.map(({ totals, control }) => [totals.packets, control.packets])).toEqual([
      [20, 20],
      [20, 20],
    ]);
    expect(new Set(lag.sides.map(({ system }) => system))).toEqual(new Set([ACTOR.system, PARTNER.system]));
    expect(lag.sides[0].evidence.join()).toContain('nothing tells which end');
  });
});
