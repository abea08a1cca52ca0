import { describe, expect, it } from 'vitest';
import { createTraffic, fieldsOf, seeded, type GeneratedFlow } from '../support/generated-switch.ts';
import { hashPacket } from '../support/hash-packets.ts';
import { analyzeSender } from './analyze-sender.ts';

const random = seeded(31);
const flows = Array.from({ length: 500 }, createTraffic(random, 'hosts'));
const stations = [...new Set(flows.map(({ srcMac }) => srcMac))];
const tables = [0, 1].map((chassis) => Array.from({ length: 256 }, () => 2 * Math.floor(random() * 2) + chassis));

const bucketOf = (flow: GeneratedFlow): number => hashPacket(fieldsOf(flow), 'ovs-balance-tcp', 'portable').hash & 0xff;

describe('an end that is two chassis behind one system', () => {
  it('is recognised by stations that keep to the members of theirs, and nothing is predicted', async () => {
    const place = (flow: GeneratedFlow): number => tables[stations.indexOf(flow.srcMac) % 2][bucketOf(flow)];
    const direction = await analyzeSender(flows, place, 4);
    expect(direction.policy).toMatchObject({ id: 'ovs-balance-tcp', source: 'inferred' });
    expect(direction.unpredicted.map(({ reason }) => reason)).toEqual(['hidden-input']);
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
