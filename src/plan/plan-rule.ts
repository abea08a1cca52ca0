import { hashFlows } from '../flows/hash-flows.ts';
import type { FlowHashes } from '../flows/hash-flows.ts';
import { reasonCode } from '../hash/policy.ts';
import type { HashPolicy } from '../hash/policy.ts';
import { selectCiscoIndex } from '../hash/select.ts';
import type { PlanLayout } from './plan-layout.ts';
import { NOWHERE } from './plan-traffic.ts';
import type { PlanTraffic } from './plan-traffic.ts';

/** A policy in one of its variants, as a sender uses it. */
export interface PlanRule {
  readonly policy: HashPolicy;
  readonly variant: string;
  readonly basis: number;
  /** Names of the members by index of the hash, where the policy is one of certain links (a learned switch). */
  readonly members?: readonly string[];
}

export function isSameRule(a: PlanRule, b: PlanRule | null): boolean {
  return b !== null && a.policy.id === b.policy.id && a.variant === b.variant && a.basis === b.basis;
}

/** Members that a plan can have. */
export const MAX_PLAN_MEMBERS = 16;

const NONE = new Uint32Array(0);
const HIDDEN_INPUT = reasonCode('hidden-input');

/** The hashes of a direction's flows under a rule, by place. */
export interface RuleHashes {
  readonly rule: PlanRule;
  readonly hash: Uint32Array;
  /** Index into UNPREDICTED_REASONS by place, for so many live members; 0: decided. */
  reasonFor(count: number): Uint8Array;
}

/**
 * Hashes every flow once; the reason again for each number of members where it depends on it. `inFrame`: places whose
 * outermost tag the sender's hash sees in the frame.
 */
export function hashTraffic(traffic: PlanTraffic, rule: PlanRule, inFrame: Uint32Array = NONE): RuleHashes {
  const { policy, variant, basis } = rule;
  const { merged } = traffic.flows;
  const tagged = inFrame.map((p) => traffic.list[p]);
  const run = (memberCount: number): FlowHashes => {
    const request = [{ policy, context: { variant, basis, memberCount } }];
    const [all] = hashFlows(merged, traffic.list, request, false);
    if (traffic.shadow !== null) {
      const [other] = hashFlows(traffic.shadow, traffic.list, request, false);
      for (let p = 0; p < all.hash.length; p++)
        if (all.reason[p] === 0 && (other.hash[p] !== all.hash[p] || other.reason[p] !== 0)) all.reason[p] = HIDDEN_INPUT;
    }
    if (tagged.length === 0) return all;
    const [own] = hashFlows(merged, tagged, request, true);
    inFrame.forEach((p, i) => {
      all.hash[p] = own.hash[i];
      all.reason[p] = own.reason[i];
    });
    return all;
  };
  const first = run(2);
  const reasons = new Map<number, Uint8Array>([[2, first.reason]]);
  return {
    rule,
    hash: first.hash,
    reasonFor(count) {
      if (policy.reasonDependsOnMemberCount !== true) return first.reason;
      const of = policy.memberCountClass?.(count) ?? count;
      let reason = reasons.get(of);
      if (reason === undefined) reasons.set(of, (reason = run(count).reason));
      return reason;
    },
  };
}

/** True for rules whose member follows from the packet alone: no table that the sender draws, no choice without a hash. */
export function isDecisive({ policy }: PlanRule): boolean {
  return policy.selector === 'modulo' || policy.selector === 'bucket-8';
}

/** The index among `count` live members. */
export function selectOf(policy: HashPolicy): (hash: number, count: number) => number {
  return policy.selector === 'bucket-8' ? selectCiscoIndex : (hash, count) => hash % count;
}

/**
 * Slot of every flow in a layout; NOWHERE where the rule does not decide it. One live member takes all, whatever the hash.
 * `table`: slot of each bucket (hash modulo its length), NOWHERE where it is not known, for senders whose table is told.
 */
export function placeFlowsBy(hashes: RuleHashes, layout: PlanLayout, table: Uint8Array | null = null): Uint8Array {
  const { hash, rule } = hashes;
  const { live } = layout;
  const slots = new Uint8Array(hash.length);
  if (live.length === 0) return slots.fill(NOWHERE);
  if (live.length === 1) return slots.fill(live[0]);
  if (table === null && !isDecisive(rule)) return slots.fill(NOWHERE);
  const reason = hashes.reasonFor(live.length);
  const slotOfIndex = Uint8Array.from(live);
  const count = live.length;
  if (table !== null) {
    for (let p = 0; p < hash.length; p++) slots[p] = reason[p] === 0 ? table[hash[p] % table.length] : NOWHERE;
  } else if (rule.policy.selector === 'bucket-8') {
    for (let p = 0; p < hash.length; p++) slots[p] = reason[p] === 0 ? slotOfIndex[selectCiscoIndex(hash[p], count)] : NOWHERE;
  } else {
    for (let p = 0; p < hash.length; p++) slots[p] = reason[p] === 0 ? slotOfIndex[hash[p] % count] : NOWHERE;
  }
  return slots;
}
