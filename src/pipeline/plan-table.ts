import { LEARNED_POLICY_ID } from '../hash/learned-policy.ts';
import type { PlanRule } from '../plan/plan-rule.ts';
import { NOWHERE } from '../plan/plan-traffic.ts';
import type { PlanLayout } from '../plan/scenario.ts';
import type { Sender } from './sender.ts';

/** The links of a scenario, with names. */
export interface NamedLayout extends PlanLayout {
  readonly names: readonly string[];
}

/** What is known of a sender's own table: `PlanDirectionTables` is one. */
interface KnownTable {
  /** Member of each bucket, -1 where it is not known; null for senders without. */
  readonly buckets: Int16Array | null;
  readonly direction: { readonly sender: Pick<Sender, 'policy'> };
}

/**
 * Slot of each bucket where state texts, captures or a model tell it, NOWHERE for buckets of which nothing is known; null
 * where the policy shares its buckets out by rule.
 */
export function tableOfSlots(tables: KnownTable, rule: PlanRule, layout: NamedLayout): Uint8Array | null {
  if (rule.policy.id === LEARNED_POLICY_ID) return slotsOfModel(rule, layout);
  return rule.policy.selector === 'bucket-8' ? slotsOfMasks(tables, layout) : null;
}

/** How a learned switch shares its buckets out over other links than those it was learned on was not seen. */
function slotsOfModel({ members }: PlanRule, { names, live }: NamedLayout): Uint8Array {
  const named = members?.map((name) => names.indexOf(name)) ?? [];
  if (named.length > 0 && named.every((slot) => live.includes(slot))) return Uint8Array.from(named);
  // Links with names of another place are taken in their order, as long as all of them work.
  const isWhole = live.length === names.length && named.every((slot) => slot < 0);
  return isWhole ? Uint8Array.from(live) : Uint8Array.of(NOWHERE);
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
