import { describe, expect, it } from 'vitest';
import { formatPacketText, parsePacketText } from '../../src/flows/format-packet-spec.ts';
import { describeCover } from '../../src/pipeline/plan-cover.ts';
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

describe('a cover of any policy that has a formula', () => {
  const formulas = POLICIES.filter(({ selector }) => selector === 'modulo' || selector === 'bucket-8' || selector === 'bucket-256');
  const bases = [base, { ...base, src: 'fd00::1', dst: 'fd00::2', flowLabel: 0x12345 }];

  it('is confirmed flow by flow by predict, from the text it prints, for 2 to 16 members', () => {
    let confirmed = 0;
    for (const { id, selector } of formulas)
      for (const [b, of] of bases.entries())
        for (const count of [2, 3, 8, 16]) {
          const buckets = selector === 'bucket-256' ? new Int16Array(256).map((_, bucket) => (bucket * 7) % count) : undefined;
          const from: CoverSender = { ...sender(id, count), ...(buckets && { buckets }) };
          const range = parseAddressRange('10.0.0.16/26');
          const covers = [
            coverPorts(from, of),
            ...(b === 0 && range !== null ? [coverAddresses(from, { ...of, srcPort: 61_001, dstPort: 5201 }, range)] : []),
          ];
          for (const { picks } of covers)
            for (const { index, fields } of picks) {
              const read = parsePacketText(formatPacketText(fields));
              if (!read.ok) throw new Error(read.issue.reason);
              const predicted = predictPacket(read.value, { policy: id, memberCount: count }, false);
              if (!predicted.ok) throw new Error(predicted.issue.reason);
              const { member, bucket } = predicted.value;
              expect(buckets === undefined ? member : buckets[Number(bucket)], `${id} ${count}`).toBe(index);
              confirmed++;
            }
        }
    expect(confirmed).toBeGreaterThan(300);
  });

  it('prints commands with addresses as iperf3 takes them: IPv6 without brackets', () => {
    const { commands, complete } = describeCover(sender('layer3+4', 3), bases[1], undefined, ['eth0', 'eth1', 'eth2'], null);
    expect(complete).toBe(true);
    expect(commands.filter((line) => line.startsWith('iperf3 -s -D -B fd00::2 -p '))).toHaveLength(3);
    for (const line of commands.slice(3, -1)) expect(line).toMatch(/^iperf3 -c fd00::2 -p \d+ -B fd00::1 --cport \d+ -t 10 &$/);
  });

  it('reads the table of a Cisco switch by its eight buckets, and asks for addresses where there are none', () => {
    const cisco = { ...sender('cisco-src-dst-port', 2), buckets: Int16Array.from({ length: 256 }, (_, b) => (b < 4 ? 0 : b < 8 ? 1 : -1)) };
    expect(coverPorts(cisco, base).missing).toEqual([]);
    expect(() => describeCover(sender('layer3+4', 2), { protocol: 'tcp' }, undefined, [], null)).toThrow(/addresses/);
  });
});
