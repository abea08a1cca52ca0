import { linuxEncap23 } from './linux-encap23.ts';
import { linuxEncap34 } from './linux-encap34.ts';
import { linuxLayer2 } from './linux-layer2.ts';
import { linuxLayer23 } from './linux-layer23.ts';
import { linuxLayer34 } from './linux-layer34.ts';
import { linuxModes } from './linux-modes.ts';
import { linuxVlanSrcMac } from './linux-vlan-srcmac.ts';
import type { HashPolicy } from './policy.ts';

/** Every policy the project knows, in the order lists show them. Adding one: docs/adding-a-policy.md. */
export const POLICIES: readonly HashPolicy[] = [
  linuxLayer2,
  linuxLayer23,
  linuxLayer34,
  linuxEncap23,
  linuxEncap34,
  linuxVlanSrcMac,
  ...linuxModes,
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
