/** Clocks of captures that differ by more than a frame takes to come back: a frame and its copy seem to be exchanged. */
import { describe, expect, it } from 'vitest';
import { CopyClocks } from '../../src/flows/copy-clocks.ts';

/** Copies of frames of so many flows, first on the member that `originOf` names, `backMs` later on the other, whose clock is ahead. */
function clocksOf(flows: number, originOf: (flow: number) => number, aheadMs: number, backMs = 0.2): CopyClocks {
  const clocks = new CopyClocks();
  for (let flow = 0; flow < flows; flow++) {
    const origin = originOf(flow);
    const delay = backMs * (1 + (flow % 5) / 10) + (origin === 0 ? aheadMs : -aheadMs);
    const [first, second] = delay >= 0 ? [origin, 1 - origin] : [1 - origin, origin];
    clocks.add(flow, { capture: first, member: first }, { capture: second, member: second }, Math.abs(delay));
  }
  return clocks;
}

describe('clocks of captures by the order of frames and their copies', () => {
  const both = (flow: number): number => flow % 2;

  it.each([10, -10, 40])('are put right where one is %d ms ahead and frames come back from either member', (aheadMs) => {
    const offsets = clocksOf(60, both, aheadMs).offsets(2, both);
    expect((offsets?.[1] ?? 0) - (offsets?.[0] ?? 0)).toBeCloseTo(aheadMs, 0);
  });

  it.each([10, -10])('are put right as far as the order asks for where one member sends all (%d ms)', (aheadMs) => {
    const sender = aheadMs > 0 ? 1 : 0;
    const offsets = clocksOf(60, () => sender, aheadMs).offsets(2, () => sender);
    expect((offsets?.[1] ?? 0) - (offsets?.[0] ?? 0)).toBeCloseTo(aheadMs, 0);
  });

  it('are left alone where they are right, where nothing tells, and where the active member changed', () => {
    expect(clocksOf(60, both, 0).offsets(2, both)).toBeNull();
    expect(clocksOf(60, both, 10).offsets(2, () => -1)).toBeNull();
    expect(clocksOf(60, (flow) => (flow < 35 ? 0 : 1), 0).offsets(2, () => 0)).toBeNull();
  });

  it('of three captures are put right one after the other', () => {
    const clocks = new CopyClocks();
    const ahead = [0, 10, -5];
    for (let flow = 0; flow < 90; flow++) {
      const origin = flow % 3;
      for (const other of [(origin + 1) % 3, (origin + 2) % 3]) {
        const delay = 0.2 + ahead[other] - ahead[origin];
        const [first, second] = delay >= 0 ? [origin, other] : [other, origin];
        clocks.add(flow, { capture: first, member: first }, { capture: second, member: second }, Math.abs(delay));
      }
    }
    const offsets = clocks.offsets(3, (flow) => flow % 3) ?? new Float64Array(3);
    expect(offsets[1] - offsets[0]).toBeCloseTo(10, 0);
    expect(offsets[2] - offsets[0]).toBeCloseTo(-5, 0);
  });
});
