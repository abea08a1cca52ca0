import { hashFlows } from '../flows/hash-flows.ts';
import type { HashRequest } from '../flows/hash-flows.ts';
import { tagCount } from '../flows/key-layers.ts';
import { fitOrder, untestedMembers } from './fit-order.ts';
import type { Hypothesis } from './hypothesis.ts';
import { logAdd, logFactorial } from './log-math.ts';
import type { Observation } from './observe.ts';
import type { Candidate, OrderPrior, RuleRequest, RuleSource } from './rule-source.ts';
import { scoreRule } from './score-rule.ts';
import { oddsOfCutFlows, oddsOfSocketFlows, oddsOfTags } from './unsure-flows.ts';
import type { TaggedFlows } from './unsure-flows.ts';
import type { RuleScore } from './score-rule.ts';

/** Probability that port numbers or a text name the order wrongly: 65 of 65 bonds had it right. */
const WRONG_ORDER = 0.01;

/** Rules whose hash is taken modulo the number of members, under the order that fits or is told. */
export const moduloRules: RuleSource = {
  id: 'modulo',
  family: 'linux',
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
  const inFrame = hashInFrame(
    seen,
    requests,
    beside.map(({ hash }) => hash),
  );
  return hypotheses.map((hypothesis, h) => {
    const { hash, reason } = beside[h];
    const scored = scoreOrders(request.order, seen, hash, reason, inFrame[h]);
    return { hypothesis, learned: false, ...scored, logOdds: scored.logOdds + oddsOfCutFlows(seen, reason) };
  });
}

/** Hashes with the outermost tag in the frame: other than `beside` for tagged flows only, so that few are hashed twice. */
function hashInFrame(
  { flows, sample }: Observation,
  requests: readonly HashRequest[],
  beside: readonly Uint32Array[],
): readonly Uint32Array[] {
  const { merged } = flows;
  const rows = Array.from(sample.keys()).filter(
    (i) => tagCount(merged.tables[merged.keyTable[sample[i]]].columns.rows, merged.keyStart[sample[i]]) > 0,
  );
  if (rows.length === 0) return beside;
  const tagged = hashFlows(
    merged,
    Uint32Array.from(rows, (i) => sample[i]),
    requests,
    true,
  );
  return beside.map((hash, r) => {
    const inFrame = hash.slice();
    rows.forEach((i, t) => (inFrame[i] = tagged[r].hash[t]));
    return inFrame;
  });
}

type Scored = Pick<Candidate, 'order' | 'untested' | 'logOdds' | 'predicted' | 'flows' | 'packets' | 'tests'>;

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
    const logOdds = score.logOdds + oddsOfTags(tagged, n) + oddsOfSocketFlows(seen, hash, reason, order);
    return { score: { ...score, logOdds }, predicted };
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
