/** Lists of members, in hash order, that a sender may have used at some time. */
import type { Activity } from './activity.ts';
import { LACP_DOWN } from './activity.ts';

/** For an order of members that nothing but the fit speaks for. */
const UNTOLD_ORDER_COST = 6;
const MAX_CANDIDATES = 96;

export interface Candidate {
  readonly active: readonly number[];
  /** Added whenever this candidate is entered. */
  readonly entryCost: number;
  /** All members in the order that it is a part of. */
  readonly order: readonly number[];
}

/** Members that can have been out of use at some time. */
function listDownable(activity: Activity, members: number): number[] {
  const downable: { member: number; bins: number }[] = [];
  for (let m = 0; m < members; m++) {
    let bins = 0;
    for (let b = 0; b < activity.bins; b++) bins += activity.mayBeDown[m * activity.bins + b];
    if (bins > 0) downable.push({ member: m, bins });
  }
  return downable.sort((x, y) => y.bins - x.bins).map((d) => d.member);
}

/** What the order at the start and the activity allow, the likeliest first. `order`: all members; `members`: their number. */
export function listCandidates(order: readonly number[], activity: Activity, members: number): Candidate[] {
  const downable = listDownable(activity, members);
  const seen = new Set<string>();
  const candidates: Candidate[] = [];
  const add = (active: readonly number[], from: readonly number[]): void => {
    const name = active.join(',');
    if (seen.has(name) || candidates.length >= MAX_CANDIDATES) return;
    seen.add(name);
    candidates.push({ active, entryCost: told.some((o) => isSubsequence(active, o)) ? 0 : UNTOLD_ORDER_COST, order: from });
  };
  const told = toldOrders(order, activity);
  const orders = [...told, ...untoldOrders(order, activity, downable)];
  for (const o of orders) add(o, o);
  // What LACPDUs say at each moment.
  for (let b = 0; b < activity.bins; b++) {
    const up = order.filter((m) => activity.lacp[m * activity.bins + b] !== LACP_DOWN);
    if (up.length > 0 && up.length < order.length)
      for (const o of orders)
        add(
          o.filter((m) => up.includes(m)),
          o,
        );
  }
  // All ways of missing some of the members that may be missing, few first.
  const mayMiss = downable.slice(0, 6);
  for (let size = 1; size <= mayMiss.length; size++) {
    for (let set = 1; set < 1 << mayMiss.length; set++) {
      const missing = mayMiss.filter((_, i) => (set >> i) & 1);
      if (missing.length !== size) continue;
      for (const o of orders) {
        const active = o.filter((m) => !missing.includes(m));
        if (active.length > 0) add(active, o);
      }
    }
  }
  for (const m of order) add([m], order);
  if (activity.upSinceMs !== null) add([], order);
  return candidates;
}

function isSubsequence(part: readonly number[], whole: readonly number[]): boolean {
  let at = 0;
  for (const m of whole) if (at < part.length && part[at] === m) at++;
  return at === part.length;
}

/** The order at the start, and those that follow when ports come up again under a new number: enslaved again, at the end of the list. */
function toldOrders(order: readonly number[], activity: Activity): (readonly number[])[] {
  const orders: (readonly number[])[] = [order];
  let newest = order;
  for (const { member } of activity.changes.filter((c) => c.up && c.portChanged).sort((x, y) => x.ms - y.ms)) {
    newest = [...newest.filter((m) => m !== member), member];
    orders.push(newest);
  }
  return orders;
}

/** Without port numbers on the wire any member that was away may have come back at the end of the list. */
function untoldOrders(order: readonly number[], activity: Activity, downable: readonly number[]): (readonly number[])[] {
  const orders: (readonly number[])[] = [];
  const silent = downable.filter((m) => order.includes(m) && !activity.changes.some((c) => c.member === m));
  for (const m of silent.slice(0, 4)) orders.push([...order.filter((x) => x !== m), m]);
  for (const m of silent.slice(0, 3)) {
    for (const n of silent.slice(0, 3)) if (m !== n) orders.push([...order.filter((x) => x !== m && x !== n), m, n]);
  }
  return orders;
}
