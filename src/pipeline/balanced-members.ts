import { LACP_UP } from '../plan/activity.ts';
import type { DirectionAnalysis } from './analyze-direction.ts';

/**
 * Members that the balance counts: the active ones of the longest epoch. A bucket map, or a rule that is not known, does
 * not tell of members that got nothing; what LACP calls up all that time counts too.
 */
export function balancedMembers({ sender, epochs, placement, activity }: DirectionAnalysis): readonly number[] {
  const { active, fromMs, toMs } = epochs[placement.longest];
  const members = active.length > 0 ? active : sender.order;
  if (sender.policy !== null && sender.buckets === undefined) return members;
  const { lacp, bins, binMs } = activity;
  const from = Math.max(0, Math.ceil((fromMs - activity.fromMs) / binMs));
  const to = Math.min(bins, Math.floor((toMs - activity.fromMs) / binMs));
  const isUp = (m: number): boolean => from < to && lacp.subarray(m * bins + from, m * bins + to).every((state) => state === LACP_UP);
  return [...members, ...sender.order.filter((m) => !members.includes(m) && isUp(m))];
}
