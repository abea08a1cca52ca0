import type { LagFlows } from '../flows/lag-flows.ts';
import { visitSlices } from '../flows/lag-flows.ts';
import type { Activity } from '../plan/activity.ts';
import { LACP_DOWN } from '../plan/activity.ts';
import type { ActiveEpoch, EpochCause } from '../plan/active-epoch.ts';
import { epochAt } from '../plan/place.ts';

/** Why frames of a flow were not where the policy puts them (contract, section 3). */
export const MISMATCH_REASONS = ['unknown', 'fragment', 'rebalance', 'member-down', 're-enslaved', 'hidden-input', 'starts-late'] as const;
export type MismatchReason = (typeof MISMATCH_REASONS)[number];

export interface MismatchRequest {
  readonly flows: LagFlows;
  /** Flows of which some frames, outside transitions, were elsewhere. */
  readonly wrong: readonly number[];
  /** Flows that were held against the policy. */
  readonly predictedFlows: number;
  readonly epochs: readonly ActiveEpoch[];
  readonly activity: Activity;
  /** Member that the policy names in an epoch (or, with buckets, at a moment); -1 if none. */
  readonly expectedAt: (flow: number, epoch: number, ms: number) => number;
  /** Why the flow's bucket was on that member at another time, if it was; null where there are no buckets. */
  readonly bucketReason: ((flow: number, member: number, ms: number) => MismatchReason | null) | null;
  /** The policy looks at ports, and the flow is a fragment. */
  readonly isSplitFragment: (flow: number) => boolean;
}

/** A change of members is felt this long before and after it: LACP times out after 3 s, sockets answer later still. */
const CHANGE_MS = 5_000;
/** What was under way when the capture began shows within this. */
const START_MS = 3_000;
/** If more flows than this share are elsewhere the policy is at fault, and no single flow's reason can be named. */
const MOST_WRONG = 0.1;
/** Under a policy that does not fit so many flows are not looked at one by one. */
const MOST_EXPLAINED = 20_000;
/** A member without any frame for this long around a moment was out of use then. */
const SILENT_MS = 1_000;

/** Reason of every wrong flow: the one that explains most of its stray frames. */
export function explainMismatches(request: MismatchRequest): Map<number, MismatchReason> {
  const { flows, wrong, epochs } = request;
  const reasons = new Map<number, MismatchReason>();
  const policyFits = wrong.length <= Math.max(1, MOST_WRONG * request.predictedFlows);
  if (wrong.length === 0 || (!policyFits && wrong.length > MOST_EXPLAINED)) return reasons;
  const tally = new Map<number, Map<MismatchReason, number>>(wrong.map((flow) => [flow, new Map()]));
  visitSlices(flows, 'frames', (flow, member, ms, packets) => {
    const counts = tally.get(flow);
    if (counts === undefined) return;
    const epoch = epochAt(epochs, ms);
    const expected = request.expectedAt(flow, epoch, ms);
    if (expected < 0 || expected === member) return;
    const reason = explainFrame(request, flow, member, expected, epoch, ms);
    counts.set(reason, (counts.get(reason) ?? 0) + packets);
  });
  for (const [flow, counts] of tally) {
    let best: MismatchReason = 'unknown';
    for (const [reason, packets] of counts) if (packets > (counts.get(best) ?? 0)) best = reason;
    if (best === 'unknown' && request.isSplitFragment(flow)) best = 'fragment';
    // The rule holds for the others and nothing changed: something that is not in the packet decided for this one.
    else if (best === 'unknown' && policyFits) best = 'hidden-input';
    reasons.set(flow, best);
  }
  return reasons;
}

function explainFrame(request: MismatchRequest, flow: number, member: number, expected: number, epoch: number, ms: number): MismatchReason {
  const { epochs, flows, bucketReason, activity } = request;
  const ofBucket = bucketReason?.(flow, member, ms) ?? null;
  if (ofBucket !== null) return ofBucket;
  for (const near of [epoch - 1, epoch + 1]) {
    if (near < 0 || near >= epochs.length) continue;
    const boundary = epochs[Math.max(near, epoch)];
    if (Math.abs(boundary.fromMs - ms) <= CHANGE_MS && request.expectedAt(flow, near, ms) === member) return reasonOfChange(boundary.why);
  }
  if (isDown(activity, expected, ms)) return 'member-down';
  if (ms - flows.firstMs <= START_MS) return 'starts-late';
  return 'unknown';
}

function reasonOfChange(why: EpochCause): MismatchReason {
  switch (why) {
    case 're-enslaved':
      return 're-enslaved';
    case 'map-changed':
      return 'rebalance';
    case 'start':
      return 'starts-late';
    default:
      return 'member-down';
  }
}

/** LACP says at the moment that the member is out of use, or nothing at all was heard on it around then. */
function isDown({ bins, binMs, fromMs, lacp, lacpOther, anyFrame }: Activity, member: number, ms: number): boolean {
  const bin = Math.min(Math.max(Math.floor((ms - fromMs) / binMs), 0), bins - 1);
  const at = member * bins + bin;
  if (lacp[at] === LACP_DOWN || lacpOther[at] === LACP_DOWN) return true;
  const span = Math.ceil(SILENT_MS / binMs);
  if (bin + span >= bins) return false;
  for (let b = Math.max(bin - 1, 0); b <= bin + span; b++) if (anyFrame[member * bins + b] === 1) return false;
  return true;
}
