/**
 * An end that is several chassis behind one system (MLAG, vPC): which of them a frame comes to is not in the frame, but a
 * station stays behind one. Each chassis places its stations' flows over its own members; that is predicted.
 */
import { framesOfMembers, visitRows, type LagFlows } from '../flows/lag-flows.ts';
import { sourceMac } from '../flows/mac.ts';
import { reasonCode, UNPREDICTED_REASONS } from '../hash/policy.ts';
import { epochAt, longestEpoch, createPlacement, VERDICT_UNPREDICTED, type Placement } from '../plan/place.ts';
import type { ActiveEpoch } from '../plan/active-epoch.ts';
import { analyzeDirection, type DirectionAnalysis, type DirectionRequest } from './analyze-direction.ts';
import { chooseBuckets } from './choose-buckets.ts';
import { pick, type Sender, type SenderChassis, type SenderRequest } from './sender.ts';
import type { Steps } from './steps.ts';

const HIDDEN_INPUT = reasonCode('hidden-input');

/** The direction with each chassis a sender of its own. `whole`: the same as far as its sender is chosen. */
export function* analyzeChassis(
  request: DirectionRequest,
  whole: DirectionAnalysis,
  split: readonly SenderChassis[],
): Steps<DirectionAnalysis> {
  const home = findHomes(whole, split);
  const parts: DirectionAnalysis[] = [];
  for (const [c, chassis] of split.entries()) {
    yield null;
    const own = ownRequest(request, chassis, home, c);
    parts.push(yield* analyzeDirection({ ...own, sender: senderOf(own, whole, chassis) }));
  }
  yield null;
  return join(whole, parts, home, split);
}

/** Chassis of each flow: that to which most frames of its station (source address) came; -1 for flows of others. */
function findHomes({ list, asked: { flows, isData } }: DirectionAnalysis, split: readonly SenderChassis[]): Int8Array {
  const { merged } = flows;
  const chassisOf = chassisOfMembers(flows, split);
  const stations = new Map<number, Float64Array>();
  const stationOf = (flow: number): number => sourceMac(merged.tables[merged.keyTable[flow]].columns.rows, merged.keyStart[flow]);
  visitRows(flows, 'frames', (flow, member, packets) => {
    if (!isData(flow) || chassisOf[member] < 0) return;
    const counts = stations.get(stationOf(flow)) ?? new Float64Array(split.length);
    counts[chassisOf[member]] += packets;
    stations.set(stationOf(flow), counts);
  });
  const home = new Int8Array(merged.count).fill(-1);
  for (const flow of list) {
    const counts = stations.get(stationOf(flow));
    home[flow] = counts === undefined ? 0 : counts.indexOf(Math.max(...counts));
  }
  return home;
}

function chassisOfMembers({ memberCount }: LagFlows, split: readonly SenderChassis[]): Int8Array {
  const chassisOf = new Int8Array(memberCount).fill(-1);
  split.forEach(({ members }, c) => {
    for (const m of members) chassisOf[m] = c;
  });
  return chassisOf;
}

/** What is asked of one chassis: its stations' flows, on its members. */
function ownRequest(request: DirectionRequest, { members }: SenderChassis, home: Int8Array, chassis: number): DirectionRequest {
  return {
    ...request,
    flows: framesOfMembers(request.flows, members),
    data: request.data.map((isData, flow) => (isData === 1 && home[flow] === chassis ? 1 : 0)),
    portEnds: request.portEnds.map((ends, m) => (members.includes(m) ? ends : { own: null, other: null })),
    // A text that lists members of another chassis is not of this one.
    facts: request.facts.filter(({ members: listed }) => listed.every((m) => m < 0 || members.includes(m))),
  };
}

function senderOf(
  own: DirectionRequest,
  { sender: { source }, activity }: DirectionAnalysis,
  { hypothesis, order, confidence }: SenderChassis,
): Sender {
  const known = { order, source, confidence };
  if (hypothesis.policy.selector !== 'bucket-256') return { ...pick(hypothesis), ...known };
  const { plan, flows, data, portEnds, options, facts, looseBuckets } = own;
  const asked: SenderRequest = {
    plan,
    flows,
    list: Uint32Array.from(data.keys()).filter((flow) => data[flow] === 1),
    isData: (flow) => data[flow] === 1,
    activity,
    ends: portEnds.map((ends) => ends.own),
    options,
    facts,
    looseBuckets,
  };
  return { ...chooseBuckets(asked, hypothesis.policy, source, { hypothesis, confidence }), ...known };
}

