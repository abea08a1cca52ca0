import { reasonCode, toldBasis, UNPREDICTED_REASONS } from '../hash/policy.ts';
import type { UnpredictedReason } from '../hash/policy.ts';
import { chanceAtLeast } from '../plan/chance.ts';
import { simulateOvs } from '../plan/ovs-plan.ts';
import { findMoves, noFlows } from '../plan/plan-moves.ts';
import type { MoveSums } from '../plan/plan-moves.ts';
import { placeFlowsBy } from '../plan/plan-rule.ts';
import type { PlanRule } from '../plan/plan-rule.ts';
import { NOWHERE } from '../plan/plan-traffic.ts';
import type { ShareBins } from '../plan/share-bins.ts';
import { randomSource } from '../plan/random.ts';
import { layOut } from '../plan/plan-layout.ts';
import { drawUndecided, MAIN_PEAK_WIDTH_MS, replayFlows, replaySlices } from '../plan/scenario.ts';
import type { PlanLayout } from '../plan/plan-layout.ts';
import type { DrawnLoads, PlanOutcome } from '../plan/scenario.ts';
import type { PlanMember, PlanRange, PlanScenario } from '../report/plan-document.ts';
import type { PlanDirectionTables } from './plan-direction.ts';
import { tableOfSlots } from './plan-table.ts';
import type { NamedLayout } from './plan-table.ts';
import { formatAxisTime } from './time-text.ts';

/** So small a share left open changes nothing that is worth a range. */
const NEGLIGIBLE = 0.01;
const DRAWS_OF_FAILURE = 40;
const UNKNOWN_BUCKET = reasonCode('unknown-bucket');
const KEYED_HASH = reasonCode('keyed-hash');
/** The same capture gives the same figures. */
const DRAW_SEED = 0x9e3779b9;

/** What all scenarios of a query share. */
export interface ScenarioContext {
  readonly tables: PlanDirectionTables;
  readonly inTime: boolean;
  readonly chance: boolean;
  readonly draws: number | undefined;
  /** Whole-capture shares of each rule, by `ruleKey`; null where the replay in time is wanted. */
  readonly bins: ReadonlyMap<string, ShareBins> | null;
  /** Speed of the LAG's member m (-1 and above the count: one that does not exist yet), or null. */
  readonly speedOf: (member: number, extra: number) => number | null;
  /** Time between rebalancing rounds, where a state text tells. */
  readonly rebalanceMs: number | undefined;
}

export function ruleKey({ policy, variant, basis }: PlanRule): string {
  return `${policy.id} ${variant} ${basis}`;
}

/** The first `count` members in hash order; those that do not exist yet are called `new1`, `new2` …. */
export function layOutMembers(tables: PlanDirectionTables, count: number, failed: readonly string[]): NamedLayout {
  const { order, lag } = tables;
  const taken = new Set(lag.plan.members.map(({ name }) => name));
  const members: number[] = [];
  const names: string[] = [];
  let extra = 0;
  for (let slot = 0; slot < count; slot++) {
    if (slot < order.length) {
      members.push(order[slot]);
      names.push(lag.plan.members[order[slot]].name);
      continue;
    }
    members.push(-1);
    do extra++;
    while (taken.has(`new${extra}`));
    names.push(`new${extra}`);
  }
  return { ...layOut(members, (slot) => failed.includes(names[slot])), names };
}

/** Null for records of a sender whose rule nobody told: there is no "as it is" then. */
export function currentScenario(context: ScenarioContext): PlanScenario | null {
  const { tables } = context;
  if (tables.records !== null) {
    if (tables.rule === null) return null;
    const placed = whatIfScenario(context, tables.rule, layOutMembers(tables, tables.order.length, []));
    return { ...placed, current: true, moved: noFlows(), mayMove: noFlows() };
  }
  const { traffic, current } = tables;
  const layout = layOutMembers(tables, tables.order.length, []);
  const outcome = tables.currentOutcome(context.inTime, () => {
    const slotOfMember = new Uint8Array(256).fill(NOWHERE);
    layout.members.forEach((m, slot) => (slotOfMember[m] = slot));
    const slots = current.member.map((m) => slotOfMember[m]);
    return replaySlices(traffic, layout, slots, current.isDecided, context.inTime);
  });
  return describe(context, tables.rule, layout, outcome, true, commonest(current.reasons));
}

