import { rowBytes, STAT_PACKETS } from '../flows/flow-table.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { visitSlices } from '../flows/lag-flows.ts';
import type { PlaceableFlows } from './chance.ts';
import { epochAt } from './place.ts';
import type { ActiveEpoch } from './active-epoch.ts';

/** Bytes of a flow over all members, frames that count twice (reflections, copies) left out. */
export function flowBytes({ merged }: LagFlows, flow: number): number {
  let bytes = 0;
  for (let e = merged.entryFrom[flow]; e < merged.entryFrom[flow + 1]; e++) {
    const table = merged.tables[merged.entryTable[e]];
    if (table.kind === 'frames') bytes += rowBytes(table.columns.rows, merged.entryRow[e]);
  }
  return bytes;
}

/** Packets of a flow, counted so. */
export function flowPackets({ merged }: LagFlows, flow: number): number {
  let packets = 0;
  for (let e = merged.entryFrom[flow]; e < merged.entryFrom[flow + 1]; e++) {
    const table = merged.tables[merged.entryTable[e]];
    if (table.kind === 'frames') packets += table.columns.rows[merged.entryRow[e] + STAT_PACKETS];
  }
  return packets;
}

/**
 * What an ideal hash would have had to place. A flow is placed anew whenever the list of active members is another one,
 * and as before when an old list returns, since every hash that follows from the frame does so. Frames on a member
 * that was not active were not placed: where members changed they stay where they were seen.
 * `counted`: members whose loads are judged, in the order of the loads.
 */
export function weighFlows(
  flows: LagFlows,
  list: Uint32Array,
  epochs: readonly ActiveEpoch[],
  counted: readonly number[],
): readonly PlaceableFlows[] {
  const keys = epochs.map(({ active }) => [...active].sort((x, y) => x - y).join(' '));
  if (new Set(keys.filter((key) => key !== '')).size <= 1) {
    const weights = new Float64Array(list.length);
    for (let i = 0; i < list.length; i++) weights[i] = flowBytes(flows, list[i]);
    return [{ weights, targets: counted.map((_, m) => m) }];
  }
  const lists = new Map<string, { readonly targets: number[]; readonly weights: Float64Array }>();
  const byEpoch = epochs.map(({ active }, e) => {
    let found = lists.get(keys[e]);
    if (found === undefined) {
      found = { targets: active.map((member) => counted.indexOf(member)), weights: new Float64Array(flows.merged.count) };
      lists.set(keys[e], found);
    }
    return { active, weights: found.weights };
  });
  const isListed = new Uint8Array(flows.merged.count);
  for (const flow of list) isListed[flow] = 1;
  const fixed = new Float64Array(flows.memberCount);
  visitSlices(flows, 'frames', (flow, member, ms, _packets, bytes) => {
    if (isListed[flow] === 0) return;
    const { active, weights } = byEpoch[epochAt(epochs, ms)];
    if (active.includes(member)) weights[flow] += bytes;
    else fixed[member] += bytes;
  });
  return [...lists.values(), ...Array.from(fixed, (bytes, m) => ({ weights: Float64Array.of(bytes), targets: [counted.indexOf(m)] }))];
}
