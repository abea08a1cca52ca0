import type { DirectionFacts } from '../diagnose/context.ts';
import { summarizeFlows } from '../diagnose/ledger.ts';
import { rowBytes } from '../flows/flow-table.ts';
import { UNPREDICTED_REASONS } from '../hash/policy.ts';
import { measureBalance } from '../plan/balance.ts';
import type { Direction } from '../report/document.ts';
import type { LagAnalysis } from './analyze-lag.ts';

/** How one side sends, for the rules. */
export function directionFacts(lag: LagAnalysis, documented: Direction, side: 0 | 1): DirectionFacts {
  const { placement, list } = lag.directions[side];
  return {
    ...summarizeFlows(lag.flows, list),
    side,
    policy: documented.policy.id,
    policySource: documented.policy.source,
    flows: documented.totals.flows,
    packets: documented.totals.packets,
    memberPackets: documented.members.map((member) => member.observed.packets),
    memberFlows: documented.members.map((member) => member.observed.flows),
    memberBytes: documented.members.map((member) => member.observed.bytes),
    agreement: documented.agreement.packets,
    balance: { maxOverMean: documented.balance.maxOverMean, pValue: chanceOfClasses(lag, documented, side) },
    unpredicted: placement.unpredicted.flatMap(({ packets }, code) => {
      const reason = UNPREDICTED_REASONS[code];
      return reason === null || packets === 0 ? [] : [{ reason, packets }];
    }),
    transitionPackets: placement.transitionPackets,
  };
}

/** Chance that an ideal hash is as uneven, over what it can tell apart: flows of one hash value (or bucket) are one. */
function chanceOfClasses(lag: LagAnalysis, documented: Direction, side: 0 | 1): number | null {
  const { maxOverMean, pValue } = documented.balance;
  // Fewer draws than flows can only be likelier: nothing to ask where the flows themselves are no surprise.
  if (maxOverMean === null || pValue === null || maxOverMean <= 1.5 || pValue >= 0.001) return pValue;
  const { list, hash, sender, bucketOf, epochs, placement } = lag.directions[side];
  const { merged } = lag.flows;
  const byClass = new Map<number, number>();
  for (const f of list) {
    let bytes = 0;
    for (let e = merged.entryFrom[f]; e < merged.entryFrom[f + 1]; e++) {
      const table = merged.tables[merged.entryTable[e]];
      if (table.kind === 'frames') bytes += rowBytes(table.columns.rows, merged.entryRow[e]);
    }
    const place = sender.buckets === undefined ? hash[f] : bucketOf(f);
    byClass.set(place, (byClass.get(place) ?? 0) + bytes);
  }
  const active = epochs[placement.longest]?.active ?? [];
  const loads = (active.length > 0 ? active : sender.order).map((m) => documented.members[m].observed.bytes);
  return measureBalance(loads, Float64Array.from(byClass.values())).pValue;
}

export const NOTHING_SENT: Omit<DirectionFacts, 'side'> = {
  policy: null,
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
  bytes: 0,
  largestFlowBytes: 0,
  macPairs: 0,
  fragmentPackets: 0,
};
