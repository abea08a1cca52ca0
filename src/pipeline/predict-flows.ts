import { reasonCode } from '../hash/policy.ts';
import { visitHashes } from '../flows/hash-flows.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import type { RuleColumns } from '../plan/place.ts';
import type { Sender } from './sender.ts';

/** What a rule says of each flow of a direction. Columns have one row per flow of the LAG. */
export interface Predictor extends RuleColumns {
  /** 1 for flows that are predicted for every member count: they may decide about epochs. */
  readonly certain: Uint8Array;
  /** Gives flows that cannot be predicted after all their reason. */
  override(flows: ReadonlySet<number>, reason: number): void;
}

/** Hashes all flows of a direction. The reason may depend on the number of active members (socket hash). */
export function predictAll(flows: LagFlows, list: Uint32Array, sender: Sender): Predictor {
  const { count } = flows.merged;
  const hash = new Uint32Array(count);
  const certain = new Uint8Array(count);
  const counts = flows.memberCount;
  const { policy } = sender;
  if (policy === null) {
    const reason = new Uint8Array(count).fill(reasonCode(sender.unpredicted ?? 'unknown-policy'));
    return { hash, certain, reasonsFor: () => reason, override: () => undefined };
  }
  const byCount = policy.reasonDependsOnMemberCount === true;
  const requests = (byCount ? Array.from({ length: counts }, (_, n) => n + 1) : [counts]).map((memberCount) => ({
    policy,
    context: { variant: sender.variant, basis: sender.basis, memberCount },
  }));
  const reasons = requests.map(() => new Uint8Array(count));
  visitHashes(flows.merged, list, requests, false, (r, places, filled, out) => {
    const reason = reasons[r];
    for (let n = 0; n < filled; n++) {
      const flow = list[places[n]];
      if (r === 0) hash[flow] = out.hash[n];
      reason[flow] = out.reason[n];
      if (out.reason[n] !== 0) certain[flow] = 0;
      else if (r === 0) certain[flow] = 1;
    }
  });
  return {
    hash,
    certain,
    reasonsFor: (n) => reasons[byCount ? Math.min(Math.max(n, 1), counts) - 1 : 0],
    override: (set, code) => {
      for (const reason of reasons) for (const flow of set) reason[flow] = code;
      for (const flow of set) certain[flow] = 0;
    },
  };
}
