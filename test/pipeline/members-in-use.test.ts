/** Which phase of a LAG whose members come and go is looked at to find a rule. */
import { describe, expect, it } from 'vitest';
import type { Activity } from '../../src/plan/activity.ts';
import { LACP_DOWN, LACP_UP } from '../../src/plan/activity.ts';
import { membersInUse } from '../../src/pipeline/members-in-use.ts';

const BINS = 40;

/** Three members with data all the time; LACP takes the second out from a bin on. */
function usedWhereLostAt(lostAt: number): number[] {
  const lacp = new Int8Array(3 * BINS).fill(LACP_UP);
  lacp.fill(LACP_DOWN, BINS + lostAt, 2 * BINS);
  const full = new Uint8Array(3 * BINS).fill(1);
  const activity: Activity = {
    binMs: 1_000,
    bins: BINS,
    fromMs: 0,
    lacp,
    lacpOther: lacp,
    mayBeDown: new Uint8Array(3 * BINS),
    anyFrame: full,
    data: full,
    observed: full,
    changes: [],
    otherChanges: [],
    upSinceMs: null,
  };
  const plan = { members: [0, 1, 2].map((m) => ({ sources: [m] })) };
  return membersInUse({ plan, ends: [null, null, null], activity, facts: [] } as unknown as Parameters<typeof membersInUse>[0]);
}

describe('the members that a rule is looked for among', () => {
  it('are those whose time together tells most: three members tell more of each flow than two', () => {
    expect(usedWhereLostAt(16)).toEqual([0, 1, 2]);
    expect(usedWhereLostAt(10)).toEqual([0, 2]);
  });
});
