import type { BucketFindings, HiddenInputFacts } from '../diagnose/context.ts';
import type { FrameEvidence, Moment } from '../diagnose/finding.ts';
import { STAT_FIRST_FRAME, STAT_FIRST_NANOS, STAT_FIRST_SECONDS } from '../flows/flow-table.ts';
import { hashFlows } from '../flows/hash-flows.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { findPolicy } from '../hash/registry.ts';
import { findHiddenInput } from '../infer/hidden-input.ts';
import type { DirectionAnalysis } from './analyze-direction.ts';
import { framesOfBuckets, framesOfMoves } from './bucket-evidence.ts';

/** What the rules look at of an Open vSwitch sender's buckets; null for other senders. */
export function bucketFacts(flows: LagFlows, direction: DirectionAnalysis): BucketFindings | null {
  const { buckets } = direction.sender;
  if (buckets === undefined) return null;
  const rebalances = buckets.events.filter(({ kind }) => kind === 'rebalance');
  return {
    misplaced: buckets.misplaced,
    misplacedFrames: framesOfBuckets(flows, direction, buckets.misplaced),
    movedFrames: framesOfMoves(flows, direction, rebalances),
    told: buckets.told,
    intervalSeconds: buckets.rebalanceIntervalMs === null ? null : buckets.rebalanceIntervalMs / 1000,
    rebalances: rebalances.map(({ toMs, moves }) => ({
      since: momentOf(flows, toMs),
      buckets: moves.map(({ bucket }) => bucket),
      members: [...new Set(moves.flatMap(({ from, to }) => [from, to]))],
    })),
  };
}

/** A moment on the LAG's axis. */
export function momentOf({ originSeconds }: LagFlows, ms: number): Moment {
  const seconds = Math.floor(ms / 1000);
  return { seconds: originSeconds + seconds, nanos: Math.round((ms - seconds * 1000) * 1e6) };
}

/** Only where the rule holds for most: with a wrong one every field seems to decide. */
const LEAST_AGREEMENT = 0.9;

export function hiddenInputFacts(flows: LagFlows, direction: DirectionAnalysis): HiddenInputFacts | null {
  const { placement, sender, list, hash } = direction;
  if (sender.split !== undefined)
    return chassisFacts(
      flows,
      direction,
      sender.split.map(({ members }) => members),
    );
  const { match, total } = placement.agreement.flows;
  if (sender.policy === null || match === total || match < LEAST_AGREEMENT * total) return null;
  const found = findHiddenInput(
    flows,
    list,
    (flow) => hash[flow],
    (flow) => placement.reason[flow] === 0,
  );
  if (found === null) return null;
  const evidence = found.example.map((flow): FrameEvidence => firstFrame(flows, flow, `one of two flows that differ in ${found.field}`));
  return { field: found.field, flows: found.flows, groups: found.groups, evidence };
}

/** Two chassis behind one system: flows that share a bucket, and yet use members of one chassis or the other. */
function chassisFacts(
  flows: LagFlows,
  { sender, list, asked }: DirectionAnalysis,
  split: readonly (readonly number[])[],
): HiddenInputFacts | null {
  const policy = findPolicy(sender.named ?? '');
  if (policy === null) return null;
  const context = { variant: sender.variant, basis: sender.basis, memberCount: sender.order.length };
  const [{ hash, reason }] = hashFlows(flows.merged, list, [{ policy, context }], false);
  const chassisOf = new Int16Array(flows.memberCount).fill(-1);
  split.forEach((members, c) => members.forEach((m) => (chassisOf[m] = c)));
  const memberOf = firstMembers(flows);
  const byBucket = new Map<number, number[]>();
  for (let i = 0; i < list.length; i++) {
    if (reason[i] !== 0 || memberOf[list[i]] < 0) continue;
    const bucket = policy.selector === 'bucket-256' ? hash[i] & 0xff : hash[i];
    byBucket.set(bucket, [...(byBucket.get(bucket) ?? []), list[i]]);
  }
  const chassis = (flow: number): number => chassisOf[memberOf[flow]];
  const torn = [...byBucket.values()].filter((group) => new Set(group.map(chassis)).size > 1);
  if (torn.length === 0) return null;
  const names = split.map((members) => members.map((m) => asked.plan.members[m].name).join(' ')).join(' and ');
  const [first] = torn[0];
  const second = torn[0].find((flow) => chassis(flow) !== chassis(first)) ?? first;
  return {
    field: `chassis that a station's frames come to (two behind one system: ${names})`,
    flows: torn.reduce((sum, group) => sum + group.length, 0),
    groups: torn.length,
    evidence: [first, second].map((flow) => firstFrame(flows, flow, 'one of two flows of one hash from stations of two chassis')),
  };
}

/** Member that each flow was first seen on, -1 without frames. */
function firstMembers(flows: LagFlows): Int16Array {
  const { merged, memberOfTable } = flows;
  const members = new Int16Array(merged.count).fill(-1);
  for (let f = 0; f < merged.count; f++) {
    for (let e = merged.entryFrom[f]; e < merged.entryFrom[f + 1] && members[f] < 0; e++)
      if (merged.tables[merged.entryTable[e]].kind === 'frames') members[f] = memberOfTable[merged.entryTable[e]];
  }
  return members;
}

function firstFrame({ merged }: LagFlows, flow: number, note: string): FrameEvidence {
  const e = merged.entryFrom[flow];
  const { source, columns } = merged.tables[merged.entryTable[e]];
  const row = merged.entryRow[e];
  return {
    source,
    frame: columns.rows[row + STAT_FIRST_FRAME],
    time: { seconds: columns.rows[row + STAT_FIRST_SECONDS], nanos: columns.rows[row + STAT_FIRST_NANOS] },
    note,
  };
}
