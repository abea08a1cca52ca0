import { LEARNED_POLICY_ID } from '../hash/learned-policy.ts';
import { isSameRule } from '../plan/plan-rule.ts';
import type { PlanRule } from '../plan/plan-rule.ts';
import { NOWHERE } from '../plan/plan-traffic.ts';
import type { PlanLayout } from '../plan/plan-layout.ts';
import type { SenderOptions } from './analysis-options.ts';
import type { Sender } from './sender.ts';

/** The links of a scenario, with names. */
export interface NamedLayout extends PlanLayout {
  readonly names: readonly string[];
}

/** What is known of a sender's own table: `PlanDirectionTables` is one. */
export interface KnownTable {
  /** Member of each bucket, -1 where it is not known; null for senders without. */
  readonly buckets: Int16Array | null;
  /** The sender's rule, or null where it is not known. */
  readonly rule: PlanRule | null;
  /** All members in hash order, and those in use. */
  readonly order: readonly number[];
  readonly inUse: readonly number[];
  readonly direction: { readonly sender: Pick<Sender, 'policy'>; readonly asked: { readonly options: SenderOptions } };
}

/** Nothing is known of where any flow goes. */
const ALL_OPEN = Uint8Array.of(NOWHERE);

/**
 * Slot of each bucket where state texts, captures or a model tell it, NOWHERE for buckets of which nothing is known; null
 * where the policy shares its buckets out by rule.
 */
export function tableOfSlots(tables: KnownTable, rule: PlanRule, layout: NamedLayout): Uint8Array | null {
  const { policy } = rule;
  if (policy.id === LEARNED_POLICY_ID) return slotsOfModel(rule, layout);
  if (policy.selector === 'bucket-8') return slotsOfMasks(tables, layout);
  if (policy.selector === 'bucket-256') return slotsOfBuckets(tables, rule, layout);
  // A team that balances has a table whatever it hashes; one that does not has none.
  if (policy.family === 'team' && tables.buckets !== null) return slotsOfBuckets(tables, rule, layout) ?? ALL_OPEN;
  if (policy.family === 'freebsd' && !tellsLaggKey(tables, rule, layout)) return ALL_OPEN;
  return null;
}

/** How a learned switch shares its buckets out over other links than those it was learned on was not seen. */
function slotsOfModel({ members }: PlanRule, { names, live }: NamedLayout): Uint8Array {
  const named = members?.map((name) => names.indexOf(name)) ?? [];
  if (named.length > 0 && named.every((slot) => live.includes(slot))) return Uint8Array.from(named);
  // Links with names of another place are taken in their order, as long as all of them work.
  const isWhole = live.length === names.length && named.every((slot) => slot < 0);
  return isWhole ? Uint8Array.from(live) : ALL_OPEN;
}

/**
 * The eight buckets of a Cisco switch, as its load masks say or its traffic shows. They belong to the links in the channel,
 * whatever the method hashes; over other links they are dealt anew.
 */
function slotsOfMasks({ buckets, direction }: KnownTable, { members, live }: NamedLayout): Uint8Array | null {
  if (buckets === null || direction.sender.policy?.selector !== 'bucket-8') return null;
  const table = Array.from(buckets.subarray(0, 8));
  const known = new Set(table.filter((m) => m >= 0));
  const working = new Set(live.map((slot) => members[slot]));
  if (known.size === 0 || [...known].some((m) => !working.has(m)) || working.has(-1)) return null;
  // Every link holds a bucket: a table that is whole and leaves a link out is that of fewer links.
  if (!table.includes(-1) && known.size < Math.min(live.length, table.length)) return null;
  return Uint8Array.from(table, (m) => (m < 0 ? NOWHERE : members.indexOf(m)));
}

/**
 * The 256 buckets of Open vSwitch, or of teamd's balancer, under the sender's own rule: those of a lost member are open, all
 * others stay. Members that come or go by configuration clear the table. Null where nothing of it is known.
 */
function slotsOfBuckets({ buckets, rule: own, order }: KnownTable, rule: PlanRule, { members, failed }: NamedLayout): Uint8Array | null {
  if (buckets === null || !isSameRule(rule, own)) return null;
  const isSame = members.length === order.length && order.every((m) => members.includes(m));
  if (!isSame || !buckets.some((m) => m >= 0)) return null;
  return Uint8Array.from(buckets, (m) => {
    const slot = m < 0 ? -1 : members.indexOf(m);
    return slot < 0 || failed[slot] ? NOWHERE : slot;
  });
}

/**
 * A key that was told holds for any links. One that the traffic shows is known as far as it decides between the links in
 * use, and together with their order: over others it may give anything.
 */
function tellsLaggKey({ rule: own, direction, inUse }: KnownTable, rule: PlanRule, { members, live }: NamedLayout): boolean {
  if (rule.basis === 0 || direction.asked.options.basis !== undefined || !isSameRule(rule, own)) return true;
  return live.length === inUse.length && live.every((slot) => inUse.includes(members[slot]));
}
