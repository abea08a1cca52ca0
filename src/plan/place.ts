import { visitSlices } from '../flows/lag-flows.ts';
import { NO_FLOW, rowBytes, STAT_PACKETS } from '../flows/flow-table.ts';
import type { ActiveEpoch } from './active-epoch.ts';
import { createPlacement, VERDICT_MATCH, VERDICT_MISMATCH, VERDICT_MOVED, VERDICT_UNPREDICTED } from './placement.ts';
import type { Placement, PlaceRequest } from './placement.ts';

export * from './placement.ts';

/**
 * Places every slice of a direction, epoch by epoch. A slice that does not fit and lies within the slack of a boundary
 * is a transition; so is none that fits, since it agrees with the epochs as they are.
 */
export function placeFlows(request: PlaceRequest): Placement {
  const { epochs } = request;
  const longest = longestEpoch(epochs);
  const placement = createPlacement(request.flows, request.reasonCount, longest);
  const sums = createSums(request);
  if (epochs.length > 1) placeSlices(request, placement, sums);
  else placeRows(request, placement, sums);
  settle(request, placement, sums);
  return placement;
}

/** Counters of a placement while it is made: columns, which loops add to faster than to objects. */
interface Sums {
  /** Per flow. */
  readonly predictedPackets: Uint32Array;
  /** Member + 1 and epoch of the flow's slice before, to tell a move from a steady mismatch. */
  readonly lastMember: Uint8Array;
  readonly lastEpoch: Uint16Array;
  readonly moved: Uint8Array;
  /** Per reason, per member that the policy names, and of these what was there. */
  readonly reasonPackets: Float64Array;
  readonly reasonBytes: Float64Array;
  readonly targetPackets: Float64Array;
  readonly targetBytes: Float64Array;
  readonly matchPackets: Float64Array;
  readonly matchBytes: Float64Array;
}

function createSums({ flows, reasonCount }: PlaceRequest): Sums {
  const { count } = flows.merged;
  const perMember = (): Float64Array => new Float64Array(flows.memberCount);
  return {
    predictedPackets: new Uint32Array(count),
    lastMember: new Uint8Array(count),
    lastEpoch: new Uint16Array(count),
    moved: new Uint8Array(count),
    reasonPackets: new Float64Array(reasonCount),
    reasonBytes: new Float64Array(reasonCount),
    targetPackets: perMember(),
    targetBytes: perMember(),
    matchPackets: perMember(),
    matchBytes: perMember(),
  };
}

/** With one epoch the time does not matter: whole rows. */
function placeRows({ flows, epochs, data, rules, isOwnFrame, beforeUp }: PlaceRequest, placement: Placement, sums: Sums): void {
  const { active } = epochs[0];
  const count = active.length;
  const { hash } = rules[0];
  const reasons = rules[0].reasonsFor(count);
  const { tables } = flows.merged;
  for (let t = 0; t < tables.length; t++) {
    if (tables[t].kind !== 'frames') continue;
    const { flowOf } = tables[t];
    const { rows, starts, flows: rowCount } = tables[t].columns;
    const member = flows.memberOfTable[t];
    const isActive = active.includes(member);
    for (let n = 0; n < rowCount; n++) {
      const flow = flowOf[n];
      if (flow === NO_FLOW || data[flow] === 0) continue;
      const packets = rows[starts[n] + STAT_PACKETS];
      const bytes = rowBytes(rows, starts[n]);
      const reason = count === 0 || (!isActive && isOwnFrame(flow, member)) ? beforeUp : reasons[flow];
      if (reason !== 0) leaveOut(placement, sums, flow, reason, packets, bytes);
      else countPlaced(placement, sums, flow, member, active[hash[flow] % count], 0, packets, bytes);
    }
  }
}

