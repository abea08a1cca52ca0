import { NO_FLOW } from '../flows/flow-table.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import type { ActiveEpoch, IndexOf, IsPlaceableAt } from './active-epoch.ts';
import type { Activity } from './activity.ts';
import { placeBounds } from './epoch-bounds.ts';
import { listCandidates, type Candidate } from './epoch-candidates.ts';
import { emissionCosts, switchCosts } from './epoch-costs.ts';

/** Per flow of the LAG: the hash of the sender's rule, and 1 where it decides for every member count. */
export interface CertainHashes {
  readonly hash: Uint32Array;
  readonly certain: Uint8Array;
}

/** A part of the time in which one rule holds, on the LAG's axis. */
export interface EpochRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Finds the epochs of one sender: the sequence of active member lists that explains the observed members best,
 * given what LACPDUs and silences allow (dynamic programming over time bins, then exact placing of the boundaries).
 * `isOwnFrame`: sent by the member for itself. `order`: all members in hash order at the start of the capture. `strict`: believe LACPDUs only, neither silences nor what would fit better.
 * `range`: the part of the time that the rule holds for; only frames within it count, and only epochs within it are given.
 */
export function findEpochs(
  flows: LagFlows,
  activity: Activity,
  order: readonly number[],
  prediction: CertainHashes,
  isOwnFrame: (flow: number, member: number) => boolean,
  strict = false,
  range: EpochRange | null = null,
): ActiveEpoch[] {
  if (range === null && activity.changes.length === 0 && allFit(flows, order, prediction, isOwnFrame)) {
    return [{ fromMs: flows.firstMs, toMs: flows.lastMs, active: order, why: 'start', slackMs: 0 }];
  }
  const { hash, certain } = prediction;
  const indexOf: IndexOf = (flow, count) => hash[flow] % count;
  const isPlaceable = (flow: number, member: number): boolean => certain[flow] === 1 && !isOwnFrame(flow, member);
  const candidates = listCandidates(order, activity, flows.memberCount);
  const isWithin: IsPlaceableAt =
    range === null ? isPlaceable : (flow, member, ms) => ms >= range.fromMs && ms < range.toMs && isPlaceable(flow, member);
  const cost = emissionCosts(flows, activity, candidates, isWithin, indexOf, strict);
  const path = cheapestPath(cost, switchCosts(activity, strict), candidates);
  const epochs = placeBounds(flows, activity, candidates, path, isWithin, indexOf);
  return range === null ? epochs : clipEpochs(epochs, range);
}

function clipEpochs(epochs: readonly ActiveEpoch[], { fromMs, toMs }: EpochRange): ActiveEpoch[] {
  return epochs
    .filter((epoch) => epoch.toMs > fromMs && epoch.fromMs < toMs)
    .map((epoch) => {
      const isCut = epoch.fromMs < fromMs;
      return {
        ...epoch,
        fromMs: Math.max(epoch.fromMs, fromMs),
        toMs: Math.min(epoch.toMs, toMs),
        // Each frame goes by another rule from here on, whatever members are in use (contract: 1 s).
        ...(isCut ? { why: 'map-changed' as const, slackMs: 1_000 } : {}),
      };
    });
}

/** True if one epoch with all members explains every frame: nothing to search. */
function allFit(
  { merged, memberOfTable }: LagFlows,
  order: readonly number[],
  { hash, certain }: CertainHashes,
  isOwnFrame: (flow: number, member: number) => boolean,
): boolean {
  const count = order.length;
  for (let t = 0; t < merged.tables.length; t++) {
    const { kind, flowOf } = merged.tables[t];
    if (kind !== 'frames') continue;
    const member = memberOfTable[t];
    for (let n = 0; n < flowOf.length; n++) {
      const flow = flowOf[n];
      if (flow === NO_FLOW || certain[flow] === 0 || order[hash[flow] % count] === member) continue;
      if (!isOwnFrame(flow, member)) return false;
    }
  }
  return true;
}

/** The candidate of each bin on the way that costs least. */
function cheapestPath(cost: Float32Array, switchCost: Float32Array, candidates: readonly Candidate[]): Uint16Array {
  const bins = switchCost.length;
  const n = candidates.length;
  const from = new Uint16Array(n * bins);
  let total = new Float64Array(n);
  for (let c = 0; c < n; c++) total[c] = cost[c * bins] + candidates[c].entryCost;
  for (let b = 1; b < bins; b++) {
    let best = 0;
    for (let c = 1; c < n; c++) if (total[c] < total[best]) best = c;
    const change = total[best] + switchCost[b];
    const next = new Float64Array(n);
    for (let c = 0; c < n; c++) {
      const entered = change + candidates[c].entryCost;
      const stays = total[c] <= entered;
      next[c] = (stays ? total[c] : entered) + cost[c * bins + b];
      from[c * bins + b] = stays ? c : best;
    }
    total = next;
  }
  let at = 0;
  for (let c = 1; c < n; c++) if (total[c] < total[at]) at = c;
  const path = new Uint16Array(bins);
  for (let b = bins - 1; b >= 0; b--) {
    path[b] = at;
    if (b > 0) at = from[at * bins + b];
  }
  return path;
}
