import type { LagFlows } from '../flows/lag-flows.ts';
import { boundMacs, countIngressMacs } from './bound-macs.ts';
import type { BoundMacs } from './bound-macs.ts';
import { findRuns } from './cycle-model.ts';
import type { FoundCycle, FrameOrder } from './cycle-model.ts';
import { measureEvenness } from './evenness.ts';
import type { Evenness } from './evenness.ts';
import { followAddresses } from './follow-addresses.ts';
import type { FollowedAddresses } from './follow-addresses.ts';
import { countByMember, seenEverywhere } from './frames-everywhere.ts';
import type { FramesEverywhere } from './frames-everywhere.ts';
import type { SliceSequence } from './learn-buckets.ts';
import { findLearning, oftenLearning } from './learning-frames.ts';
import type { LearningFrames } from './learning-frames.ts';
import { MOST_MEMBERS } from './most-members.ts';

/** Flows with fewer frames do not show whether a flow keeps to its member. */
const LEAST_FRAMES = 4;
const MAX_FLOWS = 20_000;
/** A flow that goes to and fro changes its member at least once in so many frames; one that was moved by a failure does not. */
const STEPS_PER_CHANGE = 6;
/** Frames in a row on another member by which it is taken to carry the data from then on. */
const CARRIER_FRAMES = 8;

export interface SignatureRequest {
  readonly flows: LagFlows;
  /** Hashed flows of the direction, and those of the other one. */
  readonly list: Uint32Array;
  readonly reverse: Uint32Array;
  /** Frames of the direction in order of time; asked for only where they decide. */
  readonly slices: () => SliceSequence;
  /** Members that were captured, ascending. */
  readonly captured: readonly number[];
  /** True for the sender's own addresses. */
  readonly isSource: (mac: number) => boolean;
}

/** What the frames of one direction show of modes that do not place by a hash. What takes their order is found when it is read. */
export interface ModeSignatures extends BoundMacs {
  readonly everywhere: FramesEverywhere;
  /** Of flows with some frames, those whose frames alternate between members, and how evenly these frames fall. */
  readonly scattered: { readonly match: number; readonly total: number; readonly evenness: Evenness };
  /** Steps from one frame to the next, those to the next member of the cycle or to the same one, and these. */
  readonly cycle: FoundCycle & {
    readonly match: number;
    readonly stays: number;
    readonly total: number;
    readonly order: readonly number[];
  };
  /** Frames that were on the member which carried the data at that time, and how often that member changed. */
  readonly oneAtATime: {
    readonly match: number;
    readonly total: number;
    readonly members: readonly number[];
    /** The member that was left, and when the next one was seen first. */
    readonly left: readonly { readonly member: number; readonly ms: number }[];
  };
  /** Learning frames that members send about each second. */
  readonly learning: readonly LearningFrames[];
  /** Own addresses of members to which the other end sends, each on its member. */
  readonly ingressMacs: number;
  /** Frames that went to where the other end's stations were heard. */
  readonly followed: FollowedAddresses;
}

export function findSignatures(request: SignatureRequest): ModeSignatures {
  const { flows } = request;
  const list =
    request.list.length <= MAX_FLOWS ? request.list : request.list.filter((_, i) => i % Math.ceil(request.list.length / MAX_FLOWS) === 0);
  const counts = countByMember(flows, list);
  const bound = boundMacs(flows, list, counts);
  const slices = once(request.slices);
  const scattered = once(() => findScattered(slices(), flows));
  const cycle = once(() => findCycle(slices(), flows.memberCount));
  const oneAtATime = once(() => followCarrier(slices()));
  return {
    everywhere: seenEverywhere(flows, list, request.reverse, request.captured),
    get scattered() {
      return scattered();
    },
    get cycle() {
      return cycle();
    },
    get oneAtATime() {
      return oneAtATime();
    },
    learning: oftenLearning(findLearning(flows, request.isSource), flows),
    ...bound,
    ingressMacs: countIngressMacs(flows, request.reverse, bound.rewritten.macs),
    followed: followAddresses(flows, list, request.reverse),
  };
}

function once<T>(find: () => T): () => T {
  let found: { readonly value: T } | null = null;
  return () => (found ??= { value: find() }).value;
}