export function whatIfScenario(context: ScenarioContext, rule: PlanRule, layout: NamedLayout): PlanScenario {
  const { tables } = context;
  const { traffic } = tables;
  const { policy } = rule;
  if (policy.selector === 'bucket-256' && layout.live.length > 1 && context.inTime) {
    const table = tableOfSlots(tables, rule, layout);
    const outcome = simulateOvs({
      traffic,
      layout,
      bucketOf: tables.bucketOfPlaces(rule),
      inTurn: policy.id === 'ovs-balance-slb',
      known: table === null ? undefined : Int16Array.from(table, (slot) => (slot === NOWHERE ? -1 : slot)),
      draws: drawsFor(context, layout),
      rebalanceMs: context.rebalanceMs,
    });
    const moves = tableMoves(tables, rule, layout, placeFlowsBy(tables.hashes(rule), layout, table));
    return describe(context, rule, layout, { ...outcome, ...moves }, false, 'unknown-bucket', outcome);
  }
  // Bins know no table but the fixed ones.
  const isBinned = !context.inTime && tableOfSlots(tables, rule, layout) === null;
  const binned = !isBinned ? null : (context.bins?.get(ruleKey(rule))?.outcome(layout) ?? null);
  if (binned !== null) {
    const open = binned.uncertain.packets > 0 ? reasonOfOpen(tables, rule, layout, null) : null;
    return describe(context, rule, layout, binned, false, open);
  }
  const slots = slotsOf(tables, rule, layout);
  const replayed = replayFlows(traffic, layout, slots, context.inTime);
  const outcome = holdersOf(tables, rule) === null ? replayed : { ...replayed, ...tableMoves(tables, rule, layout, slots) };
  if (outcome.uncertain.packets === 0) return describe(context, rule, layout, outcome, false, null);
  const isNegligible = outcome.uncertain.bytes <= traffic.totalBytes * NEGLIGIBLE;
  const drawn =
    context.inTime && !isNegligible ? drawUndecided(traffic, layout, slots, randomSource(DRAW_SEED), drawsFor(context, layout)) : undefined;
  return describe(context, rule, layout, outcome, false, reasonOfOpen(tables, rule, layout, slots), drawn);
}

/** Failures are many and their ranges need no fine ends: fewer draws, unless asked for. */
function drawsFor({ draws }: ScenarioContext, { failed }: PlanLayout): number | undefined {
  return draws ?? (failed.includes(true) ? DRAWS_OF_FAILURE : undefined);
}

/** What a hash that nobody knows makes of the flows, each on a random member. */
export function anyHashScenario(context: ScenarioContext, layout: NamedLayout): PlanScenario {
  const { traffic } = context.tables;
  const slots = new Uint8Array(traffic.list.length).fill(NOWHERE);
  const drawn = drawUndecided(traffic, layout, slots, randomSource(DRAW_SEED), context.draws);
  return describe(context, null, layout, replayFlows(traffic, layout, slots, context.inTime), false, 'unknown-policy', drawn);
}

/** Slot of every flow; modes with one active member put everything on the first that works. */
export function slotsOf(tables: PlanDirectionTables, rule: PlanRule, layout: NamedLayout): Uint8Array {
  if (rule.policy.id.endsWith('active-backup') && layout.live.length > 0) {
    const active = tables.byPackets.find((m) => layout.live.some((slot) => layout.members[slot] === m));
    const slot = layout.live.find((candidate) => layout.members[candidate] === active) ?? layout.live[0];
    return new Uint8Array(tables.traffic.list.length).fill(slot);
  }
  return placeFlowsBy(tables.hashes(rule), layout, tableOfSlots(tables, rule, layout));
}

/** Member that holds each flow by the sender's own table, NOWHERE where it is not known; null where the rule has no table. */
export function holdersOf(tables: PlanDirectionTables, rule: PlanRule): Uint8Array | null {
  const { buckets, rule: own } = tables;
  if (buckets === null || own === null || own.policy.selector === 'bucket-8' || rule.policy.family !== own.policy.family) return null;
  const { hash, reasonFor } = tables.hashes(own);
  const reason = reasonFor(2);
  return Uint8Array.from(hash, (value, p) => {
    const member = reason[p] === 0 ? buckets[value & 0xff] : -1;
    return member < 0 ? NOWHERE : member;
  });
}

