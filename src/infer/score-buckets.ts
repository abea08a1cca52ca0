import { BUCKETS } from './learn-buckets.ts';
import type { BucketTable, SliceSequence } from './learn-buckets.ts';

/** How well a bucket function explains what was seen. */
export interface BucketScore {
  /**
   * Different full hashes that met in a bucket while it stayed on one member, beyond the first: only the function brings them
   * together, so each could have shown it wrong, once. Frames of one hash share a member under many rules and prove nothing.
   */
  readonly tests: number;
  /** Hashes that were elsewhere than their bucket, and moves that no flow made: only the function says that something moved. */
  readonly misses: number;
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
  /** Hashes seen on the holding member, in this hold and in the one before. */
  here: Set<number>;
  before: Set<number>;
  /** A flow of the hold before was seen again in this one: it did move. */
  spans: boolean;
  readonly missed: Set<number>;
}

/** `hashOf(flow)`: full hash under the hypothesis, whose low byte is the bucket, or -1 where it says nothing; `table`: learned with it. */
export function scoreTable(slices: SliceSequence, hashOf: (flow: number) => number, table: BucketTable): BucketScore {
  const walks = table.map((): Walk => ({ hold: 0, here: new Set(), before: new Set(), spans: true, missed: new Set() }));
  let tests = 0;
  let misses = 0;
  let misfits = 0;
  const close = (walk: Walk): void => {
    if (walk.here.size > 1) tests += walk.here.size - 1;
    if (!walk.spans) misses++;
  };
  for (let i = 0; i < slices.count; i++) {
    const hash = hashOf(slices.flow[i]);
    if (hash < 0) continue;
    const holds = table[hash & 0xff];
    const walk = walks[hash & 0xff];
    while (walk.hold + 1 < holds.length && holds[walk.hold + 1].fromMs <= slices.ms[i]) {
      close(walk);
      walk.hold++;
      [walk.before, walk.here, walk.spans] = [walk.here, new Set(), false];
    }
    if (holds[walk.hold].member !== slices.member[i]) {
      misfits++;
      walk.missed.add(hash);
      continue;
    }
    walk.here.add(hash);
    if (walk.before.has(hash)) walk.spans = true;
  }
  for (const walk of walks) {
    close(walk);
    misses += walk.missed.size;
  }
  return { tests, misses, misfits };
}
