import { hashFlows } from '../flows/hash-flows.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import type { Hypothesis } from './hypothesis.ts';
import { holdAt, learnBuckets, scoreBuckets } from './learn-buckets.ts';
import type { BucketScore, SliceSequence } from './learn-buckets.ts';

/** A bucket function with what speaks for it. */
export interface BucketFit {
  readonly hypothesis: Hypothesis;
  readonly score: BucketScore;
  /** Logarithm of the odds against members drawn at random for every flow. */
  readonly logOdds: number;
  readonly probability: number;
}

/** Share of switches that rebalancing and late frames may cause under the true function. */
const SWITCH_RATE = 0.02;
/** A hypothesis with more switches than this is refuted. */
const MOST_SWITCHES = 0.1;
/** Under the true function a learned table leaves next to nothing unexplained: moves are clean. */
const MOST_MISFITS = 0.003;
/** Odds needed to believe one at all: with fewer tests "no conflict" means little. */
const LEAST_LOG_ODDS = Math.log(1_000);

/**
 * Tries bucket functions (family, basis, lb-output): under the true one the frames of a bucket stay on one member but for
 * clean moves; under a false one they scatter. Best first; empty if none survives or the traffic does not decide.
 */
export function fitBuckets(flows: LagFlows, list: Uint32Array, slices: SliceSequence, hypotheses: readonly Hypothesis[]): BucketFit[] {
  const requests = hypotheses.map(({ policy, variant, basis }) => ({
    policy,
    context: { variant, basis, memberCount: flows.memberCount },
  }));
  const hashes = hashFlows(flows.merged, list, requests, false);
  const place = new Int32Array(flows.merged.count).fill(-1);
  for (let i = 0; i < list.length; i++) place[list[i]] = i;
  const scatter = scatterOf(slices, flows.memberCount);
  const fits = hypotheses.map((hypothesis, h) => {
    const { hash } = hashes[h];
    const score = scoreBuckets(slices, (flow) => (place[flow] < 0 ? -1 : hash[place[flow]]));
    const stays = Math.max(score.tests - score.switches, 0);
    const logOdds =
      score.switches * Math.log(SWITCH_RATE / scatter) +
      stays * Math.log((1 - SWITCH_RATE) / Math.max(1 - scatter, 1e-6)) +
      hypothesis.logPrior;
    return { hypothesis, score, logOdds, hashOf: (flow: number) => (place[flow] < 0 ? -1 : hash[place[flow]]) };
  });
  const alive = fits
    .filter((fit) => fit.logOdds >= LEAST_LOG_ODDS && fit.score.switches <= fit.score.tests * MOST_SWITCHES)
    .filter((fit) => misfitShare(slices, fit.hashOf, flows.memberCount) <= MOST_MISFITS)
    .map(({ hypothesis, score, logOdds }) => ({ hypothesis, score, logOdds }));
  const top = Math.max(...alive.map((fit) => fit.logOdds));
  const sum = alive.reduce((total, fit) => total + Math.exp(fit.logOdds - top), 0);
  return alive.map((fit) => ({ ...fit, probability: Math.exp(fit.logOdds - top) / sum })).sort((x, y) => y.logOdds - x.logOdds);
}

/** Share of the slices that are not where the table learned from them says. */
function misfitShare(slices: SliceSequence, hashOf: (flow: number) => number, members: number): number {
  const table = learnBuckets(slices, (flow) => (hashOf(flow) < 0 ? -1 : hashOf(flow) & 0xff), members);
  let misfits = 0;
  let total = 0;
  for (let i = 0; i < slices.count; i++) {
    const hash = hashOf(slices.flow[i]);
    if (hash < 0) continue;
    total++;
    if (holdAt(table[hash & 0xff], slices.ms[i])?.member !== slices.member[i]) misfits++;
  }
  return total === 0 ? 1 : misfits / total;
}

/** Probability that two frames drawn at random are on different members. */
function scatterOf(slices: SliceSequence, members: number): number {
  const counts = new Float64Array(members);
  for (let i = 0; i < slices.count; i++) counts[slices.member[i]]++;
  let same = 0;
  for (const count of counts) same += (count / Math.max(slices.count, 1)) ** 2;
  return Math.min(Math.max(1 - same, 1e-6), 1 - 1e-6);
}
