import type { DirectionFacts } from '../diagnose/context.ts';
import { activeMembers, summarizeFlows } from '../diagnose/ledger.ts';
import { NO_LEDGER } from '../diagnose/ledger-facts.ts';
import { UNPREDICTED_REASONS } from '../hash/policy.ts';
import { measureBalance } from '../plan/balance.ts';
import { flowBytes } from '../plan/weigh.ts';
import type { Direction } from '../report/document.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import { bucketFacts, hiddenInputFacts } from './bucket-facts.ts';
import { policyChanges } from './policy-changes.ts';

/** How one side sends, for the rules. */
export function directionFacts(lag: LagAnalysis, documented: Direction, side: 0 | 1, speeds: readonly (number | null)[]): DirectionFacts {
  const direction = lag.directions[side];
  const { placement } = direction;
  const names = lag.plan.members.map((member) => member.name);
  const memberFlows = documented.members.map((member) => member.observed.flows);
  return {
    ledger: summarizeFlows(lag.flows, direction, names, speeds, memberFlows),
    stated: direction.sender.stated ?? null,
    policyChanges: policyChanges(lag.flows, direction, names),
    active: activeMembers(direction),
    side,
    policy: documented.policy.id,
    policyVariant: documented.policy.variant,
    // The rule of these frames is as sure, whichever end they come from.
    policyConfidence: direction.sender.confidence,
    policySource: documented.policy.source,
    flows: documented.totals.flows,
    packets: documented.totals.packets,
    memberPackets: documented.members.map((member) => member.observed.packets),
    memberFlows,
    memberBytes: documented.members.map((member) => member.observed.bytes),
    agreement: documented.agreement.packets,
    balance: { maxOverMean: documented.balance.maxOverMean, pValue: chanceOfClasses(lag, documented, side) },
    unpredicted: placement.unpredicted.flatMap(({ packets }, code) => {
      const reason = UNPREDICTED_REASONS[code];
      return reason === null || packets === 0 ? [] : [{ reason, packets }];
    }),
    transitionPackets: placement.transitionPackets,
    buckets: bucketFacts(lag.flows, direction),
    hiddenInput: hiddenInputFacts(lag.flows, direction),
  };
}

/** Chance that an ideal hash is as uneven, over what it can tell apart: flows of one hash value (or bucket) are one. */
function chanceOfClasses(lag: LagAnalysis, documented: Direction, side: 0 | 1): number | null {
  const { maxOverMean, pValue } = documented.balance;
  // Fewer draws than flows can only be likelier: nothing to ask where the flows themselves are no surprise.
  if (maxOverMean === null || pValue === null || maxOverMean <= 1.5 || pValue >= 0.001) return pValue;
  const { list, hash, sender, bucketOf } = lag.directions[side];
  const byClass = new Map<number, number>();
  for (const f of list) {
    const bytes = flowBytes(lag.flows, f);
    const place = sender.buckets === undefined ? hash[f] : bucketOf(f);
    byClass.set(place, (byClass.get(place) ?? 0) + bytes);
  }
  const loads = activeMembers(lag.directions[side]).map((m) => documented.members[m].observed.bytes);
  return measureBalance(loads, Float64Array.from(byClass.values())).pValue;
}

export const NOTHING_SENT: Omit<DirectionFacts, 'side'> = {
  policy: null,
  policyVariant: null,
  policyConfidence: 0,
  policySource: 'default',
  flows: 0,
  packets: 0,
  memberPackets: [],
  memberFlows: [],
  memberBytes: [],
  agreement: { match: 0, total: 0 },
  balance: { maxOverMean: null, pValue: null },
  unpredicted: [],
  transitionPackets: 0,
  ledger: NO_LEDGER,
  stated: null,
  policyChanges: [],
  active: [],
  buckets: null,
  hiddenInput: null,
};
