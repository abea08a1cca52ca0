import { describe, expect, it } from 'vitest';
import { createTraffic, fieldsOf, seeded, type GeneratedFlow } from '../support/generated-switch.ts';
import { hashPacket } from '../support/hash-packets.ts';
import { analyzeSender } from './analyze-sender.ts';

const random = seeded(31);
const drawn = Array.from({ length: 500 }, createTraffic(random, 'hosts'));
const addresses = [...new Set(drawn.map(({ src }) => src))];
const macOf = (ip: string): string => `02:00:00:00:00:${addresses.indexOf(ip).toString(16).padStart(2, '0')}`;
const flows = drawn.map((flow): GeneratedFlow => ({ ...flow, srcMac: macOf(flow.src) }));
const stations = [...new Set(flows.map(({ srcMac }) => srcMac))];
const tables = [0, 1].map((chassis) => Array.from({ length: 256 }, () => 2 * Math.floor(random() * 2) + chassis));

const bucketOf = (flow: GeneratedFlow): number => hashPacket(fieldsOf(flow), 'ovs-balance-tcp', 'portable').hash & 0xff;

/** Chassis of a flow's station: nothing in the address tells. */
const home = new Map(stations.map((mac) => [mac, Math.floor(random() * 2)]));
const chassisOf = (flow: GeneratedFlow): number => home.get(flow.srcMac) ?? 0;

describe('an end that is two chassis behind one system', () => {
  it('is recognised by stations that keep to the members of theirs, and each chassis is predicted by its own table', async () => {
    const direction = await analyzeSender(flows, (flow) => tables[chassisOf(flow)][bucketOf(flow)], 4);
    expect(direction.policy).toMatchObject({ id: 'ovs-balance-tcp', variant: 'portable', source: 'inferred' });
    expect(direction.unpredicted.map(({ reason }) => reason)).toEqual(['unknown-bucket']);
    expect(direction.agreement.packets.match).toBe(direction.agreement.packets.total);
    expect(direction.agreement.packets.total).toBeGreaterThan(0.5 * direction.totals.packets);
    const [first, second] = direction.chassis ?? [];
    expect([first.members, second.members]).toEqual([
      ['port0', 'port2'],
      ['port1', 'port3'],
    ]);
    for (const [c, { buckets = [] }] of [first, second].entries())
      for (const { bucket, holds } of buckets) expect(holds.map(({ member }) => member)).toEqual([`port${tables[c][bucket]}`]);
    expect(first.stations + second.stations).toBe(stations.length);
  });

  it('is predicted by a hash without a table too, each over its members in their order', async () => {
    const orders = [
      [2, 0],
      [1, 3],
    ];
    const place = (flow: GeneratedFlow): number => orders[chassisOf(flow)][hashPacket(fieldsOf(flow), 'layer3+4', 'linux-5.18').hash % 2];
    const direction = await analyzeSender(flows, place, 4);
    expect(direction.policy).toMatchObject({ id: 'layer3+4', source: 'inferred' });
    expect(direction.agreement.flows).toEqual({ match: flows.length, total: flows.length });
    expect(direction.chassis?.map(({ policy }) => policy.members)).toEqual([
      ['port2', 'port0'],
      ['port1', 'port3'],
    ]);
  });

  it('leaves what a station sends by the other chassis unpredicted', async () => {
    const strays = new Set(flows.filter((_, i) => i % 97 === 5));
    const place = (flow: GeneratedFlow): number => tables[strays.has(flow) ? 1 - chassisOf(flow) : chassisOf(flow)][bucketOf(flow)];
    const direction = await analyzeSender(flows, place, 4);
    expect(direction.unpredicted.find(({ reason }) => reason === 'hidden-input')?.packets).toBeGreaterThanOrEqual(strays.size);
    expect(direction.agreement.packets.match).toBe(direction.agreement.packets.total);
  });

  it('is not seen in one table', async () => {
    const direction = await analyzeSender(flows, (flow) => tables[bucketOf(flow) % 2][bucketOf(flow)], 4);
    expect(direction.policy).toMatchObject({ id: 'ovs-balance-tcp', variant: 'portable' });
    expect(direction.agreement.packets.match).toBeGreaterThan(1000);
  });

  it('is not made up where members are drawn by chance', async () => {
    const drawn = new Map(flows.map((flow) => [flow, Math.floor(random() * 4)]));
    const direction = await analyzeSender(flows, (flow) => drawn.get(flow) ?? 0, 4);
    expect(direction.policy.id).toBeNull();
    expect(direction.unpredicted.map(({ reason }) => reason)).toEqual(['unknown-policy']);
  });
});