/** Flows that go to and fro. */
function findScattered(slices: SliceSequence, flows: LagFlows): ModeSignatures['scattered'] {
  const { count } = flows.merged;
  const last = new Int16Array(count).fill(-1);
  const frames = new Uint32Array(count);
  const steps = new Uint32Array(count);
  const changes = new Uint32Array(count);
  for (let i = 0; i < slices.count; i++) {
    const flow = slices.flow[i];
    frames[flow] += slices.packets[i];
    if (last[flow] >= 0) {
      steps[flow]++;
      if (last[flow] !== slices.member[i]) changes[flow]++;
    }
    last[flow] = slices.member[i];
  }
  let match = 0;
  let total = 0;
  const isScattered = new Uint8Array(count);
  for (let f = 0; f < count; f++) {
    if (frames[f] < LEAST_FRAMES) continue;
    total++;
    if (changes[f] < 2 || changes[f] <= steps[f] / STEPS_PER_CHANGE) continue;
    match++;
    isScattered[f] = 1;
  }
  const among = measureEvenness(slices, flows.memberCount, (flow) => isScattered[flow] === 1);
  // One set of turns for all frames leaves the share of any flows uneven.
  const of = measureEvenness(slices, flows.memberCount, () => true);
  return { match, total, evenness: of.deviation < among.deviation ? of : among };
}

/** The cycle that most steps from one frame to the next follow. Slices of several frames, and of one moment, have no order: nor have their neighbours. */
function findCycle(slices: SliceSequence, members: number): ModeSignatures['cycle'] {
  if (members > MOST_MEMBERS) return { match: 0, total: 0, order: [], stays: 0, ...NO_CYCLE };
  const steps = new Float64Array(members * members);
  let total = 0;
  let stays = 0;
  for (let i = 1; i < slices.count; i++) {
    if (slices.packets[i] !== 1 || slices.packets[i - 1] !== 1 || !isAlone(slices, i) || !isAlone(slices, i - 1)) continue;
    total++;
    if (slices.member[i] === slices.member[i - 1]) stays++;
    else steps[slices.member[i - 1] * members + slices.member[i]]++;
  }
  const order: number[] = [0];
  let match = stays;
  for (let k = 1; k < members; k++) {
    const from = order[k - 1];
    let next = -1;
    for (let m = 0; m < members; m++) {
      if (!order.includes(m) && (next < 0 || steps[from * members + m] > steps[from * members + next])) next = m;
    }
    match += steps[from * members + next];
    order.push(next);
  }
  match += members > 1 ? steps[order[members - 1] * members + order[0]] : 0;
  const { framesPerMember, isShown } = members > 1 && total > 0 ? findRuns(loneFrames(slices), order) : NO_CYCLE;
  return { match, total, order, framesPerMember, isShown, stays };
}

const NO_CYCLE = { framesPerMember: 0, isShown: false };

/** Frames that were alone at their moment, in stretches without others between. */
function loneFrames(slices: SliceSequence): FrameOrder {
  const member = new Uint8Array(slices.count);
  const begins = new Uint8Array(slices.count);
  let count = 0;
  let isBroken = true;
  for (let i = 0; i < slices.count; i++) {
    if (slices.packets[i] !== 1 || !isAlone(slices, i)) {
      isBroken = true;
      continue;
    }
    member[count] = slices.member[i];
    begins[count++] = isBroken ? 1 : 0;
    isBroken = false;
  }
  return { member, begins, count };
}

/** True where no other frame is of the same moment. */
function isAlone({ count, ms }: SliceSequence, i: number): boolean {
  return (i === 0 || ms[i - 1] !== ms[i]) && (i + 1 === count || ms[i + 1] !== ms[i]);
}

/** Follows the member that carries the data; another one becomes it once it carries alone for some frames. */
function followCarrier(slices: SliceSequence): ModeSignatures['oneAtATime'] {
  let carrier = slices.count > 0 ? slices.member[0] : -1;
  let match = 0;
  let total = 0;
  let run = 0;
  let runMs = 0;
  let challenger = -1;
  const left: { member: number; ms: number }[] = [];
  const carriers = new Set<number>(carrier < 0 ? [] : [carrier]);
  for (let i = 0; i < slices.count; i++) {
    const member = slices.member[i];
    total += slices.packets[i];
    if (member === carrier) {
      match += slices.packets[i];
      run = 0;
      continue;
    }
    if (run === 0 || member !== challenger) [run, runMs] = [0, slices.ms[i]];
    run += slices.packets[i];
    challenger = member;
    if (run < CARRIER_FRAMES) continue;
    left.push({ member: carrier, ms: runMs });
    carrier = member;
    carriers.add(member);
    match += run;
    run = 0;
  }
  return { match, total, members: [...carriers], left };
}
