import type { HashPolicy } from '../hash/policy.ts';
import { hashFlows } from '../flows/hash-flows.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { visitSlices } from '../flows/lag-flows.ts';
import { assignOrder } from './assign-order.ts';

/** A rule a sender may follow. */
export interface Hypothesis {
  readonly policy: HashPolicy;
  readonly variant: string;
  readonly basis: number;
  /** Logarithm of the probability before the traffic is looked at. */
  readonly logPrior: number;
}

export interface Fit {
  readonly hypothesis: Hypothesis;
  /** Member indices in hash order. */
  readonly order: readonly number[];
  readonly logLikelihood: number;
  /** Probability among the hypotheses that were tried. */
  readonly probability: number;
  /** Flows that the hypothesis predicts, and those of them that are where it says. */
  readonly flows: { readonly match: number; readonly total: number };
  /** Different hash values among the predicted flows: each is one independent test of the rule. */
  readonly tests: number;
}

export interface FitRequest {
  readonly flows: LagFlows;
  /** Hashed flows of the direction. */
  readonly list: Uint32Array;
  readonly isData: (flow: number) => boolean;
  /** True at moments when all of `members` were in use as far as anybody knows. */
  readonly isSteady: (ms: number) => boolean;
  /** Members that carried data, ascending. */
  readonly members: readonly number[];
  /** Hash order if it is known, else null: the order that fits is found for each hypothesis. */
  readonly order: readonly number[] | null;
  readonly hypotheses: readonly Hypothesis[];
}

/** Flows looked at, at most: enough to separate what can be separated, few enough to take milliseconds. */
const MAX_FLOWS = 20_000;
/** Probability that a flow is not where a true hypothesis puts it (a moment of transition, a frame of another source). */
const ERROR_RATE = 0.01;

/** Scores each hypothesis by the flows; best first. Flows it does not predict count as a blind guess. */
export function fitPolicies(request: FitRequest): Fit[] {
  const { flows, members, order, hypotheses } = request;
  const sample = sampleFlows(request.list);
  const observed = observeMembers(request, sample);
  const n = order === null ? members.length : order.length;
  const requests = hypotheses.map(({ policy, variant, basis }) => ({ policy, context: { variant, basis, memberCount: n } }));
  const beside = hashFlows(flows.merged, sample, requests, false);
  const inFrame = hashFlows(flows.merged, sample, requests, true);
  const fits = hypotheses.map((hypothesis, h): Omit<Fit, 'probability'> => {
    const indexOf = (i: number, hash: Uint32Array): number => hash[i] % n;
    const used = order ?? fitOrder(sample, observed, beside[h].hash, beside[h].reason, members, flows.memberCount);
    let logLikelihood = 0;
    let match = 0;
    let total = 0;
    const distinct = new Set<number>();
    const wrong = Math.log(ERROR_RATE / Math.max(n - 1, 1));
    const right = Math.log(1 - ERROR_RATE);
    const blind = -Math.log(n);
    for (let i = 0; i < sample.length; i++) {
      const member = observed[i];
      if (member < 0) continue;
      if (beside[h].reason[i] !== 0) {
        logLikelihood += blind;
        continue;
      }
      if (used[indexOf(i, beside[h].hash)] === member) {
        logLikelihood += right;
        match++;
        total++;
        distinct.add(beside[h].hash[i]);
      } else if (inFrame[h].hash[i] !== beside[h].hash[i] && used[indexOf(i, inFrame[h].hash)] === member) logLikelihood += blind;
      else {
        logLikelihood += wrong;
        total++;
      }
    }
    return { hypothesis, order: used, logLikelihood, flows: { match, total }, tests: distinct.size };
  });
  return rank(fits);
}

function rank(fits: readonly Omit<Fit, 'probability'>[]): Fit[] {
  const score = (fit: Omit<Fit, 'probability'>): number => fit.logLikelihood + fit.hypothesis.logPrior;
  const top = Math.max(...fits.map(score));
  let sum = 0;
  for (const fit of fits) sum += Math.exp(score(fit) - top);
  return fits.map((fit) => ({ ...fit, probability: Math.exp(score(fit) - top) / sum })).sort((x, y) => score(y) - score(x));
}

/**
 * Probability that a rule without meaning would fit as well: flows with one hash value share a member whatever the
 * rule, so only different values count as tests; all rules and, if it was not known, all orders had their chance.
 */
export function chanceOfFit(fit: Fit, hypotheses: number, members: number, orderWasFitted: boolean): number {
  let trials = hypotheses;
  if (orderWasFitted) for (let n = 2; n <= members; n++) trials *= n;
  return Math.min(1, trials * Math.exp(-fit.tests * Math.log(members)));
}

function sampleFlows(list: Uint32Array): Uint32Array {
  if (list.length <= MAX_FLOWS) return list;
  const sample = new Uint32Array(MAX_FLOWS);
  for (let i = 0; i < MAX_FLOWS; i++) sample[i] = list[Math.floor((i * list.length) / MAX_FLOWS)];
  return sample;
}

/** The member that carried most packets of each sampled flow at steady moments; -1 without any. */
function observeMembers(request: FitRequest, sample: Uint32Array): Int16Array {
  const { flows } = request;
  const place = new Int32Array(flows.merged.count).fill(-1);
  for (let i = 0; i < sample.length; i++) place[sample[i]] = i;
  const packets = new Float64Array(sample.length * flows.memberCount);
  visitSlices(flows, 'frames', (flow, member, ms, count) => {
    const i = place[flow];
    if (i >= 0 && request.isData(flow) && request.isSteady(ms)) packets[i * flows.memberCount + member] += count;
  });
  const observed = new Int16Array(sample.length).fill(-1);
  for (let i = 0; i < sample.length; i++) {
    let most = 0;
    for (let m = 0; m < flows.memberCount; m++) {
      if (packets[i * flows.memberCount + m] > most) {
        most = packets[i * flows.memberCount + m];
        observed[i] = m;
      }
    }
  }
  return observed;
}

function fitOrder(
  sample: Uint32Array,
  observed: Int16Array,
  hash: Uint32Array,
  reason: Uint8Array,
  members: readonly number[],
  memberCount: number,
): number[] {
  const n = members.length;
  const place = new Int16Array(memberCount).fill(-1);
  for (let i = 0; i < n; i++) place[members[i]] = i;
  const counts = new Float64Array(n * n);
  for (let i = 0; i < sample.length; i++) {
    if (observed[i] < 0 || reason[i] !== 0 || place[observed[i]] < 0) continue;
    counts[(hash[i] % n) * n + place[observed[i]]]++;
  }
  return assignOrder(counts, n, n).map((i) => members[i]);
}
