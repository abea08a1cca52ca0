import { describe, expect, it } from 'vitest';
import { findEvents, findRebalanceInterval, forgetAfter, knownChanges, listMoves } from '../../src/infer/bucket-events.ts';
import { holdAt, learnBuckets, UNKNOWN_MEMBER } from '../../src/infer/learn-buckets.ts';
import type { SliceSequence } from '../../src/infer/learn-buckets.ts';
import { scoreTable } from '../../src/infer/score-buckets.ts';

/** Frames as [ms, flow, member]; the flow's number is its bucket. */
function sequence(frames: readonly (readonly [number, number, number])[]): SliceSequence {
  const sorted = [...frames].sort((x, y) => x[0] - y[0]);
  return {
    count: sorted.length,
    ms: Float64Array.from(sorted, ([ms]) => ms),
    flow: Uint32Array.from(sorted, ([, flow]) => flow),
    member: Uint8Array.from(sorted, ([, , member]) => member),
    packets: new Uint32Array(sorted.length).fill(1),
  };
}

/** One frame of the flow every `step` ms. */
function stream(flow: number, fromMs: number, toMs: number, step: number, memberAt: (ms: number) => number): [number, number, number][] {
  const frames: [number, number, number][] = [];
  for (let ms = fromMs; ms < toMs; ms += step) frames.push([ms, flow, memberAt(ms)]);
  return frames;
}

const bucketOf = (flow: number): number => flow;

describe('bucket table over time', () => {
  it('takes a clean step for a move, and puts it between the frames around it', () => {
    const slices = sequence(stream(7, 0, 1_000, 50, (ms) => (ms < 500 ? 0 : 1)));
    const table = learnBuckets(slices, bucketOf, 2);
    expect(listMoves(table)).toEqual([{ bucket: 7, from: 0, to: 1, afterMs: 450, byMs: 500 }]);
    expect(holdAt(table[7], 499)?.member).toBe(0);
    expect(holdAt(table[7], 500)?.member).toBe(1);
  });

  it('takes a single frame elsewhere for no move', () => {
    const slices = sequence(stream(7, 0, 1_000, 50, (ms) => (ms === 500 ? 1 : 0)));
    expect(listMoves(learnBuckets(slices, bucketOf, 2))).toEqual([]);
  });

  it('believes a single frame where other buckets show the change', () => {
    const frames = [
      ...stream(1, 0, 2_000, 50, (ms) => (ms < 1_000 ? 0 : 1)),
      ...stream(2, 10, 2_000, 50, (ms) => (ms < 1_000 ? 0 : 1)),
      [100, 3, 0] as const,
      [200, 3, 0] as const,
      [1_500, 3, 1] as const,
    ];
    const slices = sequence(frames);
    const first = learnBuckets(slices, bucketOf, 2);
    const learned = learnBuckets(slices, bucketOf, 2, knownChanges([], findEvents(first, [])));
    expect(listMoves(learned).map(({ bucket }) => bucket)).toEqual([1, 2, 3]);
    const events = findEvents(learned, []);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ kind: 'rebalance', fromMs: 960, toMs: 1_000 });
  });

  it('finds the interval of rounds from their distances', () => {
    const at = [3_000, 5_050, 6_080, 11_300];
    const frames = at.flatMap((ms, bucket) => stream(bucket, 0, 15_000, 20, (t) => (t < ms ? 0 : 1)));
    const events = findEvents(learnBuckets(sequence(frames), bucketOf, 2), []);
    expect(events.map(({ kind }) => kind)).toEqual(['rebalance', 'rebalance', 'rebalance', 'rebalance']);
    expect(findRebalanceInterval(events)).toBe(1_000);
    expect(findRebalanceInterval(events.slice(0, 2))).toBeNull();
  });

  it('forgets the buckets of a lost member until they are seen again', () => {
    const frames = [
      ...stream(1, 0, 2_000, 50, (ms) => (ms < 1_000 ? 2 : 0)),
      ...stream(2, 0, 2_000, 50, (ms) => (ms < 1_000 ? 2 : 1)),
      ...stream(3, 0, 900, 50, () => 2),
      ...stream(4, 0, 2_000, 50, () => 0),
    ];
    const slices = sequence(frames);
    const loss = { member: 2, fromMs: 960, toMs: Infinity, isSaid: true };
    const learned = learnBuckets(slices, bucketOf, 3, knownChanges([loss], []));
    const events = findEvents(learned, [loss]);
    expect(events).toMatchObject([{ kind: 'member-down', member: 2, toMs: 1_000 }]);
    const table = forgetAfter(learned, events);
    expect(holdAt(table[1], 1_500)?.member).toBe(0);
    expect(holdAt(table[3], 500)?.member).toBe(2);
    expect(holdAt(table[3], 1_500)?.member).toBe(UNKNOWN_MEMBER);
    expect(holdAt(table[4], 1_500)?.member).toBe(0);
  });

  it('tells a table drawn anew from a rebalance by moves to and fro', () => {
    const frames = Array.from({ length: 20 }, (_, bucket) =>
      stream(bucket, 0, 2_000, 40, (ms) => (ms < 1_000 || bucket >= 16 ? bucket % 2 : 1 - (bucket % 2))),
    ).flat();
    frames.push([100, 30, 1]);
    const learned = learnBuckets(sequence(frames), bucketOf, 2);
    const events = findEvents(learned, []);
    expect(events).toMatchObject([{ kind: 'map-changed' }]);
    const table = forgetAfter(learned, events);
    // Never seen after it: nobody knows who holds it now.
    expect(holdAt(table[30], 1_500)?.member).toBe(UNKNOWN_MEMBER);
    expect(holdAt(table[18], 1_500)?.member).toBe(0);
  });

  it('takes one round that moves some buckets both ways for a rebalance: most stay where they are', () => {
    // As a round of Open vSwitch 3.1 with four members did: a heavy bucket from 0 to 1, then light ones from 1 to all others.
    const to = [1, 0, 0, 0, 2, 2, 2, 3, 3, 3];
    const frames = Array.from({ length: 40 }, (_, bucket) => {
      const before = bucket === 0 ? 0 : bucket < to.length ? 1 : bucket % 4;
      return stream(bucket, 0, 2_000, 40, (ms) => (ms < 1_000 ? before : (to[bucket] ?? before)));
    }).flat();
    const events = findEvents(learnBuckets(sequence(frames), bucketOf, 4), []);
    expect(events.map(({ kind, moves }) => [kind, moves.length])).toEqual([['rebalance', 10]]);
  });
});

