import { describe, expect, it } from 'vitest';
import { LACP_DOWN, LACP_UNKNOWN } from '../../src/plan/activity.ts';
import type { Activity } from '../../src/plan/activity.ts';
import { heedOtherEnd } from '../../src/plan/other-end.ts';

const BINS = 100;

/** Two members, ten seconds of bins of 100 ms, nothing known. */
const activity: Activity = {
  binMs: 100,
  bins: BINS,
  fromMs: 0,
  lacp: new Int8Array(2 * BINS).fill(LACP_UNKNOWN),
  lacpOther: new Int8Array(2 * BINS).fill(LACP_UNKNOWN),
  mayBeDown: new Uint8Array(2 * BINS),
  anyFrame: new Uint8Array(2 * BINS).fill(1),
  data: new Uint8Array(2 * BINS).fill(1),
  observed: new Uint8Array(2 * BINS).fill(1),
  changes: [],
  otherChanges: [],
  upSinceMs: null,
};

describe('what the epochs of the other end say', () => {
  it('makes the loss of a member possible where the other end left it out, and a second around', () => {
    const heeded = heedOtherEnd(activity, [
      { fromMs: 0, toMs: 4_000, active: [0, 1], why: 'start', slackMs: 0 },
      { fromMs: 4_000, toMs: 4_300, active: [0], why: 'link-lost', slackMs: 1_000 },
      { fromMs: 4_300, toMs: 10_000, active: [0, 1], why: 'link-returned', slackMs: 1_000 },
    ]);
    expect(heeded.otherChanges.map(({ member, ms, up }) => [member, ms, up])).toEqual([
      [1, 4_000, false],
      [1, 4_300, true],
    ]);
    expect([...heeded.mayBeDown].flatMap((may, at) => (may === 1 ? [at] : []))).toEqual(
      Array.from({ length: 23 }, (_, i) => BINS + 30 + i),
    );
    expect([...heeded.lacpOther].flatMap((state, at) => (state === LACP_DOWN ? [at] : []))).toEqual([BINS + 40, BINS + 41, BINS + 42]);
    expect(activity.otherChanges).toEqual([]);
  });

  it('says nothing before the other end was up', () => {
    const heeded = heedOtherEnd(activity, [
      { fromMs: 0, toMs: 2_000, active: [], why: 'start', slackMs: 0 },
      { fromMs: 2_000, toMs: 10_000, active: [0, 1], why: 'lacp', slackMs: 1_000 },
    ]);
    expect(heeded.mayBeDown.includes(1)).toBe(false);
    expect(heeded.lacpOther.includes(LACP_DOWN)).toBe(false);
  });
});
