import { describe, expect, it } from 'vitest';
import type { PduTimeline } from '../../src/pipeline/pdu-timeline.ts';
import { buildLanes, drawLane, nearestPdu } from '../../src/ui/charts/lane-model.ts';

/** `[seconds, member, side, actor state]` each. */
function timelineOf(pdus: readonly (readonly [number, number, number, number])[]): PduTimeline {
  const column = (place: number): number[] => pdus.map((pdu) => pdu[place]);
  return {
    length: pdus.length,
    fromTime: '2026-11-21T00:00:00.000000000Z',
    toTime: '2026-11-21T00:01:40.000000000Z',
    atSeconds: Float64Array.from(column(0)),
    member: Uint16Array.from(column(1)),
    side: Uint8Array.from(column(2)),
    actorState: Uint8Array.from(column(3)),
    partnerState: new Uint8Array(pdus.length),
    malformed: new Uint8Array(pdus.length),
    frame: Float64Array.from(pdus.keys()),
    path: new Uint16Array(pdus.length),
    paths: ['a.pcap'],
    byFrame: Uint32Array.from(pdus.keys()),
  };
}

describe('lanes of LACPDUs', () => {
  const timeline = timelineOf([
    [10, 0, 0, 0x01],
    [20, 0, 1, 0x01],
    [50, 0, 0, 0x09],
    [80, 1, 2, 0x01],
  ]);

  it('has one for each end of each member that shows LACPDUs, a silent end too', () => {
    const lanes = buildLanes(timeline, 3);
    expect(lanes.map(({ member, side, pdus }) => [member, side, [...pdus]])).toEqual([
      [0, 0, [0, 2]],
      [0, 1, [1]],
      [1, 0, []],
      [1, 1, []],
    ]);
  });

  it('holds a state until the next LACPDU of the end, the last one to the end of the capture', () => {
    const [lane] = buildLanes(timeline, 3);
    const marks = drawLane(timeline, lane, [0, 100], 100, 100);
    expect(marks.set[0]).toEqual([{ from: 10, to: 100 }]);
    expect(marks.set[3]).toEqual([{ from: 50, to: 100 }]);
    expect(marks.changes).toEqual([10, 50]);
    expect(marks.ticks).toEqual([]);
  });

  it('knows the state at the left edge of a zoomed range', () => {
    const [lane] = buildLanes(timeline, 3);
    const marks = drawLane(timeline, lane, [30, 40], 10, 100);
    expect(marks.set[0]).toEqual([{ from: 0, to: 10 }]);
    expect(marks.changes).toEqual([]);
  });

  it('never draws more marks than pixels, however often a bit changes', () => {
    const pdus = Array.from({ length: 50_000 }, (_, i) => [i / 500, 0, 0, i % 2 === 0 ? 0x08 : 0] as const);
    const flapping = timelineOf(pdus);
    const [lane] = buildLanes(flapping, 1);
    const marks = drawLane(flapping, lane, [0, 100], 200, 100);
    expect(marks.mixed[3]).toEqual([{ from: 0, to: 200 }]);
    expect(marks.set[3]).toEqual([]);
    expect(marks.changes.length).toBeLessThanOrEqual(200);
  });

  it('finds the LACPDU nearest to a time', () => {
    const [lane, , silent] = buildLanes(timeline, 3);
    expect([0, 29, 31, 99].map((seconds) => nearestPdu(timeline, lane, seconds))).toEqual([0, 0, 2, 2]);
    expect(nearestPdu(timeline, silent, 50)).toBe(-1);
  });
});