describe('evidence of a bucket function', () => {
  const hashOf = (flow: number): number => (flow << 8) | 5;
  const score = (frames: readonly (readonly [number, number, number])[]) => {
    const slices = sequence(frames);
    return scoreTable(
      slices,
      hashOf,
      learnBuckets(slices, () => 5, 2),
    );
  };

  it('counts two flows that share a bucket once, however often they take turns', () => {
    expect(score([...stream(1, 0, 1_000, 20, () => 0), ...stream(2, 10, 1_000, 20, () => 0)])).toMatchObject({
      tests: 1,
      misses: 0,
      misfits: 0,
    });
  });

  it('counts a move that the flows themselves make as no fault, and a second time for what it shows', () => {
    const moved = (ms: number): number => (ms < 500 ? 0 : 1);
    expect(score([...stream(1, 0, 1_000, 20, moved), ...stream(2, 10, 1_000, 20, moved)])).toMatchObject({
      tests: 2,
      misses: 0,
      misfits: 0,
    });
  });

  it('counts a move that no flow made apart where flows of other buckets left the same member meanwhile', () => {
    // Flow 1 of bucket 5 ends before the round at 500 ms, flow 2 begins after it; flow 3 of bucket 6 shows the round.
    const of = (flow: number): number => (flow << 8) | (flow === 3 ? 6 : 5);
    const frames = (after: number): [number, number, number][] => [
      ...stream(1, 0, 400, 20, () => 0),
      ...stream(2, 600, 1_000, 20, () => after),
      ...stream(3, 0, 1_000, 20, (ms) => (ms < 500 ? 0 : 1)),
    ];
    const scored = (after: number) => {
      const slices = sequence(frames(after));
      return scoreTable(
        slices,
        of,
        learnBuckets(slices, (flow) => of(flow) & 0xff, 2),
      );
    };
    expect(scored(1)).toMatchObject({ tests: 0, roundTests: 0, misses: 0, roundMisses: 1 });
    expect(scored(0)).toMatchObject({ tests: 0, roundTests: 1, misses: 0, roundMisses: 0 });
  });

  it('counts a frame that comes late after a move as no fault', () => {
    const moved = (ms: number): number => (ms < 500 || ms === 600 ? 0 : 1);
    const late = score([...stream(1, 0, 1_000, 20, moved), ...stream(2, 10, 1_000, 20, (ms) => (ms < 500 ? 0 : 1))]);
    expect(late).toMatchObject({ misses: 0, misfits: 1 });
  });

  it('counts a move that no flow made, and flows elsewhere, as faults', () => {
    expect(score([...stream(1, 0, 500, 20, () => 0), ...stream(2, 500, 1_000, 20, () => 1)]).misses).toBe(1);
    const mixed = score([...stream(1, 0, 1_000, 20, () => 0), ...stream(2, 10, 1_000, 40, () => 1)]);
    expect(mixed.misses).toBe(1);
    expect(mixed.misfits).toBeGreaterThan(20);
  });
});
