import { eraForKernel } from '../hash/kernel-version.ts';
import { findPolicy, hasVariant, POLICIES } from '../hash/registry.ts';
import type { HashPolicy } from '../hash/policy.ts';
import { chanceOfFit, fitPolicies } from '../infer/fit-policy.ts';
import type { Fit, Hypothesis } from '../infer/fit-policy.ts';
import type { Activity } from '../plan/activity.ts';
import { LACP_DOWN } from '../plan/activity.ts';
import type { PolicyInUse } from '../report/document.ts';
import type { SenderOptions } from './analysis-options.ts';
import { BadCall } from './bad-call.ts';
import { chooseBuckets } from './choose-buckets.ts';
import { knownOrder } from './sender-order.ts';
import { pick, requirePolicy } from './sender.ts';
import type { Sender, SenderRequest } from './sender.ts';

/** An inferred rule must explain this share of the flows and, of an end not known to aggregate, not be likely to do so by chance. */
const LEAST_FIT = 0.93;
const MOST_CHANCE = 0.05;
/** Share of the flows that it must predict at all: a rule that excuses nearly everything explains nothing. */
const LEAST_PREDICTED = 0.05;

/** Modes of a Linux bond whose policy places all data. */
const HASH_MODES = new Set(['802.3ad', 'balance-xor']);

/** Policy, version and member order of a sender: from options, else from state texts, else the best fitting. */
export function chooseSender(request: SenderRequest): Sender {
  const { options, facts, plan } = request;
  const stated = facts.find((f) => f.facts.policy !== undefined && (f.facts.mode === undefined || HASH_MODES.has(f.facts.mode)));
  const bucketMode = facts.find((f) => f.facts.mode !== undefined && findPolicy(f.facts.mode)?.selector === 'bucket-256')?.facts.mode;
  const statedMode = facts.find((f) => f.facts.mode !== undefined && findPolicy(f.facts.mode)?.selector === 'none')?.facts.mode;
  const id = options.policy ?? stated?.facts.policy ?? bucketMode ?? statedMode ?? null;
  if (id !== null && requirePolicy(id).selector === 'bucket-256')
    return chooseBuckets(request, requirePolicy(id), options.policy !== undefined ? 'option' : 'state');
  const policies = id === null ? POLICIES.filter((p) => p.family === 'linux' && p.selector === 'modulo') : [requirePolicy(id)];
  const variants = variantsOf(request, policies);
  const hypotheses = policies.flatMap((policy) => variants(policy));
  if (hypotheses.length === 0) throw new BadCall(`no variant of ${id ?? 'any policy'} fits: ${describeWish(options)}`);
  const known = knownOrder(request);
  const carrying = membersInUse(request);
  const source: PolicyInUse['source'] = options.policy !== undefined ? 'option' : id !== null ? 'state' : 'inferred';
  const allMembers = plan.members.map((_, m) => m);
  if (hypotheses[0].policy.selector !== 'modulo') {
    return {
      policy: null,
      named: hypotheses[0].policy.id,
      variant: hypotheses[0].variant,
      basis: hypotheses[0].basis,
      order: known ?? allMembers,
      source,
      confidence: 1,
    };
  }
  const used = known === null ? carrying : known.filter((m) => carrying.includes(m));
  if (hypotheses.length === 1 && known !== null) return { ...pick(hypotheses[0]), order: known, source, confidence: 1 };
  if (used.length < 2 || request.list.length === 0) {
    // One member carries all there is: every rule places it there, so nothing tells them apart.
    const preferred = hypotheses.reduce((best, h) => (h.logPrior > best.logPrior ? h : best));
    return {
      ...pick(preferred),
      order: completeOrder(known ?? used, allMembers, known !== null),
      source: source === 'inferred' ? 'default' : source,
      confidence: source === 'inferred' ? 1 / Math.max(policies.length, 1) : 1,
    };
  }
  const fits = fitPolicies({
    flows: request.flows,
    list: request.list,
    isData: request.isData,
    isSteady: steadyMoments(request.activity, used),
    members: used,
    order: known === null ? null : used,
    hypotheses,
  });
  const best = fits[0];
  const order = known ?? completeOrder(best.order, allMembers, false);
  if (source !== 'inferred') return { ...pick(best.hypothesis), order, source, confidence: 1 };
  const chance = chanceOfFit(best, hypotheses.length, used.length, known === null);
  // An end whose LACPDUs distribute on several ports does place flows by a rule; of any other that is to be shown.
  const aggregates = request.ends.filter((end) => end?.everUp === true).length > 1;
  const tooFew = best.flows.total < LEAST_PREDICTED * Math.min(request.list.length, 20_000);
  if (best.flows.total === 0 || tooFew || best.flows.match / best.flows.total < LEAST_FIT || (chance > MOST_CHANCE && !aggregates)) {
    return chooseBuckets(request, null, source);
  }
  return { ...pick(best.hypothesis), order, source, confidence: Math.max(confidenceOf(fits) * (1 - chance), 0.01) };
}

