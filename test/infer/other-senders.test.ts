import { describe, expect, it } from 'vitest';
import { createFairSwitch, createTraffic, fieldsOf, seeded, type GeneratedFlow } from '../support/generated-switch.ts';
import { hashPacket } from '../support/hash-packets.ts';
import { analyzeSender } from './analyze-sender.ts';
import { learn } from './learned-support.ts';

const FLOWS = 500;

function traffic(seed: number): GeneratedFlow[] {
  return Array.from({ length: FLOWS }, createTraffic(seeded(seed), 'hosts'));
}

/** Places by a policy of the registry, over members in this order. */
function byPolicy(id: string, variant: string, order: readonly number[], basis = 0): (flow: GeneratedFlow) => number {
  return (flow) => order[hashPacket(fieldsOf(flow), id, variant, basis, order.length).hash % order.length];
}

describe('senders beside Linux and Open vSwitch, from captures alone', () => {
  const cases: readonly (readonly [title: string, policy: string, variant: string, order: readonly number[], basis: number])[] = [
    ['teamd, three ports in another order', 'teamd', 'ip,l4', [2, 0, 1], 0],
    ['VMware, three uplinks', 'esxi-ip-hash', 'whole-address', [1, 2, 0], 0],
    ['Cisco, three links 3:3:2', 'cisco-src-dst-ip', 'documented', [2, 1, 0], 0],
    ['FreeBSD, two links', 'freebsd-lagg', 'l2,l3,l4', [1, 0], 0x4b95f515],
    ['FreeBSD, four links', 'freebsd-lagg', 'l2,l3,l4', [3, 1, 0, 2], 0x4b95f515],
    ['FreeBSD, three links', 'freebsd-lagg', 'l2,l3,l4', [2, 0, 1], 0x4b95f515],
    ['FreeBSD, five links', 'freebsd-lagg', 'l2,l3,l4', [2, 4, 0, 1, 3], 0xf1e2d3c4],
    ['FreeBSD, six links', 'freebsd-lagg', 'l3,l4', [2, 4, 0, 5, 1, 3], 0x00000107],
    ['FreeBSD, seven links', 'freebsd-lagg', 'l2,l3,l4', [6, 2, 4, 0, 5, 1, 3], 0xdeadbeef],
  ];
  for (const [title, policy, variant, order, basis] of cases) {
    it(`finds ${title}`, async () => {
      const direction = await analyzeSender(traffic(7), byPolicy(policy, variant, order, basis), order.length);
      expect(direction.policy.id).toBe(policy);
      expect(direction.policy.source).toBe('inferred');
      expect(direction.agreement.packets.match).toBe(direction.agreement.packets.total);
      expect(direction.agreement.packets.total).toBeGreaterThan(FLOWS);
      if (order.length % 2 === 1 && policy !== 'freebsd-lagg') expect(direction.policy.members).toEqual(order.map((m) => `port${m}`));
    });
  }

  it('tells a key of FreeBSD that places other flows alike', async () => {
    const order = [1, 2, 0];
    const place = byPolicy('freebsd-lagg', 'l2,l3,l4', order, 0xf1e2d3c4);
    const { policy } = await analyzeSender(traffic(7), place, 3);
    const found = byPolicy(
      policy.id ?? '',
      policy.variant ?? '',
      policy.members.map((name) => Number(name.slice('port'.length))),
      policy.basis ?? 0,
    );
    const others = traffic(8);
    const right = others.filter((flow) => found(flow) === place(flow)).length;
    expect(right / others.length).toBeGreaterThanOrEqual(0.99);
  });

  it('reads the table of a Cisco switch that shares its buckets out by history', async () => {
    const table = [0, 0, 1, 2, 1, 2, 0, 1];
    const place = (flow: GeneratedFlow): number => table[hashPacket(fieldsOf(flow), 'cisco-src-dst-ip', 'documented').hash];
    const direction = await analyzeSender(traffic(11), place, 3);
    expect(direction.policy.id).toBe('cisco-src-dst-ip');
    expect(direction.agreement.packets.match).toBe(direction.agreement.packets.total);
    const asked = await analyzeSender(traffic(11), place, 3, { policy: 'cisco-src-dst-ip' });
    expect(asked.policy).toMatchObject({ id: 'cisco-src-dst-ip', source: 'option' });
    expect(asked.agreement.packets.match).toBe(asked.agreement.packets.total);
  });

  it('reads the table of a team that balances by load', async () => {
    const random = seeded(21);
    const table = Array.from({ length: 256 }, () => Math.floor(random() * 3));
    const place = (flow: GeneratedFlow): number => table[hashPacket(fieldsOf(flow), 'teamd', 'ip,l4').hash];
    const many = Array.from({ length: 1500 }, createTraffic(seeded(13), 'hosts'));
    const direction = await analyzeSender(many, place, 3);
    expect(direction.policy).toMatchObject({ id: 'teamd', variant: 'ip,l4', source: 'inferred' });
    expect(direction.agreement.packets.match).toBe(direction.agreement.packets.total);
  });

  it('solves an unknown switch', async () => {
    const flows = traffic(5);
    const made = createFairSwitch(seeded(55), 'crc32', 4, flows);
    const direction = await analyzeSender(flows, (flow) => made.place(flow), 4);
    expect(direction.policy.id).toBe('learned');
    expect(direction.agreement.packets.match / direction.agreement.packets.total).toBeGreaterThan(0.99);
  });
});

describe('senders that are asked for', () => {
  it('places flows by Cisco, VMware, FreeBSD and teamd policies', async () => {
    const flows = traffic(3);
    for (const [policy, variant, basis] of [
      ['cisco-src-dst-mac', 'documented', 0],
      ['esxi-src-mac', 'last-byte', 0],
      ['freebsd-lagg', 'l2,l3,l4', 12345],
      ['teamd', 'eth,ip,l4', 0],
    ] as const) {
      const direction = await analyzeSender(flows, byPolicy(policy, variant, [1, 0, 2], basis), 3, {
        policy,
        variant,
        ...(basis !== 0 && { basis }),
        members: ['port1', 'port0', 'port2'],
      });
      expect(direction.policy.source).toBe('option');
      expect(direction.agreement.packets, policy).toEqual({ match: 3 * FLOWS, total: 3 * FLOWS });
    }
  });

  it('places flows by a model that was learned before', async () => {
    const [before, after] = [traffic(5), traffic(5).reverse()];
    const made = createFairSwitch(seeded(77), 'crc16', 4, before);
    const learned = learn(
      before.map(fieldsOf),
      before.map((flow) => made.place(flow)),
      4,
    );
    if (learned.model === null) throw new Error(learned.summary);
    const model = { ...learned.model, members: ['port0', 'port1', 'port2', 'port3'] };
    const direction = await analyzeSender(after, (flow) => made.place(flow), 4, { policy: 'learned', model });
    expect(direction.policy).toMatchObject({ id: 'learned', source: 'option', members: model.members });
    expect(direction.agreement.packets.match).toBe(direction.agreement.packets.total);
    expect(direction.agreement.packets.total).toBeGreaterThan(2.9 * FLOWS);
  });
});
