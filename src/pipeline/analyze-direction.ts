import { reasonCode, UNPREDICTED_REASONS } from '../hash/policy.ts';
import type { LinkEnd } from '../lacp/group-lags.ts';
import { hashFlows } from '../flows/hash-flows.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import type { TrafficBins } from '../flows/traffic-bins.ts';
import { destinationMac, isGroupMac, parseMac, sourceMac } from '../flows/mac.ts';
import { tagCount } from '../flows/key-layers.ts';
import { findActivity } from '../plan/activity.ts';
import type { Activity } from '../plan/activity.ts';
import { findEpochs } from '../plan/epochs.ts';
import type { ActiveEpoch } from '../plan/epochs.ts';
import { placeFlows, longestEpoch } from '../plan/place.ts';
import type { Placement } from '../plan/place.ts';
import type { ModeVerdict } from '../infer/detect-mode.ts';
import { holdAt } from '../infer/learn-buckets.ts';
import { bucketEpochs, placeBuckets } from '../infer/place-buckets.ts';
import type { SenderOptions } from './analysis-options.ts';
import type { LagPlan } from './assemble-lags.ts';
import { chooseSender } from './choose-sender.ts';
import type { BucketFacts } from '../state/state-facts.ts';
import type { SenderFacts } from './sender-facts.ts';
import type { Sender, SenderBuckets, SenderRequest } from './sender.ts';
import { stepsOfSender } from './steps.ts';
import type { Steps } from './steps.ts';

/** Everything known of one direction of a LAG. Columns have one row per flow of the LAG. */
export interface DirectionAnalysis {
  readonly side: 0 | 1;
  readonly list: Uint32Array;
  /** What the sender was chosen by: `infer` looks at it again. */
  readonly asked: SenderRequest;
  readonly sender: Sender;
  /** The mode, where it was looked at to choose the sender. */
  readonly mode?: ModeVerdict;
  readonly activity: Activity;
  readonly epochs: readonly ActiveEpoch[];
  /** Hash of each flow of this direction as the sender's policy computes it. */
  readonly hash: Uint32Array;
  readonly placement: Placement;
  /** The chassis of an end that is several behind one system, each a sender of its own to its stations' flows. */
  readonly chassis?: {
    readonly parts: readonly DirectionAnalysis[];
    /** The chassis that the flow's station is behind. */
    partOf(flow: number): DirectionAnalysis;
  };
  /** Member the policy names for a flow in the longest epoch, -1 if none. */
  predictedMember(flow: number): number;
  /** Bucket of a flow: of the sender's table (Open vSwitch), else the index among the active members. */
  bucketOf(flow: number): number;
  /** True if the flow's hash, and with it its bucket or index, is known. */
  hasBucket(flow: number): boolean;
}

export interface DirectionRequest {
  readonly side: 0 | 1;
  readonly plan: LagPlan;
  readonly flows: LagFlows;
  /** Per flow: 1 if it is hashed data of this direction. */
  readonly data: Uint8Array;
  readonly traffic: TrafficBins;
  /** The sender's end and the other one on each member. */
  readonly portEnds: readonly { own: LinkEnd | null; other: LinkEnd | null }[];
  readonly options: SenderOptions;
  readonly facts: readonly SenderFacts[];
  /** Bucket tables of state texts that name neither bond nor member. */
  readonly looseBuckets: readonly (readonly BucketFacts[])[];
  /** The sender, where it is known already. */
  readonly sender?: Sender;
}

const IN_FRAME_TAG = reasonCode('in-frame-tag');
const BEFORE_UP = reasonCode('before-up');
/** More than this share of a direction's hashed frames in transitions: the epochs are wrong (contract, section 1). */
const MOST_IN_TRANSITION = 0.05;