function join(
  whole: DirectionAnalysis,
  parts: readonly DirectionAnalysis[],
  home: Int8Array,
  split: readonly SenderChassis[],
): DirectionAnalysis {
  const { list, asked } = whole;
  const { flows, isData } = asked;
  const partOf = (flow: number): DirectionAnalysis => parts[Math.max(home[flow], 0)];
  const epochs = joinEpochs(parts.map((part) => part.epochs));
  const placement = createPlacement(flows, UNPREDICTED_REASONS.length, longestEpoch(epochs));
  const hash = new Uint32Array(flows.merged.count);
  for (const flow of list) {
    const own = partOf(flow);
    hash[flow] = own.hash[flow];
    placement.verdict[flow] = own.placement.verdict[flow];
    placement.reason[flow] = own.placement.reason[flow];
    placement.wrong[flow] = own.placement.wrong[flow];
  }
  for (const part of parts) addPlacement(placement, part.placement);
  // A station's frame on another chassis: its choice was no other flow's.
  const chassisOf = chassisOfMembers(flows, split);
  const atHome = new Uint8Array(flows.merged.count);
  visitRows(flows, 'frames', (flow, member, packets, bytes) => {
    if (!isData(flow)) return;
    if (chassisOf[member] === home[flow]) atHome[flow] = 1;
    else {
      placement.unpredicted[HIDDEN_INPUT].packets += packets;
      placement.unpredicted[HIDDEN_INPUT].bytes += bytes;
    }
  });
  for (const flow of list) {
    if (atHome[flow] === 1) continue;
    placement.verdict[flow] = VERDICT_UNPREDICTED;
    placement.reason[flow] = HIDDEN_INPUT;
  }
  return {
    ...whole,
    epochs,
    hash,
    placement,
    senderIn: () => whole.sender,
    hashIn: () => hash,
    chassis: { parts, partOf },
    bucketOf: (flow) => partOf(flow).bucketOf(flow),
    hasBucket: (flow) => partOf(flow).hasBucket(flow),
    predictedMember: (flow) => (placement.reason[flow] !== 0 ? -1 : partOf(flow).predictedMember(flow)),
  };
}

function addPlacement(sum: Placement, { agreement, unpredicted, predicted, transitionPackets, transitionBytes }: Placement): void {
  sum.transitionPackets += transitionPackets;
  sum.transitionBytes += transitionBytes;
  for (const unit of ['flows', 'packets', 'bytes'] as const) {
    sum.agreement[unit].match += agreement[unit].match;
    sum.agreement[unit].total += agreement[unit].total;
  }
  unpredicted.forEach(({ packets, bytes }, reason) => {
    sum.unpredicted[reason].packets += packets;
    sum.unpredicted[reason].bytes += bytes;
  });
  predicted.forEach((load, m) => {
    for (const unit of ['flows', 'packets', 'bytes'] as const) sum.predicted[m][unit] += load[unit];
  });
}

/** Stretches of time without a change at any chassis: what is active in each of them together. */
function joinEpochs(lists: readonly (readonly ActiveEpoch[])[]): ActiveEpoch[] {
  const starts = [...new Set(lists.flatMap((epochs) => epochs.map(({ fromMs }) => fromMs)))].sort((x, y) => x - y);
  const endMs = Math.max(...lists.map((epochs) => epochs[epochs.length - 1].toMs));
  return starts.map((fromMs, e): ActiveEpoch => {
    const held = lists.map((epochs) => epochs[epochAt(epochs, fromMs)]);
    const changed = held.find((epoch) => epoch.fromMs === fromMs) ?? held[0];
    return { ...changed, fromMs, toMs: starts[e + 1] ?? endMs, active: held.flatMap(({ active }) => active) };
  });
}
