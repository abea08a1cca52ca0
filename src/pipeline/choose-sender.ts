import { LEARNED_POLICY_ID } from '../hash/learned-policy.ts';
import type { HashPolicy } from '../hash/policy.ts';
import { findPolicy } from '../hash/registry.ts';
import { explains, rankSteps } from '../infer/rank-rules.ts';
import type { RankedRule, Ranking } from '../infer/rank-rules.ts';
import { findSplit, rankSplit, sameRule } from '../infer/split-sender.ts';
import { RULE_SOURCES } from '../infer/rule-sources.ts';
import { moduloRules } from '../infer/modulo-rules.ts';
import type { Hypothesis } from '../infer/hypothesis.ts';
import { observe } from '../infer/observe.ts';
import type { Observation } from '../infer/observe.ts';
import { askedLaggKeys, ciscoTablesOf } from '../infer/switches/other-senders.ts';
import { scoreTeamTables } from '../infer/switches/team-tables.ts';
import type { PolicyInUse } from '../report/document.ts';
import { chooseBuckets } from './choose-buckets.ts';
import { membersInUse, uncapturedOf } from './members-in-use.ts';
import { requestFor, ruleRequest } from './rule-request.ts';
import { linuxRulesFor, rulesOf } from './sender-hypotheses.ts';
import { knownOrder } from './sender-order.ts';
import type { SenderFacts } from './sender-facts.ts';
import { optionPolicy, pick, requirePolicy } from './sender.ts';
import type { Sender, SenderChassis, SenderRequest, StatedPolicy } from './sender.ts';

/** Modes in which the policy places all data: of Linux bonds, and of channels without a protocol (switches, ESXi, teamd). */
const HASH_MODES = new Set(['802.3ad', 'balance-xor', 'static']);
/** Above this probability that the sender follows no rule that was tried, none is chosen. */
const MOST_UNEXPLAINED = 0.5;
/** Nothing is certain by inference. */
const MOST_CONFIDENT = 0.999;

/** Steps of a choice: the family of rules that is weighed next, if one is. */
export type Choice<T> = Generator<string | null, T>;

/** Policy, version and member order of a sender: from options, else from state texts, else the best fitting. */
export function* chooseSender(request: SenderRequest): Choice<Sender> {
  const { options } = request;
  const named = optionPolicy(options);
  if (named !== null) return yield* namedSender(request, named, 'option');
  const stated = statedPolicy(request);
  if (stated === null) return yield* inferSender(request);
  const sender = yield* namedSender(request, stated.policy, 'state');
  if (stated.policy.selector !== 'modulo') return sender;
  const text: StatedPolicy = { policy: stated.policy.id, variant: null, path: stated.facts.path, refuted: false };
  const found = yield* overrule(request, stated.policy);
  return found === null ? { ...sender, stated: text } : { ...found, stated: { ...text, refuted: true } };
}

/** The policy that a state text names for this end, and that text. */
export function statedPolicy({ facts }: Pick<SenderRequest, 'facts'>): { policy: HashPolicy; facts: SenderFacts } | null {
  const byPolicy = facts.find((f) => f.facts.policy !== undefined && (f.facts.mode === undefined || HASH_MODES.has(f.facts.mode)));
  if (byPolicy?.facts.policy !== undefined) return { policy: requirePolicy(byPolicy.facts.policy), facts: byPolicy };
  const selectorOf = (f: SenderFacts): string | undefined => findPolicy(f.facts.mode ?? '')?.selector;
  const byMode = facts.find((f) => selectorOf(f) === 'bucket-256') ?? facts.find((f) => selectorOf(f) === 'none');
  return byMode?.facts.mode === undefined ? null : { policy: requirePolicy(byMode.facts.mode), facts: byMode };
}

/** The rule that the wire shows where it refutes the policy of a state text; null where it does not. */
function* overrule(request: SenderRequest, policy: HashPolicy): Choice<Sender | null> {
  const members = membersInUse(request);
  if (members.length < 2 || request.list.length === 0) return null;
  const own = yield* rankSteps(requestFor(request, rulesOf(policy, request, members.length)), [moduloRules]);
  if (own.rules.length > 0 && explains(own.rules[0].best, own.seen)) return null;
  const all = yield* rankSteps(ruleRequest(request, policy), RULE_SOURCES);
  if (!all.decided || all.rules[0].best.hypothesis.policy.id === policy.id) return null;
  return senderOf(request, all);
}

