import { describe, expect, it } from 'vitest';
import { formatPacketText, parsePacketText } from '../../src/flows/format-packet-spec.ts';
import { findPolicy, POLICIES } from '../../src/hash/registry.ts';
import { coverAddresses, coverPorts, memberIndexOf, parseAddressRange, type CoverSender } from '../../src/plan/cover.ts';
import { predictPacket } from '../../src/plan/predict.ts';

const base = {
  src: '10.0.0.1',
  dst: '10.0.0.2',
  protocol: 'tcp',
  srcMac: '02:00:00:00:00:01',
  dstMac: '02:00:00:00:00:02',
  srcPort: 0,
  dstPort: 0,
};

function sender(id: string, memberCount: number): CoverSender {
  const policy = findPolicy(id);
  if (policy === null) throw new Error(id);
  return { policy, variant: policy.defaultVariant, basis: 0, memberCount };
}

const WITH_PORTS = ['layer3+4', 'cisco-src-dst-port', 'cisco-src-port', 'cisco-dst-port'];

describe('a cover by ports', () => {
  it.each(WITH_PORTS.flatMap((id) => [2, 3, 4, 7, 8].map((count) => [id, count] as const)))(
    '%s reaches each of %i members once, as predict confirms from its own text',
    (id, count) => {
      const cover = coverPorts(sender(id, count), base);
      expect(cover.missing).toEqual([]);
      expect(cover.picks.map(({ index }) => index)).toEqual(Array.from({ length: count }, (_, i) => i));
      expect(new Set(cover.picks.map(({ fields }) => fields.dstPort)).size).toBe(count);
      for (const { index, fields } of cover.picks) {
        const read = parsePacketText(formatPacketText(fields));
        expect(read.ok).toBe(true);
        if (!read.ok) continue;
        const predicted = predictPacket(read.value, { policy: id, memberCount: count }, false);
        expect(predicted).toMatchObject({ ok: true, value: { member: index } });
      }
    },
  );

  it('says so where ports do not enter the hash, or nothing can be predicted', () => {
    for (const id of ['layer2', 'layer2+3', 'encap2+3', 'esxi-ip-hash', 'encap3+4', 'ovs-balance-tcp'])
      expect(coverPorts(sender(id, 2), base).isHopeless, id).toBe(true);
  });

  it('follows the table of buckets where it is known', () => {
    const buckets = new Int16Array(256).map((_, bucket) => bucket % 3);
    const ovs = { ...sender('ovs-balance-tcp', 3), buckets };
    const { picks, missing } = coverPorts(ovs, base);
    expect(missing).toEqual([]);
    for (const { index, fields } of picks) expect(memberIndexOf(ovs, fields)).toBe(index);
  });
});

describe('a cover by addresses', () => {
  const addressed = POLICIES.filter(({ id }) => ['layer2+3', 'esxi-ip-hash', 'cisco-dst-ip', 'cisco-src-dst-ip', 'teamd'].includes(id));
  it.each(addressed.map(({ id }) => id))('%s: four servers out of a range, one on each member', (id) => {
    const range = parseAddressRange('10.0.0.16/28');
    if (range === null) throw new Error('range');
    const { picks, missing } = coverAddresses(sender(id, 4), { ...base, srcPort: 61001, dstPort: 5201 }, range);
    expect(missing).toEqual([]);
    for (const { index, fields } of picks) expect(memberIndexOf(sender(id, 4), fields)).toBe(index);
  });

  it('reads ranges as people write them, hosts only, and nothing else', () => {
    const list = (text: string): string[] | null => {
      const range = parseAddressRange(text);
      return range === null ? null : Array.from({ length: range.count }, (_, i) => range.at(i));
    };
    expect(list('10.0.0.16/30')).toEqual(['10.0.0.17', '10.0.0.18']);
    expect(list('10.0.0.254-10.0.1.1')).toEqual(['10.0.0.254', '10.0.0.255', '10.0.1.0', '10.0.1.1']);
    expect(list('192.168.1.7-9')).toEqual(['192.168.1.7', '192.168.1.8', '192.168.1.9']);
    expect(list('10.0.0.1')).toEqual(['10.0.0.1']);
    for (const text of ['', '10.0.0.0/33', '10.0.0.9-3', '10.0.0', 'fd00::/64', '10.0.0.1-300', '10.0.0.5-10.0.0.1'])
      expect(list(text), text).toBeNull();
    expect(parseAddressRange('0.0.0.0/0')?.count).toBe(65_536);
  });
});
