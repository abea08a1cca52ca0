/** Members that nobody captured for a time: whether a list of members that leaves one out explains the frames of the others. */
import type { Activity } from './activity.ts';
import type { Candidate } from './epoch-candidates.ts';

/** A frame is elsewhere than its sender's rule puts it with this probability (as infer/score-rule.ts has it). */
const ELSEWHERE = 0.005;

/** A candidate's list and the members that were not captured, in hash order. */
export interface WiderList {
  readonly active: readonly number[];
  /**
   * What each frame that has its place in this list says against the candidate, in frames that do not fit: if the member were out
   * of use, frames that would belong to it would be among those seen.
   */
  readonly cost: number;
}

export interface UnseenMembers {
  /** Per bin: place in `wider`, -1 where all members were captured. */
  readonly setOfBin: Int32Array;
  /** Per set of members not captured and per candidate: null where the candidate leaves out none of them. */
  readonly wider: readonly (readonly (WiderList | null)[])[];
}

/** Null where all members were captured all the time. */
export function findUnseen({ observed, bins }: Activity, candidates: readonly Candidate[]): UnseenMembers | null {
  if (!observed.includes(0)) return null;
  const members = observed.length / bins;
  const setOfBin = new Int32Array(bins).fill(-1);
  const places = new Map<string, number>();
  const wider: (WiderList | null)[][] = [];
  for (let b = 0; b < bins; b++) {
    const unseen: number[] = [];
    for (let m = 0; m < members; m++) if (observed[m * bins + b] === 0) unseen.push(m);
    if (unseen.length === 0) continue;
    const key = unseen.join();
    let place = places.get(key);
    if (place === undefined) {
      place = wider.push(candidates.map((candidate) => widen(candidate, unseen))) - 1;
      places.set(key, place);
    }
    setOfBin[b] = place;
  }
  return { setOfBin, wider };
}

function widen({ active, order }: Candidate, unseen: readonly number[]): WiderList | null {
  // Before its LACP came up a sender uses no list at all.
  if (active.length === 0) return null;
  const wide = order.filter((m) => active.includes(m) || unseen.includes(m));
  if (wide.length === active.length) return null;
  return { active: wide, cost: Math.log(wide.length / active.length) / Math.log(1 / ELSEWHERE) };
}
