import { reasonCode, UNPREDICTED_REASONS } from '../hash/policy.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import type { Activity } from '../plan/activity.ts';
import { findEpochs } from '../plan/epochs.ts';
import type { ActiveEpoch } from '../plan/active-epoch.ts';
import { placeFlows } from '../plan/place.ts';
import type { Placement } from '../plan/place.ts';
import { findInFrameFlows } from './in-frame-flows.ts';
import { predictAll } from './predict-flows.ts';
import type { Predictor } from './predict-flows.ts';
import type { RuleSpan } from './rule-spans.ts';
import type { Sender } from './sender.ts';
import type { Steps } from './steps.ts';

export interface SpanPlaceRequest {
  readonly flows: LagFlows;
  /** Hashed flows of the direction. */
  readonly list: Uint32Array;
  /** Per flow: 1 if it is hashed data of this direction. */
  readonly data: Uint8Array;
  readonly activity: Activity;
  /** True for frames that a member sends for itself. */
  readonly isOwnFrame: (flow: number, member: number) => boolean;
  /** In order of time, without gaps. */
  readonly spans: readonly RuleSpan[];
}

/** The frames of a direction held against the rules of its sender. Columns have one row per flow of the LAG. */
export interface SpanPlacement {
  readonly spans: readonly RuleSpan[];
  /** The rule of the longest epoch. */
  readonly sender: Sender;
  readonly epochs: readonly ActiveEpoch[];
  /** Hash of each flow by that rule. */
  readonly hash: Uint32Array;
  readonly placement: Placement;
  /** The rule of an epoch, and the hashes it computes. */
  senderIn(epoch: number): Sender;
  hashIn(epoch: number): Uint32Array;
  predictedMember(flow: number): number;
  bucketOf(flow: number): number;
  hasBucket(flow: number): boolean;
}

const IN_FRAME_TAG = reasonCode('in-frame-tag');
const BEFORE_UP = reasonCode('before-up');
/** More than this share of a direction's hashed frames in transitions: the epochs are wrong (contract, section 1). */
const MOST_IN_TRANSITION = 0.05;

/** Finds the epochs of a sender within each of its spans, and places every frame by the rule that held then. */
export function* placeSpans(request: SpanPlaceRequest): Steps<SpanPlacement> {
  const { flows, list, data, spans } = request;
  const predictors = spans.map(({ sender }) => predictAll(flows, list, sender));
  yield null;
  let epochs = findAll(request, predictors, false);
  yield null;
  const spanOf = (epoch: number): number => spanAt(spans, epochs[epoch].fromMs);
  const place = (): Placement =>
    placeFlows({
      flows,
      epochs,
      list,
      data,
      rules: epochs.map((_, e) => predictors[spanOf(e)]),
      isOwnFrame: request.isOwnFrame,
      beforeUp: BEFORE_UP,
      reasonCount: UNPREDICTED_REASONS.length,
    });
  let placement = place();
  if (placement.transitionPackets > MOST_IN_TRANSITION * hashedPackets(placement)) {
    epochs = findAll(request, predictors, true);
    placement = place();
  }
  yield null;
  const inFrame = findInFrameFlows(flows, list, (e) => spans[spanOf(e)].sender, placement, epochs, data);
  if (inFrame.size > 0) {
    for (const predictor of predictors) predictor.override(inFrame, IN_FRAME_TAG);
    placement = place();
  }
  const { longest } = placement;
  const { sender } = spans[spanOf(longest)];
  const main = predictors[spanOf(longest)];
  const steady = epochs[longest].active;
  const bucketOf = (flow: number): number => (steady.length === 0 ? 0 : main.hash[flow] % steady.length);
  return {
    spans,
    sender,
    epochs,
    hash: main.hash,
    placement,
    senderIn: (epoch) => spans[spanOf(epoch)].sender,
    hashIn: (epoch) => predictors[spanOf(epoch)].hash,
    bucketOf,
    hasBucket: (flow) => main.reasonsFor(Math.max(steady.length, 1))[flow] === 0,
    predictedMember: (flow) =>
      sender.policy === null || steady.length === 0 || placement.reason[flow] !== 0 ? -1 : steady[bucketOf(flow)],
  };
}

function findAll(request: SpanPlaceRequest, predictors: readonly Predictor[], strict: boolean): ActiveEpoch[] {
  const { flows, activity, spans } = request;
  const isOnly = spans.length === 1;
  return spans.flatMap(({ sender, fromMs, toMs }, s) => {
    if (sender.policy === null)
      return [
        { fromMs: Math.max(fromMs, flows.firstMs), toMs: Math.min(toMs, flows.lastMs), active: sender.order, why: 'start', slackMs: 0 },
      ];
    return findEpochs(flows, activity, sender.order, predictors[s], request.isOwnFrame, strict, isOnly ? null : { fromMs, toMs });
  });
}

/** Index of the span at a moment. */
export function spanAt(spans: readonly RuleSpan[], ms: number): number {
  let s = 0;
  while (s + 1 < spans.length && ms >= spans[s + 1].fromMs) s++;
  return s;
}

function hashedPackets({ agreement, unpredicted, transitionPackets }: Placement): number {
  return agreement.packets.total + transitionPackets + unpredicted.reduce((sum, { packets }) => sum + packets, 0);
}
