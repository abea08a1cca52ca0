import { activeMembers } from '../diagnose/ledger.ts';
import { describeFlow, firstFrame } from '../diagnose/flow-evidence.ts';
import type { TierFacts } from '../diagnose/tier-facts.ts';
import type { FrameEvidence } from '../diagnose/finding.ts';
import { STAT_FIRST_NANOS, STAT_FIRST_SECONDS } from '../flows/flow-table.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { DECIDED } from '../infer/rank-rules.ts';
import type { Tier } from '../infer/tier-flows.ts';
import { placesSeen } from '../infer/tier-flows.ts';
import { findPolarisation } from '../infer/tiers.ts';
import type { Polarisation } from '../infer/tiers.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import type { Steps } from './steps.ts';

/** Frames that a rule must have right before flows are asked by it. */
const AGREES = 0.95;
/** Flows shown of each first choice. */
const SHOWN = 2;
/** Share of the flows that must be seen in the same order before the times tell which tier is the first. */
const IN_ORDER = 0.9;

type SideNumber = 0 | 1;

/**
 * Per LAG what earlier LAGs of the same flows do to it: every direction is held against those of the other LAGs that the flows
 * pass before. Nothing to do for captures of one LAG.
 */
export function* compareTiers(lags: readonly LagAnalysis[]): Steps<readonly (readonly TierFacts[])[]> {
  const found = lags.map((): TierFacts[] => []);
  for (const [f, first] of lags.entries()) {
    for (const [s, second] of lags.entries()) {
      if (f === s) continue;
      for (const from of [0, 1] as const) {
        for (const side of [0, 1] as const) {
          yield null;
          const facts = comparePair(first, from, second, side);
          if (facts !== null) found[s].push(facts);
        }
      }
    }
  }
  return found;
}

function comparePair(first: LagAnalysis, from: SideNumber, second: LagAnalysis, side: SideNumber): TierFacts | null {
  if (first.directions[from].list.length === 0 || second.directions[side].list.length === 0) return null;
  if (isSameSystem(second, other(side), first, from)) return null;
  const [one, two] = [tierOf(first, from), tierOf(second, side)];
  const polarisation = findPolarisation(one, two);
  if (polarisation === null) return null;
  if (!isSameSystem(first, other(from), second, side) && !isEarlier(first.flows, second.flows, polarisation)) return null;
  const { dependence, whole, common, remedy } = polarisation;
  return {
    side,
    first: { lagId: first.plan.id, side: from, rule: ruleName(one) },
    rule: ruleName(two),
    flows: common.first.length,
    rows: dependence.rows.map((place, r) => ({ member: nameOf(first, one.members[place]), counts: dependence.table[r] })),
    members: dependence.columns.map((place) => two.members[place]),
    values: dependence.count,
    sharedBits: dependence.sharedBits,
    choiceBits: dependence.choiceBits,
    chance: dependence.chance,
    whole,
    remedy,
    firstBasis: one.rule?.basis ?? first.directions[from].sender.basis,
    isOpenVSwitch: second.directions[side].sender.policy?.family === 'ovs',
    evidence: showFlows(first, one, second, polarisation),
  };
}

function other(side: SideNumber): SideNumber {
  return side === 0 ? 1 : 0;
}

/** True if LACP names one system for both ends: what goes into it comes out of it. Bonds of a Linux host are systems of their own. */
function isSameSystem(into: LagAnalysis, end: SideNumber, out: LagAnalysis, side: SideNumber): boolean {
  const systemOf = (lag: LagAnalysis, of: SideNumber): string | undefined => lag.portEnds.find((ends) => ends[of] !== null)?.[of]?.system;
  const system = systemOf(into, end);
  return system !== undefined && system === systemOf(out, side);
}

function nameOf(lag: LagAnalysis, member: number): string {
  return lag.plan.members[member].name;
}

function ruleName({ rule }: Tier): string | null {
  return rule === null ? null : rule.policy.id;
}

function tierOf(lag: LagAnalysis, side: SideNumber): Tier {
  const direction = lag.directions[side];
  const { sender, placement, list } = direction;
  const { match, total } = placement.agreement.packets;
  const isKnown =
    sender.policy !== null &&
    sender.source !== 'default' &&
    sender.buckets === undefined &&
    (sender.policy.selector === 'modulo' || sender.policy.selector === 'bucket-8') &&
    total > 0 &&
    match >= AGREES * total;
  const { policy, variant, basis } = sender;
  return {
    flows: lag.flows,
    list,
    members: activeMembers(direction),
    rule: isKnown && policy !== null ? { policy, variant, basis } : null,
    isSure: isKnown && sender.confidence > DECIDED,
  };
}

/** True if (nearly) all flows that pass both were seen at the first one first. */
function isEarlier(first: LagFlows, second: LagFlows, { common }: Polarisation): boolean {
  let before = 0;
  common.first.forEach((flow, i) => {
    if (startOf(first, flow) < startOf(second, common.second[i])) before++;
  });
  return before >= IN_ORDER * common.first.length;
}

/** Seconds since 1970 of a flow's first frame: exact to a tenth of a microsecond, which no two ports share. */
function startOf({ merged }: LagFlows, flow: number): number {
  const e = merged.entryFrom[flow];
  const { rows } = merged.tables[merged.entryTable[e]].columns;
  const row = merged.entryRow[e];
  return rows[row + STAT_FIRST_SECONDS] + rows[row + STAT_FIRST_NANOS] / 1e9;
}

/** Some flows of each first choice with their members at both tiers, as frames of the second. */
function showFlows(first: LagAnalysis, one: Tier, second: LagAnalysis, { common, dependence }: Polarisation): FrameEvidence[] {
  const before = placesSeen(one);
  return dependence.rows.flatMap((place) => {
    const chosen = Array.from(common.first.keys()).filter((i) => before[common.first[i]] === place);
    return chosen.slice(0, SHOWN).flatMap((i) => {
      const flow = common.second[i];
      const { merged, memberOfTable } = second.flows;
      const here = nameOf(second, memberOfTable[merged.entryTable[merged.entryFrom[flow]]]);
      const note = `${describeFlow(second.flows, flow)} on ${nameOf(first, one.members[place])} of ${first.plan.id}, then on ${here}`;
      return firstFrame(second.flows, flow, note) ?? [];
    });
  });
}
