import type { BucketFindings, HiddenInputFacts } from '../diagnose/context.ts';
import type { FrameEvidence, Moment } from '../diagnose/finding.ts';
import { STAT_FIRST_FRAME, STAT_FIRST_NANOS, STAT_FIRST_SECONDS } from '../flows/flow-table.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
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
  // Several chassis behind one system are no trouble: which of them a frame comes to is told where they are listed.
  if (sender.split !== undefined) return null;
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
