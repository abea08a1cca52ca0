import { LAYER_KIND_MASK, LAYER_LLC } from '../decoder/flow-key.ts';
import { STAT_PACKETS } from '../flows/flow-table.ts';
import { firstLayer } from '../flows/key-layers.ts';
import type { LagFlows } from '../flows/lag-flows.ts';

/** SNAP organisation of Cisco and its protocol id for PAgP, which goes to 01:00:0c:cc:cc:cc. */
const CISCO_OUI = 0x00000c;
const PAGP = 0x0104;

/** PAgP frames on each member. */
export function countPagp({ merged, memberOfTable, memberCount }: LagFlows): number[] {
  const counts = Array.from({ length: memberCount }, () => 0);
  for (let f = 0; f < merged.count; f++) {
    const { rows } = merged.tables[merged.keyTable[f]].columns;
    const at = firstLayer(rows, merged.keyStart[f]);
    if ((rows[at] & LAYER_KIND_MASK) !== LAYER_LLC || rows[at + 1] !== CISCO_OUI || rows[at + 2] !== PAGP) continue;
    for (let e = merged.entryFrom[f]; e < merged.entryFrom[f + 1]; e++) {
      const t = merged.entryTable[e];
      counts[memberOfTable[t]] += merged.tables[t].columns.rows[merged.entryRow[e] + STAT_PACKETS];
    }
  }
  return counts;
}
