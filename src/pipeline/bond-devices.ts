import { rowFlags, STAT_PACKETS, STAT_WORDS } from '../flows/flow-table.ts';
import { hashKey } from '../flows/merge.ts';
import type { AnalysisSource } from './sources.ts';

/** Flows of a candidate that are looked for on the members. */
const SAMPLE = 4_096;
const LEAST_PACKETS = 200;
/** What a bond shows beside its members' sum: frames at the edges of the captures, and those the members keep for themselves. */
const TOLERANCE = 0.1;
/** A member with less than this share of the sample is no second member. */
const LEAST_PART = 0.01;

/**
 * Sources that were taken on the bond itself beside its members: without a LACPDU, and each of its flows is on the
 * members, with as many packets in sum, on at least two of them. `list`: the sources of one LAG.
 */
export function findBondDevices(sources: readonly AnalysisSource[], list: readonly number[]): number[] {
  if (list.length < 3) return [];
  return list.filter((s) => {
    const { scan, ends } = sources[s];
    if (ends.length > 0 || scan.source.ifIndex !== null || scan.packets < LEAST_PACKETS) return false;
    const others = list.filter((o) => o !== s);
    const sum = others.reduce((packets, o) => packets + sources[o].scan.packets, 0);
    // Members show more than the bond: LACPDUs, reflections. They cannot show (much) less.
    return sum >= (1 - TOLERANCE) * scan.packets && isSumOf(sources, s, others);
  });
}

function isSumOf(sources: readonly AnalysisSource[], bond: number, others: readonly number[]): boolean {
  const wanted = new Map<number, { packets: number; found: number }>();
  let all = 0;
  const { rows, starts, flows } = sources[bond].scan.table;
  for (let f = 0; f < flows && wanted.size < SAMPLE; f++) {
    const row = starts[f];
    // Frames that belong to a port are none of the bond's.
    if (rowFlags(rows, row) !== 0) continue;
    const hash = hashKey(rows, row + STAT_WORDS);
    const known = wanted.get(hash);
    if (known === undefined) wanted.set(hash, { packets: rows[row + STAT_PACKETS], found: 0 });
    else known.packets += rows[row + STAT_PACKETS];
    all += rows[row + STAT_PACKETS];
  }
  if (all === 0) return false;
  const parts = others.map((o) => {
    const table = sources[o].scan.table;
    let part = 0;
    for (let f = 0; f < table.flows; f++) {
      const row = table.starts[f];
      const entry = wanted.get(hashKey(table.rows, row + STAT_WORDS));
      if (entry === undefined) continue;
      entry.found += table.rows[row + STAT_PACKETS];
      part += table.rows[row + STAT_PACKETS];
    }
    return part;
  });
  let wrong = 0;
  for (const { packets, found } of wanted.values()) wrong += Math.abs(packets - found);
  return wrong <= TOLERANCE * all && parts.filter((part) => part >= LEAST_PART * all).length >= 2;
}
