import { holdAt, UNKNOWN_MEMBER } from '../infer/learn-buckets.ts';
import { epochAt } from '../plan/place.ts';
import type { DirectionAnalysis } from './analyze-direction.ts';

/** The member that a direction's policy or bucket table names for a flow at a time of an epoch; UNKNOWN_MEMBER if none. */
export function memberAt(direction: DirectionAnalysis, flow: number, epoch: number, ms: number): number {
  if (direction.chassis !== undefined) {
    const own = direction.chassis.partOf(flow);
    return memberAt(own, flow, epochAt(own.epochs, ms), ms);
  }
  const { sender, epochs } = direction;
  if (sender.buckets !== undefined) return holdAt(sender.buckets.table[direction.bucketOf(flow)], ms)?.member ?? UNKNOWN_MEMBER;
  const { active } = epochs[epoch];
  return active.length === 0 ? UNKNOWN_MEMBER : active[direction.hashIn(epoch)[flow] % active.length];
}
