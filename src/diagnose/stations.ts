import { formatIpv4 } from '../base/addresses.ts';
import { ARP_CUT, ARP_OTHER, LAYER_ARP, LAYER_KIND_MASK } from '../decoder/flow-key.ts';
import type { DirectedFlows } from '../flows/direct-flows.ts';
import { STAT_PACKETS } from '../flows/flow-table.ts';
import { firstLayer } from '../flows/key-layers.ts';
import type { LagFlows } from '../flows/lag-flows.ts';

/** IPv4 addresses that stations of a side use on this link, by their ARP frames; most frames first. */
export function findStationAddresses({ merged }: LagFlows, { direction }: DirectedFlows, side: 0 | 1): string[] {
  const packets = new Map<number, number>();
  for (let f = 0; f < merged.count; f++) {
    if (direction[f] !== side) continue;
    const { rows } = merged.tables[merged.keyTable[f]].columns;
    const at = firstLayer(rows, merged.keyStart[f]);
    if ((rows[at] & LAYER_KIND_MASK) !== LAYER_ARP || (rows[at] & (ARP_CUT | ARP_OTHER)) !== 0 || rows[at + 1] === 0) continue;
    let sum = 0;
    for (let e = merged.entryFrom[f]; e < merged.entryFrom[f + 1]; e++)
      sum += merged.tables[merged.entryTable[e]].columns.rows[merged.entryRow[e] + STAT_PACKETS];
    packets.set(rows[at + 1], (packets.get(rows[at + 1]) ?? 0) + sum);
  }
  return [...packets].sort(([, x], [, y]) => y - x).map(([word]) => formatIpv4(word));
}