function describeWish(options: SenderOptions): string {
  const parts = [
    options.variant !== undefined ? `variant ${options.variant}` : '',
    options.kernel !== undefined ? `kernel ${options.kernel}` : '',
  ];
  return parts.filter((p) => p !== '').join(', ');
}

/** Which variants of a policy are possible, and how likely each is before the traffic is looked at. */
function variantsOf(request: SenderRequest, policies: readonly HashPolicy[]): (policy: HashPolicy) => Hypothesis[] {
  const { options, facts } = request;
  const basis = options.basis ?? 0;
  if (options.variant !== undefined) {
    const variant = options.variant;
    return (policy) => (hasVariant(policy, variant) ? [{ policy, variant, basis, logPrior: 0 }] : []);
  }
  if (options.kernel !== undefined) {
    const era = eraForKernel(options.kernel);
    if (era === null) throw new BadCall(`kernel ${options.kernel}: not a version (x.y, x.y.z or a variant id)`);
    return (policy) => {
      if (policy.family !== 'linux') return [{ policy, variant: policy.defaultVariant, basis, logPrior: 0 }];
      return hasVariant(policy, era.variant) ? [{ policy, variant: era.variant, basis, logPrior: 0 }] : [];
    };
  }
  const kernel = facts.find((f) => f.kernel !== null)?.kernel ?? null;
  const prior = kernel === null ? null : eraForKernel(kernel);
  void policies;
  return (policy) => {
    if (policy.family !== 'linux') return [{ policy, variant: policy.defaultVariant, basis, logPrior: 0 }];
    // The broken range is never chosen unless it was asked for (contract, section 5).
    const usable = policy.variants.filter((v) => v.id !== 'linux-5.15.0');
    return usable.map((v, place) => {
      const said = prior !== null && (v.id === prior.variant || prior.candidates.includes(v.id));
      // A version text is a prior only; without one, newer kernels are likelier than older ones.
      const logPrior =
        prior === null ? -0.05 * (usable.length - 1 - place) - policyRank(policy) * 1e-3 : v.id === prior.variant ? 0 : said ? -0.5 : -6;
      return { policy, variant: v.id, basis, logPrior };
    });
  };
}

/** Among rules that place everything alike the commoner one is named. */
function policyRank(policy: HashPolicy): number {
  const place = POLICIES.indexOf(policy);
  return place < 0 ? POLICIES.length : place;
}

function completeOrder(order: readonly number[], all: readonly number[], isKnown: boolean): readonly number[] {
  return isKnown ? order : [...order, ...all.filter((m) => !order.includes(m))];
}

function membersInUse(request: SenderRequest): number[] {
  const { bins, data } = request.activity;
  // What nobody captured may well carry data, and what LACP says distributes could have: both count as in use.
  return request.plan.members
    .map((_, m) => m)
    .filter((m) => {
      if (request.plan.members[m].sources.length === 0 || request.ends[m]?.everUp === true) return true;
      return data.subarray(m * bins, (m + 1) * bins).includes(1);
    });
}

/** Moments at which no used member is known to be out of use: LACP does not say so, and it is not long silent. */
function steadyMoments(activity: Activity, used: readonly number[]): (ms: number) => boolean {
  const { bins, binMs, fromMs, lacp, anyFrame } = activity;
  const steady = new Uint8Array(bins).fill(1);
  const least = Math.max(2, Math.ceil(2_000 / binMs));
  for (const m of used) {
    if (!anyFrame.subarray(m * bins, (m + 1) * bins).includes(1)) continue;
    for (let b = 0; b < bins; b++) if (lacp[m * bins + b] === LACP_DOWN) steady[b] = 0;
    let from = 0;
    for (let b = 0; b <= bins; b++) {
      if (b < bins && anyFrame[m * bins + b] === 0) continue;
      if (b - from >= least) steady.fill(0, from, b);
      from = b + 1;
    }
  }
  if (!steady.includes(1)) steady.fill(1);
  return (ms) => steady[Math.min(Math.max(Math.floor((ms - fromMs) / binMs), 0), bins - 1)] === 1;
}

/** Probability of the named policy, over the variants that were tried. */
function confidenceOf(fits: readonly Fit[]): number {
  const id = fits[0].hypothesis.policy.id;
  let sum = 0;
  for (const fit of fits) if (fit.hypothesis.policy.id === id) sum += fit.probability;
  return Math.min(sum, 0.999);
}
