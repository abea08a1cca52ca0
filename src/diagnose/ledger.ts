import { isFragmentRow } from '../flows/decode-flow-key.ts';
import { rowBytes, STAT_PACKETS } from '../flows/flow-table.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { destinationMac, sourceMac } from '../flows/mac.ts';

/** Pairs of MAC addresses are counted up to here: more is "many". */
export const MANY_MAC_PAIRS = 16;

/** What a direction's flows have in common, in one pass over them. */
export interface LedgerFacts {
  readonly bytes: number;
  readonly largestFlowBytes: number;
  readonly macPairs: number;
  readonly fragmentPackets: number;
}

/** `list`: the hashed flows of the direction. */
export function summarizeFlows({ merged }: LagFlows, list: Uint32Array): LedgerFacts {
  const pairs = new Set<string>();
  let all = 0;
  let largest = 0;
  let fragmentPackets = 0;
  let lastSrc = -1;
  let lastDst = -1;
  for (const f of list) {
    let bytes = 0;
    let packets = 0;
    for (let e = merged.entryFrom[f]; e < merged.entryFrom[f + 1]; e++) {
      const table = merged.tables[merged.entryTable[e]];
      if (table.kind !== 'frames') continue;
      bytes += rowBytes(table.columns.rows, merged.entryRow[e]);
      packets += table.columns.rows[merged.entryRow[e] + STAT_PACKETS];
    }
    all += bytes;
    if (bytes > largest) largest = bytes;
    const { rows } = merged.tables[merged.keyTable[f]].columns;
    const start = merged.keyStart[f];
    if (isFragmentRow(rows, start)) fragmentPackets += packets;
    if (pairs.size >= MANY_MAC_PAIRS) continue;
    const src = sourceMac(rows, start);
    const dst = destinationMac(rows, start);
    if (src === lastSrc && dst === lastDst) continue;
    lastSrc = src;
    lastDst = dst;
    pairs.add(`${src} ${dst}`);
  }
  return { bytes: all, largestFlowBytes: largest, macPairs: pairs.size, fragmentPackets };
}
