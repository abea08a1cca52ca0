/**
 * The observation of esnet/iperf#494 and #616 (2016): under layer3+4 on two links, client ports 38986, 38988, 38990 and
 * 38992 to one server port share one link; client ports 8001 and 8002 use both. Which versions explain it.
 */
import { describe, expect, it } from 'vitest';
import { parsePacketSpec } from '../../src/flows/packet-spec.ts';
import { findPolicy } from '../../src/hash/registry.ts';
import { predictPacket } from '../../src/plan/predict.ts';

const EVEN = [38986, 38988, 38990, 38992];
const NEIGHBOURS = [8001, 8002];

function memberOf(variant: string, port: number, ends: string): number | null {
  const fields = parsePacketSpec(`tcp ${ends.replace('PORT', String(port))} smac 02:00:00:00:00:11 dmac 02:00:00:00:00:22`);
  if (!fields.ok) throw new Error(fields.issue.reason);
  const result = predictPacket(fields.value, { policy: 'layer3+4', variant, memberCount: 2 }, false);
  if (!result.ok) throw new Error(result.issue.reason);
  return (result.value as { member: number | null }).member;
}

/** Both observations hold, whatever the one address pair was. */
function explains(variant: string): boolean {
  return ['10.0.0.1:PORT > 10.0.0.2:5201', '192.168.7.33:PORT > 172.16.5.4:5201', '10.0.0.1:PORT > 10.0.0.2:5202'].every((ends) => {
    const links = (ports: readonly number[]): number => new Set(ports.map((port) => memberOf(variant, port, ends))).size;
    return links(EVEN) === 1 && links(NEIGHBOURS) === 2;
  });
}

describe('four even client ports on one link, 8001 and 8002 on both', () => {
  const variants = (findPolicy('layer3+4')?.variants ?? []).map(({ id }) => id).filter((id) => id !== 'linux-5.15.0');

  it('is what versions do that keep the lowest bit of the hash, and no later one', () => {
    expect(variants.filter(explains)).toEqual(['linux-2.6', 'linux-3.7', 'linux-3.13', 'linux-3.17']);
  });

  it('would be two and two on versions that drop it', () => {
    for (const variant of ['linux-4.15', 'linux-5.5', 'linux-5.15.17', 'linux-5.18']) {
      const links = EVEN.map((port) => memberOf(variant, port, '10.0.0.1:PORT > 10.0.0.2:5201'));
      expect(
        links.filter((link) => link === 0),
        variant,
      ).toHaveLength(2);
    }
  });
});
