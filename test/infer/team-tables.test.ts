/** Tables of teamd's balancer: learned where hash values move in rounds, and taken for nothing else that moves. */
import { describe, expect, it } from 'vitest';
import { createTraffic, fieldsOf, seeded, type GeneratedFlow } from '../support/generated-switch.ts';
import { hashPacket } from '../support/hash-packets.ts';
import { inferPlaced, STEP_MS } from '../support/placed-frames.ts';
import type { DirectionInference } from '../../src/report/infer-document.ts';

const traffic = (seed: number, count: number): GeneratedFlow[] =>
  Array.from({ length: count }, createTraffic(seeded(seed), 'hosts')).map((flow) => ({
    ...flow,
    srcMac: '02:00:00:00:00:11',
    dstMac: '02:00:00:00:00:22',
  }));

const policiesOf = ({ hypotheses }: DirectionInference): string[] =>
  hypotheses.filter(({ probability }) => probability > 0.05).map(({ policy }) => policy);

describe("the table of a team's balancer", () => {
  it('is learned where hash values move in rounds', async () => {
    const random = seeded(31);
    const flows = traffic(31, 700);
    const frames = 4200;
    const roundMs = 5000;
    const rounds = Math.ceil((frames * STEP_MS) / roundMs);
    let table = Array.from({ length: 256 }, () => Math.floor(random() * 2));
    const tables = Array.from({ length: rounds }, (_, r) => {
      if (r > 0) table = table.map((member) => (random() < 0.06 ? 1 - member : member));
      return table;
    });
    const place = (flow: GeneratedFlow, n: number): number =>
      tables[Math.floor((n * STEP_MS) / roundMs)][hashPacket(fieldsOf(flow), 'teamd', 'ip,l4').hash & 0xff];
    const sender = await inferPlaced(flows, frames, place);
    // Between one pair of addresses their part of the hash is the same for all: the variants differ by it alone.
    expect(sender.hypotheses[0].policy).toBe('teamd');
    expect(['ip,l4', 'eth,ip,l4']).toContain(sender.hypotheses[0].variant);
    expect(sender.decided).toBe(true);
    expect(sender.policy.id).toBe('teamd');
  });

  it.each([0.2, 0.5, 0.8])('is not seen in a failover after %d of the time', async (share) => {
    const frames = 1500;
    const sender = await inferPlaced(traffic(32, 120), frames, (_, n) => (n < share * frames ? 0 : 1));
    for (const policy of ['teamd', 'ovs-balance-tcp', 'ovs-balance-slb']) {
      expect(policiesOf(sender)).not.toContain(policy);
      expect(sender.policy.id).not.toBe(policy);
    }
  });

  it('is not seen in a failover and the way back', async () => {
    const sender = await inferPlaced(traffic(33, 120), 1800, (_, n) => (n >= 600 && n < 1100 ? 1 : 0));
    expect(policiesOf(sender)).not.toContain('teamd');
    expect(sender.policy.id).not.toBe('teamd');
  });

  it('is not seen in a hash that loses a member and gets it back', async () => {
    const [frames, lost, back] = [5600, 1500, 4100];
    const flows = traffic(35, 700);
    // Frames go to the member for a moment after its loss, until the sender notices; one flow goes its own way.
    const place = (flow: GeneratedFlow, n: number): number => {
      const hash = hashPacket(fieldsOf(flow), 'layer2+3', 'linux-5.18').hash + (flow === flows[5] ? 1 : 0);
      return n < lost + 50 || n >= back ? hash % 3 : hash % 2;
    };
    const sender = await inferPlaced(flows, frames, place, 3);
    expect(policiesOf(sender)).not.toContain('teamd');
    // Plain traffic between one pair of addresses: encap2+3 is the same.
    expect(sender).toMatchObject({ policy: { id: 'layer2+3', members: ['port0', 'port1', 'port2'] } });
    expect(sender.agreement.flows).toEqual({ match: 699, total: 700 });
  });

  it('is not seen in balance-rr with four frames per member', async () => {
    const sender = await inferPlaced(traffic(34, 113), 1500, (_, n) => Math.floor(n / 4) % 2);
    expect(policiesOf(sender)).not.toContain('teamd');
    expect(sender).toMatchObject({ mode: 'balance-rr', policy: { id: 'balance-rr' } });
  });
});
