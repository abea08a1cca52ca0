import { writeInterfaces } from '../interfaces-file.ts';
import type { FixSyntax } from '../syntax.ts';

/**
 * /etc/network/interfaces of ifupdown2 (Proxmox, Cumulus). Options and ranges of its bond module
 * (ifupdown2/addons/bond.py): no ARP monitoring, no fail_over_mac, no lacp_active, no vlan+srcmac, miimon up to 255.
 */
const TAKEN = new Set([
  'mode',
  'miimon',
  'lacp_rate',
  'xmit_hash_policy',
  'min_links',
  'primary',
  'primary_reselect',
  'updelay',
  'downdelay',
]);

export const ifupdown2: FixSyntax = {
  id: 'ifupdown2',
  title: '/etc/network/interfaces with ifupdown2 (Proxmox)',
  systems: ['linux', 'ovs'],
  write: (change, target) =>
    writeInterfaces(change, target, {
      takes: (option, value) => TAKEN.has(option) && value !== 'vlan+srcmac' && (option !== 'miimon' || Number(value) <= 255),
      apply: () => 'ifreload -a',
    }),
};