/** A sender whose policy an option or a state text names; version and order that fit best among those possible. */
function* namedSender(request: SenderRequest, policy: HashPolicy, source: PolicyInUse['source']): Choice<Sender> {
  if (policy.selector === 'bucket-256') {
    const sender = chooseBuckets(request, policy, source);
    // Texts of two chassis behind this end: by which function each places shows in the frames.
    const split = sender.unpredicted === 'hidden-input' ? yield* splitSender(request, observe(ruleRequest(request, policy))) : null;
    return split === null ? sender : { ...split, source };
  }
  const hypotheses = rulesOf(policy, request, membersInUse(request).length);
  const known = policy.id === LEARNED_POLICY_ID ? modelOrder(request) : knownOrder(request);
  const allMembers = request.plan.members.map((_, m) => m);
  const first = hypotheses.reduce((best, h) => (h.logPrior > best.logPrior ? h : best));
  if (policy.selector === 'none') {
    const { variant, basis } = first;
    return { policy: null, named: policy.id, variant, basis, order: known ?? allMembers, source, confidence: 1 };
  }
  // Elsewhere port numbers of LACP are no hash order: the flows have a say.
  const orderIsTold =
    known !== null && (policy.family === 'linux' || policy.id === LEARNED_POLICY_ID || request.options.members !== undefined);
  const tells = hasStatedTable(request, policy);
  if (hypotheses.length === 1 && orderIsTold && !tells) return { ...pick(first), order: known, source, confidence: 1 };
  // Without an order that was asked for, a Cisco switch may have shared its buckets out by history.
  const sources =
    policy.family === 'cisco' && request.options.members === undefined
      ? [moduloRules, ciscoTablesOf(policy)]
      : policy.family === 'freebsd' && request.options.basis === undefined
        ? [moduloRules, askedLaggKeys]
        : [moduloRules];
  const rank = yield* rankInUse(request, (of) => rankSteps(requestFor(of, hypotheses), sources));
  if (rank.seen.members.length < 2 || rank.rules.length === 0) return { ...pick(first), order: known ?? allMembers, source, confidence: 1 };
  const { hypothesis, order, learned } = rank.rules[0].best;
  if (learned) return chooseBuckets(request, policy, source, { hypothesis, confidence: 1 });
  if (tells)
    return chooseBuckets(request, policy, source, { hypothesis: tableRule(request, hypotheses, rank.seen) ?? hypothesis, confidence: 1 });
  return { ...pick(hypothesis), order: fullOrder(known, order, allMembers), source, confidence: 1 };
}

/** The fields of a team whose values a text assigns to ports: those whose learned table leaves least unexplained. */
function tableRule(request: SenderRequest, hypotheses: readonly Hypothesis[], seen: Observation): Hypothesis | null {
  if (hypotheses[0].policy.family !== 'team') return null;
  const scored = scoreTeamTables(hypotheses, request, seen).sort((x, y) => y.logOdds - x.logOdds);
  return scored[0]?.hypothesis ?? null;
}

/** Senders whose buckets are normally shared out by rule, and of which a text tells the table: load masks of Cisco, teamd's balancer. */
function hasStatedTable({ facts }: SenderRequest, { family }: HashPolicy): boolean {
  return (family === 'cisco' || family === 'team') && facts.some((f) => (f.facts.buckets ?? []).length > 0);
}

/** Members in the order of a model, if it names members of this LAG; null where the fit has to find them. */
function modelOrder(request: SenderRequest): readonly number[] | null {
  const { options, plan } = request;
  if (options.members !== undefined) return knownOrder(request);
  const order = (options.model?.members ?? []).map((name) => plan.members.findIndex((member) => member.name === name));
  return order.length === 0 || order.includes(-1) ? null : order;
}

/** A sender of which nothing is told. */
function* inferSender(request: SenderRequest): Choice<Sender> {
  // Where a capture shows several links, frames of one member are on more places than a rule of members has.
  if (request.plan.members.length > 1 && request.plan.members.some(({ links }) => links > 1)) return unknownSender(request);
  const members = membersInUse(request);
  if (members.length < 2 || request.list.length === 0) return defaultSender(request);
  const ranking = yield* rankInUse(request, (of) => rankSteps(ruleRequest(of, null), RULE_SOURCES));
  yield null;
  if (!isExplained(ranking)) return (yield* splitSender(request, ranking.seen)) ?? { ...chooseBuckets(request, null, 'inferred'), ranking };
  return { ...senderOf(request, ranking), ranking };
}

/** Several chassis behind one system, each of which follows a rule over its own members; null where that does not show. */
function* splitSender(request: SenderRequest, seen: Observation): Choice<Sender | null> {
  const found = findSplit(seen);
  if (found === null) return null;
  const { joint, own } = yield* rankSplit(ruleRequest(request, null), seen, found, (part) => rankSteps(part, RULE_SOURCES));
  // As a rule both are set up alike; where no rule holds in all, each may show its own.
  const rules = own.map((ranking) => {
    const best = joint.decided ? sameRule(ranking, joint.rules[0].best) : ranking.rules[0]?.best;
    return joint.decided || ranking.decided ? best : undefined;
  });
  const split = rules.flatMap((best, p): SenderChassis[] => {
    if (best === undefined) return [];
    const confidence = Math.min(joint.decided ? joint.confidence : own[p].confidence, MOST_CONFIDENT);
    return [{ members: found.parts[p].members, hypothesis: best.hypothesis, order: best.order, confidence }];
  });
  if (split.length < found.parts.length) return null;
  const main = split.reduce((most, chassis, p) =>
    own[p].seen.sample.length > own[split.indexOf(most)].seen.sample.length ? chassis : most,
  );
  return {
    ...pick(main.hypothesis),
    policy: null,
    named: main.hypothesis.policy.id,
    order: fullOrder(
      null,
      split.flatMap(({ order }) => order),
      request.plan.members.map((_, m) => m),
    ),
    source: 'inferred',
    confidence: Math.min(...split.map(({ confidence }) => confidence)),
    unpredicted: 'hidden-input',
    split,
    ranking: joint,
  };
}

