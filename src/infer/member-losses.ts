import type { Activity } from '../plan/activity.ts';
import type { SliceSequence } from './learn-buckets.ts';

/** A time in which a member was out of use for the sender. */
export interface MemberLoss {
  readonly member: number;
  /** Last frame of the sender before it, first frame after (Infinity: none came). */
  readonly fromMs: number;
  readonly toMs: number;
  /** LACP took it out of use; false where only silence speaks for it. */
  readonly isSaid: boolean;
}

/** After its own LACPDU says so a sender sends no more; what is in flight may still be captured after it. */
const OWN_SLACK_MS = 50;
/** After the other end says that it no longer collects, the sender has to hear it first. */
const OTHER_SLACK_MS = 1_000;
/** A port whose LACPDUs stay out is expired after three intervals, at most 3 × 30 s (IEEE 802.1AX-2020, 6.4.2.3). */
const EXPIRY_MS = 105_000;
/** Silence of both ends for this long, while the sender sends elsewhere: longer than LACPDUs at the fast rate leave. */
const SILENCE_MS = 1_500;

/** Times in which the sender can have had a member out of use: LACPDUs say so, or nothing at all was heard on it. */
export function findLosses(slices: SliceSequence, activity: Activity, members: number): MemberLoss[] {
  const losses: MemberLoss[] = [];
  // Behind the last frame silence lasts until the traffic looked at ends, not for ever; LACPDUs may be of later times.
  const endMs = activity.fromMs + activity.bins * activity.binMs;
  for (let m = 0; m < members; m++) {
    const times = timesOn(slices, m);
    if (times.length === 0) continue;
    const gapAfter = (i: number): number => (times[i + 1] ?? endMs) - times[i];
    const add = (after: number, isSaid: boolean): void => {
      const loss = { member: m, fromMs: times[after], toMs: times[after + 1] ?? Infinity, isSaid };
      if (!losses.some((known) => known.member === m && known.fromMs === loss.fromMs)) losses.push(loss);
    };
    for (const change of activity.changes) {
      if (change.member !== m || change.up || change.ms > endMs) continue;
      if (change.said) {
        const after = lastAtMost(times, change.ms + OWN_SLACK_MS);
        if (after >= 0) add(after, true);
      } else {
        for (let i = Math.max(lastAtMost(times, change.ms), 0); i < times.length && times[i] < change.ms + EXPIRY_MS; i++) {
          if (gapAfter(i) < SILENCE_MS) continue;
          add(i, true);
          break;
        }
      }
    }
    for (const change of activity.otherChanges) {
      if (change.member !== m || change.up || !change.said || change.ms > endMs) continue;
      const after = lastAtMost(times, change.ms + OTHER_SLACK_MS);
      if (after >= 0 && gapAfter(after) >= SILENCE_MS) add(after, true);
    }
    for (let i = 0; i < times.length; i++)
      if (gapAfter(i) >= SILENCE_MS && wasSilent(activity, m, times[i], times[i + 1] ?? Infinity)) add(i, false);
  }
  return losses.sort((x, y) => x.fromMs - y.fromMs);
}

function timesOn(slices: SliceSequence, member: number): number[] {
  const times: number[] = [];
  for (let i = 0; i < slices.count; i++) if (slices.member[i] === member) times.push(slices.ms[i]);
  return times;
}

/** Index of the last time that is not later, -1 if all are. */
function lastAtMost(times: readonly number[], ms: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** No frame of either end on the member for a while, although the sender sent on others meanwhile. */
function wasSilent({ bins, binMs, fromMs, anyFrame, data }: Activity, member: number, afterMs: number, beforeMs: number): boolean {
  const least = Math.ceil(SILENCE_MS / binMs);
  const first = Math.max(Math.floor((afterMs - fromMs) / binMs) + 1, 0);
  const end = Math.min(beforeMs === Infinity ? bins : Math.floor((beforeMs - fromMs) / binMs), bins);
  const members = data.length / bins;
  let quiet = 0;
  let elsewhere = false;
  for (let b = first; b < end; b++) {
    if (anyFrame[member * bins + b] === 1) {
      quiet = 0;
      elsewhere = false;
      continue;
    }
    quiet++;
    for (let m = 0; m < members && !elsewhere; m++) elsewhere = data[m * bins + b] === 1;
    if (quiet >= least && elsewhere) return true;
  }
  return false;
}