function tableMoves(tables: PlanDirectionTables, rule: PlanRule, layout: NamedLayout, slots: Uint8Array): MoveSums {
  const { moved, mayMove } = findMoves(tables.traffic, layout, slots, holdersOf(tables, rule));
  return { moved, mayMove };
}

/** `slots`: null where it is not worth hashing again to tell the commonest of several reasons. */
function reasonOfOpen(tables: PlanDirectionTables, rule: PlanRule, layout: PlanLayout, slots: Uint8Array | null): UnpredictedReason | null {
  if (slots === null)
    return rule.policy.selector === 'bucket-256'
      ? 'unknown-bucket'
      : rule.policy.reasonDependsOnMemberCount === true
        ? 'socket-hash'
        : 'hidden-input';
  const reason = tables.hashes(rule).reasonFor(layout.live.length);
  const counts = new Float64Array(UNPREDICTED_REASONS.length);
  // What the hash decides and no member takes is in a bucket of which nobody knows where it is.
  const left = rule.policy.selector === 'none' ? 0 : rule.policy.family === 'freebsd' ? KEYED_HASH : UNKNOWN_BUCKET;
  for (let p = 0; p < slots.length; p++) if (slots[p] === NOWHERE) counts[reason[p] || left] += tables.traffic.packets[p];
  return commonest(counts) ?? 'hidden-input';
}

function commonest(counts: Float64Array): UnpredictedReason | null {
  let best = 0;
  for (let code = 1; code < counts.length; code++) if (counts[code] > (best === 0 ? 0 : counts[best])) best = code;
  return UNPREDICTED_REASONS[best];
}

function describe(
  context: ScenarioContext,
  rule: PlanRule | null,
  layout: NamedLayout,
  outcome: PlanOutcome,
  current: boolean,
  reason: UnpredictedReason | null,
  drawn?: DrawnLoads,
): PlanScenario {
  const { tables, inTime } = context;
  const { traffic, direction } = tables;
  const { sender } = direction;
  const hasTime = inTime && traffic.hasTimes && outcome.peaks.length > 0;
  const main = outcome.peaks.find(({ widthMs }) => widthMs <= MAIN_PEAK_WIDTH_MS) ?? outcome.peaks[0];
  const seconds = traffic.spanMs / 1000;
  const packets = roundTo(outcome.packets, traffic.totalPackets);
  const bytes = roundTo(outcome.bytes, traffic.totalBytes);
  // As it is, members out of use most of the time are no part of the balance; what-if takes all that work.
  const balanced = current ? tables.inUse.map((m) => layout.members.indexOf(m)) : layout.live;
  let extra = 0;
  const members = layout.members.map((m, slot): PlanMember => {
    const speedMbps = context.speedOf(m, m < 0 ? extra++ : 0);
    const capacity = speedMbps === null || speedMbps <= 0 ? null : speedMbps * 1e6;
    const peakBps = hasTime ? main.bps[slot] : null;
    const meanBps = seconds > 0 && traffic.hasTimes ? (bytes[slot] * 8) / seconds : null;
    return {
      name: layout.names[slot],
      packets: packets[slot],
      bytes: bytes[slot],
      share: traffic.totalBytes > 0 ? bytes[slot] / traffic.totalBytes : 0,
      peakBps,
      meanBps,
      peaks: hasTime ? outcome.peaks.map(({ widthMs, bps }) => ({ window: widthMs / 1000, bps: bps[slot] })) : [],
      speedMbps,
      meanLoad: capacity === null || meanBps === null ? null : meanBps / capacity,
      peakLoad: capacity === null || peakBps === null ? null : peakBps / capacity,
      ...(drawn !== undefined && {
        shareRange: rangeOf(drawn.shares, drawn.draws, layout.members.length, slot),
        ...(hasTime && { peakRange: rangeOf(drawn.peakBps, drawn.draws, layout.members.length, slot) }),
      }),
    };
  });
  return {
    policy: rule?.policy.id ?? (current ? (sender.named ?? null) : null),
    variant: rule?.variant ?? null,
    basis: toldBasis(rule?.policy ?? null, rule?.basis ?? 0),
    memberCount: layout.members.length,
    order: [...layout.names],
    failed: layout.names.filter((_, slot) => layout.failed[slot]),
    current,
    fromTime: traffic.hasTimes ? formatAxisTime(traffic.flows.originSeconds, traffic.flows.firstMs) : null,
    toTime: traffic.hasTimes ? formatAxisTime(traffic.flows.originSeconds, traffic.flows.lastMs) : null,
    members,
    balance:
      drawn === undefined
        ? balanceOf(
            context,
            balanced.map((slot) => bytes[slot]),
            current || outcome.uncertain.bytes <= traffic.totalBytes * NEGLIGIBLE,
            current,
          )
        : meanBalance(drawn, layout),
    peakWindow: hasTime ? main.widthMs / 1000 : null,
    moved: outcome.moved,
    mayMove: outcome.mayMove,
    uncertain: { ...outcome.uncertain, reason: outcome.uncertain.packets > 0 ? reason : null },
    draws: drawn?.draws ?? 0,
    ...(drawn !== undefined && {
      busiest: { share: busiestOf(drawn.shares, drawn.draws), peakBps: busiestOf(drawn.peakBps, drawn.draws) },
    }),
  };
}

