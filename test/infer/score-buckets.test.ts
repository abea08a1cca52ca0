import { expect, it } from 'vitest';
import { learnBuckets, type SliceSequence } from '../../src/infer/learn-buckets.ts';
import { scoreTable, type BucketScore } from '../../src/infer/score-buckets.ts';

/** One frame: flow, its hash, member. Frames are 100 ms apart. */
type Frame = readonly [flow: number, hash: number, member: number];

function scoreOf(frames: readonly Frame[]): BucketScore {
  const slices: SliceSequence = {
    count: frames.length,
    flow: Uint32Array.from(frames, ([flow]) => flow),
    member: Uint8Array.from(frames, ([, , member]) => member),
    ms: Float64Array.from(frames, (_, i) => 100 * i),
    packets: new Uint32Array(frames.length).fill(4),
  };
  const hashes = new Map(frames.map(([flow, hash]) => [flow, hash]));
  const hashOf = (flow: number): number => hashes.get(flow) ?? -1;
  return scoreTable(
    slices,
    hashOf,
    learnBuckets(slices, (flow) => hashOf(flow) & 0xff, 2),
  );
}

/** Each frame four times, one after the other. */
const often = (frames: readonly Frame[]): Frame[] => frames.flatMap((frame) => [frame, frame, frame, frame]);

it('counts a move that a flow made as nobody’s fault, and flows that made it together for the function', () => {
  const before: Frame[] = [
    [0, 0x105, 0],
    [1, 0x205, 0],
  ];
  const after = before.map(([flow, hash]): Frame => [flow, hash, 1]);
  expect(scoreOf([...often(before), ...often(after)])).toMatchObject({ misses: 0, roundMisses: 0, joined: 1, misfits: 0 });
});

it('counts a move that no flow made against the function, though other flows of the same hash were seen before', () => {
  // What one station sends first on one member and then on another: to a function of its address, a move.
  const frames: Frame[] = [
    [0, 0x105, 0],
    [1, 0x105, 1],
  ];
  expect(scoreOf(often(frames))).toMatchObject({ misses: 1, joined: 0 });
});
