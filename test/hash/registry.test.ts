import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UNPREDICTED_REASONS } from '../../src/hash/policy.ts';
import { findPolicy, hasVariant, POLICIES, policyIds } from '../../src/hash/registry.ts';

const page = readFileSync(new URL('../../docs/hash-policies.md', import.meta.url), 'utf8');

describe('registry', () => {
  it('finds every policy by its id, once', () => {
    expect(new Set(policyIds()).size).toBe(POLICIES.length);
    for (const policy of POLICIES) expect(findPolicy(policy.id)).toBe(policy);
    expect(findPolicy('layer4')).toBeNull();
  });

  it('holds the published ids', () => {
    const ids = [
      'layer2',
      'layer2+3',
      'layer3+4',
      'encap2+3',
      'encap3+4',
      'vlan+srcmac',
      'balance-rr',
      'active-backup',
      'broadcast',
      'balance-tlb',
      'balance-alb',
      'ovs-balance-tcp',
      'ovs-balance-tcp-symmetric',
      'ovs-balance-slb',
      'ovs-active-backup',
      'esxi-ip-hash',
      'esxi-src-mac',
      'esxi-port-id',
      'cisco-src-mac',
      'cisco-dst-mac',
      'cisco-src-dst-mac',
      'cisco-src-ip',
      'cisco-dst-ip',
      'cisco-src-dst-ip',
      'cisco-src-port',
      'cisco-dst-port',
      'cisco-src-dst-port',
      'freebsd-lagg',
      'teamd',
    ];
    expect(policyIds()).toEqual(expect.arrayContaining(ids));
  });

  it('knows from which era on a policy exists', () => {
    const variants = (id: string): number => findPolicy(id)?.variants.length ?? 0;
    expect(['layer2', 'layer2+3', 'layer3+4', 'encap2+3', 'encap3+4', 'vlan+srcmac'].map(variants)).toEqual([9, 9, 9, 7, 7, 4]);
    for (const policy of POLICIES) expect(hasVariant(policy, policy.defaultVariant), policy.id).toBe(true);
  });

  it('is documented: every policy, variant and reason', () => {
    for (const policy of POLICIES) {
      expect(page, policy.id).toContain(`\`${policy.id}\``);
      for (const variant of policy.variants) expect(page, `${policy.id} ${variant.id}`).toContain(`\`${variant.id}\``);
    }
    for (const reason of UNPREDICTED_REASONS) if (reason !== null) expect(page).toContain(`\`${reason}\``);
  });

  it('cites a source for every variant', () => {
    for (const policy of POLICIES)
      for (const { source } of policy.variants) expect(source.reference.length + source.versions.length).toBeGreaterThan(5);
  });
});
