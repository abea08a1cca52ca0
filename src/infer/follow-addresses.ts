/**
 * A bridge that does not aggregate sends to each station over the port on which it last heard it: its frames follow the other
 * end's, by MAC address. No hash places them.
 */
import { FIRST_TAG_WORD } from '../decoder/flow-key.ts';
import { tagCount } from '../flows/key-layers.ts';
import { visitRows, type LagFlows } from '../flows/lag-flows.ts';
import { destinationMac, isGroupMac, sourceMac } from '../flows/mac.ts';

/** Frames to stations heard on one member, and those of them on that member. */
export interface FollowedAddresses {
  readonly match: number;
  readonly total: number;
  /** Unicast frames of the direction, also to stations that were not heard, or on several members. */
  readonly unicast: number;
  /** Stations that were followed to each member. */
  readonly stations: Uint32Array;
}

/** Share of a station's frames on one member by which it stands there. */
const STANDS = 0.9;

/** `list`: flows of the direction; `reverse`: those of the other end. */
export function followAddresses(flows: LagFlows, list: Uint32Array, reverse: Uint32Array): FollowedAddresses {
  const { merged, memberCount } = flows;
  const isOwn = new Uint8Array(merged.count);
  for (const flow of list) isOwn[flow] = 1;
  for (const flow of reverse) isOwn[flow] = 2;
  const stationOf = (flow: number, macOf: typeof sourceMac): number => {
    const { rows } = merged.tables[merged.keyTable[flow]].columns;
    const start = merged.keyStart[flow];
    const mac = macOf(rows, start);
    // Bridges learn addresses for each VLAN apart. The highest bits of the address go, so that the number stays exact.
    return isGroupMac(mac) ? -1 : (mac % 2 ** 41) * 4096 + (tagCount(rows, start) === 0 ? 0 : rows[start + FIRST_TAG_WORD] & 0xfff);
  };
  const heard = countByStation(flows, (flow) => (isOwn[flow] === 2 ? stationOf(flow, sourceMac) : -1));
  const sent = countByStation(flows, (flow) => (isOwn[flow] === 1 ? stationOf(flow, destinationMac) : -1));
  const stations = new Uint32Array(memberCount);
  let [match, total, unicast] = [0, 0, 0];
  for (const [station, counts] of sent) {
    const all = counts.reduce((sum, packets) => sum + packets, 0);
    unicast += all;
    const from = heard.get(station);
    if (from === undefined) continue;
    const most = Math.max(...from);
    const member = from.indexOf(most);
    if (most < STANDS * from.reduce((sum, packets) => sum + packets, 0)) continue;
    total += all;
    match += counts[member];
    if (2 * counts[member] > all) stations[member]++;
  }
  return { match, total, unicast, stations };
}

function countByStation(flows: LagFlows, stationOf: (flow: number) => number): Map<number, Float64Array> {
  const counts = new Map<number, Float64Array>();
  visitRows(flows, 'frames', (flow, member, packets) => {
    const station = stationOf(flow);
    if (station < 0) return;
    const own = counts.get(station) ?? new Float64Array(flows.memberCount);
    own[member] += packets;
    counts.set(station, own);
  });
  return counts;
}
