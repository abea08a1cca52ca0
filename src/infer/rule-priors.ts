import { POLICIES } from '../hash/registry.ts';
import type { HashPolicy } from '../hash/policy.ts';
import type { Hypothesis } from './hypothesis.ts';
import type { RuleFamily } from './rule-source.ts';

/** What the LACPDUs of a sender give away of who wrote them. */
export type LacpMaker = 'linux-or-team' | 'ovs' | 'other' | null;

/** Defaults as they stand in LACPDUs: Linux bonding and teamd 65535 and 255 (hash-spec 1.8), Open vSwitch 65534 and 65535 (ovs-bonds 7). */
export function lacpMaker(systemPriority: number | null, portPriority: number | null): LacpMaker {
  if (systemPriority === null || portPriority === null) return null;
  if (systemPriority === 65535 && portPriority === 255) return 'linux-or-team';
  if (systemPriority === 65534 && portPriority === 65535) return 'ovs';
  return 'other';
}

/** Shares of the families before the traffic is looked at. Priorities can be set by hand, so none is excluded. */
const FAMILY_SHARES: Readonly<Record<string, Readonly<Partial<Record<RuleFamily, number>>>>> = {
  'linux-or-team': { linux: 0.8, team: 0.08, ovs: 0.02, other: 0.1 },
  // The kernel's datapath, whose hash has a key, is the commoner one: to us it is a rule that nobody can know.
  ovs: { ovs: 0.45, linux: 0.05, other: 0.5 },
  other: { linux: 0.15, ovs: 0.1, team: 0.03, cisco: 0.15, vmware: 0.05, freebsd: 0.02, other: 0.5 },
  unknown: { linux: 0.45, ovs: 0.1, team: 0.02, cisco: 0.05, vmware: 0.06, freebsd: 0.02, other: 0.3 },
};

export function familyPriors(maker: LacpMaker): Partial<Record<RuleFamily, number>> {
  const shares = FAMILY_SHARES[maker ?? 'unknown'];
  return Object.fromEntries(Object.entries(shares).map(([family, share]) => [family, Math.log(share)]));
}

/** How often each policy is set on Linux bonds, roughly: the default and the two that every guide names lead. */
const LINUX_SHARES: Readonly<Record<string, number>> = {
  layer2: 0.25,
  'layer2+3': 0.25,
  'layer3+4': 0.35,
  'encap2+3': 0.05,
  'encap3+4': 0.05,
  'vlan+srcmac': 0.05,
};

/** Shares of the versions where none is told: in use today, newer ones more. The broken range is never chosen unless asked for. */
const ERA_SHARES: Readonly<Record<string, number>> = {
  'linux-2.6': 0.02,
  'linux-3.7': 0.02,
  'linux-3.13': 0.02,
  'linux-3.17': 0.03,
  'linux-4.15': 0.16,
  'linux-5.5': 0.2,
  'linux-5.15.17': 0.05,
  'linux-5.18': 0.5,
};

/** What a version text says: its era, and others that kernels of the same name may have by backports. */
export interface VersionPrior {
  readonly variant: string;
  readonly candidates: readonly string[];
}

/** Share that stays with eras which a version text does not name: kernels are backported, texts are stale. */
const OTHER_ERAS = 0.02;

/** All Linux policies that hash, in all eras. `prior`: what a version text says, or null. */
export function linuxHypotheses(familyLogPrior: number, prior: VersionPrior | null): Hypothesis[] {
  return POLICIES.filter((p) => p.family === 'linux' && p.selector === 'modulo').flatMap((policy) => {
    const variants = policy.variants.map((v) => v.id).filter((id) => ERA_SHARES[id] !== undefined);
    const weights = variants.map((id) => eraWeight(id, prior));
    const sum = weights.reduce((total, w) => total + w, 0);
    return variants.map((variant, v): Hypothesis => ({
      policy,
      variant,
      basis: 0,
      logPrior: familyLogPrior + Math.log(LINUX_SHARES[policy.id] ?? 0.02) + Math.log(weights[v] / sum),
    }));
  });
}

function eraWeight(variant: string, prior: VersionPrior | null): number {
  const share = ERA_SHARES[variant];
  if (prior === null) return share;
  if (variant === prior.variant) return 1;
  return (prior.candidates.includes(variant) ? 0.5 : OTHER_ERAS) * share;
}

/** How much likelier a rule is that a text names than before. */
const STATED_LOG_ODDS = Math.log(200);

/** Raises the prior of the policy that a state text names. */
export function favourStated(hypotheses: readonly Hypothesis[], policy: HashPolicy): Hypothesis[] {
  return hypotheses.map((h) => (h.policy.id === policy.id ? { ...h, logPrior: h.logPrior + STATED_LOG_ODDS } : h));
}
