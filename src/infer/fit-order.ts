import { assignOrder } from './assign-order.ts';
import { groupRows } from './group-rows.ts';
import type { Observation } from './observe.ts';

export interface OrderFit {
  /** Members in hash order: the place is the index. */
  readonly order: readonly number[];
  /** Members whose place no flow tests. */
  readonly untested: readonly number[];
}

/**
 * The order of members that fits a rule by modulo best. Flows with one hash value have one vote: they share a member
 * whatever the rule is. `usable[i]`: row i counts.
 */
export function fitOrder(seen: Observation, hash: Uint32Array, usable: (i: number) => boolean): OrderFit {
  const { members } = seen;
  const n = members.length;
  const place = new Int16Array(seen.flows.memberCount).fill(-1);
  members.forEach((m, i) => {
    place[m] = i;
  });
  const counts = new Float64Array(n * n);
  const isUsed = new Int16Array(hash.length);
  for (let i = 0; i < hash.length; i++) isUsed[i] = usable(i) ? 0 : -1;
  const { groupOf, count } = groupRows(isUsed, hash, hash);
  const weights = new Uint32Array(count);
  for (let i = 0; i < hash.length; i++) if (groupOf[i] >= 0) weights[groupOf[i]]++;
  for (let i = 0; i < hash.length; i++) {
    if (groupOf[i] < 0 || place[seen.member[i]] < 0) continue;
    counts[(hash[i] % n) * n + place[seen.member[i]]] += 1 / weights[groupOf[i]];
  }
  const order = assignOrder(counts, n, n).map((i) => members[i]);
  return { order, untested: untestedIn(order, counts, n) };
}

/** Members at indices without a flow; a single one follows from the others. */
function untestedIn(order: readonly number[], counts: Float64Array, n: number): number[] {
  const open = order.filter((_, r) => !counts.subarray(r * n, (r + 1) * n).some((count) => count > 0));
  return open.length > 1 ? open : [];
}

/** The same for an order that was not fitted. */
export function untestedMembers(order: readonly number[], hash: Uint32Array, usable: (i: number) => boolean): number[] {
  const n = order.length;
  const tested = new Uint8Array(n);
  for (let i = 0; i < hash.length; i++) if (usable(i)) tested[hash[i] % n] = 1;
  const open = order.filter((_, r) => tested[r] === 0);
  return open.length > 1 ? open : [];
}
