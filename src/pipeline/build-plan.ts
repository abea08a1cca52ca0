import { isDecisive, isSameRule, MAX_PLAN_MEMBERS } from '../plan/plan-rule.ts';
import type { PlanRule } from '../plan/plan-rule.ts';
import { auditEntropy } from '../plan/entropy.ts';
import { flowKinds } from '../plan/flow-kinds.ts';
import { forecastSteps } from '../plan/forecast.ts';
import type { Forecast } from '../plan/forecast.ts';
import { binTraffic } from '../plan/share-bins.ts';
import type { PlanAdvice, PlanScenario } from '../report/plan-document.ts';
import type { SideId } from '../report/document.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import { BadCall } from './bad-call.ts';
import type { FlowsAnalysis } from './flows-analysis.ts';
import { PlanDirectionTables } from './plan-direction.ts';
import type { RecordTraffic } from './plan-direction.ts';
import { rankAdvice } from './advice-rank.ts';
import { adviseDirection } from './plan-advice.ts';
import { coverDirection } from './plan-cover.ts';
import { planLoad } from './plan-load.ts';
import { listMovedFlows } from './plan-moved.ts';
import { EMPTY_PLAN } from './plan-query.ts';
import type { PlanDirection, PlanQuery, PlanResult } from './plan-query.ts';
import { currentScenario, layOutMembers, ruleKey, whatIfScenario } from './plan-scenario.ts';
import type { ScenarioContext } from './scenario-context.ts';
import type { Steps } from './steps.ts';

/** The what-if part of a finished analysis. */
export function createPlanViews(
  lags: readonly LagAnalysis[],
  recordsOf: (lag: LagAnalysis) => RecordTraffic | null = () => null,
): Pick<FlowsAnalysis, 'plan' | 'planLoad' | 'movedFlows'> {
  const known = new Map<LagAnalysis, readonly [PlanDirectionTables, PlanDirectionTables]>();
  const tablesOf = (lag: LagAnalysis): readonly [PlanDirectionTables, PlanDirectionTables] => {
    let tables = known.get(lag);
    if (tables === undefined) {
      const records = recordsOf(lag);
      tables = [new PlanDirectionTables(lag, 0, records), new PlanDirectionTables(lag, 1, records)];
      known.set(lag, tables);
    }
    return tables;
  };
  const find = (lagId: string): LagAnalysis | undefined => lags.find((lag) => lag.plan.id === lagId);
  return {
    *plan(lagId, query) {
      const lag = find(lagId);
      return lag === undefined ? EMPTY_PLAN : yield* planLag(tablesOf(lag), query);
    },
    planLoad(lagId, choice, steps) {
      const lag = find(lagId);
      return lag === undefined ? null : planLoad(tablesOf(lag)[choice.from === 'a' ? 0 : 1], choice, steps);
    },
    movedFlows(lagId, choice, top) {
      const lag = find(lagId);
      return lag === undefined ? null : listMovedFlows(tablesOf(lag)[choice.from === 'a' ? 0 : 1], choice, top);
    },
  };
}

/** A step for each scenario, sample of a forecast, and change that is weighed. */
function* planLag(both: readonly [PlanDirectionTables, PlanDirectionTables], query: PlanQuery): Steps<PlanResult> {
  checkQuery(both[0].lag, query);
  const directions: PlanDirection[] = [];
  for (const from of ['a', 'b'] as const)
    if (query.sides?.includes(from) !== false) directions.push(yield* planDirection(both[from === 'a' ? 0 : 1], from, query));
  if (query.advice === false) return { directions, advice: [] };
  const lists: PlanAdvice[][] = [];
  for (const { from, scenarios } of directions) {
    const [current] = scenarios;
    const tables = both[from === 'a' ? 0 : 1];
    lists.push(current?.current === true ? yield* adviseDirection(contextOf(tables, query), current, query.syntax) : []);
  }
  return { directions, advice: rankAdvice(lists) };
}

function* planDirection(tables: PlanDirectionTables, from: SideId, query: PlanQuery): Steps<PlanDirection> {
  const to: SideId = from === 'a' ? 'b' : 'a';
  // Nothing was sent: nothing to place, and no rule to speak of.
  if (tables.direction.list.length === 0) return { from, to, scenarios: [] };
  const cover = query.cover === undefined ? undefined : coverDirection(tables, query.cover);
  yield null;
  const scenarios = yield* listScenarios(tables, query);
  const forecast = query.forecastFlows === undefined ? undefined : yield* forecasts(tables, query, query.forecastFlows);
  return {
    from,
    to,
    scenarios,
    ...(cover !== undefined && { cover }),
    ...(forecast !== undefined && { forecast }),
    // Records have stand-ins for MAC addresses: what they vary in says nothing.
    ...(query.entropy === true &&
      tables.records === null && { entropy: auditEntropy(tables.lag.flows, { ...tables.direction, inUse: tables.inUse }) }),
  };
}

/** A link this full in the mean has no room for bursts. */
const CROWDED = 0.8;

