import { describe, expect, it } from 'vitest';
import { layOut } from '../../src/plan/plan-layout.ts';
import { NOWHERE, type PlanTraffic } from '../../src/plan/plan-traffic.ts';
import { randomSource } from '../../src/plan/random.ts';
import { drawUndecided } from '../../src/plan/scenario.ts';

/** Flow 0 stays on member 0; flows 1 and 2 are open. All is sent at the end of the axis, but for one slice at its beginning. */
function traffic(bins: number): PlanTraffic {
  const slices = {
    count: 5,
    place: Uint32Array.of(0, 0, 1, 2, 2),
    bin: Uint32Array.of(0, bins - 2, bins - 2, bins - 2, bins - 1),
    bytes: Uint32Array.of(500, 1000, 300, 40, 700),
  };
  return {
    list: Uint32Array.of(0, 1, 2),
    bytes: Float64Array.of(1500, 300, 740),
    slices,
    bins,
    binMs: 1000,
    fromMs: 0,
    totalBytes: 2540,
  } as unknown as PlanTraffic;
}
const layout = layOut([0, 1], () => false);

describe('draws of undecided flows', () => {
  it.each([3, 200_000])('give each member the peak of what falls on it, on an axis of %i steps', (bins) => {
    const { draws, shares, peakBps } = drawUndecided(traffic(bins), layout, Uint8Array.of(0, NOWHERE, NOWHERE), randomSource(7), 40);
    const seen = new Set<string>();
    for (let d = 0; d < draws; d++) {
      // The bytes on member 1 tell who is there: no two sums are the same.
      const onSecond = Math.round(shares[d * 2 + 1] * 2540);
      const first = onSecond === 300 || onSecond === 1040 ? 1 : 0;
      const second = onSecond >= 740 ? 1 : 0;
      seen.add(`${first}${second}`);
      const peaks = [0, 1].map((slot) => {
        const here = (where: number, size: number): number => (where === slot ? size : 0);
        const early = here(0, 1000) + here(first, 300) + here(second, 40);
        return Math.max(early, here(second, 700)) * 8;
      });
      expect([peakBps[d * 2], peakBps[d * 2 + 1]]).toEqual(peaks);
    }
    expect(seen.size).toBe(4);
  });
});
