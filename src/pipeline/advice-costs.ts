import type { HashPolicy } from '../hash/policy.ts';

/** Ordering, support and standard conformance, per policy; the earlier a policy stands here, the less it asks for. */
const COSTS: readonly (readonly [id: string, text: string])[] = [
  ['layer2', 'nothing: conforms to 802.3ad, any kernel.'],
  ['cisco-src-dst-mac', 'one line for the whole switch: all its port-channels change.'],
  ['layer2+3', 'nothing: conforms to 802.3ad, any kernel.'],
  ['esxi-ip-hash', 'needs a static channel at the physical switch.'],
  ['cisco-src-dst-ip', 'one line for the whole switch: all its port-channels change.'],
  ['layer3+4', 'fragments go by addresses only, so a flow with fragments may be reordered (not strictly 802.3ad).'],
  ['cisco-src-dst-port', 'one line for the whole switch, which not every model has; fragments may be reordered.'],
  ['ovs-balance-slb', 'the switch must not bundle the ports; addresses move between its ports.'],
  ['ovs-balance-tcp', 'needs LACP at the switch; the table is drawn anew, by chance.'],
  ['encap2+3', 'Linux 3.13 or newer; more work per packet.'],
  ['encap3+4', 'Linux 3.13 or newer; fragments may be reordered; what local sockets send goes by their own random hash.'],
  ['vlan+srcmac', 'Linux 5.12 or newer; one member per source MAC address and VLAN.'],
];

/** What asks for more than any policy. */
export const MOST_COSTLY = COSTS.length;

/** What a policy asks for; null for policies that nobody is advised to use. */
export function costOf({ id }: HashPolicy): { readonly rank: number; readonly text: string } | null {
  const rank = COSTS.findIndex(([known]) => known === id);
  return rank < 0 ? null : { rank, text: COSTS[rank][1] };
}