/** One per number of members whose slowest link has a known speed. */
function* forecasts(tables: PlanDirectionTables, query: PlanQuery, flows: number): Steps<Forecast[]> {
  const { traffic } = tables;
  if (!traffic.hasTimes) return [];
  const { speedOf } = contextOf(tables, query);
  const kinds = flowKinds(traffic);
  const list: Forecast[] = [];
  for (const count of query.memberCounts ?? [tables.order.length]) {
    const speeds = layOutMembers(tables, count, []).members.map((m) => speedOf(m, 0));
    const slowest = speeds.reduce<number | null>((least, speed) => (speed === null ? least : Math.min(least ?? speed, speed)), null);
    const forecast = slowest === null ? null : yield* forecastSteps(kinds, flows, count, slowest * 1e6, CROWDED);
    if (forecast !== null) list.push(forecast);
  }
  return list;
}

function* listScenarios(tables: PlanDirectionTables, query: PlanQuery): Steps<PlanScenario[]> {
  const rules = query.policies === undefined ? tables.defaultRules() : withOwn(tables, query);
  const context = contextOf(tables, query, rules);
  const present = tables.order.length;
  const current = currentScenario(context);
  const scenarios = current === null ? [] : [current];
  const isSteady =
    tables.records !== null || tables.direction.epochs.every(({ active }) => active.length === 0 || active.join() === tables.order.join());
  for (const rule of rules) {
    for (const count of query.memberCounts ?? [present]) {
      const whole = layOutMembers(tables, count, []);
      // As it is, nothing failed: that is the current scenario, unless members came and went.
      if (!(isSteady && isSameRule(rule, tables.rule) && count === present && isDecisive(rule)))
        scenarios.push(whatIfScenario(context, rule, whole));
      yield null;
      for (const failed of failuresOf(query, whole.names)) {
        scenarios.push(whatIfScenario(context, rule, layOutMembers(tables, count, failed)));
        yield null;
      }
    }
  }
  return scenarios;
}

/** The policy in use first, then those asked for, each once. */
function withOwn(tables: PlanDirectionTables, query: PlanQuery): PlanRule[] {
  const rules: PlanRule[] = tables.ownRule === null || query.onlyAsked === true ? [] : [tables.ownRule];
  for (const asked of query.policies ?? []) {
    const rule = tables.ruleFor(asked);
    if (!rules.some((known) => isSameRule(rule, known))) rules.push(rule);
  }
  return rules;
}

/** Sets of members that fail together and leave at least one. */
function failuresOf(query: PlanQuery, names: readonly string[]): (readonly string[])[] {
  if (names.length < 2) return [];
  const sets = query.failed ?? names.map((name) => [name]);
  return sets.map((set) => set.filter((name) => names.includes(name))).filter((set) => set.length > 0 && set.length < names.length);
}

export function contextOf(tables: PlanDirectionTables, query: PlanQuery, rules: readonly PlanRule[] = []): ScenarioContext {
  const { lag, direction } = tables;
  const stated = lag.plan.members.map((_, m) => statedSpeed(lag, m));
  const speeds = query.speedsMbps;
  const present = lag.plan.members.length;
  return {
    tables,
    inTime: query.detail !== 'shares',
    chance: query.chance !== false,
    draws: query.draws,
    bins: query.detail === 'shares' ? new Map(binTraffic(tables.traffic, rules).map((bins) => [ruleKey(bins.rule), bins])) : null,
    speedOf(member, extra) {
      const at = member < 0 ? present + extra : member;
      if (speeds !== undefined && speeds.length > 0) return speeds[Math.min(at, speeds.length - 1)];
      return stated[Math.min(at, present - 1)] ?? null;
    },
    rebalanceMs: lag.facts.find((f) => f.side === direction.side && f.facts.rebalanceIntervalMs !== undefined)?.facts.rebalanceIntervalMs,
  };
}

function statedSpeed(lag: LagAnalysis, member: number): number | null {
  for (const { facts, members } of lag.facts) {
    const place = members.indexOf(member);
    const speed = place < 0 ? undefined : facts.members[place].speedMbps;
    if (speed !== undefined) return speed;
  }
  return null;
}

function checkQuery(lag: LagAnalysis, query: PlanQuery): void {
  for (const count of query.memberCounts ?? [])
    if (!Number.isInteger(count) || count < 1 || count > MAX_PLAN_MEMBERS)
      throw new BadCall(`member count ${count}: a plan has 1 to ${MAX_PLAN_MEMBERS} members`);
  if (lag.plan.members.length > MAX_PLAN_MEMBERS) throw new BadCall(`${lag.plan.id} has more than ${MAX_PLAN_MEMBERS} members`);
  for (const speed of query.speedsMbps ?? []) if (!(speed > 0)) throw new BadCall(`speed ${speed}: megabits per second, above 0`);
  const known = new Set(lag.plan.members.map(({ name }) => name));
  for (const name of (query.failed ?? []).flat())
    if (!known.has(name) && !/^new\d+$/.test(name))
      throw new BadCall(`no member ${name} in ${lag.plan.id}; its members: ${[...known].join(', ')}`);
}
