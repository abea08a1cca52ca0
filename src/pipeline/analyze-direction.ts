import { reasonCode, UNPREDICTED_REASONS } from '../hash/policy.ts';
import type { LinkEnd } from '../lacp/group-lags.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import type { TrafficBins } from '../flows/traffic-bins.ts';
import { destinationMac, isGroupMac, parseMac, sourceMac } from '../flows/mac.ts';
import { findActivity } from '../plan/activity.ts';
import type { Activity } from '../plan/activity.ts';
import type { ActiveEpoch } from '../plan/active-epoch.ts';
import { heedOtherEnd } from '../plan/other-end.ts';
import { longestEpoch } from '../plan/place.ts';
import type { Placement } from '../plan/place.ts';
import type { ModeVerdict } from '../infer/detect-mode.ts';
import { holdAt } from '../infer/learn-buckets.ts';
import { bucketEpochs, placeBuckets } from '../infer/place-buckets.ts';
import type { SenderOptions } from './analysis-options.ts';
import type { LagPlan } from './assemble-lags.ts';
import { chooseSender } from './choose-sender.ts';
import type { BucketFacts } from '../state/state-facts.ts';
import type { ObservedMs } from './observed-members.ts';
import { placeSpans } from './place-spans.ts';
import type { SpanPlacement } from './place-spans.ts';
import { predictAll } from './predict-flows.ts';
import { findRuleSpans } from './rule-spans.ts';
import type { RuleSpan } from './rule-spans.ts';
import type { SenderFacts } from './sender-facts.ts';
import type { Sender, SenderBuckets, SenderRequest } from './sender.ts';
import { stepsOfSender } from './steps.ts';
import type { Steps } from './steps.ts';

/** Everything known of one direction of a LAG. Columns have one row per flow of the LAG. */
export interface DirectionAnalysis extends SpanPlacement {
  readonly side: 0 | 1;
  readonly list: Uint32Array;
  /** What the sender was chosen by: `infer` looks at it again. */
  readonly asked: SenderRequest;
  /** The mode, where it was looked at to choose the sender. */
  readonly mode?: ModeVerdict;
  readonly activity: Activity;
  /** The chassis of an end that is several behind one system, each a sender of its own to its stations' flows. */
  readonly chassis?: {
    readonly parts: readonly DirectionAnalysis[];
    /** The chassis that the flow's station is behind. */
    partOf(flow: number): DirectionAnalysis;
  };
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
  /** When each member was captured, in milliseconds on the LAG's axis. */
  readonly observed: readonly (readonly ObservedMs[])[];
  /** The sender, where it is known already. */
  readonly sender?: Sender;
  /** Epochs of the other end, where they are known and this end's alone leave frames unexplained. */
  readonly otherEpochs?: readonly ActiveEpoch[];
}

export function* analyzeDirection(request: DirectionRequest): Steps<DirectionAnalysis> {
  const { side, plan, flows, data } = request;
  const isData = (flow: number): boolean => data[flow] === 1;
  const list = listFlows(data);
  const own = findActivity(flows, request.portEnds, request.traffic, side, request.observed);
  const activity = request.otherEpochs === undefined ? own : heedOtherEnd(own, request.otherEpochs);
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
  const ownMacs = request.portEnds.map((e) => new Set((e.own?.srcMacs ?? []).map((mac) => parseMac(mac) ?? 0)));
  const { merged } = flows;
  const isOwnFrame = (flow: number, member: number): boolean => {
    const { rows } = merged.tables[merged.keyTable[flow]].columns;
    // Few destinations are groups: asked first, since the set takes longer.
    return isGroupMac(destinationMac(rows, merged.keyStart[flow])) && ownMacs[member].has(sourceMac(rows, merged.keyStart[flow]));
  };
  const place = (spans: readonly RuleSpan[]): Steps<SpanPlacement> => placeSpans({ flows, list, data, activity, isOwnFrame, spans });
  const one = yield* place([{ fromMs: -Infinity, toMs: Infinity, sender }]);
  // Only where frames are elsewhere the policy can have been changed.
  const spans = mayHaveChanged(sender, one.placement) ? yield* stepsOfSender(side === 0 ? 'a' : 'b', findRuleSpans(asked, sender)) : [];
  const placed = spans.length > 1 ? yield* place(spans) : one;
  return { side, list, asked, activity, ...placed };
}

/** Flows elsewhere than the policy puts them that ask for a look at whether it was changed. */
const LEAST_WRONG_FLOWS = 3;

function mayHaveChanged(sender: Sender, { agreement }: Placement): boolean {
  if (sender.source === 'option' || sender.named !== undefined || sender.split !== undefined) return false;
  return sender.policy === null || agreement.flows.total - agreement.flows.match >= LEAST_WRONG_FLOWS;
}

/** The same for a sender that places by buckets. */
function analyzeBuckets(request: DirectionRequest, asked: SenderRequest, sender: Sender, buckets: SenderBuckets): DirectionAnalysis {
  const { list, activity } = asked;
  const { side, flows, data } = request;
  const predictor = predictAll(flows, list, sender);
  const epochs = bucketEpochs(flows, buckets.table, sender.order, buckets.events);
  const longest = longestEpoch(epochs);
  const reasons = predictor.reasonsFor(flows.memberCount);
  const bucketOf = (flow: number): number => predictor.hash[flow] & 0xff;
  const span: RuleSpan = { fromMs: -Infinity, toMs: Infinity, sender };
  const placement = placeBuckets({
    flows,
    list,
    epochs,
    longest,
    table: buckets.table,
    known: buckets.known,
    isData: (flow) => data[flow] === 1,
    bucketOf,
    reasonOf: (flow) => reasons[flow],
    unknownBucket: reasonCode('unknown-bucket'),
    reasonCount: UNPREDICTED_REASONS.length,
  });
  const middleMs = (epochs[longest].fromMs + epochs[longest].toMs) / 2;
  return {
    side,
    list,
    asked,
    spans: [span],
    sender,
    activity,
    epochs,
    hash: predictor.hash,
    placement,
    senderIn: () => sender,
    hashIn: () => predictor.hash,
    bucketOf,
    hasBucket: (flow) => reasons[flow] === 0,
    predictedMember: (flow) => (placement.reason[flow] !== 0 ? -1 : (holdAt(buckets.table[bucketOf(flow)], middleMs)?.member ?? -1)),
  };
}

function listFlows(data: Uint8Array): Uint32Array {
  let count = 0;
  for (let f = 0; f < data.length; f++) count += data[f];
  const list = new Uint32Array(count);
  let at = 0;
  for (let f = 0; f < data.length; f++) if (data[f] === 1) list[at++] = f;
  return list;
}
