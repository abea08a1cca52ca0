import type { Hypothesis } from '../infer/hypothesis.ts';
import { moduloRules } from '../infer/modulo-rules.ts';
import { observe } from '../infer/observe.ts';
import { DECIDED, explains, rankRules } from '../infer/rank-rules.ts';
import type { Ranking } from '../infer/rank-rules.ts';
import { findRuleChange, placeRuleChange } from '../infer/rule-change.ts';
import type { RuleRequest } from '../infer/rule-source.ts';
import { senderOf, statedPolicy } from './choose-sender.ts';
import type { Choice } from './choose-sender.ts';
import { ruleRequest } from './rule-request.ts';
import type { Sender, SenderRequest } from './sender.ts';

/** A stretch of time in which a sender followed one rule, on the LAG's axis. */
export interface RuleSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly sender: Sender;
}

/** Odds against a policy being changed while it is captured. */
const CHANGE_ODDS = Math.log(10_000);
/** Changes looked for within a stretch between two others: each needs evidence of its own. */
const MOST_DEPTH = 3;

interface RankedSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly ranking: Ranking;
}

/**
 * The stretches in which a sender followed one policy each; the given sender alone where one explains the frames as well.
 * A change is believed where both policies show themselves on their sides of it, and their odds against one policy for the
 * whole time outweigh the choice among all moments.
 */
export function* findRuleSpans(request: SenderRequest, sender: Sender): Choice<readonly RuleSpan[]> {
  const stated = statedPolicy(request);
  const rules = ruleRequest(request, stated?.policy ?? null);
  const whole: RuleSpan = { fromMs: -Infinity, toMs: Infinity, sender };
  const found = rules.members.length < 2 ? [] : yield* split(rules, -Infinity, Infinity, 0);
  if (found.length < 2) return [whole];
  yield null;
  const spans = placeBorders(rules, found);
  const variants = commonVariants(spans);
  return spans.map(({ fromMs, toMs, ranking }, s) => {
    const of = senderOf(request, ranking);
    const source = of.policy !== null && of.policy.id === stated?.policy.id ? 'state' : of.source;
    return { fromMs, toMs, sender: { ...of, variant: variants[s], source, ranking } };
  });
}

function* split(rules: RuleRequest, fromMs: number, toMs: number, depth: number): Choice<RankedSpan[]> {
  yield null;
  const one = [rankSpan(rules, fromMs, toMs)];
  const [{ ranking }] = one;
  if (depth >= MOST_DEPTH || isPerfect(ranking)) return one;
  yield null;
  const change = findRuleChange(restrict(rules, fromMs, toMs), ranking.seen);
  if (change === null || change.gain < CHANGE_ODDS + Math.log(change.tried)) return one;
  const parts = [...(yield* split(rules, fromMs, change.ms, depth + 1)), ...(yield* split(rules, change.ms, toMs, depth + 1))];
  const joined = joinAlike(rules, parts);
  return joined.every(showsItself) ? joined : one;
}

/** Borders found by trying all rules are put anew where the two rules that were found meet. */
function placeBorders(rules: RuleRequest, spans: readonly RankedSpan[]): RankedSpan[] {
  const borders = spans.slice(1).map((span, s) => {
    // Every frame tells on which side of the border it is, also while a member is silent.
    const both: RuleRequest = { ...rules, isSteady: (ms) => ms >= spans[s].fromMs && ms < span.toMs };
    return placeRuleChange(both, observe(both), spans[s].ranking.rules[0].best, span.ranking.rules[0].best) ?? span.fromMs;
  });
  return spans.map((_, s) => rankSpan(rules, borders[s - 1] ?? -Infinity, borders[s] ?? Infinity));
}

function rankSpan(rules: RuleRequest, fromMs: number, toMs: number): RankedSpan {
  const within = restrict(rules, fromMs, toMs);
  return { fromMs, toMs, ranking: rankRules(within, [moduloRules]) };
}

function restrict(rules: RuleRequest, fromMs: number, toMs: number): RuleRequest {
  return { ...rules, isSteady: (ms) => ms >= fromMs && ms < toMs && rules.isSteady(ms) };
}

function isPerfect({ rules }: Ranking): boolean {
  return rules.length > 0 && rules[0].best.flows.total > 0 && rules[0].best.flows.match === rules[0].best.flows.total;
}

/** One placement of the flows is likelier than all others together: policies that place them alike may share it. */
function showsItself({ ranking }: RankedSpan): boolean {
  const best = ranking.rules[0];
  return best !== undefined && best.probability > DECIDED && explains(best.best, ranking.seen);
}

/** Neighbours that one policy may have held in are one: a cut at the wrong moment is mended by the next one. */
function joinAlike(rules: RuleRequest, spans: readonly RankedSpan[]): RankedSpan[] {
  const joined: RankedSpan[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    if (last === undefined || differ(last, span)) joined.push(span);
    else joined[joined.length - 1] = rankSpan(rules, last.fromMs, span.toMs);
  }
  return joined;
}

/** No policy could have held in both. */
function differ(x: RankedSpan, y: RankedSpan): boolean {
  // A stretch with too few frames has no rule at all.
  const policies = ({ ranking: { rules } }: RankedSpan): string[] =>
    rules.slice(0, 1).flatMap(({ best, equivalent }) => [best.hypothesis, ...equivalent].map((h) => h.policy.id));
  const known = new Set(policies(x));
  return !policies(y).some((id) => known.has(id));
}

function policyOf({ ranking }: RankedSpan): string {
  return ranking.rules[0].best.hypothesis.policy.id;
}

/** One version of the sender for all stretches: the likeliest of all of them together. Per span its variant. */
function commonVariants(spans: readonly RankedSpan[]): string[] {
  const total = new Map<string, number>();
  for (const span of spans) {
    const own = new Map<string, number>();
    const note = ({ policy, variant, logPrior }: Hypothesis, logOdds: number): void => {
      if (policy.id === policyOf(span)) own.set(variant, logOdds + logPrior);
    };
    for (const { best, equivalent } of span.ranking.rules) for (const h of [best.hypothesis, ...equivalent]) note(h, best.logOdds);
    for (const [variant, odds] of own) total.set(variant, (total.get(variant) ?? 0) + odds);
  }
  const [best] = [...total].sort((x, y) => y[1] - x[1]);
  return spans.map(({ ranking }) => {
    const { policy, variant } = ranking.rules[0].best.hypothesis;
    return policy.variants.some(({ id }) => id === best[0]) ? best[0] : variant;
  });
}
