import type { Activity, LacpChange } from './activity.ts';
import { LACP_DOWN } from './activity.ts';
import type { ActiveEpoch } from './active-epoch.ts';

/** A link that one end stops using may be lost for the other one this much earlier or later (contract: transition of 1 s). */
const APART_MS = 1_000;

/**
 * What the epochs of the other end say of this one: where it left a member out, this end can have lost it too. Nothing has to
 * follow from it; changes become possible there that silence alone is too short to speak for.
 */
export function heedOtherEnd(activity: Activity, epochs: readonly ActiveEpoch[]): Activity {
  const { bins, binMs, fromMs } = activity;
  const lacpOther = activity.lacpOther.slice();
  const mayBeDown = activity.mayBeDown.slice();
  const members = mayBeDown.length / bins;
  const otherChanges: LacpChange[] = [...activity.otherChanges];
  const binOf = (ms: number): number => Math.min(Math.max(Math.floor((ms - fromMs) / binMs), 0), bins);
  epochs.forEach(({ active, fromMs: from, toMs: to }, e) => {
    for (let m = 0; m < members; m++) {
      const isUsed = active.includes(m);
      if (e > 0 && epochs[e - 1].active.includes(m) !== isUsed)
        otherChanges.push({ member: m, ms: from, up: isUsed, said: false, portChanged: false });
      if (isUsed || active.length === 0) continue;
      lacpOther.fill(LACP_DOWN, m * bins + binOf(from), m * bins + binOf(to));
      mayBeDown.fill(1, m * bins + binOf(from - APART_MS), m * bins + binOf(to + APART_MS));
    }
  });
  return { ...activity, lacpOther, mayBeDown, otherChanges };
}
