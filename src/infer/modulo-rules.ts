import { hashFlows } from '../flows/hash-flows.ts';
import { fitOrder, untestedMembers } from './fit-order.ts';
import { reasonCode } from '../hash/policy.ts';
import { KIND_ORDINARY } from './field-sets.ts';
import type { Hypothesis } from './hypothesis.ts';
import { logAdd, logFactorial } from './log-math.ts';
import type { Observation } from './observe.ts';
import type { Candidate, OrderPrior, RuleRequest, RuleSource } from './rule-source.ts';
import { scoreRule } from './score-rule.ts';
import type { RuleScore } from './score-rule.ts';

/** Probability that port numbers or a text name the order wrongly: 65 of 65 bonds had it right. */
const WRONG_ORDER = 0.01;

/** Rules whose hash is taken modulo the number of members, under the order that fits or is told. */
export const moduloRules: RuleSource = {
  id: 'modulo',
  costly: false,
  propose: (request, seen) => (request.hypotheses.length === 0 ? [] : scoreModuloRules(request.hypotheses, request, seen)),
};

/** Scores rules by modulo; also for sources with hypotheses of their own. */
export function scoreModuloRules(
  hypotheses: readonly Hypothesis[],
  request: Pick<RuleRequest, 'order'>,
  seen: Observation,
): readonly Candidate[] {
  const n = seen.members.length;
  if (n < 1 || seen.sample.length === 0) return [];
  const requests = hypotheses.map(({ policy, variant, basis }) => ({ policy, context: { variant, basis, memberCount: n } }));
  const beside = hashFlows(seen.flows.merged, seen.sample, requests, false);
  const inFrame = hashFlows(seen.flows.merged, seen.sample, requests, true);
  return hypotheses.map((hypothesis, h) => {
    const { hash, reason } = beside[h];
    const scored = scoreOrders(request.order, seen, hash, reason, inFrame[h].hash);
    return { hypothesis, learned: false, ...scored, logOdds: scored.logOdds + oddsOfCutFlows(seen, reason) };
  });
}

const CUT = reasonCode('cut-header');

/**
 * What the flows are worth whose decisive bytes were cut off, in kinds of frames that are not everyday traffic: another
 * rule that needs fewer bytes often names their member rightly without being the true one (an ICMP error quotes what its
 * own addresses say). Half the weight is on "the bytes say the same", so that a rule neither wins nor loses by the cut.
 */
function oddsOfCutFlows(seen: Observation, reason: Uint8Array): number {
  const cut = new Map<number, number>();
  for (let i = 0; i < reason.length; i++) {
    if (reason[i] === CUT && (seen.kind[i] & KIND_ORDINARY) === 0) cut.set(seen.kind[i], (cut.get(seen.kind[i]) ?? 0) + 1);
  }
  let logOdds = 0;
  for (const flows of cut.values()) logOdds += logAdd(flows * Math.log(seen.members.length), 0) - Math.log(2);
  return logOdds;
}

type Scored = Pick<Candidate, 'order' | 'untested' | 'logOdds' | 'predicted' | 'flows' | 'packets' | 'tests'>;

/** Tagged flows of a kind whose member tells how the sender saw the tag: those that need it in the frame, and beside it. */
interface TaggedFlows {
  excused: number;
  beside: number;
}

/** Share of tagged flows, and of kinds of tagged frames, that senders see with the tag in the frame: guests that write it themselves. */
const IN_FRAME_FLOWS = 0.05;
const IN_FRAME_KINDS = 0.05;
const IN_FRAME_ERROR = 0.005;

/**
 * What flows are worth that fit only with the tag in the frame, where `scoreRule` has counted those with the tag beside it.
 * Two ways to see a tag give a false rule two chances on every tagged flow: the second one has its price.
 */
function oddsOfTags(tagged: ReadonlyMap<number, TaggedFlows>, n: number): number {
  let logOdds = 0;
  for (const { excused, beside } of tagged.values()) {
    if (excused === 0) continue;
    const some = Math.log(1 - IN_FRAME_KINDS) + excused * Math.log(IN_FRAME_FLOWS * n) + beside * Math.log(1 - IN_FRAME_FLOWS);
    const whole = Math.log(IN_FRAME_KINDS) + excused * Math.log((1 - IN_FRAME_ERROR) * n) + beside * Math.log(IN_FRAME_ERROR);
    logOdds += logAdd(some, whole);
  }
  return logOdds;
}

function scoreOrders(prior: OrderPrior | null, seen: Observation, hash: Uint32Array, reason: Uint8Array, inFrame: Uint32Array): Scored {
  const usable = (i: number): boolean => reason[i] === 0;
  const n = seen.members.length;
  const scoreOf = (order: readonly number[]): { score: RuleScore; predicted: Int16Array } => {
    const predicted = new Int16Array(hash.length).fill(-1);
    const tagged = new Map<number, TaggedFlows>();
    for (let i = 0; i < hash.length; i++) {
      if (reason[i] !== 0) continue;
      const target = order[hash[i] % n];
      // A tagged frame that fits with the tag in the frame only: the capture does not tell how the sender saw it.
      const misfit = target !== seen.member[i];
      if (inFrame[i] !== hash[i] && order[inFrame[i] % n] !== target) {
        const excused = misfit && order[inFrame[i] % n] === seen.member[i];
        const counts = tagged.get(seen.kind[i]) ?? { excused: 0, beside: 0 };
        if (excused) counts.excused++;
        else if (!misfit) counts.beside++;
        tagged.set(seen.kind[i], counts);
        if (excused) continue;
      }
      predicted[i] = target;
    }
    const score = scoreRule(seen, { group: hash, predicted });
    return { score: { ...score, logOdds: score.logOdds + oddsOfTags(tagged, n) }, predicted };
  };
  const done = (order: readonly number[], untested: readonly number[], logOdds: number, of: ReturnType<typeof scoreOf>): Scored => ({
    order,
    untested,
    logOdds,
    predicted: of.predicted,
    flows: { match: of.score.match, total: of.score.total },
    packets: { match: of.score.packetsMatch, total: of.score.packetsTotal },
    tests: of.score.tests,
  });
  const told = prior === null ? null : scoreOf(prior.order);
  if (prior !== null && told !== null && (prior.weight === 'exact' || told.score.match === told.score.total)) {
    return done(prior.order, untestedMembers(prior.order, hash, usable), told.score.logOdds, told);
  }
  const fit = fitOrder(seen, hash, usable);
  const fitted = scoreOf(fit.order);
  // One order of n! was picked by the same flows; those that exchange untested members fit as well.
  const fittedOdds = fitted.score.logOdds - logFactorial(n) + logFactorial(fit.untested.length);
  if (prior === null || told === null) return done(fit.order, fit.untested, fittedOdds, fitted);
  const toldOdds = Math.log(1 - WRONG_ORDER) + told.score.logOdds;
  const otherOdds = Math.log(WRONG_ORDER) + fittedOdds;
  const logOdds = logAdd(toldOdds, otherOdds);
  return toldOdds >= otherOdds
    ? done(prior.order, untestedMembers(prior.order, hash, usable), logOdds, told)
    : done(fit.order, fit.untested, logOdds, fitted);
}
