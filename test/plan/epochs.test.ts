/** Changes of the active members are found where something speaks for them, and never made up for a policy that does not fit. */
import { describe, expect, it } from 'vitest';
import { createTraffic, fieldsOf, seeded } from '../support/generated-switch.ts';
import { hashPacket } from '../support/hash-packets.ts';
import { inferPlaced } from '../support/placed-frames.ts';

describe('epochs of active members', () => {
  it('do not come and go in a capture shorter than any loss shows', async () => {
    const random = seeded(41);
    const flows = Array.from({ length: 40 }, createTraffic(random, 'hosts')).map((flow) => ({
      ...flow,
      srcMac: '02:00:00:00:00:11',
      dstMac: '02:00:00:00:00:22',
    }));
    // Between one pair of MAC addresses layer2 uses one member, but which it is may not change from moment to moment.
    const sender = await inferPlaced(flows, 50, (flow) => hashPacket(fieldsOf(flow), 'layer3+4', 'linux-5.18').hash % 3, 3, {
      sides: { a: { policy: 'layer2' } },
    });
    expect(sender.epochs).toHaveLength(1);
    expect(sender.agreement.packets.match).toBeLessThan(0.7 * sender.agreement.packets.total);
  });
});
