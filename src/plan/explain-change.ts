import { EVIDENCE_MS, type EpochCause } from './active-epoch.ts';
import type { Activity } from './activity.ts';

/** Why the list of members changed at `ms`. `epochs`: the lists before, oldest first. Slack: as `ActiveEpoch` has it. */
export function explainChange(
  epochs: readonly (readonly number[])[],
  after: readonly number[],
  ms: number,
  activity: Activity,
): { why: EpochCause; slackMs: number } {
  const before = epochs[epochs.length - 1];
  const added = after.filter((m) => !before.includes(m));
  const removed = before.filter((m) => !after.includes(m));
  const near = [...activity.changes, ...activity.otherChanges].filter((c) => Math.abs(c.ms - ms) <= 2 * EVIDENCE_MS);
  if (added.length > 0) {
    if (added.some((m) => near.some((c) => c.member === m && c.portChanged))) return { why: 're-enslaved', slackMs: 1_000 };
    const told = added.every((m) => near.some((c) => c.member === m && c.up));
    const wasThere = added.some((m) => epochs.some((active) => active.length > 1 && active.includes(m)));
    if (!wasThere || !added.some((m) => wasSilent(m, ms, -1, activity)))
      return told ? { why: 'lacp', slackMs: 1_000 } : { why: 'silence', slackMs: 3_000 };
    return { why: movedBack(epochs, after, added) ? 're-enslaved' : 'link-returned', slackMs: told ? 1_000 : 3_000 };
  }
  if (removed.length > 0) {
    if (removed.some((m) => near.some((c) => c.member === m && !c.up && c.said && c.ms - ms < EVIDENCE_MS)))
      return { why: 'lacp', slackMs: 1_000 };
    const missed = removed.some((m) => near.some((c) => c.member === m && !c.up));
    if (removed.some((m) => wasSilent(m, ms, 1, activity))) return { why: 'link-lost', slackMs: missed ? 1_000 : 3_000 };
    return { why: 'silence', slackMs: 3_000 };
  }
  return { why: 're-enslaved', slackMs: 1_000 };
}

/** A member came back behind members that it stood before when it was last in use. */
function movedBack(epochs: readonly (readonly number[])[], after: readonly number[], added: readonly number[]): boolean {
  return added.some((m) => {
    const last = [...epochs].reverse().find((active) => active.includes(m));
    if (last === undefined) return false;
    return after.some((other) => last.includes(other) && last.indexOf(m) < last.indexOf(other) && after.indexOf(m) > after.indexOf(other));
  });
}

/** No frame of either end on the member for a second before (-1) or after (1) a moment. */
function wasSilent(member: number, ms: number, side: 1 | -1, activity: Activity): boolean {
  const { bins, binMs, fromMs, anyFrame } = activity;
  const bin = Math.floor((ms - fromMs) / binMs);
  const span = Math.max(1, Math.ceil(1_000 / binMs));
  const skip = Math.max(1, Math.ceil(400 / binMs));
  let quiet = 0;
  let longest = 0;
  for (let b = 0; b < span + 2 * skip; b++) {
    const at = bin + side * (b - skip);
    if (at < 0 || at >= bins) break;
    quiet = anyFrame[member * bins + at] === 0 ? quiet + 1 : 0;
    longest = Math.max(longest, quiet);
  }
  return longest >= span;
}
