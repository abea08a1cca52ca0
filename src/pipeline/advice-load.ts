import type { PlanMember, PlanScenario } from '../report/plan-document.ts';
import type { PlanDirectionTables } from './plan-direction.ts';

/** The fullest member of a scenario; where chance decides, that of the middle placement. */
export interface Busiest {
  readonly member: PlanMember | undefined;
  /** What is compared: load of the link, else rate, else share. */
  readonly value: number;
  readonly peakBps: number | null;
}

export function busiestOf(scenario: PlanScenario): Busiest {
  const weight = ({ peakLoad, peakBps, share }: PlanMember): number => peakLoad ?? peakBps ?? share;
  let member: PlanMember | undefined;
  for (const of of scenario.members) if (member === undefined || weight(of) > weight(member)) member = of;
  if (member === undefined) return { member, value: 0, peakBps: null };
  const drawn = scenario.busiest;
  if (drawn === undefined || member.peakBps === null || member.peakBps === 0)
    return { member, value: weight(member), peakBps: member.peakBps };
  return { member, value: (weight(member) * drawn.peakBps.middle) / member.peakBps, peakBps: drawn.peakBps.middle };
}

/** Share of the bytes on the member that carries most of them. */
export function largestShare(scenario: PlanScenario): number {
  return scenario.busiest?.share.middle ?? Math.max(0, ...scenario.members.map(({ share }) => share));
}

/** Mean load of the fullest link where speeds are known; null else. */
function largestMeanLoad({ members }: PlanScenario): number | null {
  let most: number | null = null;
  for (const { meanLoad } of members) {
    if (meanLoad === null) return null;
    most = Math.max(most ?? 0, meanLoad);
  }
  return most;
}

/**
 * What a change takes off the busiest member, as a share of what that carries now: in its fullest second and over the whole
 * time, of which the smaller counts. One lucky second is no gain.
 */
export function gainOf(before: PlanScenario, after: PlanScenario): number {
  const less = (x: number, y: number): number => (x > 0 ? 1 - y / x : 0);
  const peak = less(busiestOf(before).value, busiestOf(after).value);
  const [meanBefore, meanAfter] = [largestMeanLoad(before), largestMeanLoad(after)];
  // Drawn placements have shares of their own, and mean loads only by expectation.
  const useLoads = meanBefore !== null && meanAfter !== null && after.busiest === undefined;
  const whole = useLoads ? less(meanBefore, meanAfter) : less(largestShare(before), largestShare(after));
  return Math.min(peak, whole);
}

/** The largest flow of a direction, and what is left of the busiest member's bytes once the members share it evenly. */
export interface LargestFlow {
  /** Of all bytes. */
  readonly share: number;
  /** Largest share of the bytes on a member once the flow is split. */
  readonly shareOnceSplit: number;
}

export function findLargestFlow({ traffic, order }: PlanDirectionTables, current: PlanScenario, members: number): LargestFlow {
  const { bytes, totalBytes, home } = traffic;
  if (totalBytes === 0) return { share: 0, shareOnceSplit: 0 };
  let largest = 0;
  for (let p = 1; p < bytes.length; p++) if (bytes[p] > bytes[largest]) largest = p;
  const share = bytes[largest] / totalBytes;
  const on = order.indexOf(home[largest]);
  const left = current.members.map((member, slot) => member.share - (slot === on ? share : 0));
  return { share, shareOnceSplit: Math.max(0, ...left) + share / members };
}
