import { describe, expect, it } from 'vitest';
import { orderByTime, sortByTime } from '../../src/infer/slice-order.ts';

const reference = (ms: readonly number[]): number[] => [...ms.keys()].sort((x, y) => ms[x] - ms[y] || x - y);

describe('slices in order of time', () => {
  it.each([
    ['none', []],
    ['one', [7]],
    ['moments that come several times', [5, 3, 5, 0, 3, 5]],
    ['moments before the origin', [2, -1_000, 0, -1_000]],
    ['parts of milliseconds', [2.5, 2.25, 2.5, 0]],
    ['centuries, too long for one number', [9e15, 5, 9e15, 0]],
  ])('%s: as a comparison sorts them', (_, ms) => {
    expect([...orderByTime(Float64Array.from(ms))]).toEqual(reference(ms));
  });

  it('keeps the columns together', () => {
    const sorted = sortByTime({
      count: 3,
      flow: Uint32Array.of(1, 2, 3),
      member: Uint8Array.of(0, 1, 0),
      ms: Float64Array.of(30, 10, 20),
      packets: Uint32Array.of(4, 5, 6),
    });
    expect([[...sorted.flow], [...sorted.member], [...sorted.ms], [...sorted.packets]]).toEqual([
      [2, 3, 1],
      [1, 0, 0],
      [10, 20, 30],
      [5, 6, 4],
    ]);
  });
});
