import { isFragmentRow } from '../flows/decode-flow-key.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { explainMismatches } from '../infer/explain-mismatch.ts';
import type { MismatchReason } from '../infer/explain-mismatch.ts';
import { VERDICT_MISMATCH, VERDICT_MOVED } from '../plan/place.ts';
import type { DirectionAnalysis } from './analyze-direction.ts';
import { memberAt } from './member-at.ts';
import type { SenderBuckets } from './sender.ts';

/** Why the flows of a direction that are not where the policy puts them are not there. */
export function findMismatchReasons(flows: LagFlows, direction: DirectionAnalysis): ReadonlyMap<number, MismatchReason> {
  if (direction.chassis !== undefined)
    return new Map(direction.chassis.parts.flatMap((part) => [...findMismatchReasons(part.asked.flows, part)]));
  const { list, placement, epochs, activity, sender } = direction;
  const { buckets, policy } = sender;
  const wrong: number[] = [];
  for (const flow of list) if (placement.verdict[flow] === VERDICT_MISMATCH || placement.verdict[flow] === VERDICT_MOVED) wrong.push(flow);
  const looksAtPorts = policy?.fields.some((field) => field.endsWith('ports')) === true;
  const { merged } = flows;
  return explainMismatches({
    flows,
    wrong,
    predictedFlows: placement.agreement.flows.total,
    epochs,
    activity,
    expectedAt: (flow, epoch, ms) => memberAt(direction, flow, epoch, ms),
    bucketReason: buckets === undefined ? null : (flow, member) => reasonOfBucket(buckets, direction.bucketOf(flow), member),
    isSplitFragment: (flow) => looksAtPorts && isFragmentRow(merged.tables[merged.keyTable[flow]].columns.rows, merged.keyStart[flow]),
  });
}

/** A bucket that was on the member at another time: the change between them, or a text that is of another moment than the capture. */
function reasonOfBucket(buckets: SenderBuckets, bucket: number, member: number): MismatchReason | null {
  if (buckets.misplaced.includes(bucket)) return 'rebalance';
  if (!buckets.table[bucket].some((hold) => hold.member === member)) return null;
  const event = buckets.events.find(({ moves }) =>
    moves.some((move) => move.bucket === bucket && (move.from === member || move.to === member)),
  );
  return event?.kind === 'member-down' ? 'member-down' : 'rebalance';
}
