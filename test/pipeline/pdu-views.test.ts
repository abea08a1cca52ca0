import { describe, expect, it } from 'vitest';
import { analyzeFlows } from '../../src/pipeline/analyze.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { findPdu, neighbourPdu } from '../../src/ui/store/pdu-timeline.ts';
import { captureOf, lacpdu, type EndFields, type TimedFrame } from '../support/lacp-frames.ts';

const HOST: EndFields = { system: '02:00:00:00:00:01', state: 0x3d, key: 1, port: 1 };
const SWITCH: EndFields = { system: '02:00:00:00:00:02', state: 0x3d, key: 2, port: 1 };

/** Both ends each second; the host says "not distributing" from `breaksAt` on. */
function member(port: number, seconds: number, breaksAt: number): TimedFrame[] {
  const frames: TimedFrame[] = [];
  for (let at = 0; at < seconds; at++) {
    const host = { ...HOST, port, state: at < breaksAt ? 0x3d : 0x1d };
    const peer = { ...SWITCH, port };
    frames.push({ at: at + port / 10, frame: lacpdu({ srcMac: `02:00:00:00:01:0${port}`, actor: host, partner: peer }) });
    frames.push({ at: at + port / 10 + 0.02, frame: lacpdu({ srcMac: `02:00:00:00:02:0${port}`, actor: peer, partner: host }) });
  }
  return frames;
}

describe('the LACPDUs of a finished analysis', () => {
  const analysed = analyzeFlows([captureOf('eth0', member(1, 10, 6)), captureOf('eth1', member(2, 10, 10))], DEFAULT_ANALYSIS_OPTIONS, {});

  it('stand in one timeline of all members, in order of time', async () => {
    const timeline = (await analysed).pduTimeline('lag1');
    expect(timeline.length).toBe(40);
    expect(timeline.paths).toEqual(['eth0.pcap', 'eth1.pcap']);
    expect([...timeline.atSeconds]).toEqual([...timeline.atSeconds].sort((x, y) => x - y));
    expect([...timeline.member].filter((m) => m === 1)).toHaveLength(20);
    const states = [...timeline.actorState].filter((_, i) => timeline.member[i] === 0 && timeline.frame[i] % 2 === 1);
    expect(states).toEqual([...Array(6).fill(0x3d), ...Array(4).fill(0x1d)]);
  });

  it('are found by capture and frame, and one after the other along a port', async () => {
    const timeline = (await analysed).pduTimeline('lag1');
    const found = findPdu(timeline, 'eth1.pcap', 7);
    expect([timeline.frame[found], timeline.paths[timeline.path[found]]]).toEqual([7, 'eth1.pcap']);
    expect(findPdu(timeline, 'eth1.pcap', 21)).toBe(-1);
    expect(findPdu(timeline, 'eth2.pcap', 7)).toBe(-1);
    const next = neighbourPdu(timeline, found, 1, true);
    expect([timeline.frame[next], timeline.member[next], timeline.side[next]]).toEqual([9, 1, timeline.side[found]]);
    expect(neighbourPdu(timeline, 0, -1, true)).toBe(-1);
  });

  it('come with their bytes and fields, those of the first of equal ones', async () => {
    const analysis = await analysed;
    const timeline = analysis.pduTimeline('lag1');
    const detail = analysis.pdu('lag1', findPdu(timeline, 'eth0.pcap', 15));
    expect(detail?.pdu.packet).toBe(15);
    // The host's seventh and eighth LACPDU (frames 13 and 15) are the first that do not distribute.
    expect(detail?.sameAs).toBe(13);
    expect(detail?.bytes).toHaveLength(124);
    expect(detail?.fields.find(({ label }) => label === 'State')?.value).toMatch(/^0x1d /);
    expect(analysis.pdu('lag1', 40)).toBeNull();
    expect(analysis.pdu('lag2', 0)).toBeNull();
  });

  it('belong to the ports that lacp tells of', async () => {
    const described = (await analysed).lacp('lag1');
    expect(described?.ports.map(({ member: name, side, pdus }) => [name, side, pdus])).toEqual([
      ['eth0', 'a', 10],
      ['eth0', 'b', 10],
      ['eth1', 'a', 10],
      ['eth1', 'b', 10],
    ]);
    expect((await analysed).lacp('lag7')).toBeNull();
  });
});
