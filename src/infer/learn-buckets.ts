import type { LagFlows } from '../flows/lag-flows.ts';
import { visitSlices } from '../flows/lag-flows.ts';
import { sortByTime } from './slice-order.ts';
import type { SliceSequence } from './slice-order.ts';

export type { SliceSequence } from './slice-order.ts';

/** Buckets of an Open vSwitch bond. */
export const BUCKETS = 256;
/** Cost of a change of member against one slice that does not fit: a bucket moves in a clean step, never to and fro. */
const MOVE_COST = 2.5;

export function sequenceSlices(flows: LagFlows, isData: (flow: number) => boolean): SliceSequence {
  let count = 0;
  visitSlices(flows, 'frames', (flow) => {
    if (isData(flow)) count++;
  });
  const flow = new Uint32Array(count);
  const member = new Uint8Array(count);
  const ms = new Float64Array(count);
  const packets = new Uint32Array(count);
  let at = 0;
  visitSlices(flows, 'frames', (f, m, time, frames) => {
    if (!isData(f)) return;
    flow[at] = f;
    member[at] = m;
    ms[at] = time;
    packets[at++] = frames;
  });
  return sortByTime({ count, flow, member, ms, packets });
}

/** `BucketHold.member` where nothing tells who holds the bucket: its member went down and no frame was seen since. */
export const UNKNOWN_MEMBER = -1;

/** Which member holds a bucket from when on. */
export interface BucketHold {
  /** First frame seen on this member. */
  readonly fromMs: number;
  /** Last frame seen on it; -Infinity where a state text alone tells. A bucket moved between this and the next hold's `fromMs`. */
  readonly lastMs: number;
  readonly member: number;
}

/** Per bucket its holds in order of time; empty for buckets without traffic. */
export type BucketTable = readonly (readonly BucketHold[])[];

/** A change that is known of: buckets that moved then, that way, need less to be believed. */
export interface KnownChange {
  readonly fromMs: number;
  readonly toMs: number;
  /** Members left and entered; null: any. */
  readonly from: number | null;
  readonly to: number | null;
  /** In frames that do not fit. */
  readonly cost: number;
}

/**
 * Learns the bucket table over time: per bucket the cheapest sequence of members (dynamic programming over its slices).
 * `changes` in order of `fromMs`.
 */
export function learnBuckets(
  slices: SliceSequence,
  bucketOf: (flow: number) => number,
  members: number,
  changes: readonly KnownChange[] = [],
): BucketTable {
  const lists: number[][] = Array.from({ length: BUCKETS }, () => []);
  for (let i = 0; i < slices.count; i++) {
    const bucket = bucketOf(slices.flow[i]);
    if (bucket >= 0) lists[bucket].push(i);
  }
  return lists.map((list) => learnOne(slices, list, members, changes));
}

function learnOne(slices: SliceSequence, list: readonly number[], members: number, changes: readonly KnownChange[]): BucketHold[] {
  if (list.length === 0) return [];
  const from = new Uint8Array(list.length * members);
  let total = new Float64Array(members);
  let next = new Float64Array(members);
  let firstChange = 0;
  for (let n = 0; n < list.length; n++) {
    const ms = slices.ms[list[n]];
    const seen = slices.member[list[n]];
    const weight = Math.min(slices.packets[list[n]], 4);
    let best = 0;
    for (let m = 1; m < members; m++) if (total[m] < total[best]) best = m;
    for (let m = 0; m < members; m++) {
      const moves = n > 0 && total[best] + MOVE_COST < total[m];
      next[m] = moves ? total[best] + MOVE_COST : total[m];
      from[n * members + m] = moves ? best : m;
    }
    if (n > 0 && changes.length > 0) {
      const beforeMs = slices.ms[list[n - 1]];
      while (firstChange < changes.length && changes[firstChange].toMs < beforeMs) firstChange++;
      for (let c = firstChange; c < changes.length && changes[c].fromMs <= ms; c++) {
        if (changes[c].toMs < beforeMs) continue;
        for (let p = 0; p < members; p++) {
          if ((changes[c].from ?? p) !== p) continue;
          for (let m = 0; m < members; m++) {
            if (m === p || (changes[c].to ?? m) !== m || total[p] + changes[c].cost >= next[m]) continue;
            next[m] = total[p] + changes[c].cost;
            from[n * members + m] = p;
          }
        }
      }
    }
    for (let m = 0; m < members; m++) if (m !== seen) next[m] += weight;
    [total, next] = [next, total];
  }
  let at = 0;
  for (let m = 1; m < members; m++) if (total[m] < total[at]) at = m;
  const holds: BucketHold[] = [];
  let lastMs = slices.ms[list[list.length - 1]];
  for (let n = list.length - 1; n >= 0; n--) {
    const before = n === 0 ? -1 : from[n * members + at];
    if (before === at) continue;
    holds.push({ fromMs: n === 0 ? -Infinity : slices.ms[list[n]], lastMs, member: at });
    if (n > 0) lastMs = slices.ms[list[n - 1]];
    at = before;
  }
  return holds.reverse();
}

/** The hold in force at a moment, or null for a bucket without any. */
export function holdAt(holds: readonly BucketHold[], ms: number): BucketHold | null {
  let found: BucketHold | null = null;
  for (const hold of holds) {
    if (hold.fromMs > ms) break;
    found = hold;
  }
  return found;
}
