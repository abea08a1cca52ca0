import { reasonCode, UNPREDICTED_REASONS } from '../hash/policy.ts';
import type { UnpredictedReason } from '../hash/policy.ts';
import { simulateOvs } from '../plan/ovs-plan.ts';
import { findMoves, noFlows } from '../plan/plan-moves.ts';
import type { MoveSums } from '../plan/plan-moves.ts';
import { placeFlowsBy } from '../plan/plan-rule.ts';
import type { PlanRule } from '../plan/plan-rule.ts';
import { NOWHERE } from '../plan/plan-traffic.ts';
import { randomSource } from '../plan/random.ts';
import { layOut } from '../plan/plan-layout.ts';
import { drawUndecided, replayFlows, replaySlices } from '../plan/scenario.ts';
import type { PlanLayout } from '../plan/plan-layout.ts';
import type { PlanScenario } from '../report/plan-document.ts';
import { describeScenario, NEGLIGIBLE } from './plan-describe.ts';
import type { PlanDirectionTables } from './plan-direction.ts';
import { tableOfSlots } from './plan-table.ts';
import type { NamedLayout } from './plan-table.ts';
import type { ScenarioContext } from './scenario-context.ts';

const DRAWS_OF_FAILURE = 40;
const UNKNOWN_BUCKET = reasonCode('unknown-bucket');
const KEYED_HASH = reasonCode('keyed-hash');
/** The same capture gives the same figures. */
const DRAW_SEED = 0x9e3779b9;

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
  return describeScenario(context, tables.rule, layout, outcome, true, commonest(current.reasons));
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
    return describeScenario(context, rule, layout, { ...outcome, ...moves }, false, 'unknown-bucket', outcome);
  }
  // Bins know no table but the fixed ones.
  const isBinned = !context.inTime && tableOfSlots(tables, rule, layout) === null;
  const binned = !isBinned ? null : (context.bins?.get(ruleKey(rule))?.outcome(layout) ?? null);
  if (binned !== null) {
    const open = binned.uncertain.packets > 0 ? reasonOfOpen(tables, rule, layout, null) : null;
    return describeScenario(context, rule, layout, binned, false, open);
  }
  const slots = slotsOf(tables, rule, layout);
  const replayed = replayFlows(traffic, layout, slots, context.inTime);
  const outcome = holdersOf(tables, rule) === null ? replayed : { ...replayed, ...tableMoves(tables, rule, layout, slots) };
  if (outcome.uncertain.packets === 0) return describeScenario(context, rule, layout, outcome, false, null);
  const isNegligible = outcome.uncertain.bytes <= traffic.totalBytes * NEGLIGIBLE;
  const drawn =
    context.inTime && !isNegligible ? drawUndecided(traffic, layout, slots, randomSource(DRAW_SEED), drawsFor(context, layout)) : undefined;
  return describeScenario(context, rule, layout, outcome, false, reasonOfOpen(tables, rule, layout, slots), drawn);
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
  return describeScenario(context, null, layout, replayFlows(traffic, layout, slots, context.inTime), false, 'unknown-policy', drawn);
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
