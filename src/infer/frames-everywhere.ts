import type { LagFlows } from '../flows/lag-flows.ts';
import { destinationMac, isGroupMac } from '../flows/mac.ts';

/** Unicast frames, and the places on other members on which they were seen again, as data, of those on which they could have been. */
export interface FramesEverywhere {
  readonly frames: number;
  readonly match: number;
  readonly total: number;
  /** The captures could not be read again, so that only the counts of each flow tell: they are the same on every member. */
  readonly byCounts: boolean;
  /** The other end's frames were seen on every member too. */
  readonly bothWays: boolean;
}

/** Packets by row of `list` and member. */
export function countByMember(flows: LagFlows, list: Uint32Array): Float64Array {
  const { merged, memberOfTable, memberCount } = flows;
  const counts = new Float64Array(list.length * memberCount);
  for (let i = 0; i < list.length; i++) {
    for (let e = merged.entryFrom[list[i]]; e < merged.entryFrom[list[i] + 1]; e++) {
      const t = merged.entryTable[e];
      if (merged.tables[t].kind !== 'frames') continue;
      counts[i * memberCount + memberOfTable[t]] += merged.tables[t].columns.rows[merged.entryRow[e]];
    }
  }
  return counts;
}

/** `captured`: members that were captured, ascending. */
export function seenEverywhere(flows: LagFlows, list: Uint32Array, reverse: Uint32Array, captured: readonly number[]): FramesEverywhere {
  if (flows.mayHoldCopies === true) return equalEverywhere(flows, list, captured);
  const own = countAgain(flows, list);
  return {
    frames: own.frames,
    match: own.again,
    total: own.frames * own.others,
    byCounts: false,
    bothWays: countAgain(flows, reverse).again > 0,
  };
}

/** Unicast frames, those that were sent again on another member, and the number of other members in use. */
function countAgain(
  { merged, memberOfTable, memberCount }: LagFlows,
  list: Uint32Array,
): { frames: number; again: number; others: number } {
  const used = new Uint8Array(memberCount);
  let frames = 0;
  let again = 0;
  for (const flow of list) {
    // Flooded frames come back from a switch that does not aggregate: only unicast counts.
    if (isGroupMac(destinationMac(merged.tables[merged.keyTable[flow]].columns.rows, merged.keyStart[flow]))) continue;
    for (let e = merged.entryFrom[flow]; e < merged.entryFrom[flow + 1]; e++) {
      const table = merged.tables[merged.entryTable[e]];
      if (table.kind !== 'frames') continue;
      const packets = table.columns.rows[merged.entryRow[e]];
      used[memberOfTable[merged.entryTable[e]]] = 1;
      if (table.again === true) again += packets;
      else frames += packets;
    }
  }
  return { frames, again, others: used.reduce((sum, one) => sum + one, 0) - 1 };
}

/** Unicast flows with as many frames on every captured member, in frames. */
function equalEverywhere(flows: LagFlows, list: Uint32Array, captured: readonly number[]): FramesEverywhere {
  const counts = countByMember(flows, list);
  let frames = 0;
  let match = 0;
  for (let i = 0; i < list.length; i++) {
    const { rows } = flows.merged.tables[flows.merged.keyTable[list[i]]].columns;
    if (isGroupMac(destinationMac(rows, flows.merged.keyStart[list[i]]))) continue;
    const of = captured.map((m) => counts[i * flows.memberCount + m]);
    const most = Math.max(0, ...of);
    frames += most;
    if (of.every((n) => n === most)) match += most;
  }
  const others = Math.max(captured.length - 1, 0);
  return { frames, match: match * others, total: frames * others, byCounts: true, bothWays: false };
}
