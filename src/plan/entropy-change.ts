import { findPolicy, hasVariant } from '../hash/registry.ts';
import { busiestShare, busiestShareUnder } from './entropy-gain.ts';
import type { WeighedFlows } from './entropy-gain.ts';
import { auditPolicies, familyOf, listCandidates } from './entropy-policies.ts';
import type { EntropyCandidate } from './entropy-policies.ts';
import { changeText } from './entropy-text.ts';
import type { EntropyChange, EntropyDirection, PolicyEntropy, TunnelKind } from './entropy-types.ts';

/** Hash values per member from which on balance is a matter of chance and no longer of too few values. */
export const ENOUGH_PER_MEMBER = 8;
/** A change must give so many times the values to be worth it, and no simpler policy this share of them. */
const WORTH = 2;
const NEARLY_ALL = 0.8;

/** What changes are chosen by: the sender, and all of its traffic. */
export interface ChangeRequest {
  readonly direction: EntropyDirection;
  readonly traffic: WeighedFlows;
  /** The policy in use, and those to compare it with. */
  readonly candidates: readonly EntropyCandidate[];
  /** What each policy can see of all the traffic; worked out when it is asked for. */
  readonly policies: () => readonly PolicyEntropy[];
}

export function changeRequest(
  direction: EntropyDirection,
  traffic: WeighedFlows,
  candidates: readonly EntropyCandidate[] = listCandidates(direction),
): ChangeRequest {
  let known: readonly PolicyEntropy[] | null = null;
  return {
    direction,
    traffic,
    candidates,
    policies: () => (known ??= auditPolicies(traffic.flows, traffic.list, traffic.bytes, candidates)),
  };
}

/** The policy in use and those that the sender could be told to use: all that a change is chosen from. */
export function listChoices(direction: EntropyDirection): EntropyCandidate[] {
  const family = familyOf(direction);
  return listCandidates(direction).filter(({ policy, current }) => current || policy.family === family);
}

/**
 * The simplest policy that the sender can be told to use and that gives (nearly) the most hash values, if that is much more
 * than now and now is too little; null else. Later policies of the registry look deeper and cost more. None counts that
 * tells less apart over all traffic: what a tunnel gains, the rest would lose.
 */
export function bestPolicy(request: ChangeRequest, policies: readonly PolicyEntropy[], kind: TunnelKind | null): EntropyChange | null {
  const { direction, traffic } = request;
  const family = familyOf(direction);
  const current = policies.find((policy) => policy.current);
  if (current === undefined || current.effectiveFlows >= ENOUGH_PER_MEMBER * Math.max(traffic.members.length, 2)) return null;
  const isWorth = (policy: PolicyEntropy): boolean => policy.effectiveFlows >= WORTH * current.effectiveFlows;
  const isChoice = ({ policy, current: isUsed }: PolicyEntropy): boolean => {
    const known = findPolicy(policy);
    if (isUsed || known === null || known.family !== family) return false;
    // An era that did not have the policy cannot be told to use it.
    return family !== 'linux' || hasVariant(known, direction.sender.variant);
  };
  const possible = policies.filter(isChoice);
  // All of the traffic is looked at only where it can change something.
  if (!possible.some(isWorth)) return null;
  const overall = request.policies();
  const now = overall.find((policy) => policy.current)?.effectiveFlows ?? 0;
  const isCoarser = (id: string): boolean => (overall.find(({ policy }) => policy === id)?.effectiveFlows ?? 0) < NEARLY_ALL * now;
  // Per effective flows, so that many small flows beside one large tunnel do not count as freedom.
  const choices = possible.filter(({ policy }) => !isCoarser(policy));
  const most = Math.max(0, ...choices.map((policy) => policy.effectiveFlows));
  const best = choices.find((policy) => policy.effectiveFlows >= NEARLY_ALL * most);
  if (best === undefined || !isWorth(best)) return null;
  const candidate = listCandidates(direction).find(({ policy }) => policy.id === best.policy);
  const gain = candidate === undefined ? 0 : gainOf(busiestShare(traffic), busiestShareUnder(traffic, candidate));
  const change = { kind: 'set-policy', policy: best.policy, hashes: best.hashes, gain } as const;
  return { ...change, text: changeText(change, kind, family === 'linux') };
}

/** What frees the flows of a tunnel where no policy of the sender does: at best each member gets an equal part. `places`: of the tunnel. */
export function otherChange({ direction, traffic }: ChangeRequest, kind: TunnelKind, places: readonly number[]): EntropyChange {
  const left = new Uint8Array(traffic.list.length);
  for (const place of places) left[place] = 1;
  const gain = gainOf(busiestShare(traffic), busiestShare(traffic, left));
  const change = { kind: changeKind(kind), policy: null, hashes: null, gain } as const;
  return { ...change, text: changeText(change, kind, familyOf(direction) === 'linux') };
}

function gainOf(before: number, after: number): number {
  return before > 0 ? Math.max(1 - after / before, 0) : 0;
}

function changeKind(kind: TunnelKind): EntropyChange['kind'] {
  switch (kind) {
    case 'vxlan':
    case 'geneve':
    case 'gtp':
      return 'vary-source-port';
    case 'gre':
    case 'erspan':
    case 'pptp':
    case 'ipip':
      return 'wrap-in-udp';
    case 'roce':
      return 'more-queue-pairs';
    case 'mpls':
      return 'entropy-label';
    default:
      return 'more-endpoints';
  }
}
