import { sliceTables } from '../flows/lag-flows.ts';
import { NO_FLOW } from '../flows/flow-table.ts';
import { scoreModuloRules } from './modulo-rules.ts';
import type { Observation } from './observe.ts';
import type { Candidate, RuleRequest } from './rule-source.ts';
import { FLOW_ERROR } from './score-rule.ts';
import { orderByTime } from './slice-order.ts';

/** Slices looked at, at most: of more, some flows are left out. */
const MOST_SLICES = 300_000;
/** Orders of the members tried, those that fit most rules first. */
const MOST_ORDERS = 6;
/** Fewer frames on one side of a moment tell nothing of a rule. */
const LEAST_RUNS = 3;

/** A moment before which one rule by modulo fits best, and from which on another one does. */
export interface RuleChange {
  /** First frame that only the later rule explains, in milliseconds on the LAG's axis. */
  readonly ms: number;
  /** Logarithm of the odds that both rules have against one rule for the whole time. */
  readonly gain: number;
  /** Moments among which this one was chosen. */
  readonly tried: number;
}

type OrderedRule = Pick<Candidate, 'hypothesis' | 'order'>;

/** Stretches of one flow on one member: rows are those of the observation. */
interface Runs {
  readonly count: number;
  readonly row: Uint32Array;
  readonly member: Uint8Array;
  readonly firstMs: Float64Array;
  readonly lastMs: Float64Array;
  /** Runs are in order of their first frames; their numbers in order of their last ones. */
  readonly byLast: Uint32Array;
}

/**
 * The moment at which a change of the rule explains the frames best, or null where one rule is as good. What a flow does is
 * one vote each time it comes to a member, however many frames it has there; a flow that stays counts on both sides.
 */
export function findRuleChange(request: RuleRequest, seen: Observation): RuleChange | null {
  if (seen.members.length < 2 || request.hypotheses.length < 2) return null;
  const runs = listRuns(request, seen);
  if (runs.count < 2 * LEAST_RUNS) return null;
  let best: RuleChange | null = null;
  for (const order of ordersOf(request, seen)) {
    const rules = scoreModuloRules(request.hypotheses, { order: { order, weight: 'exact' } }, seen).map(({ predicted }) => predicted);
    const tried = distinct(rules);
    const found = bestMoment(runs, tried, tried, seen.members.length);
    if (found !== null && (best === null || found.gain > best.gain)) best = found;
  }
  return best;
}

/** The moment between two rules that are known, each with its order of the members. */
export function placeRuleChange(request: RuleRequest, seen: Observation, before: OrderedRule, after: OrderedRule): number | null {
  const rule = ({ hypothesis, order }: OrderedRule): Int16Array[] =>
    scoreModuloRules([hypothesis], { order: { order, weight: 'exact' } }, seen).map(({ predicted }) => predicted);
  return bestMoment(listRuns(request, seen), rule(before), rule(after), seen.members.length)?.ms ?? null;
}

/** The order that is told, else those that fit the rules over the whole time: the rule that held longer fits in the true one. */
function ordersOf(request: RuleRequest, seen: Observation): (readonly number[])[] {
  const counts = new Map<string, { order: readonly number[]; rules: number }>();
  for (const { order } of scoreModuloRules(request.hypotheses, request, seen)) {
    const entry = counts.get(order.join()) ?? { order, rules: 0 };
    entry.rules++;
    counts.set(order.join(), entry);
  }
  return [...counts.values()]
    .sort((x, y) => y.rules - x.rules)
    .slice(0, MOST_ORDERS)
    .map(({ order }) => order);
}

function distinct(rules: readonly Int16Array[]): Int16Array[] {
  const seen = new Map<string, Int16Array>();
  for (const rule of rules) seen.set(rule.join(), rule);
  return [...seen.values()];
}