/**
 * What a text lists beside the captured members may be of the other end alone, or out of use. Where no rule fits with
 * it, and one does without, the frames tell.
 */
function* rankInUse(request: SenderRequest, rank: (request: SenderRequest) => Choice<Ranking>): Choice<Ranking> {
  const ranking = yield* rank(request);
  if (isKnownRule(ranking) || !membersInUse(request).some(uncapturedOf(request))) return ranking;
  const captured = { ...request, capturedOnly: true };
  if (membersInUse(captured).length < 2) return ranking;
  const without = yield* rank(captured);
  return isKnownRule(without) ? without : ranking;
}

function isExplained(ranking: Ranking): boolean {
  return ranking.unexplained <= MOST_UNEXPLAINED && ranking.rules.length > 0 && explains(ranking.rules[0].best, ranking.seen);
}

/** A rule that is documented, not one solved from these flows. */
function isKnownRule(ranking: Ranking): boolean {
  return isExplained(ranking) && ranking.rules[0].best.hypothesis.policy.id !== LEARNED_POLICY_ID;
}

/** The sender that a ranking's best rule makes. */
export function senderOf(request: SenderRequest, ranking: Ranking): Sender {
  const { hypothesis, order, learned } = ranking.rules[0].best;
  if (learned || hypothesis.policy.selector === 'bucket-256') {
    // Buckets depend on the very function: of several that fit alike none tells in which one a flow is, and under a wrong one they are made up.
    const confidence = hypothesis.policy.family === 'ovs' ? ownProbability(ranking.rules[0]) : ranking.confidence;
    if (hypothesis.policy.family === 'ovs' && confidence < LEAST_LIKELY_TABLE) return unknownSender(request);
    return chooseBuckets(request, hypothesis.policy, 'inferred', { hypothesis, confidence: Math.min(confidence, MOST_CONFIDENT) });
  }
  // A solved switch knows these members only: how it would share out over others is not known.
  const allMembers = hypothesis.policy.id === LEARNED_POLICY_ID ? order : request.plan.members.map((_, m) => m);
  return {
    ...pick(hypothesis),
    order: hypothesis.policy.id === LEARNED_POLICY_ID ? order : fullOrder(knownOrder(request), order, allMembers),
    source: 'inferred',
    confidence: Math.min(Math.max(ranking.confidence, 0.01), MOST_CONFIDENT),
  };
}

/** The very function (policy, version, basis) must be as likely as this: its buckets would be made up else. */
const LEAST_LIKELY_TABLE = 0.75;

/** Probability of the best rule alone, without those that these flows cannot tell from it. */
function ownProbability({ best, equivalent, probability }: RankedRule): number {
  const own = best.hypothesis.logPrior;
  return probability / equivalent.reduce((sum, { logPrior }) => sum + Math.exp(logPrior - own), 1);
}

function unknownSender(request: SenderRequest): Sender {
  const order = knownOrder(request) ?? request.plan.members.map((_, m) => m);
  return { policy: null, variant: '', basis: 0, order, source: 'inferred', confidence: 0, unpredicted: 'unknown-policy' };
}

/** All data is on one member, or there is none: every policy places that alike, and the likeliest one is named. */
function defaultSender(request: SenderRequest): Sender {
  const hypotheses = linuxRulesFor(request, 0);
  const first = hypotheses.find((h) => h.policy.id === DEFAULT_POLICY) ?? hypotheses[0];
  const newest = hypotheses.reduce((best, h) => (h.policy === first.policy && h.logPrior > best.logPrior ? h : best), first);
  const allMembers = request.plan.members.map((_, m) => m);
  const order = knownOrder(request) ?? fullOrder(null, membersInUse(request), allMembers);
  const policies = new Set(hypotheses.map((h) => h.policy.id)).size;
  return { ...pick(newest), order, source: 'default', confidence: 1 / policies };
}

/** What a Linux bond does unless it is told otherwise. */
const DEFAULT_POLICY = 'layer2';

/** A fitted order, with the members that carry nothing: where they stand if that is known, else last. */
function fullOrder(known: readonly number[] | null, fitted: readonly number[], all: readonly number[]): readonly number[] {
  if (known === null) return [...fitted, ...all.filter((m) => !fitted.includes(m))];
  const places = known.filter((m) => fitted.includes(m));
  if (places.every((m, i) => m === fitted[i])) return known;
  let next = 0;
  return known.map((m) => (fitted.includes(m) ? fitted[next++] : m));
}