export function* analyzeDirection(request: DirectionRequest): Steps<DirectionAnalysis> {
  const { side, plan, flows, data } = request;
  const isData = (flow: number): boolean => data[flow] === 1;
  const list = listFlows(data);
  const activity = findActivity(flows, request.portEnds, request.traffic, side);
  const asked: SenderRequest = {
    plan,
    flows,
    list,
    isData,
    activity,
    ends: request.portEnds.map((e) => e.own),
    options: request.options,
    facts: request.facts,
    looseBuckets: request.looseBuckets,
  };
  yield null;
  const sender = request.sender ?? (yield* stepsOfSender(side === 0 ? 'a' : 'b', chooseSender(asked)));
  yield null;
  if (sender.policy !== null && sender.buckets !== undefined) return analyzeBuckets(request, asked, sender, sender.buckets);
  const predictor = predictAll(flows, list, sender);
  const own = request.portEnds.map((e) => new Set((e.own?.srcMacs ?? []).map((mac) => parseMac(mac) ?? 0)));
  const { merged } = flows;
  const isOwnFrame = (flow: number, member: number): boolean => {
    const { rows } = merged.tables[merged.keyTable[flow]].columns;
    // Few destinations are groups: asked first, since the set takes longer.
    return isGroupMac(destinationMac(rows, merged.keyStart[flow])) && own[member].has(sourceMac(rows, merged.keyStart[flow]));
  };
  const isPlaceable = (flow: number, member: number): boolean => data[flow] === 1 && predictor.certain(flow) && !isOwnFrame(flow, member);
  const find = (strict: boolean): readonly ActiveEpoch[] =>
    sender.policy === null
      ? [{ fromMs: flows.firstMs, toMs: flows.lastMs, active: sender.order, why: 'start', slackMs: 0 }]
      : findEpochs(flows, activity, sender.order, isPlaceable, predictor.indexOf, strict);
  yield null;
  let epochs = find(false);
  yield null;
  const place = (): Placement =>
    placeFlows({
      flows,
      epochs,
      list,
      isData,
      reasonOf: predictor.reasonOf,
      indexOf: predictor.indexOf,
      isOwnFrame,
      beforeUp: BEFORE_UP,
      reasonCount: UNPREDICTED_REASONS.length,
    });
  let placement = place();
  if (placement.transitionPackets > MOST_IN_TRANSITION * hashedPackets(placement)) {
    epochs = find(true);
    placement = place();
  }
  yield null;
  const inFrame = findInFrameFlows(flows, list, sender, placement, epochs, data);
  if (inFrame.size > 0) {
    predictor.override(inFrame, IN_FRAME_TAG);
    placement = place();
  }
  const steady = epochs[placement.longest].active;
  const bucketOf = (flow: number): number => (steady.length === 0 ? 0 : predictor.hash[flow] % steady.length);
  return {
    side,
    list,
    asked,
    sender,
    activity,
    epochs,
    hash: predictor.hash,
    placement,
    bucketOf,
    hasBucket: (flow) => predictor.reasonOf(flow, Math.max(steady.length, 1)) === 0,
    predictedMember: (flow) =>
      sender.policy === null || steady.length === 0 || placement.reason[flow] !== 0 ? -1 : steady[bucketOf(flow)],
  };
}

/** The same for a sender that places by buckets. */
function analyzeBuckets(request: DirectionRequest, asked: SenderRequest, sender: Sender, buckets: SenderBuckets): DirectionAnalysis {
  const { list, activity } = asked;
  const { side, flows, data } = request;
  const predictor = predictAll(flows, list, sender);
  const epochs = bucketEpochs(flows, buckets.table, sender.order, buckets.events);
  const longest = longestEpoch(epochs);
  const bucketOf = (flow: number): number => predictor.hash[flow] & 0xff;
  const placement = placeBuckets({
    flows,
    list,
    epochs,
    longest,
    table: buckets.table,
    known: buckets.known,
    isData: (flow) => data[flow] === 1,
    bucketOf,
    reasonOf: (flow) => predictor.reasonOf(flow, flows.memberCount),
    unknownBucket: reasonCode('unknown-bucket'),
    reasonCount: UNPREDICTED_REASONS.length,
  });
  const middleMs = (epochs[longest].fromMs + epochs[longest].toMs) / 2;
  return {
    side,
    list,
    asked,
    sender,
    activity,
    epochs,
    hash: predictor.hash,
    placement,
    bucketOf,
    hasBucket: (flow) => predictor.reasonOf(flow, flows.memberCount) === 0,
    predictedMember: (flow) => (placement.reason[flow] !== 0 ? -1 : (holdAt(buckets.table[bucketOf(flow)], middleMs)?.member ?? -1)),
  };
}

function hashedPackets({ agreement, unpredicted, transitionPackets }: Placement): number {
  return agreement.packets.total + transitionPackets + unpredicted.reduce((sum, { packets }) => sum + packets, 0);
}

function listFlows(data: Uint8Array): Uint32Array {
  let count = 0;
  for (let f = 0; f < data.length; f++) count += data[f];
  const list = new Uint32Array(count);
  let at = 0;
  for (let f = 0; f < data.length; f++) if (data[f] === 1) list[at++] = f;
  return list;
}

