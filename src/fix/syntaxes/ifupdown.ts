import { writeInterfaces } from '../interfaces-file.ts';
import type { FixSyntax } from '../syntax.ts';

/**
 * /etc/network/interfaces of Debian's ifupdown with the package ifenslave, whose scripts hand `bond-*` options to the
 * driver (ifenslave 2.13, if-pre-up.d: no min_links, no lacp_active), or with the scripts of openvswitch-switch.
 */
const TAKEN = new Set([
  'mode',
  'miimon',
  'lacp_rate',
  'xmit_hash_policy',
  'ad_select',
  'primary',
  'primary_reselect',
  'fail_over_mac',
  'arp_interval',
  'arp_ip_target',
  'arp_validate',
  'updelay',
  'downdelay',
]);

export const ifupdown: FixSyntax = {
  id: 'ifupdown',
  title: '/etc/network/interfaces with ifupdown and ifenslave (Debian)',
  systems: ['linux', 'ovs'],
  write: (change, target) =>
    writeInterfaces(change, target, {
      takes: (option) => TAKEN.has(option),
      apply: (bond) => `ifdown ${bond} && ifup ${bond}`,
      note: 'Needs the package ifenslave (Linux bonds). The bond is down for a moment.',
    }),
};