function placeSlices({ flows, epochs, data, rules, isOwnFrame, beforeUp }: PlaceRequest, placement: Placement, sums: Sums): void {
  visitSlices(flows, 'frames', (flow, member, ms, packets, bytes) => {
    if (data[flow] === 0) return;
    const e = epochAt(epochs, ms);
    const { active } = epochs[e];
    const outside = active.length === 0 || (!active.includes(member) && isOwnFrame(flow, member));
    const reason = outside ? beforeUp : rules[e].reasonsFor(active.length)[flow];
    if (reason !== 0) {
      leaveOut(placement, sums, flow, reason, packets, bytes);
      return;
    }
    const target = active[rules[e].hash[flow] % active.length];
    const inTransition = nearBoundary(epochs, e, ms);
    if (target !== member && inTransition) {
      placement.transitionPackets += packets;
      placement.transitionBytes += bytes;
      return;
    }
    countPlaced(placement, sums, flow, member, target, inTransition ? -1 : e, packets, bytes);
  });
}

function leaveOut(placement: Placement, sums: Sums, flow: number, reason: number, packets: number, bytes: number): void {
  sums.reasonPackets[reason] += packets;
  sums.reasonBytes[reason] += bytes;
  if (placement.reason[flow] === 0) placement.reason[flow] = reason;
}

/** Frames of a flow on a member, where the policy names `target`; `epoch` -1: in a transition. */
function countPlaced(
  placement: Placement,
  sums: Sums,
  flow: number,
  member: number,
  target: number,
  epoch: number,
  packets: number,
  bytes: number,
): void {
  if (epoch >= 0) {
    const { lastMember, lastEpoch } = sums;
    if (lastMember[flow] !== 0 && lastMember[flow] !== member + 1 && lastEpoch[flow] === epoch) sums.moved[flow] = 1;
    lastMember[flow] = member + 1;
    lastEpoch[flow] = epoch;
  }
  sums.predictedPackets[flow] += packets;
  sums.targetPackets[target] += packets;
  sums.targetBytes[target] += bytes;
  if (target === member) {
    sums.matchPackets[target] += packets;
    sums.matchBytes[target] += bytes;
  } else placement.wrong[flow] += packets;
}

/** Verdicts by flow, and the sums of all. */
function settle({ list, epochs, rules }: PlaceRequest, placement: Placement, sums: Sums): void {
  const { agreement, unpredicted, predicted, verdict, reason, wrong, longest } = placement;
  const steady = epochs[longest].active;
  const { hash } = rules[longest];
  const { predictedPackets, moved } = sums;
  const named = new Uint32Array(predicted.length);
  let total = 0;
  let match = 0;
  for (let i = 0; i < list.length; i++) {
    const flow = list[i];
    if (predictedPackets[flow] === 0) {
      // Frames only in transitions, or none that can be predicted.
      verdict[flow] = reason[flow] !== 0 ? VERDICT_UNPREDICTED : VERDICT_MATCH;
      continue;
    }
    total++;
    reason[flow] = 0;
    if (wrong[flow] === 0) {
      verdict[flow] = VERDICT_MATCH;
      match++;
    } else verdict[flow] = moved[flow] === 1 ? VERDICT_MOVED : VERDICT_MISMATCH;
    if (steady.length > 0) named[steady[hash[flow] % steady.length]]++;
  }
  agreement.flows.total = total;
  agreement.flows.match = match;
  for (let m = 0; m < predicted.length; m++) {
    predicted[m].flows = named[m];
    predicted[m].packets = sums.targetPackets[m];
    predicted[m].bytes = sums.targetBytes[m];
    agreement.packets.total += sums.targetPackets[m];
    agreement.bytes.total += sums.targetBytes[m];
    agreement.packets.match += sums.matchPackets[m];
    agreement.bytes.match += sums.matchBytes[m];
  }
  for (let r = 0; r < unpredicted.length; r++) {
    unpredicted[r].packets = sums.reasonPackets[r];
    unpredicted[r].bytes = sums.reasonBytes[r];
  }
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
