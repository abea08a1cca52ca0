import type { Hypothesis } from './hypothesis.ts';
import { logSum } from './log-math.ts';
import { observe, selectRows } from './observe.ts';
import type { Observation } from './observe.ts';
import type { Candidate, RuleRequest, RuleSource } from './rule-source.ts';
import { ONE_MEMBER, weighUnknownRules } from './unknown-rules.ts';
import type { UnknownRule } from './unknown-rules.ts';
import { MOST_MEMBERS } from './most-members.ts';

/** Rules that place the observed flows alike, the likeliest of them first. */
export interface RankedRule {
  readonly best: Candidate;
  /** Others that cannot be told apart from it by these flows. */
  readonly equivalent: readonly Hypothesis[];
  /** Of all of them together. */
  readonly probability: number;
}

export interface Ranking {
  readonly seen: Observation;
  /** Best first. */
  readonly rules: readonly RankedRule[];
  /** Probability that the sender follows none of the rules tried. */
  readonly unexplained: number;
  /** Of that, the part in which one member carries all whatever the header says. */
  readonly oneMember: number;
  /** One policy is left over: the sum of its rules is above DECIDED, and it explains the flows. */
  readonly decided: boolean;
  /** Probability of the best rule's policy, whatever the variant. */
  readonly confidence: number;
}

/** A policy is decided above this probability. */
export const DECIDED = 0.95;
/** Share of the flows it predicts that a decided rule must have right, and share of all that it must predict. */
const LEAST_RIGHT = 0.93;
const LEAST_PREDICTED = 0.05;
/** Odds for the best rule by which costly sources are not asked any more, if nothing speaks against it. */
const ENOUGH_LOG_ODDS = 25;

/** Flows that a first look takes, where there are many more: enough to refute nearly all rules. */
const FIRST_LOOK = 1_000;
/** Rules this much less likely than the best one at the first look are not looked at again, but for a few to compare with. */
const HOPELESS_LOG_ODDS = 40;
const LEAST_KEPT = 3;

/** Ranks all rules of all sources by the flows. */
export function rankRules(request: RuleRequest, sources: readonly RuleSource[]): Ranking {
  return finish(rankSteps(request, sources));
}

/** The same step by step: yields the id of each source before it is asked, so that a host can do something else in between. */
export function* rankSteps(request: RuleRequest, sources: readonly RuleSource[]): Generator<string, Ranking> {
  return yield* observedSteps(request, observe(request), sources);
}

/** Takes all steps at once. */
export function finish<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same for what was observed before, or a part of it. */
export function rankObserved(request: RuleRequest, seen: Observation, sources: readonly RuleSource[]): Ranking {
  return finish(observedSteps(request, seen, sources));
}

function* observedSteps(request: RuleRequest, seen: Observation, sources: readonly RuleSource[]): Generator<string, Ranking> {
  if (seen.sample.length <= 2 * FIRST_LOOK) return rankCandidates(yield* proposeAll(request, seen, sources), seen, request);
  const step = seen.sample.length / FIRST_LOOK;
  const first = selectRows(
    seen,
    Array.from({ length: FIRST_LOOK }, (_, i) => Math.floor(i * step)),
  );
  const cheap = sources.filter((source) => !source.costly);
  const firstRanking = rankCandidates(yield* proposeAll(request, first, cheap), first, request);
  const kept = survivors(firstRanking);
  const keys = new Set(kept.map(({ policy, variant, basis }) => `${policy.id} ${variant} ${basis}`));
  const again = sources.filter(
    (source) => source.costly || source.family === undefined || kept.some((h) => h.policy.family === source.family),
  );
  const narrow = { ...request, hypotheses: request.hypotheses.filter((h) => keys.has(`${h.policy.id} ${h.variant} ${h.basis}`)) };
  return rankCandidates(yield* proposeAll(narrow, seen, again), seen, request);
}

function* proposeAll(request: RuleRequest, seen: Observation, sources: readonly RuleSource[]): Generator<string, Candidate[]> {
  if (seen.members.length > MOST_MEMBERS) return [];
  const candidates: Candidate[] = [];
  for (const source of sources) {
    if (source.costly && candidates.some(isEnough)) continue;
    if (source.lastResort === true && candidates.some((candidate) => candidate.logOdds > ENOUGH_LOG_ODDS && explains(candidate, seen)))
      continue;
    yield source.id;
    candidates.push(...(yield* proposeSteps(source, request, seen)));
  }
  return candidates;
}

/** What a source proposes; while that takes long its id is told again and again. */
function* proposeSteps(source: RuleSource, request: RuleRequest, seen: Observation): Generator<string, readonly Candidate[]> {
  const proposal = source.propose(request, seen);
  if (!('next' in proposal)) return proposal;
  for (;;) {
    const step = proposal.next();
    if (step.done === true) return step.value;
    yield source.id;
  }
}

