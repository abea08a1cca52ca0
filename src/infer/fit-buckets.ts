import { hashFlows } from '../flows/hash-flows.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import type { Hypothesis } from './hypothesis.ts';
import { findEvents, knownChanges } from './bucket-events.ts';
import { learnBuckets } from './learn-buckets.ts';
import type { SliceSequence } from './learn-buckets.ts';
import { scoreTable, switchRate } from './score-buckets.ts';
import type { BucketScore } from './score-buckets.ts';
import { searchBasis } from './search-basis.ts';

/** A bucket function with what speaks for it. */
export interface BucketFit {
  readonly hypothesis: Hypothesis;
  readonly score: BucketScore;
  /** Logarithm of the odds against members drawn at random for every flow. */
  readonly logOdds: number;
  /** Among the functions tried and members drawn at random. */
  readonly probability: number;
}

/** Probability that a flow shares a bucket with others and yet is elsewhere under the true function: late frames, moves in between. */
const ERROR_RATE = 0.02;
/** Probability that a bucket moves in a round of rebalancing that takes others from its member: a few of them move each time. */
export const ROUND_RATE = 0.2;
/** Under the true function a learned table leaves next to nothing unexplained: moves are clean. */
const MOST_MISFITS = 0.003;
/** A function under which neighbouring frames of a bucket are apart more often than this is refuted without more ado. */
const MOST_SWITCHES = 0.15;

/**
 * Tries bucket functions (family, basis, lb-output): under the true one the frames of a bucket stay on one member but for
 * clean moves; under a false one they scatter. Best first, without those whose evidence is below `leastLogOdds`: by default
 * what fits worse than drawing lots.
 */
export function fitBuckets(
  flows: LagFlows,
  list: Uint32Array,
  slices: SliceSequence,
  hypotheses: readonly Hypothesis[],
  leastLogOdds = 0,
): BucketFit[] {
  const requests = hypotheses.map(({ policy, variant, basis }) => ({
    policy,
    context: { variant, basis, memberCount: flows.memberCount },
  }));
  const hashes = hashFlows(flows.merged, list, requests, false);
  const place = new Int32Array(flows.merged.count).fill(-1);
  for (let i = 0; i < list.length; i++) place[list[i]] = i;
  const scatter = scatterOf(slices, flows.memberCount);
  const perTest = Math.log((1 - ERROR_RATE) / Math.max(1 - scatter, 1e-6));
  const perMiss = Math.log(ERROR_RATE / scatter);
  // Where the members differ so much that most pairs agree anyway, agreement after a round shows nothing.
  const perRoundTest = Math.max(0, Math.log((1 - ROUND_RATE) / Math.max(1 - scatter, 1e-6)));
  const perRoundMiss = Math.min(0, Math.log(ROUND_RATE / scatter));
  // Where one member carries all, every function fits and none is shown.
  if (perTest <= 0) return [];
  const alive = hypotheses.flatMap((hypothesis, h): Omit<BucketFit, 'probability'>[] => {
    const { hash } = hashes[h];
    const hashOf = (flow: number): number => (place[flow] < 0 ? -1 : hash[place[flow]]);
    if (switchRate(slices, hashOf) > MOST_SWITCHES) return [];
    const bucketOf = (flow: number): number => (hashOf(flow) < 0 ? -1 : hashOf(flow) & 0xff);
    // What moves several buckets makes others of a frame or two believable.
    const changes = knownChanges([], findEvents(learnBuckets(slices, bucketOf, flows.memberCount), []));
    const table = learnBuckets(slices, bucketOf, flows.memberCount, changes);
    const score = scoreTable(slices, hashOf, table);
    const evidence = score.tests * perTest + score.misses * perMiss + score.roundTests * perRoundTest + score.roundMisses * perRoundMiss;
    if (score.misfits > MOST_MISFITS * slices.count || evidence < leastLogOdds) return [];
    return [{ hypothesis, score, logOdds: evidence + hypothesis.logPrior }];
  });
  const top = Math.max(0, ...alive.map((fit) => fit.logOdds));
  const sum = alive.reduce((total, fit) => total + Math.exp(fit.logOdds - top), Math.exp(-top));
  return alive.map((fit) => ({ ...fit, probability: Math.exp(fit.logOdds - top) / sum })).sort((x, y) => y.logOdds - x.logOdds);
}

/**
 * The same where the basis may be another than that of the hypotheses: looked for if none of them survives and the flows are
 * enough to single one out. Stops now and then, so that a host can do something else in between.
 */
export function* fitBucketsOfAnyBasis(
  flows: LagFlows,
  list: Uint32Array,
  slices: SliceSequence,
  hypotheses: readonly Hypothesis[],
  leastLogOdds = 0,
): Generator<null, BucketFit[]> {
  const fits = fitBuckets(flows, list, slices, hypotheses, leastLogOdds);
  if (fits.length > 0) return fits;
  const found = yield* searchBasis(flows, list, slices, hypotheses);
  return found.length === 0 ? [] : fitBuckets(flows, list, slices, found);
}

/** Probability that two frames drawn at random are on different members. */
function scatterOf(slices: SliceSequence, members: number): number {
  const counts = new Float64Array(members);
  for (let i = 0; i < slices.count; i++) counts[slices.member[i]]++;
  let same = 0;
  for (const count of counts) same += (count / Math.max(slices.count, 1)) ** 2;
  return Math.min(Math.max(1 - same, 1e-6), 1 - 1e-6);
}
