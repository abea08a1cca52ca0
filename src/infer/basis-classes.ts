/** What tells bases of a bucket function apart: the classes of flows that it cannot tell apart, and the member of each. */
import { hashFlows } from '../flows/hash-flows.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { slbHighWord, slbLowWord } from '../hash/ovs-balance-slb.ts';
import { findPolicy } from '../hash/registry.ts';
import type { SliceSequence } from './learn-buckets.ts';
import { BUCKETS } from './learn-buckets.ts';

/** Classes of flows that one bucket function cannot tell apart, and the member of each; members take turns in their order. */
export interface BasisClasses {
  readonly words: readonly Uint32Array[];
  readonly member: Uint8Array;
  readonly count: number;
}

/** Flows of balance-tcp that share a hash before the basis enters it; null where too few tell. `family`: of hashes (ovs-bonds.md 3). */
export function tcpClasses(flows: LagFlows, list: Uint32Array, slices: SliceSequence, family: string): BasisClasses | null {
  const policy = findPolicy('ovs-balance-tcp');
  if (policy === null) return null;
  // Without the second step the hash is the 5-tuple hash itself.
  const context = { variant: `${family}/lb-output`, basis: 0, memberCount: flows.memberCount };
  const [{ hash, reason }] = hashFlows(flows.merged, list, [{ policy, context }], false);
  return classify(flows, list, slices, [hash], reason);
}

/** The same for balance-slb, by source address and VLAN. */
export function slbClasses(flows: LagFlows, list: Uint32Array, slices: SliceSequence): BasisClasses | null {
  const context = { variant: 'portable', basis: 0, memberCount: flows.memberCount };
  const [low, high] = hashFlows(
    flows.merged,
    list,
    [
      { policy: slbLowWord, context },
      { policy: slbHighWord, context },
    ],
    false,
  );
  return classify(flows, list, slices, [low.hash, high.hash], low.reason);
}

/** Classes with their members in the stretch of time, without any change of member, that shows most of them. */
function classify(
  flows: LagFlows,
  list: Uint32Array,
  slices: SliceSequence,
  words: readonly Uint32Array[],
  reason: Uint8Array,
): BasisClasses | null {
  const index = new Map<string, number>();
  const classOf = new Int32Array(flows.merged.count).fill(-1);
  const rowOf: number[] = [];
  for (let i = 0; i < list.length; i++) {
    if (reason[i] !== 0) continue;
    const key = words.map((column) => column[i]).join(' ');
    const known = index.get(key) ?? index.size;
    if (known === index.size) {
      index.set(key, known);
      rowOf.push(i);
    }
    classOf[list[i]] = known;
  }
  let best = new Map<number, number>();
  let current = new Map<number, number>();
  for (let i = 0; i < slices.count; i++) {
    const c = classOf[slices.flow[i]];
    if (c < 0) continue;
    const before = current.get(c);
    if (before !== undefined && before !== slices.member[i]) {
      if (current.size > best.size) best = current;
      current = new Map();
    }
    current.set(c, slices.member[i]);
  }
  if (current.size > best.size) best = current;
  const ordered = takeTurns([...best]);
  return {
    words: words.map((column) => Uint32Array.from(ordered, ([c]) => column[rowOf[c]])),
    member: Uint8Array.from(ordered, ([, member]) => member),
    count: best.size,
  };
}

/** Members in turn: a basis is refuted by the first two classes of one bucket on different members. */
function takeTurns(classes: readonly (readonly [row: number, member: number])[]): (readonly [row: number, member: number])[] {
  const counts = new Map<number, number>();
  const turns = classes.map((entry) => {
    const turn = counts.get(entry[1]) ?? 0;
    counts.set(entry[1], turn + 1);
    return { entry, turn };
  });
  return turns.sort((x, y) => x.turn - y.turn).map(({ entry }) => entry);
}

/** Classes beyond the first of each bucket are tests; each passes by chance where two classes drawn at random share a member. */
export function evidenceBits({ member, count }: BasisClasses): number {
  const tests = count - BUCKETS * (1 - (1 - 1 / BUCKETS) ** count);
  const shares = new Map<number, number>();
  for (const m of member) shares.set(m, (shares.get(m) ?? 0) + 1 / count);
  let together = 0;
  for (const share of shares.values()) together += share * share;
  return tests * -Math.log2(Math.max(together, 1e-9));
}
