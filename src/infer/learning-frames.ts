import { ROW_LEARNING } from '../decoder/packet-batch.ts';
import { rowFlags } from '../flows/flow-table.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { destinationMac, sourceMac } from '../flows/mac.ts';

/** Learning frames leave each member about once a second (lp_interval 1); keepalives of switches every ten. */
const LEARNING_PER_SECOND = 0.3;

/** Frames to itself (EtherType 0x9000) that a member sends, and the member's address. */
export interface LearningFrames {
  readonly member: number;
  readonly mac: number;
  readonly packets: number;
}

/** Learning frames of a side, for each member and address. `isSource`: true for the side's own addresses. */
export function findLearning(flows: LagFlows, isSource: (mac: number) => boolean): LearningFrames[] {
  const { merged, memberOfTable } = flows;
  const found = new Map<string, { member: number; mac: number; packets: number }>();
  for (let f = 0; f < merged.count; f++) {
    for (let e = merged.entryFrom[f]; e < merged.entryFrom[f + 1]; e++) {
      const { kind, columns } = merged.tables[merged.entryTable[e]];
      if ((rowFlags(columns.rows, merged.entryRow[e]) & ROW_LEARNING) === 0) break;
      const key = merged.tables[merged.keyTable[f]].columns.rows;
      const mac = sourceMac(key, merged.keyStart[f]);
      if (kind !== 'frames' || mac !== destinationMac(key, merged.keyStart[f]) || !isSource(mac)) continue;
      const member = memberOfTable[merged.entryTable[e]];
      const entry = found.get(`${member} ${mac}`) ?? { member, mac, packets: 0 };
      entry.packets += columns.rows[merged.entryRow[e]];
      found.set(`${member} ${mac}`, entry);
    }
  }
  return [...found.values()];
}

/** Those that come as often as balance-tlb and balance-alb send them. */
export function oftenLearning(learning: readonly LearningFrames[], flows: Pick<LagFlows, 'firstMs' | 'lastMs'>): LearningFrames[] {
  const spanMs = Math.max(flows.lastMs - flows.firstMs, 1);
  return learning.filter(({ packets }) => (packets * 1000) / spanMs >= LEARNING_PER_SECOND);
}
