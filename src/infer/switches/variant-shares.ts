import type { HashPolicy } from '../../hash/policy.ts';
import type { Hypothesis } from '../hypothesis.ts';

/** How often a variant is the one in use, roughly; variants that are missing share what is left. */
const VARIANT_SHARES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  teamd: { 'eth,ip': 0.4, 'eth,ip,l4': 0.15, 'ip,l4': 0.1, l4: 0.1, ip: 0.05 },
  'freebsd-lagg': { 'l2,l3,l4': 0.7, 'l3,l4': 0.1, 'l2,l3': 0.1 },
  'esxi-ip-hash': { 'last-octet': 0.5, 'whole-address': 0.5 },
};

/** Rules of every variant of a policy, without a key or basis; `logPrior` is that of the policy. */
export function variantsOf(policy: HashPolicy, logPrior: number): Hypothesis[] {
  const shares = VARIANT_SHARES[policy.id] ?? {};
  const left = Math.max(1 - Object.values(shares).reduce((sum, share) => sum + share, 0), 0.01);
  const others = Math.max(policy.variants.filter(({ id }) => shares[id] === undefined).length, 1);
  return policy.variants.map(({ id }): Hypothesis => ({
    policy,
    variant: id,
    basis: 0,
    logPrior: logPrior + Math.log(shares[id] ?? left / others),
  }));
}
