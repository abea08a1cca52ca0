import { hashFlows } from '../flows/hash-flows.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { visitRows } from '../flows/lag-flows.ts';
import type { HashPolicy } from '../hash/policy.ts';
import { selectCiscoIndex, selectIndex } from '../hash/select.ts';
import { FIELD_SETS, PACKET_IDENTITY } from './field-sets.ts';

/** One direction of a LAG that flows pass on their way. */
export interface Tier {
  readonly flows: LagFlows;
  /** Hashed flows of the direction. */
  readonly list: Uint32Array;
  /** Members in use, in hash order. */
  readonly members: readonly number[];
  /** The sender's rule; null where it is not known or not one of a formula. */
  readonly rule: TierRule | null;
  /** The rule was given, or shows itself beyond doubt: what it does to flows that did not come here can be said. */
  readonly isSure: boolean;
}

export interface TierRule {
  readonly policy: HashPolicy;
  readonly variant: string;
  readonly basis: number;
}

/** Flows looked at, at most. */
const MOST_FLOWS = 20_000;
const WORD = 2 ** 32;
/** Bits of the second word that are exact beside the first in a number. */
const HIGH_BITS = 0x1f_ffff;

/** Flows that pass both tiers, place for place: TCP, UDP and what else has ports, by addresses and ports. */
export interface CommonFlows {
  readonly first: Uint32Array;
  readonly second: Uint32Array;
}

/** Finds them by their addresses and ports, whatever MAC addresses and tags the systems between gave them. */
export function commonFlows(first: Tier, second: Tier): CommonFlows {
  const here = identities(second, evenly(second.list));
  const byKey = new Map<number, number>();
  here.list.forEach((flow, i) => {
    if (here.keys[i] >= 0) byKey.set(here.keys[i], flow);
  });
  const before = identities(first, first.list);
  const found: [number, number][] = [];
  before.list.forEach((flow, i) => {
    const partner = before.keys[i] < 0 ? undefined : byKey.get(before.keys[i]);
    if (partner === undefined) return;
    byKey.delete(before.keys[i]);
    found.push([flow, partner]);
  });
  return { first: Uint32Array.from(found, ([flow]) => flow), second: Uint32Array.from(found, ([, flow]) => flow) };
}

/** At most `MOST_FLOWS`, evenly over the list. */
export function evenly(list: Uint32Array): Uint32Array {
  const step = Math.max(1, list.length / MOST_FLOWS);
  return Uint32Array.from({ length: Math.floor(list.length / step) }, (_, i) => list[Math.floor(i * step)]);
}

/** One number for each flow, the same wherever the packet is seen; -1 for what has no ports. */
function identities({ flows }: Tier, list: Uint32Array): { list: Uint32Array; keys: Float64Array } {
  const context = { variant: '', basis: 0, memberCount: 0 };
  const [low, high] = hashFlows(
    flows.merged,
    list,
    PACKET_IDENTITY.map((policy) => ({ policy, context })),
    false,
  );
  const keys = Float64Array.from(low.hash, (word, i) => (low.hash[i] === 0 ? -1 : word + (high.hash[i] & HIGH_BITS) * WORD));
  return { list, keys };
}

/** By flow: place in the hash order of the only member that its frames were on, -1 where it moved. */
export function placesSeen({ flows, members }: Tier): Int16Array {
  const NOWHERE = -2;
  const places = new Int16Array(flows.merged.count).fill(NOWHERE);
  const placeOf = new Map(members.map((member, place) => [member, place]));
  visitRows(flows, 'frames', (flow, member) => {
    const place = placeOf.get(member) ?? -1;
    if (places[flow] === NOWHERE) places[flow] = place;
    else if (places[flow] !== place) places[flow] = -1;
  });
  return places;
}

/** Hash and place of flows by a rule; -1 where the rule does not say. */
export function placesByRule(flows: LagFlows, list: Uint32Array, rule: TierRule, count: number): { hash: Uint32Array; place: Int16Array } {
  const { policy, variant, basis } = rule;
  const [{ hash, reason }] = hashFlows(flows.merged, list, [{ policy, context: { variant, basis, memberCount: count } }], false);
  return { hash, place: Int16Array.from(hash, (value, i) => (reason[i] === 0 ? placeOfHash(policy, value, count) : -1)) };
}

/** Index among `count` members that a policy takes for a hash. */
export function placeOfHash(policy: HashPolicy, hash: number, count: number): number {
  return policy.selector === 'bucket-8' ? selectCiscoIndex(hash, count) : selectIndex(hash, count);
}

/**
 * Flows that the sender cannot tell apart have one class: by its rule, else by the fewest fields of which the member was seen
 * to be a function, so that few stations never look like many choices.
 */
export function classesOf(tier: Tier, list: Uint32Array, places: Int16Array): Uint32Array {
  const { flows, rule, members } = tier;
  if (rule !== null) return placesByRule(flows, list, rule, members.length).hash;
  const context = { variant: '', basis: 0, memberCount: members.length };
  const columns = hashFlows(
    flows.merged,
    list,
    FIELD_SETS.map((policy) => ({ policy, context })),
    false,
  );
  return columns.find(({ hash }) => isFunctionOf(hash, places))?.hash ?? list;
}

function isFunctionOf(classes: Uint32Array, places: Int16Array): boolean {
  const placeOf = new Map<number, number>();
  return classes.every((value, i) => {
    if (places[i] < 0) return true;
    const known = placeOf.get(value);
    if (known === undefined) placeOf.set(value, places[i]);
    return known === undefined || known === places[i];
  });
}