/** Rules that may still be the best one with all flows. */
function survivors({ rules }: Ranking): Hypothesis[] {
  const best = rules[0]?.probability ?? 0;
  return rules.flatMap(({ best: { hypothesis }, equivalent, probability }, r) =>
    r < LEAST_KEPT || probability > best * Math.exp(-HOPELESS_LOG_ODDS) ? [hypothesis, ...equivalent] : [],
  );
}

function isEnough({ flows, logOdds, tests }: Candidate): boolean {
  return logOdds > ENOUGH_LOG_ODDS && tests > ENOUGH_LOG_ODDS && flows.match === flows.total;
}

/** True where the sender is rather Open vSwitch than Linux, as far as its LACPDUs tell. */
export function isLikelyOvs({ familyPrior: { ovs = -Infinity, linux = -Infinity } }: Pick<RuleRequest, 'familyPrior'>): boolean {
  return ovs > linux;
}

/** `more`: rules that nobody described, beside those that hold for the whole LAG. */
export function rankCandidates(
  candidates: readonly Candidate[],
  seen: Observation,
  request: Pick<RuleRequest, 'familyPrior'>,
  more: readonly UnknownRule[] = [],
): Ranking {
  const { other = Math.log(0.5) } = request.familyPrior;
  const unknown = [...weighUnknownRules(seen, isLikelyOvs(request)), ...more].map((rule) => ({ ...rule, logPrior: other + rule.logShare }));
  const scores = candidates.map((candidate) => candidate.logOdds + candidate.hypothesis.logPrior);
  const unnamed = candidates.filter(({ otherBasis }) => otherBasis !== undefined);
  const unnamedOf = (list: readonly Candidate[]): number[] => list.map(({ otherBasis }) => otherBasis ?? -Infinity);
  const total = logSum([...scores, ...unnamedOf(unnamed), ...unknown.map((rule) => rule.logOdds + rule.logPrior)]);
  const clusters = new Map<string, number[]>();
  candidates.forEach((candidate, c) => {
    const key = placementKey(candidate);
    const list = clusters.get(key);
    if (list === undefined) clusters.set(key, [c]);
    else list.push(c);
  });
  const rules = [...clusters.values()]
    .map((list): RankedRule => {
      const sorted = [...list].sort((x, y) => scores[y] - scores[x]);
      return {
        best: candidates[sorted[0]],
        equivalent: sorted.slice(1).map((c) => candidates[c].hypothesis),
        probability: Math.exp(logSum(sorted.map((c) => scores[c])) - total),
      };
    })
    .sort((x, y) => y.probability - x.probability);
  const share = (logs: readonly number[]): number => Math.exp(logSum(logs) - total);
  const unknownLogs = unknown.map((rule) => rule.logOdds + rule.logPrior);
  const best = rules[0]?.best;
  const confidence =
    best === undefined
      ? 0
      : share([
          ...scores.filter((_, c) => candidates[c].hypothesis.policy.id === best.hypothesis.policy.id),
          ...unnamedOf(unnamed.filter(({ hypothesis }) => hypothesis.policy.id === best.hypothesis.policy.id)),
        ]);
  return {
    seen,
    rules,
    unexplained: share([...unknownLogs, ...unnamedOf(unnamed)]),
    oneMember: share(unknownLogs.filter((_, u) => unknown[u].fields === ONE_MEMBER)),
    decided: best !== undefined && confidence > DECIDED && explains(best, seen),
    confidence,
  };
}

/** A rule is believed only if it is right on nearly all flows that it predicts, and predicts some. */
export function explains({ flows }: Candidate, seen: Observation): boolean {
  return flows.match >= LEAST_RIGHT * flows.total && flows.total >= LEAST_PREDICTED * seen.sample.length && flows.total > 0;
}

/** Equal for rules that name the same member for every flow. A learned table agrees with whatever fits, so there the buckets count. */
function placementKey(candidate: Candidate): string {
  const { sorted, learned } = candidate;
  if (learned && sorted === undefined)
    return `${candidate.hypothesis.policy.id} ${candidate.hypothesis.variant} ${candidate.hypothesis.basis}`;
  return sorted === undefined ? keyOfColumn(candidate.predicted) : `buckets ${keyOfColumn(sorted)}`;
}

function keyOfColumn(predicted: Int16Array): string {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let i = 0; i < predicted.length; i++) {
    low = Math.imul(low ^ (predicted[i] + 2), 0x01000193);
    high = Math.imul(high ^ (predicted[i] + 2), 0x85ebca6b) + low;
  }
  return `${low} ${high}`;
}
