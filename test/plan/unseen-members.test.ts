import { describe, expect, it } from 'vitest';
import type { Activity } from '../../src/plan/activity.ts';
import { findUnseen } from '../../src/plan/unseen-members.ts';

/** Three members, four bins; the last one was captured in the first two bins only. */
const activity = { bins: 4, observed: Uint8Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0) } as unknown as Activity;
const candidate = (...active: number[]): { active: number[]; entryCost: number; order: number[] } => ({
  active,
  entryCost: 0,
  order: [2, 0, 1],
});

describe('lists that leave out a member that was not captured', () => {
  it('are held against the list with it, in hash order, where it was not captured only', () => {
    const unseen = findUnseen(activity, [candidate(2, 0, 1), candidate(0, 1), candidate(2, 0), candidate()]);
    expect([...(unseen?.setOfBin ?? [])]).toEqual([-1, -1, 0, 0]);
    const [all, without, other, none] = unseen?.wider[0] ?? [];
    expect([all, other, none]).toEqual([null, null, null]);
    expect(without?.active).toEqual([2, 0, 1]);
    // A frame in its place is 3/2 times likelier with the member; one that does not fit 200 times less likely.
    expect(without?.cost).toBeCloseTo(Math.log(1.5) / Math.log(200), 12);
  });

  it('are none where all were captured', () => {
    expect(findUnseen({ ...activity, observed: new Uint8Array(12).fill(1) }, [candidate(0, 1)])).toBeNull();
  });
});
