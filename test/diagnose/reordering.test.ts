import { describe, expect, it } from 'vitest';
import { SequenceTracker, type Segment } from '../../src/diagnose/reordering.ts';
import { analyzeCheck } from '../../src/pipeline/analyze-check.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import type { Finding } from '../../src/report/document.ts';
import { ethernet, ipv4, tcp } from '../support/frame-builder.ts';
import { captureOf, type TimedFrame } from '../support/lacp-frames.ts';

/** All captures here are generated: one TCP flow, segment by segment on two members in turn. */
const BYTES = 100;

function segmentFrame(n: number, identification = n + 1): Uint8Array {
  const frame = ethernet(0x0800, ipv4(6, tcp(40_000, 443, new Uint8Array(BYTES))));
  const view = new DataView(frame.buffer);
  view.setUint16(14 + 4, identification);
  view.setUint32(14 + 20 + 4, 5_000 + n * BYTES);
  return frame;
}

/** `delay` of the second member in seconds; segments 1 ms apart. */
const flow = (delay: number, again: readonly number[] = []): [TimedFrame[], TimedFrame[]] => {
  const members: [TimedFrame[], TimedFrame[]] = [[], []];
  for (let n = 0; n < 400; n++) members[n & 1].push({ at: n / 1000 + (n & 1) * delay, frame: segmentFrame(n) });
  // Sent again: a new identification, the old sequence number.
  for (const n of again) members[0].push({ at: 0.5 + n / 1000, frame: segmentFrame(n, 10_000 + n) });
  return members;
};

async function check([a, b]: readonly [TimedFrame[], TimedFrame[]]): Promise<readonly Finding[]> {
  const inputs = [captureOf('eth0', a), captureOf('eth1', b)];
  return (await analyzeCheck(inputs, { ...DEFAULT_ANALYSIS_OPTIONS, oneLag: true }, {})).findings;
}

describe('segments that overtake each other', () => {
  it('are found where a member is slower than the other', async () => {
    const finding = (await check(flow(0.0025))).find(({ id }) => id === 'path/reordered');
    expect(finding).toMatchObject({ severity: 'warn', members: ['eth0', 'eth1'] });
    expect(finding?.evidence.slice(0, 2).map(({ note }) => note)).toEqual(['came late, on eth1', 'overtook it, on eth0']);
    expect(finding?.title).toMatch(/^\d+ of 400 segments of side a overtook/);
  });

  it('are not found where both are as quick, or segments are sent again', async () => {
    expect((await check(flow(0))).some(({ id }) => id === 'path/reordered')).toBe(false);
    expect(
      (
        await check(
          flow(
            0,
            [1, 3, 5, 7, 9].flatMap((n) => [n, n + 20, n + 40, n + 60, n + 80, n + 100]),
          ),
        )
      ).some(({ id }) => id === 'path/reordered'),
    ).toBe(false);
  });

  it('are told from what was lost and sent again, which has a later identification', () => {
    const tracker = new SequenceTracker(2);
    const at = (sequence: number, identification: number | null, member: number, ms: number): Segment => ({
      sequence,
      length: 100,
      identification,
      member,
      ms,
      source: 0,
      frame: 1,
      time: { seconds: 0, nanos: 0 },
    });
    tracker.add(1, 0, at(100, 1, 0, 0));
    tracker.add(1, 0, at(300, 3, 0, 1));
    // The hole is filled by a frame that was sent later.
    tracker.add(1, 0, at(200, 4, 1, 2));
    expect(tracker.take()).toEqual([]);
    tracker.add(1, 0, at(500, 6, 0, 3));
    tracker.add(1, 0, at(400, 5, 1, 4));
    expect(tracker.take()).toMatchObject([{ side: 0, segments: 5, late: 1, flows: 1, longestMs: 1, members: [0, 1] }]);
    // IPv6 has no identification: only a little delay counts.
    tracker.add(2, 1, at(100, null, 0, 0));
    tracker.add(2, 1, at(300, null, 0, 1));
    tracker.add(2, 1, at(200, null, 1, 40));
    expect(tracker.take()).toHaveLength(1);
  });
});