interface Predictor {
  readonly hash: Uint32Array;
  indexOf(flow: number, count: number): number;
  reasonOf(flow: number, count: number): number;
  /** Predicted for every member count: may decide about epochs. */
  certain(flow: number): boolean;
  override(flows: ReadonlySet<number>, reason: number): void;
}

/** Hashes all flows of a direction. The reason may depend on the number of active members (socket hash). */
function predictAll(flows: LagFlows, list: Uint32Array, sender: Sender): Predictor {
  const { count } = flows.merged;
  const hash = new Uint32Array(count);
  const counts = flows.memberCount;
  const reasons: Uint8Array[] = [];
  if (sender.policy === null) {
    const code = reasonCode(sender.unpredicted ?? 'unknown-policy');
    return { hash, indexOf: () => 0, reasonOf: () => code, certain: () => false, override: () => undefined };
  }
  const policy = sender.policy;
  const byCount = policy.reasonDependsOnMemberCount === true;
  const requests = (byCount ? Array.from({ length: counts }, (_, n) => n + 1) : [counts]).map((memberCount) => ({
    policy,
    context: { variant: sender.variant, basis: sender.basis, memberCount },
  }));
  const results = hashFlows(flows.merged, list, requests, false);
  for (let r = 0; r < results.length; r++) {
    const reason = new Uint8Array(count);
    for (let i = 0; i < list.length; i++) {
      if (r === 0) hash[list[i]] = results[0].hash[i];
      reason[list[i]] = results[r].reason[i];
    }
    reasons.push(reason);
  }
  const pick = (n: number): Uint8Array => reasons[byCount ? Math.min(Math.max(n, 1), counts) - 1 : 0];
  return {
    hash,
    indexOf: (flow, n) => hash[flow] % n,
    reasonOf: (flow, n) => pick(n)[flow],
    certain: (flow) => reasons.every((reason) => reason[flow] === 0),
    override: (set, code) => {
      for (const reason of reasons) for (const flow of set) reason[flow] = code;
    },
  };
}

/**
 * Tagged flows that are not where the policy puts them with the tag beside the frame. Where the sender's hash may have
 * seen the tag in the frame, the capture does not tell; allowed only if the untagged flows of the direction agree.
 */
function findInFrameFlows(
  flows: LagFlows,
  list: Uint32Array,
  sender: Sender,
  placement: Placement,
  epochs: readonly ActiveEpoch[],
  data: Uint8Array,
): Set<number> {
  const found = new Set<number>();
  if (sender.policy === null) return found;
  const wrong: number[] = [];
  let untaggedWrong = 0;
  let untagged = 0;
  for (let i = 0; i < list.length; i++) {
    const flow = list[i];
    if (data[flow] !== 1) continue;
    const { merged } = flows;
    const tags = tagCount(merged.tables[merged.keyTable[flow]].columns.rows, merged.keyStart[flow]);
    if (tags === 0) {
      untagged++;
      if (placement.wrong[flow] > 0) untaggedWrong++;
    } else if (placement.wrong[flow] > 0) wrong.push(flow);
  }
  // Without untagged flows nothing vouches for the policy: two ways to see the tag would excuse a false one too.
  if (wrong.length === 0 || untagged === 0 || untaggedWrong > untagged * 0.02) return found;
  const active = epochs[longestEpoch(epochs)].active;
  const subset = Uint32Array.from(wrong);
  const context = { variant: sender.variant, basis: sender.basis, memberCount: active.length };
  const [inFrame] = hashFlows(flows.merged, subset, [{ policy: sender.policy, context }], true);
  for (let i = 0; i < wrong.length; i++) {
    if (inFrame.reason[i] !== 0 || fitsEverywhere(flows, wrong[i], inFrame.hash[i], epochs)) found.add(wrong[i]);
  }
  return found;
}

/** True if the flow's members fit this hash in every epoch. */
function fitsEverywhere(flows: LagFlows, flow: number, hash: number, epochs: readonly ActiveEpoch[]): boolean {
  const { merged } = flows;
  for (let e = merged.entryFrom[flow]; e < merged.entryFrom[flow + 1]; e++) {
    const table = merged.entryTable[e];
    if (merged.tables[table].kind !== 'frames') continue;
    const member = flows.memberOfTable[table];
    if (!epochs.some((epoch) => epoch.active.length > 0 && epoch.active[hash % epoch.active.length] === member)) return false;
  }
  return true;
}
