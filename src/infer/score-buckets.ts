import { BUCKETS } from './learn-buckets.ts';
import type { BucketHold, BucketTable, SliceSequence } from './learn-buckets.ts';

/** How well a bucket function explains what was seen. */
export interface BucketScore {
  /**
   * Different full hashes that met in a bucket while it stayed on one member, beyond the first: only the function brings them
   * together, so each could have shown it wrong, once. Frames of one hash share a member under many rules and prove nothing.
   */
  readonly tests: number;
  /** The same where other buckets left that member between the two, as flows that moved show: this one might have, too. */
  readonly roundTests: number;
  /** Hashes that were elsewhere than their bucket, and moves that no flow made: only the function says that something moved. */
  readonly misses: number;
  /** Moves that no flow made at a time when flows of other buckets left the same member. */
  readonly roundMisses: number;
  /** Moves that a flow made together with another one of its bucket that had made them before: each could have shown it wrong. */
  readonly joined: number;
  /** Slices that are not where the table says. */
  readonly misfits: number;
}

/** Slices of one bucket closer in time than this have no order: clocks of two captures are not finer. */
const SAME_MOMENT_MS = 2;

/** Share of neighbouring frames of different hashes in one bucket that are on different members: quick, and near 0 under the truth. */
export function switchRate(slices: SliceSequence, hashOf: (flow: number) => number): number {
  const lastMember = new Int16Array(BUCKETS).fill(-1);
  const lastHash = new Float64Array(BUCKETS).fill(-1);
  const lastMs = new Float64Array(BUCKETS).fill(-Infinity);
  let pairs = 0;
  let switches = 0;
  for (let i = 0; i < slices.count; i++) {
    const hash = hashOf(slices.flow[i]);
    if (hash < 0) continue;
    const bucket = hash & 0xff;
    if (lastHash[bucket] >= 0 && lastHash[bucket] !== hash) {
      pairs++;
      if (lastMember[bucket] !== slices.member[i] && slices.ms[i] - lastMs[bucket] >= SAME_MOMENT_MS) switches++;
    }
    lastMember[bucket] = slices.member[i];
    lastHash[bucket] = hash;
    lastMs[bucket] = slices.ms[i];
  }
  return pairs === 0 ? 0 : switches / pairs;
}

/** A bucket while its slices are walked in order of time. */
interface Walk {
  hold: number;
  /** Hashes seen on the holding member in this hold. */
  here: Set<number>;
  /** Time of the last slice on the holding member. */
  lastMs: number;
  /** Hashes with a flow of the hold before that was seen again in this one: it did move, whatever the function. */
  moved: Set<number>;
  readonly missed: Set<number>;
}

/** `hashOf(flow)`: full hash under the hypothesis, whose low byte is the bucket, or -1 where it says nothing; `table`: learned with it. */
export function scoreTable(slices: SliceSequence, hashOf: (flow: number) => number, table: BucketTable): BucketScore {
  const walks = table.map((): Walk => ({ hold: 0, here: new Set(), lastMs: -Infinity, moved: new Set(), missed: new Set() }));
  // Per flow one more than the hold of its bucket that it was seen in last.
  const lastHold = new Uint32Array(slices.flow.reduce((most, flow) => Math.max(most, flow), 0) + 1);
  const meetings: Stretch[] = [];
  const made: Stretch[] = [];
  const unmade: Stretch[] = [];
  let misses = 0;
  let misfits = 0;
  let joined = 0;
  const close = ({ hold, moved }: Walk, holds: readonly BucketHold[]): void => {
    if (hold === 0) return;
    const [left, entered] = [holds[hold - 1], holds[hold]];
    joined += Math.max(moved.size - 1, 0);
    (moved.size > 0 ? made : unmade).push({ fromMs: left.lastMs, toMs: entered.fromMs, from: left.member });
  };
  for (let i = 0; i < slices.count; i++) {
    const hash = hashOf(slices.flow[i]);
    if (hash < 0) continue;
    const holds = table[hash & 0xff];
    const walk = walks[hash & 0xff];
    const ms = slices.ms[i];
    while (walk.hold + 1 < holds.length && holds[walk.hold + 1].fromMs <= ms) {
      close(walk, holds);
      walk.hold++;
      [walk.here, walk.moved] = [new Set(), new Set()];
    }
    const { member } = holds[walk.hold];
    if (member !== slices.member[i]) {
      misfits++;
      if (!isNearMove(holds, walk.hold, slices.member[i], ms)) walk.missed.add(hash);
      continue;
    }
    if (walk.here.size > 0 && !walk.here.has(hash)) meetings.push({ fromMs: walk.lastMs, toMs: ms, from: member });
    walk.here.add(hash);
    walk.lastMs = ms;
    const flow = slices.flow[i];
    if (walk.hold > 0 && lastHold[flow] === walk.hold) walk.moved.add(hash);
    lastHold[flow] = walk.hold + 1;
  }
  walks.forEach((walk, bucket) => {
    close(walk, table[bucket]);
    misses += walk.missed.size;
  });
  const isRound = roundsOf(made);
  const roundTests = meetings.filter(isRound).length;
  const roundMisses = unmade.filter(isRound).length;
  return {
    tests: meetings.length - roundTests,
    roundTests,
    misses: misses + unmade.length - roundMisses,
    roundMisses,
    joined,
    misfits,
  };
}

/** A frame this close to a move of its bucket may still be on the old member (contract, "transition"). */
const MOVE_SLACK_MS = 500;

function isNearMove(holds: readonly BucketHold[], at: number, member: number, ms: number): boolean {
  const isLate = at > 0 && holds[at - 1].member === member && ms - holds[at].fromMs <= MOVE_SLACK_MS;
  const next = holds[at + 1];
  return isLate || (next !== undefined && next.member === member && next.fromMs - ms <= MOVE_SLACK_MS);
}

/** A stretch of time in which a bucket left the member `from`, or might have. */
interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly from: number;
}

/** A flow that was silent for longer while it moved does not tell when that was. */
const LONGEST_MOVE_MS = 2_000;

/** Says whether flows of other buckets were seen to leave the member within a stretch of time. */
function roundsOf(made: readonly Stretch[]): (stretch: Stretch) => boolean {
  const sharp = made.filter(({ fromMs, toMs }) => toMs - fromMs <= LONGEST_MOVE_MS).sort((x, y) => x.fromMs - y.fromMs);
  const leaving = new Map<number, { fromMs: number[]; latestMs: number[] }>();
  for (const { fromMs, toMs, from } of sharp) {
    const known = leaving.get(from) ?? { fromMs: [], latestMs: [] };
    leaving.set(from, known);
    known.fromMs.push(fromMs);
    known.latestMs.push(Math.max(toMs, known.latestMs.at(-1) ?? -Infinity));
  }
  return ({ fromMs, toMs, from }) => {
    const known = leaving.get(from);
    if (known === undefined) return false;
    // Of the moves that began before the stretch ended, one must have ended after it began.
    let low = 0;
    let high = known.fromMs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (known.fromMs[middle] < toMs) low = middle + 1;
      else high = middle;
    }
    return low > 0 && known.latestMs[low - 1] > fromMs;
  };
}
