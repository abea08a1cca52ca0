import { hashFlows } from '../flows/hash-flows.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { reasonCode } from '../hash/policy.ts';
import type { HashPolicy } from '../hash/policy.ts';
import { findPolicy, hasVariant, POLICIES } from '../hash/registry.ts';
import { selectBucket256, selectCiscoIndex, selectIndex } from '../hash/select.ts';
import type { EntropyDirection, PolicyEntropy } from './entropy-types.ts';
import { ValueTable } from './value-table.ts';

/** What a policy's hash values are used as. */
export interface EntropyCandidate {
  readonly policy: HashPolicy;
  readonly variant: string;
  readonly basis: number;
  readonly current: boolean;
}

const SOCKET_HASH = reasonCode('socket-hash');
const MOST_MEMBERS = 8;
/** Policies hashed at a time: their hash columns of a million flows fill the memory otherwise. */
const AT_ONCE = 4;

/** Every policy that has a formula; the one in use in its own variant. */
export function listCandidates({ sender }: EntropyDirection): EntropyCandidate[] {
  return POLICIES.filter((policy) => policy.selector !== 'none').map((policy) => {
    const current = sender.policy?.id === policy.id;
    return {
      policy,
      variant: current && hasVariant(policy, sender.variant) ? sender.variant : policy.defaultVariant,
      basis: current ? sender.basis : 0,
      current,
    };
  });
}

/** What each candidate can see of the flows of `list`; `bytes` by place. */
export function auditPolicies(
  flows: LagFlows,
  list: Uint32Array,
  bytes: Float64Array,
  candidates: readonly EntropyCandidate[],
): PolicyEntropy[] {
  const results: PolicyEntropy[] = [];
  for (let from = 0; from < candidates.length; from += AT_ONCE) {
    const some = candidates.slice(from, from + AT_ONCE);
    const requests = some.map(({ policy, variant, basis }) => ({ policy, context: { variant, basis, memberCount: flows.memberCount } }));
    const hashes = hashFlows(flows.merged, list, requests, false);
    for (let c = 0; c < some.length; c++) results.push(auditPolicy(some[c], hashes[c].hash, hashes[c].reason, bytes));
  }
  return results;
}

function auditPolicy(
  { policy, variant, current }: EntropyCandidate,
  hash: Uint32Array,
  reason: Uint8Array,
  bytes: Float64Array,
): PolicyEntropy {
  const table = new ValueTable();
  const reached = new Reach(policy);
  let unplacedBytes = 0;
  for (let i = 0; i < hash.length; i++) {
    if (reason[i] !== 0) unplacedBytes += bytes[i];
    // A socket's hash differs by socket as the formula's does by its addresses and ports: as many values, other ones.
    if (reason[i] !== 0 && reason[i] !== SOCKET_HASH) continue;
    table.add(0, hash[i], bytes[i]);
    reached.add(hash[i]);
  }
  const spread = table.spread();
  return {
    policy: policy.id,
    variant,
    current,
    hashes: spread.values,
    byteBits: spread.byteBits,
    flowBits: spread.flowBits,
    effectiveFlows: spread.effective,
    reach: reached.counts(),
    unplacedBytes,
  };
}

/** Members that hash values reach, for every number of members; one bit for each. */
class Reach {
  readonly #policy: HashPolicy;
  readonly #masks = new Uint32Array(MOST_MEMBERS + 1);
  readonly #buckets = new Set<number>();
  #isFull = false;

  constructor(policy: HashPolicy) {
    this.#policy = policy;
  }

  add(hash: number): void {
    const { selector } = this.#policy;
    if (selector === 'bucket-256') {
      if (this.#buckets.size < MOST_MEMBERS) this.#buckets.add(selectBucket256(hash));
      return;
    }
    if (this.#isFull) return;
    let isFull = true;
    for (let n = 2; n <= MOST_MEMBERS; n++) {
      this.#masks[n] |= 1 << (selector === 'bucket-8' ? selectCiscoIndex(hash, n) : selectIndex(hash, n));
      if (this.#masks[n] !== (1 << n) - 1) isFull = false;
    }
    this.#isFull = isFull;
  }

  counts(): number[] {
    return Array.from({ length: MOST_MEMBERS - 1 }, (_, i) => {
      // The map is the sender's: it may give every bucket to another member, as far as there are enough.
      if (this.#policy.selector === 'bucket-256') return Math.min(i + 2, this.#buckets.size);
      let count = 0;
      for (let bits = this.#masks[i + 2]; bits !== 0; bits &= bits - 1) count++;
      return count;
    });
  }
}

/** Policies that the sender could be told to use instead: those of its own family, or of Linux where the sender is not known. */
export function familyOf({ sender }: EntropyDirection): HashPolicy['family'] {
  return (sender.policy === null ? null : findPolicy(sender.policy.id))?.family ?? 'linux';
}
