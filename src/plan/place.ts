import type { LagFlows } from '../flows/lag-flows.ts';
import { visitRows, visitSlices } from '../flows/lag-flows.ts';
import type { ActiveEpoch } from './epochs.ts';

export const VERDICT_NONE = 0;
export const VERDICT_MATCH = 1;
export const VERDICT_MISMATCH = 2;
export const VERDICT_MOVED = 3;
export const VERDICT_UNPREDICTED = 4;

export interface PacketsAndBytes {
  packets: number;
  bytes: number;
}

/** How a direction's frames stand to the prediction. Columns have one row per flow of the LAG (other directions stay 0). */
export interface Placement {
  /** VERDICT_* per flow. */
  readonly verdict: Uint8Array;
  /** Index into UNPREDICTED_REASONS of flows that are not predicted. */
  readonly reason: Uint8Array;
  /** Per flow: packets outside transitions that were not where the policy puts them. */
  readonly wrong: Uint32Array;
  /** Frames in `transition`. */
  transitionPackets: number;
  transitionBytes: number;
  readonly agreement: {
    flows: { match: number; total: number };
    packets: { match: number; total: number };
    bytes: { match: number; total: number };
  };
  /** Per index of UNPREDICTED_REASONS. */
  readonly unpredicted: PacketsAndBytes[];
  /** Per member: what the policy puts there. */
  readonly predicted: { flows: number; packets: number; bytes: number }[];
  /** Index of the longest epoch. */
  readonly longest: number;
}

export interface PlaceRequest {
  readonly flows: LagFlows;
  readonly epochs: readonly ActiveEpoch[];
  /** Hashed flows of the direction. */
  readonly list: Uint32Array;
  readonly isData: (flow: number) => boolean;
  /** Reason code of a flow that cannot be predicted for `count` active members in an epoch, 0 if it can. */
  readonly reasonOf: (flow: number, count: number, epoch: number) => number;
  /** Index of the hash within `count` members: how the rule of an epoch selects. */
  readonly indexOf: (flow: number, count: number, epoch: number) => number;
  /** True if the flow's source is the member's own permanent address and its destination a group: sent by the member for itself. */
  readonly isOwnFrame: (flow: number, member: number) => boolean;
  /** Reason code of frames sent while no member was active, or by a member for itself while it was not. */
  readonly beforeUp: number;
  readonly reasonCount: number;
}

/** A placement with nothing placed yet. */
export function createPlacement(flows: LagFlows, reasonCount: number, longest: number): Placement {
  const { count } = flows.merged;
  return {
    verdict: new Uint8Array(count),
    reason: new Uint8Array(count),
    wrong: new Uint32Array(count),
    transitionPackets: 0,
    transitionBytes: 0,
    agreement: { flows: { match: 0, total: 0 }, packets: { match: 0, total: 0 }, bytes: { match: 0, total: 0 } },
    unpredicted: Array.from({ length: reasonCount }, () => ({ packets: 0, bytes: 0 })),
    predicted: Array.from({ length: flows.memberCount }, () => ({ flows: 0, packets: 0, bytes: 0 })),
    longest,
  };
}

/**
 * Places every slice of a direction, epoch by epoch. A slice that does not fit and lies within the slack of a boundary
 * is a transition; so is none that fits, since it agrees with the epochs as they are.
 */
export function placeFlows(request: PlaceRequest): Placement {
  const { flows, epochs, isData, reasonOf, indexOf } = request;
  const count = flows.merged.count;
  const longest = longestEpoch(epochs);
  const placement = createPlacement(flows, request.reasonCount, longest);
  const predictedPackets = new Uint32Array(count);
  /** Member + 1 and epoch of the flow's slice before, to tell a move from a steady mismatch. */
  const lastMember = new Uint8Array(count);
  const lastEpoch = new Uint16Array(count);
  const moved = new Uint8Array(count);
  const { agreement, unpredicted, predicted } = placement;
  const place = (flow: number, member: number, ms: number, packets: number, bytes: number): void => {
    if (!isData(flow)) return;
    const e = epochAt(epochs, ms);
    const { active } = epochs[e];
    const outside = active.length === 0 || (!active.includes(member) && request.isOwnFrame(flow, member));
    const reason = outside ? request.beforeUp : reasonOf(flow, active.length, e);
    if (reason !== 0) {
      unpredicted[reason].packets += packets;
      unpredicted[reason].bytes += bytes;
      if (placement.reason[flow] === 0) placement.reason[flow] = reason;
      return;
    }
    const target = active[indexOf(flow, active.length, e)];
    const inTransition = nearBoundary(epochs, e, ms);
    if (target !== member && inTransition) {
      placement.transitionPackets += packets;
      placement.transitionBytes += bytes;
      return;
    }
    if (!inTransition) {
      if (lastMember[flow] !== 0 && lastMember[flow] !== member + 1 && lastEpoch[flow] === e) moved[flow] = 1;
      lastMember[flow] = member + 1;
      lastEpoch[flow] = e;
    }
    predictedPackets[flow] += packets;
    agreement.packets.total += packets;
    agreement.bytes.total += bytes;
    predicted[target].packets += packets;
    predicted[target].bytes += bytes;
    if (target === member) {
      agreement.packets.match += packets;
      agreement.bytes.match += bytes;
    } else placement.wrong[flow] += packets;
  };
  if (epochs.length > 1) visitSlices(flows, 'frames', place);
  else visitRows(flows, 'frames', (flow, member, packets, bytes) => place(flow, member, epochs[0].fromMs, packets, bytes));
  const steady = epochs[longest].active;
  for (let i = 0; i < request.list.length; i++) {
    const flow = request.list[i];
    if (predictedPackets[flow] === 0) {
      // Frames only in transitions, or none that can be predicted.
      placement.verdict[flow] = placement.reason[flow] !== 0 ? VERDICT_UNPREDICTED : VERDICT_MATCH;
      continue;
    }
    if (placement.wrong[flow] === 0) placement.verdict[flow] = VERDICT_MATCH;
    else placement.verdict[flow] = moved[flow] === 1 ? VERDICT_MOVED : VERDICT_MISMATCH;
    placement.reason[flow] = 0;
    agreement.flows.total++;
    if (placement.verdict[flow] === VERDICT_MATCH) agreement.flows.match++;
    if (steady.length > 0) predicted[steady[indexOf(flow, steady.length, longest)]].flows++;
  }
  return placement;
}

export function longestEpoch(epochs: readonly ActiveEpoch[]): number {
  let best = 0;
  for (let e = 1; e < epochs.length; e++) {
    const span = epochs[e].toMs - epochs[e].fromMs;
    const bestSpan = epochs[best].toMs - epochs[best].fromMs;
    if (epochs[best].active.length === 0 || (epochs[e].active.length > 0 && span > bestSpan)) best = e;
  }
  return best;
}

/** Index of the epoch at a moment. */
export function epochAt(epochs: readonly ActiveEpoch[], ms: number): number {
  let e = 0;
  while (e + 1 < epochs.length && ms >= epochs[e + 1].fromMs) e++;
  return e;
}

function nearBoundary(epochs: readonly ActiveEpoch[], e: number, ms: number): boolean {
  if (e > 0 && ms - epochs[e].fromMs <= epochs[e].slackMs) return true;
  return e + 1 < epochs.length && epochs[e + 1].fromMs - ms <= epochs[e + 1].slackMs;
}
