import { expect, test } from 'vitest';
import { measureEvenness } from '../../src/infer/evenness.ts';

const MEMBERS = 3;

/** Frames in turn over the members, in bursts of one moment within which they stand by member, as files are read. */
function bursts(sizes: readonly number[]): Parameters<typeof measureEvenness>[0] {
  const frames: { member: number; ms: number }[] = [];
  sizes.forEach((size, ms) => {
    const from = frames.length;
    const burst = Array.from({ length: size }, (_, i) => ({ member: (from + i) % MEMBERS, ms }));
    frames.push(...burst.sort((x, y) => x.member - y.member));
  });
  return {
    count: frames.length,
    flow: new Uint32Array(frames.length),
    member: Uint8Array.from(frames, ({ member }) => member),
    ms: Float64Array.from(frames, ({ ms }) => ms),
    packets: new Uint32Array(frames.length).fill(1),
  };
}

test('turns are even in bursts too, whose frames stand in no order', () => {
  const sizes = Array.from({ length: 40 }, (_, i) => 13 + ((i * 7) % 11));
  expect(measureEvenness(bursts(sizes), MEMBERS, () => true).deviation).toBeLessThan(-10);
});
