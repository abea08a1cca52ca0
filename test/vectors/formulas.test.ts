/** The tables of test/vectors/formulas.json: one row per packet, one column per formula. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ciscoBucketMasks, ciscoBucketShares, selectCiscoIndex, selectIndex } from '../../src/hash/select.ts';
import { laggKey } from '../../src/hash/freebsd-lagg.ts';
import { hashPacket, hex, PACKETS } from '../support/hash-packets.ts';

interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const tables = JSON.parse(readFileSync(new URL('./formulas.json', import.meta.url), 'utf8')) as Table[];

function rowsOf(title: string): readonly (readonly string[])[] {
  const table = tables.find((candidate) => candidate.title.startsWith(title));
  if (table === undefined) throw new Error(`no table "${title}"`);
  return table.rows;
}

function packetOf(cell: string): (typeof PACKETS)[string] {
  return PACKETS[cell.split(' ')[0]];
}

function mods(hash: number, counts: readonly number[]): string {
  return counts.map((count) => selectIndex(hash, count)).join('/');
}

const ERAS = ['2.6', '3.7', '3.13', '3.17', '4.15', '5.5', '5.15.17', '5.18'].map((era) => `linux-${era}`);

describe('Linux', () => {
  for (const policy of ['layer2', 'layer2+3', 'layer3+4']) {
    it(`${policy} in every era`, () => {
      for (const [packet, ...hashes] of rowsOf(`Linux ${policy} (`)) {
        expect(ERAS.map((era) => hex(hashPacket(packetOf(packet), policy, era).hash)), packet).toEqual(hashes);
      }
    });
  }

  it('index for 2, 3 and 4 members', () => {
    for (const [packet, layer23, layer34] of rowsOf('Linux 5.18+: index')) {
      expect(mods(hashPacket(packetOf(packet), 'layer2+3', 'linux-5.18').hash, [2, 3, 4])).toBe(layer23);
      expect(mods(hashPacket(packetOf(packet), 'layer3+4', 'linux-5.18').hash, [2, 3, 4])).toBe(layer34);
    }
  });

  it('vlan+srcmac takes the whole TCI', () => {
    for (const [srcMac, tci, hash, index] of rowsOf('Linux vlan+srcmac')) {
      const value = Number.parseInt(tci, 10);
      const fields = { srcMac, dstMac: srcMac, etherType: 0x88b5, tcis: value === 0 ? [] : [value] };
      const result = hashPacket(fields, 'vlan+srcmac', 'linux-5.18').hash;
      expect([hex(result), mods(result, [2, 3, 4])]).toEqual([hash, index]);
    }
  });

  it('encap policies equal layer2+3 and layer3+4 without tunnels, but for ICMP errors', () => {
    for (const name of ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8', 'P9', 'P13']) {
      for (const era of ERAS.slice(2)) {
        expect(hashPacket(PACKETS[name], 'encap2+3', era).hash, `${name} ${era}`).toBe(hashPacket(PACKETS[name], 'layer2+3', era).hash);
        expect(hashPacket(PACKETS[name], 'encap3+4', era).hash, `${name} ${era}`).toBe(hashPacket(PACKETS[name], 'layer3+4', era).hash);
      }
    }
    expect(hex(hashPacket(PACKETS.P10, 'encap3+4', 'linux-5.18').hash)).toBe('04008404');
  });

  it('ARP under encap: hash 0, or the folded Ethernet term', () => {
    expect(hashPacket(PACKETS.P11, 'encap3+4', 'linux-5.18')).toEqual({ hash: 0, reason: null });
    expect(hex(hashPacket(PACKETS.P11, 'encap2+3', 'linux-5.18').hash)).toBe('000008e0');
    expect(hex(hashPacket(PACKETS.P11, 'encap2+3', 'linux-5.15.17').hash)).toBe('00000470');
  });
});

describe('Open vSwitch', () => {
  it('balance-tcp: both families, rehashed, plain, seeded and protocol first', () => {
    for (const [packet, ...cells] of rowsOf('OVS balance-tcp, hash:bucket')) {
      const fields = packetOf(packet);
      const of = (variant: string, basis: number): string => {
        const { hash } = hashPacket(fields, 'ovs-balance-tcp', variant, basis);
        return `${hex(hash)}:${hash & 255}`;
      };
      const family = (name: string): string[] => [of(`${name}/2.6`, 0), of(`${name}/2.6`, 5), of(name, 0), of(name, 5), of(`${name}/2.3`, 0)];
      const got = [...family('portable'), ...family('crc')];
      if (packet === 'P13') {
        // The table's last columns take the SPI for ports; no Open vSwitch puts an SPI into its flow key, so 0 is added.
        expect(got[4]).toBe('d44f93f7:247');
        got[4] = cells[4];
        got[9] = cells[9];
      }
      expect(got, packet).toEqual(cells);
      expect(of('portable/lb-output', 5), packet).toBe(cells[0]);
      expect(of('crc/lb-output', 5), packet).toBe(cells[5]);
    }
  });

  it('balance-slb', () => {
    for (const [srcMac, vlan, basis, ...cells] of rowsOf('OVS balance-slb')) {
      const fields = { srcMac, dstMac: srcMac, etherType: 0x88b5, vlans: vlan === '0' ? [] : [Number(vlan)] };
      const got = ['portable', 'crc', '1.10'].map((variant) => {
        const { hash } = hashPacket(fields, 'ovs-balance-slb', variant, Number(basis));
        return `${hex(hash)}:${hash & 255}`;
      });
      expect(got, `${srcMac} ${vlan} ${basis}`).toEqual(cells);
    }
  });

  it('balance-slb: buckets that the running switch printed', () => {
    for (const variant of ['portable', 'crc']) {
      const text = readFileSync(new URL(`./ovs-balance-slb-${variant}.json`, import.meta.url), 'utf8');
      const vectors = JSON.parse(text) as { mac: string; vlan: number; basis: number; hash: string; ovs: number }[];
      expect(vectors.length).toBeGreaterThan(200);
      for (const { mac, vlan, basis, hash, ovs } of vectors) {
        const fields = { srcMac: mac, dstMac: mac, etherType: 0x88b5, tcis: vlan === 0 ? [] : [0xe000 | vlan] };
        const got = hashPacket(fields, 'ovs-balance-slb', variant, basis).hash;
        expect([hex(got), got & 255]).toEqual([hash, ovs]);
      }
    }
  });

  it('balance-tcp without recirculation', () => {
    for (const [packet, untagged, tagged] of rowsOf('OVS balance-tcp without recirculation')) {
      const fields = packetOf(packet);
      const first = hashPacket(fields, 'ovs-balance-tcp-symmetric', 'jhash', 0).hash;
      const second = hashPacket({ ...fields, tcis: [100] }, 'ovs-balance-tcp-symmetric', 'jhash', 3).hash;
      expect([`${hex(first)}:${first & 255}`, `${hex(second)}:${second & 255}`], packet).toEqual([untagged, tagged]);
    }
  });
});

describe('Cisco', () => {
  it('low three bits of the documented fields', () => {
    for (const [packet, srcDstIp, srcDstMac, srcDstPort, srcIp, dstIp, indices] of rowsOf('Cisco (documented')) {
      const fields = packetOf(packet);
      const of = (method: string): string => String(hashPacket(fields, `cisco-${method}`, 'documented').hash);
      expect([of('src-dst-ip'), of('src-dst-mac'), of('src-ip'), of('dst-ip')], packet).toEqual([srcDstIp, srcDstMac, srcIp, dstIp]);
      const bucket = Number(srcDstIp);
      expect([2, 3, 4, 5, 6, 7, 8].map((links) => selectCiscoIndex(bucket, links)).join('/')).toBe(indices);
      // Only what TCP and UDP do is documented for ports.
      const ports = hashPacket(fields, 'cisco-src-dst-port', 'documented');
      if (fields.srcPort !== undefined) expect(String(ports.hash), packet).toBe(srcDstPort);
      else expect(ports.reason, packet).toBe('hidden-input');
    }
  });

  it('bucket masks and shares of the fixed distribution', () => {
    for (const [links, masks, shares] of rowsOf('Cisco bucket masks')) {
      const count = Number(links);
      expect(ciscoBucketMasks(count).map((mask) => mask.toString(16).toUpperCase().padStart(2, '0')).join(' ')).toBe(masks);
      expect(ciscoBucketShares(count).join(':')).toBe(shares);
    }
  });
});

it('VMware IP hash in both documented forms', () => {
  for (const [src, dst, ...cells] of rowsOf('VMware IP hash')) {
    const fields = { srcMac: '02:00:00:00:00:01', dstMac: '02:00:00:00:00:02', src, dst, protocol: 'tcp', srcPort: 1, dstPort: 2 };
    const of = (variant: string, count: number): number => selectIndex(hashPacket(fields, 'esxi-ip-hash', variant).hash, count);
    expect([2, 3, 4].map((count) => `${of('last-octet', count)} / ${of('whole-address', count)}`)).toEqual(cells);
  }
});

it('FreeBSD lagg with a known key; without it nothing is predicted', () => {
  const first = laggKey(0);
  const second = laggKey(0x12345678);
  expect([hex(first), hex(second)]).toEqual(['4b95f515', 'c53a0015']);
  for (const [packet, , hash1, index1, hash2, index2] of rowsOf('FreeBSD lagg')) {
    const fields = packetOf(packet);
    const one = hashPacket(fields, 'freebsd-lagg', 'l2,l3,l4', first);
    const two = hashPacket(fields, 'freebsd-lagg', 'l2,l3,l4', second);
    expect([hex(one.hash), mods(one.hash, [2, 3, 4]), hex(two.hash), mods(two.hash, [2, 3, 4])], packet).toEqual([hash1, index1, hash2, index2]);
    expect(one.reason).toBeNull();
    expect(hashPacket(fields, 'freebsd-lagg', 'l2,l3,l4').reason).toBe('keyed-hash');
  }
});

it('RSS Toeplitz with published keys', () => {
  for (const [packet, microsoft, addresses, symmetric] of rowsOf('RSS Toeplitz')) {
    const of = (variant: string): string => hex(hashPacket(packetOf(packet), 'rss-toeplitz', variant).hash);
    expect([of('microsoft'), of('microsoft/l3'), of('6d5a')], packet).toEqual([microsoft, addresses, symmetric]);
  }
});

it('teamd: XOR of all bytes of the chosen fields', () => {
  for (const [packet, eth, ethIndex, l4, l4Index] of rowsOf('teamd loadbalance/lacp')) {
    const fields = packetOf(packet);
    const first = hashPacket(fields, 'teamd', 'eth,ip').hash;
    const second = hashPacket(fields, 'teamd', 'eth,ip,l4').hash;
    expect([first, first % 2, second, second % 2].map(String), packet).toEqual([eth, ethIndex, l4, l4Index]);
  }
});
