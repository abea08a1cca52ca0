import { reasonCode } from '../hash/policy.ts';
import { hashFlows } from '../flows/hash-flows.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import type { Sender } from './sender.ts';

/** What a rule says of each flow of a direction. */
export interface Predictor {
  readonly hash: Uint32Array;
  indexOf(flow: number, count: number): number;
  reasonOf(flow: number, count: number): number;
  /** Predicted for every member count: may decide about epochs. */
  certain(flow: number): boolean;
  override(flows: ReadonlySet<number>, reason: number): void;
}

/** Hashes all flows of a direction. The reason may depend on the number of active members (socket hash). */
export function predictAll(flows: LagFlows, list: Uint32Array, sender: Sender): Predictor {
  const { count } = flows.merged;
  const hash = new Uint32Array(count);
  const counts = flows.memberCount;
  const reasons: Uint8Array[] = [];
  if (sender.policy === null) {
    const code = reasonCode(sender.unpredicted ?? 'unknown-policy');
    return { hash, indexOf: () => 0, reasonOf: () => code, certain: () => false, override: () => undefined };
  }
  const policy = sender.policy;
  const byCount = policy.reasonDependsOnMemberCount === true;
  const requests = (byCount ? Array.from({ length: counts }, (_, n) => n + 1) : [counts]).map((memberCount) => ({
    policy,
    context: { variant: sender.variant, basis: sender.basis, memberCount },
  }));
  const results = hashFlows(flows.merged, list, requests, false);
  for (let r = 0; r < results.length; r++) {
    const reason = new Uint8Array(count);
    for (let i = 0; i < list.length; i++) {
      if (r === 0) hash[list[i]] = results[0].hash[i];
      reason[list[i]] = results[r].reason[i];
    }
    reasons.push(reason);
  }
  const pick = (n: number): Uint8Array => reasons[byCount ? Math.min(Math.max(n, 1), counts) - 1 : 0];
  return {
    hash,
    indexOf: (flow, n) => hash[flow] % n,
    reasonOf: (flow, n) => pick(n)[flow],
    certain: (flow) => reasons.every((reason) => reason[flow] === 0),
    override: (set, code) => {
      for (const reason of reasons) for (const flow of set) reason[flow] = code;
    },
  };
}
