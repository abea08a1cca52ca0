/** What is known of a sender's table in a scenario, and where it may not be used. */
import { describe, expect, it } from 'vitest';
import { findPolicy } from '../../src/hash/registry.ts';
import { tableOfSlots } from '../../src/pipeline/plan-table.ts';
import type { KnownTable, NamedLayout } from '../../src/pipeline/plan-table.ts';
import { layOut } from '../../src/plan/plan-layout.ts';
import type { PlanRule } from '../../src/plan/plan-rule.ts';
import { NOWHERE } from '../../src/plan/plan-traffic.ts';

function rule(id: string, basis = 0): PlanRule {
  const policy = findPolicy(id);
  if (policy === null) throw new Error(id);
  return { policy, variant: policy.defaultVariant, basis };
}

const layout = (members: readonly number[], failed: readonly number[] = []): NamedLayout => ({
  ...layOut(members, (slot) => failed.includes(slot)),
  names: members.map((m) => `eth${m}`),
});

/** Three members; bucket b on member b mod 3, the last 16 unknown. */
const buckets = Int16Array.from({ length: 256 }, (_, b) => (b < 240 ? b % 3 : -1));
const tables = (own: PlanRule, table: Int16Array | null, basisTold = false): KnownTable => ({
  buckets: table,
  rule: own,
  order: [2, 0, 1],
  inUse: [0, 1, 2],
  direction: { sender: { policy: own.policy }, asked: { options: basisTold ? { basis: own.basis } : {} } },
});

describe('tables of buckets in a scenario', () => {
  it.each(['ovs-balance-tcp', 'ovs-balance-slb', 'teamd'])('%s: survivors keep theirs, those of a lost member are open', (id) => {
    const own = rule(id);
    const known = tables(own, buckets);
    const whole = tableOfSlots(known, own, layout([2, 0, 1]));
    expect(whole).toEqual(Uint8Array.from(buckets, (m) => (m < 0 ? NOWHERE : [1, 2, 0][m])));
    const failed = tableOfSlots(known, own, layout([2, 0, 1], [1]));
    expect(failed).toEqual(Uint8Array.from(buckets, (m) => (m <= 0 ? NOWHERE : [1, 2, 0][m])));
  });

  it('are cleared by other numbers of members and by other rules', () => {
    const own = rule('ovs-balance-tcp');
    const known = tables(own, buckets);
    expect(tableOfSlots(known, own, layout([2, 0, 1, -1]))).toBeNull();
    expect(tableOfSlots(known, own, layout([2, 0]))).toBeNull();
    expect(tableOfSlots(known, rule('ovs-balance-slb'), layout([2, 0, 1]))).toBeNull();
    expect(tableOfSlots(tables(own, null), own, layout([2, 0, 1]))).toBeNull();
  });

  it('of teamd rule out the remainder, which holds only without a balancer', () => {
    const own = rule('teamd');
    expect(tableOfSlots(tables(own, buckets), own, layout([2, 0]))).toEqual(Uint8Array.of(NOWHERE));
    expect(tableOfSlots(tables(own, buckets), { ...own, variant: 'l4' }, layout([2, 0, 1]))).toEqual(Uint8Array.of(NOWHERE));
    expect(tableOfSlots(tables(own, null), own, layout([2, 0]))).toBeNull();
  });

  it("of FreeBSD's lagg: a key that the traffic shows says nothing of other links, one that was told does", () => {
    const own = rule('freebsd-lagg', 5);
    expect(tableOfSlots(tables(own, null), own, layout([2, 0, 1]))).toBeNull();
    expect(tableOfSlots(tables(own, null), own, layout([2, 0, 1], [0]))).toEqual(Uint8Array.of(NOWHERE));
    expect(tableOfSlots(tables(own, null), own, layout([2, 0, 1, -1]))).toEqual(Uint8Array.of(NOWHERE));
    expect(tableOfSlots(tables(own, null, true), own, layout([2, 0, 1, -1]))).toBeNull();
  });
});
