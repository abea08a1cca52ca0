import { toldBasis } from '../hash/policy.ts';
import type { UnpredictedReason } from '../hash/policy.ts';
import { chanceAtLeast } from '../plan/chance.ts';
import type { PlanLayout } from '../plan/plan-layout.ts';
import type { PlanRule } from '../plan/plan-rule.ts';
import { MAIN_PEAK_WIDTH_MS } from '../plan/scenario.ts';
import type { DrawnLoads, PlanOutcome } from '../plan/scenario.ts';
import type { PlanMember, PlanRange, PlanScenario } from '../report/plan-document.ts';
import type { NamedLayout } from './plan-table.ts';
import type { ScenarioContext } from './scenario-context.ts';
import { formatAxisTime } from './time-text.ts';

/** So small a share left open changes nothing that is worth a range. */
export const NEGLIGIBLE = 0.01;

/** A scenario as the document has it: names, rates, loads, balance. */
export function describeScenario(
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