function balanceOf(
  { tables, chance }: ScenarioContext,
  loads: readonly number[],
  isOne: boolean,
  current: boolean,
): PlanScenario['balance'] {
  const n = loads.length;
  const sum = loads.reduce((total, x) => total + x, 0);
  if (n === 0 || sum === 0) return { jain: null, maxOverMean: null, effectiveMembers: null, pValue: null };
  const squares = loads.reduce((total, x) => total + x * x, 0);
  return {
    jain: (sum * sum) / (n * squares),
    maxOverMean: (Math.max(...loads) * n) / sum,
    effectiveMembers: (sum * sum) / squares,
    // Of many tables there is no one outcome that could be unusual.
    pValue: !isOne || !chance ? null : n === 1 ? 1 : chanceAtLeast(current ? tables.chancesAsItWas : tables.chances(n), squares),
  };
}

/** What to expect of the balance where chance decides. One of many placements has no chance of its own. */
function meanBalance({ shares, draws }: DrawnLoads, { live, members }: PlanLayout): PlanScenario['balance'] {
  const mean = { jain: 0, maxOverMean: 0, effectiveMembers: 0 };
  const n = live.length;
  for (let d = 0; d < draws; d++) {
    let sum = 0;
    let squares = 0;
    let most = 0;
    for (const slot of live) {
      const share = shares[d * members.length + slot];
      sum += share;
      squares += share * share;
      if (share > most) most = share;
    }
    if (sum === 0) return { jain: null, maxOverMean: null, effectiveMembers: null, pValue: null };
    mean.jain += (sum * sum) / (n * squares) / draws;
    mean.maxOverMean += (most * n) / sum / draws;
    mean.effectiveMembers += (sum * sum) / squares / draws;
  }
  return { ...mean, pValue: null };
}

function busiestOf(values: Float64Array, draws: number): PlanRange {
  const slots = values.length / draws;
  const most = Float64Array.from({ length: draws }, (_, d) => Math.max(...values.subarray(d * slots, (d + 1) * slots)));
  return percentiles(most);
}

/** Whole numbers with the same sum: the largest remainders are rounded up. */
function roundTo(values: Float64Array, total: number): number[] {
  const rounded = Array.from(values, Math.floor);
  let missing = total - rounded.reduce((sum, x) => sum + x, 0);
  const byRemainder = rounded.map((_, i) => i).sort((x, y) => values[y] - rounded[y] - (values[x] - rounded[x]) || x - y);
  for (const i of byRemainder) {
    if (missing <= 0) break;
    if (values[i] === rounded[i] && missing < 1) break;
    rounded[i]++;
    missing--;
  }
  return rounded;
}

function rangeOf(values: Float64Array, draws: number, slots: number, slot: number): PlanRange {
  const own = new Float64Array(draws);
  for (let d = 0; d < draws; d++) own[d] = values[d * slots + slot];
  return percentiles(own);
}

function percentiles(values: Float64Array): PlanRange {
  const sorted = values.slice().sort();
  const at = (q: number): number => sorted[Math.round(q * (sorted.length - 1))] ?? 0;
  return { low: at(0.05), middle: at(0.5), high: at(0.95) };
}
