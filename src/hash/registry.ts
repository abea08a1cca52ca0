import { ciscoPolicies } from './cisco.ts';
import { esxiIpHash, esxiSrcMac } from './esxi.ts';
import { freebsdLagg } from './freebsd-lagg.ts';
import { linuxEncap23 } from './linux-encap23.ts';
import { linuxEncap34 } from './linux-encap34.ts';
import { linuxLayer2 } from './linux-layer2.ts';
import { linuxLayer23 } from './linux-layer23.ts';
import { linuxLayer34 } from './linux-layer34.ts';
import { linuxModes } from './linux-modes.ts';
import { linuxVlanSrcMac } from './linux-vlan-srcmac.ts';
import { createRuleWithoutHash } from './no-hash.ts';
import { ovsBalanceSlb } from './ovs-balance-slb.ts';
import { ovsBalanceTcp } from './ovs-balance-tcp.ts';
import { ovsBalanceTcpSymmetric } from './ovs-symmetric.ts';
import type { HashPolicy } from './policy.ts';
import { rssToeplitz } from './rss-toeplitz.ts';
import { teamd } from './teamd.ts';

const ovsActiveBackup = createRuleWithoutHash(
  'ovs-active-backup',
  'Open vSwitch active-backup',
  'every frame takes the one active member',
  'ovs',
  'any',
  { system: 'Open vSwitch', versions: 'all', confidence: 'measured', reference: 'captures of 3.1.0' },
);

const esxiPortId = createRuleWithoutHash(
  'esxi-port-id',
  'VMware originating virtual port',
  'fixed per virtual port; the port number is not in the packet',
  'vmware',
  'any',
  { system: 'VMware vSphere', versions: 'all', confidence: 'documented', reference: 'vSphere API, loadbalance_srcid' },
);

/** Every policy the project knows, in the order lists show them. Adding one: docs/adding-a-policy.md. */
export const POLICIES: readonly HashPolicy[] = [
  linuxLayer2,
  linuxLayer23,
  linuxLayer34,
  linuxEncap23,
  linuxEncap34,
  linuxVlanSrcMac,
  ...linuxModes,
  ovsBalanceTcp,
  ovsBalanceTcpSymmetric,
  ovsBalanceSlb,
  ovsActiveBackup,
  esxiIpHash,
  esxiSrcMac,
  esxiPortId,
  ...ciscoPolicies,
  freebsdLagg,
  teamd,
  rssToeplitz,
];

const byId = new Map(POLICIES.map((policy) => [policy.id, policy]));

export function findPolicy(id: string): HashPolicy | null {
  return byId.get(id) ?? null;
}

export function policyIds(): readonly string[] {
  return POLICIES.map((policy) => policy.id);
}

/** Whether the policy existed in that variant: encap policies from linux-3.13 on, vlan+srcmac from linux-5.5 (5.12) on. */
export function hasVariant(policy: HashPolicy, variant: string): boolean {
  return policy.variants.some((known) => known.id === variant);
}
