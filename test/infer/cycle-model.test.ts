/** Cycles of members in frames of which some were lost. */
import { describe, expect, it } from 'vitest';
import { findRuns } from '../../src/infer/cycle-model.ts';
import type { FrameOrder } from '../../src/infer/cycle-model.ts';
import { seeded } from '../support/generated-switch.ts';

/** Frames on the member that `place` names for the n-th one, some of them lost. */
function framesOf(place: (n: number) => number, loss: number, seed: number): FrameOrder {
  const random = seeded(seed);
  const member: number[] = [];
  for (let n = 0; member.length < 400; n++) if (random() >= loss) member.push(place(n));
  return { member: Uint8Array.from(member), begins: Uint8Array.from(member, (_, i) => (i % 150 === 0 ? 1 : 0)), count: member.length };
}

const cases = [2, 3, 4].flatMap((members) => [2, 3, 4, 8].flatMap((run) => [0, 0.05, 0.15].map((loss) => ({ members, run, loss }))));

describe('runs of a cycle of members', () => {
  it.each(cases)('are $run frames long on $members members, of which $loss were lost', ({ members, run, loss }) => {
    const frames = framesOf((n) => Math.floor(n / run) % members, loss, members * 100 + run);
    expect(findRuns(frames, [...Array(members).keys()])).toEqual({ framesPerMember: run, isShown: true });
  });

  it.each([2, 3, 4])('are none where chance places each frame on one of %d members', (members) => {
    const random = seeded(members);
    const frames = framesOf(() => Math.floor(random() * members), 0, 1);
    expect(findRuns(frames, [...Array(members).keys()]).isShown).toBe(false);
  });

  it.each([2, 3, 4])('are none where frames stay on one of %d members for a random time', (members) => {
    const random = seeded(members + 10);
    let at = 0;
    const frames = framesOf(() => (random() < 0.3 ? (at = (at + 1) % members) : at), 0, 1);
    expect(findRuns(frames, [...Array(members).keys()]).isShown).toBe(false);
  });
});