function listRuns(request: RuleRequest, { flows, sample }: Observation): Runs {
  const place = new Int32Array(flows.merged.count).fill(-1);
  sample.forEach((flow, i) => (place[flow] = i));
  const visit = (take: (row: number, member: number, ms: number) => void): void => {
    for (const { slices, flowOf, member, shiftMs } of sliceTables(flows, 'frames')) {
      const { count, flow: number, window, widthMs } = slices;
      for (let s = 0; s < count; s++) {
        const flow = flowOf[number[s]];
        if (flow === NO_FLOW || place[flow] < 0) continue;
        const ms = shiftMs + window[s] * widthMs;
        if (request.isSteady(ms) && request.isOwnFrame?.(flow, member) !== true) take(place[flow], member, ms);
      }
    }
  };
  let slices = 0;
  visit(() => slices++);
  const step = Math.max(1, Math.ceil(slices / MOST_SLICES));
  const rows: number[] = [];
  const members: number[] = [];
  const times: number[] = [];
  visit((row, member, ms) => {
    if (row % step !== 0) return;
    rows.push(row);
    members.push(member);
    times.push(ms);
  });
  return joinRuns(rows, members, Float64Array.from(times), sample.length);
}

function joinRuns(rows: readonly number[], members: readonly number[], ms: Float64Array, flows: number): Runs {
  const row = new Uint32Array(rows.length);
  const member = new Uint8Array(rows.length);
  const firstMs = new Float64Array(rows.length);
  const lastMs = new Float64Array(rows.length);
  const open = new Int32Array(flows).fill(-1);
  let count = 0;
  for (const i of orderByTime(ms)) {
    const run = open[rows[i]];
    if (run >= 0 && member[run] === members[i]) {
      lastMs[run] = ms[i];
      continue;
    }
    open[rows[i]] = count;
    row[count] = rows[i];
    member[count] = members[i];
    firstMs[count] = lastMs[count] = ms[i];
    count++;
  }
  return { count, row, member, firstMs, lastMs, byLast: orderByTime(lastMs.slice(0, count)) };
}

/** What runs say of a rule, run by run, against a member drawn blindly. */
interface RunScores {
  /** When a run begins. */
  readonly begins: Float64Array;
  /** When it goes on: nothing but that the rule allows it. */
  readonly goesOn: Float64Array;
  readonly total: number;
}

function scoreRuns({ count, row, member }: Runs, predicted: Int16Array, members: number): RunScores {
  const right = Math.log(1 - FLOW_ERROR);
  const wrong = Math.log(FLOW_ERROR / (members - 1));
  const blind = Math.log(members);
  const begins = new Float64Array(count);
  const goesOn = new Float64Array(count);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const target = predicted[row[i]];
    goesOn[i] = target < 0 ? 0 : target === member[i] ? right : wrong;
    begins[i] = target < 0 ? 0 : goesOn[i] + blind;
    total += begins[i];
  }
  return { begins, goesOn, total };
}

/** Raises `best[k]` to what the runs that began before moment k, the first frame of run k, say of a rule. */
function raiseBefore(best: Float64Array, { begins }: RunScores): void {
  let begun = 0;
  for (let k = 0; k < best.length; k++) {
    best[k] = Math.max(best[k], begun);
    begun += begins[k];
  }
}

/** The same for runs that begin from moment k on, and those that go on over it. */
function raiseAfter(best: Float64Array, { lastMs, firstMs, byLast }: Runs, { begins, goesOn, total }: RunScores): void {
  let rest = total;
  let open = 0;
  let ended = 0;
  for (let k = 0; k < best.length; k++) {
    while (ended < best.length && lastMs[byLast[ended]] < firstMs[k]) open -= goesOn[byLast[ended++]];
    best[k] = Math.max(best[k], rest + open);
    rest -= begins[k];
    open += goesOn[k];
  }
}

/** The best pair of a rule before and one after, and the moment between them. */
function bestMoment(runs: Runs, rulesBefore: readonly Int16Array[], rulesAfter: readonly Int16Array[], members: number): RuleChange | null {
  const { count, firstMs } = runs;
  const before = new Float64Array(count).fill(-Infinity);
  const after = new Float64Array(count).fill(-Infinity);
  let whole = -Infinity;
  for (const rules of new Set([rulesBefore, rulesAfter])) {
    for (const predicted of rules) {
      const scores = scoreRuns(runs, predicted, members);
      whole = Math.max(whole, scores.total);
      if (rules === rulesBefore) raiseBefore(before, scores);
      if (rules === rulesAfter) raiseAfter(after, runs, scores);
    }
  }
  let best = -1;
  for (let k = LEAST_RUNS; k + LEAST_RUNS <= count; k++) {
    // Of equal ones the last: frames that fit both rules are left before the change.
    if (best < 0 || before[k] + after[k] >= before[best] + after[best]) best = k;
  }
  return best < 0 ? null : { ms: firstMs[best], gain: before[best] + after[best] - whole, tried: count };
}
