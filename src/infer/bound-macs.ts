import { hashFlows } from '../flows/hash-flows.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { destinationMac, isGroupMac, sourceMac } from '../flows/mac.ts';
import { ARP_REPLIES, SOURCE_ADDRESS } from './field-sets.ts';

/** An address with fewer frames on its member does not show that it keeps to it. */
const LEAST_FRAMES = 4;

/** What shows that MAC addresses follow the member, as balance-tlb and balance-alb make them. */
export interface BoundMacs {
  /** Source addresses that are used with the own address of several members, each on its member only. */
  readonly rewritten: { readonly addresses: number; readonly macs: readonly number[]; readonly packets: number };
  /** Own addresses of several members that ARP replies give for one IP address. */
  readonly arpAnswers: number;
}

/** Source addresses that change their MAC with the member. `counts`: packets by row of `list` and member. */
export function boundMacs(flows: LagFlows, list: Uint32Array, counts: Float64Array): BoundMacs {
  const { merged, memberCount } = flows;
  const context = { variant: '', basis: 0, memberCount };
  const [address, reply] = hashFlows(
    merged,
    list,
    [
      { policy: SOURCE_ADDRESS, context },
      { policy: ARP_REPLIES, context },
    ],
    false,
  );
  const byMac = new Map<number, Float64Array>();
  const macOf = new Float64Array(list.length);
  for (let i = 0; i < list.length; i++) {
    const { rows } = merged.tables[merged.keyTable[list[i]]].columns;
    macOf[i] = sourceMac(rows, merged.keyStart[list[i]]);
    const of = byMac.get(macOf[i]) ?? new Float64Array(memberCount);
    for (let m = 0; m < memberCount; m++) of[m] += counts[i * memberCount + m];
    byMac.set(macOf[i], of);
  }
  const memberOf = (mac: number): number => {
    const of = byMac.get(mac) ?? new Float64Array(memberCount);
    const used = [...of.keys()].filter((m) => of[m] > 0);
    return used.length === 1 && of[used[0]] >= LEAST_FRAMES ? used[0] : -1;
  };
  const macsOf = new Map<number, Map<number, boolean>>();
  for (let i = 0; i < list.length; i++) {
    if (address.hash[i] === 0) continue;
    const of = macsOf.get(address.hash[i]) ?? new Map<number, boolean>();
    of.set(macOf[i], (of.get(macOf[i]) ?? false) || reply.hash[i] === 1);
    macsOf.set(address.hash[i], of);
  }
  const macs = new Set<number>();
  let addresses = 0;
  let arpAnswers = 0;
  for (const of of macsOf.values()) {
    const own = [...of.keys()].filter((mac) => memberOf(mac) >= 0);
    if (new Set(own.map(memberOf)).size < 2) continue;
    addresses++;
    for (const mac of own) macs.add(mac);
    arpAnswers = Math.max(arpAnswers, own.filter((mac) => of.get(mac) === true).length);
  }
  let packets = 0;
  for (const mac of macs) packets += byMac.get(mac)?.reduce((sum, n) => sum + n, 0) ?? 0;
  return { rewritten: { addresses, macs: [...macs], packets }, arpAnswers };
}

/** Of these addresses, those to which unicast frames of the other end come on one member, and how many members that are. */
export function countIngressMacs(flows: LagFlows, reverse: Uint32Array, macs: readonly number[]): number {
  if (macs.length === 0) return 0;
  const wanted = new Set(macs);
  const members = new Map<number, Set<number>>();
  const { merged, memberOfTable } = flows;
  for (const flow of reverse) {
    const dst = destinationMac(merged.tables[merged.keyTable[flow]].columns.rows, merged.keyStart[flow]);
    if (!wanted.has(dst) || isGroupMac(dst)) continue;
    const of = members.get(dst) ?? new Set<number>();
    for (let e = merged.entryFrom[flow]; e < merged.entryFrom[flow + 1]; e++) {
      if (merged.tables[merged.entryTable[e]].kind === 'frames') of.add(memberOfTable[merged.entryTable[e]]);
    }
    members.set(dst, of);
  }
  const single = [...members.values()].filter((of) => of.size === 1).map((of) => [...of][0]);
  return new Set(single).size;
}
