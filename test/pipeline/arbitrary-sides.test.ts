/** Stations that no frame ties to an LACP system: the order in which the members are used tells whose they are. */
import { describe, expect, it } from 'vitest';
import { ethernet } from '../support/frame-builder.ts';
import { captureOf, lacpdu, type EndFields, type TimedFrame } from '../support/lacp-frames.ts';
import { HERE, placeTraffic, randomFlows, THERE } from '../support/lag-traffic.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeFlows } from '../../src/pipeline/analyze.ts';

const UP = 0x3d;
/** Port numbers by member: the hash order of a Linux bond is that of its port numbers. */
const ENDS = [
  { system: '02:0a:00:00:00:01', ports: [1, 2, 3] },
  { system: '02:0b:00:00:00:01', ports: [3, 1, 2] },
] as const;

function pdusOn(member: number): TimedFrame[] {
  return ENDS.flatMap((own, e) => {
    const other = ENDS[1 - e];
    const end = ({ system, ports }: (typeof ENDS)[number]): EndFields => ({ system, port: ports[member], state: UP });
    const frame = lacpdu({ srcMac: `02:0${'ab'[e]}:00:00:00:1${member}`, actor: end(own), partner: end(other) });
    return [0.2, 2.2].map((at) => ({ at, frame }));
  });
}

/** Traffic of one end, each flow on the member that this end's order of members gives. */
function framesOf(end: number, seed: number): TimedFrame[][] {
  const byIndex = placeTraffic(randomFlows(80, seed), { policy: 'layer3+4', variant: 'linux-5.18', members: 3 });
  return ENDS[end].ports.map((port) => byIndex[port - 1]);
}

function exchange({ at, frame }: TimedFrame): TimedFrame {
  const back = frame.slice();
  back.set(frame.subarray(6, 12), 0);
  back.set(frame.subarray(0, 6), 6);
  return { at: at + 0.01, frame: back };
}

describe('sides that only the order of members tells', () => {
  it.each([0, 1])('puts the first sender on side %d if it uses that order', async (end) => {
    const there = framesOf(end, 51);
    const back = framesOf(1 - end, 52).map((frames) => frames.map(exchange));
    const inputs = [0, 1, 2].map((m) => captureOf(`port${m}`, [...pdusOn(m), ...there[m], ...back[m]]));
    const { document } = await analyzeFlows(inputs, DEFAULT_ANALYSIS_OPTIONS, {});
    const { sides, directions } = document.lags[0];
    expect(sides.map(({ system }) => system)).toEqual(ENDS.map(({ system }) => system));
    expect(sides[end].macs).toContain(HERE);
    expect(sides[1 - end].macs).toContain(THERE);
    directions.forEach(({ policy, agreement }, e) => {
      expect(policy).toMatchObject({
        id: 'layer3+4',
        members: [1, 2, 3].map((port) => `port${ENDS[e].ports.findIndex((p) => p === port)}`),
      });
      expect(agreement.packets.match).toBe(agreement.packets.total);
    });
  });

  it.each([0, 1])('puts stations on side %d if its policy fits them, though only a few other frames are of a known side', async (end) => {
    const local = '02:0c:00:00:00:01';
    const group = ethernet(0x88b5, new Uint8Array(46), { src: local, dst: '01:00:5e:00:00:fb' });
    const members = ENDS.map(({ ports }) => [1, 2, 3].map((port) => `port${ports.findIndex((p) => p === port)}`));
    const there = framesOf(end, 53);
    const back = framesOf(1 - end, 54).map((frames) => frames.map(exchange));
    const inputs = [0, 1, 2].map((m) => captureOf(`port${m}`, [...(m === 0 ? [{ at: 0.1, frame: group }] : []), ...there[m], ...back[m]]));
    const sender = (e: number) => ({ policy: 'layer3+4', members: members[e] });
    const options = { ...DEFAULT_ANALYSIS_OPTIONS, oneLag: true, local: [local], sides: { a: sender(0), b: sender(1) } };
    const { document } = await analyzeFlows(inputs, options, {});
    const { sides, unassigned } = document.lags[0];
    expect(sides[0].macs).toContain(local);
    expect(sides[end].macs).toContain(HERE);
    expect(sides[1 - end].macs).toContain(THERE);
    expect(unassigned.packets).toBe(0);
  });
});
