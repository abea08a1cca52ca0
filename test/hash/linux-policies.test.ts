import { describe, expect, it } from 'vitest';
import type { FlowFieldsInput } from '../../src/flows/flow-fields.ts';
import { hashPacket, hex, PACKETS } from '../support/hash-packets.ts';

const MACS = { srcMac: '02:00:00:00:00:11', dstMac: '02:00:00:00:00:22' };
const TCP4 = { ...MACS, src: '10.0.0.1', dst: '10.0.0.2', protocol: 'tcp', srcPort: 40000, dstPort: 80 };
const NEWEST = 'linux-5.18';

function reasonOf(fields: FlowFieldsInput, policy: string, variant = NEWEST, memberCount = 0): string | null {
  return hashPacket(fields, policy, variant, 0, memberCount).reason;
}

describe('what a capture does not tell', () => {
  it('destination MAC: only where it enters', () => {
    const cooked = { ...TCP4, dstMac: null };
    for (const policy of ['layer2', 'layer2+3', 'encap2+3']) expect(reasonOf(cooked, policy)).toBe('no-destination-mac');
    for (const policy of ['layer3+4', 'vlan+srcmac']) expect(reasonOf(cooked, policy)).toBeNull();
    expect(reasonOf({ srcMac: MACS.srcMac, etherType: 0x88b5 }, 'layer3+4')).toBe('no-destination-mac');
    expect(reasonOf({ ...PACKETS.P5, dstMac: null }, 'layer3+4', 'linux-2.6')).toBe('no-destination-mac');
  });

  it('cut headers: only where the cut part enters', () => {
    const noPorts = { ...TCP4, srcPort: null, dstPort: null };
    expect(reasonOf(noPorts, 'layer3+4')).toBe('cut-header');
    for (const policy of ['layer2', 'layer2+3', 'encap2+3', 'vlan+srcmac']) expect(reasonOf(noPorts, policy)).toBeNull();
    const noAddresses = { ...MACS, etherType: 0x0800 };
    for (const policy of ['layer2+3', 'layer3+4', 'encap2+3', 'encap3+4']) expect(reasonOf(noAddresses, policy)).toBe('cut-header');
    expect(reasonOf(noAddresses, 'layer2')).toBeNull();
    const noQuoted = { ...PACKETS.P10, quoted: null };
    for (const policy of ['layer2+3', 'layer3+4']) {
      expect(reasonOf(noQuoted, policy)).toBe('cut-header');
      expect(reasonOf(noQuoted, policy, 'linux-4.15')).toBeNull();
    }
    expect(reasonOf(noQuoted, 'encap3+4')).toBeNull();
  });

  it('the broken kernels: what depends on ports or ICMP', () => {
    const broken = 'linux-5.15.0';
    for (const name of ['P1', 'P3', 'P5', 'P8', 'P9', 'P10', 'P13'])
      expect(reasonOf(PACKETS[name], 'layer3+4', broken), name).toBe('kernel-bug');
    for (const name of ['P7', 'P11', 'P12']) expect(reasonOf(PACKETS[name], 'layer3+4', broken), name).toBeNull();
    expect(reasonOf(PACKETS.P1, 'layer2+3', broken)).toBeNull();
    expect(reasonOf(PACKETS.P10, 'layer2+3', broken)).toBe('kernel-bug');
    expect(hashPacket(PACKETS.P1, 'layer2', broken)).toEqual(hashPacket(PACKETS.P1, 'layer2', 'linux-5.15.17'));
  });
});

describe('socket hash of encap3+4', () => {
  const tcp6 = { ...MACS, src: '2001:db8::1', dst: '2001:db8::2', protocol: 'tcp', srcPort: 40000, dstPort: 443 };

  it('TCP and UDP over IPv4, and inside tunnels', () => {
    expect(reasonOf(TCP4, 'encap3+4')).toBe('socket-hash');
    expect(reasonOf({ ...TCP4, protocol: 'udp' }, 'encap3+4')).toBe('socket-hash');
    expect(reasonOf({ ...TCP4, srcPort: null, dstPort: null, fragment: 'later' }, 'encap3+4')).toBe('socket-hash');
    expect(reasonOf(PACKETS.P8, 'encap3+4')).toBeNull();
    expect(reasonOf(PACKETS.P13, 'encap3+4')).toBeNull();
    const { srcMac, dstMac, ...inner } = tcp6;
    expect(reasonOf({ srcMac, dstMac, src: '10.0.0.1', dst: '10.0.0.2', tunnel: { type: '6in4', inner } }, 'encap3+4', NEWEST, 2)).toBe(
      'socket-hash',
    );
    expect(reasonOf({ ...TCP4, tcis: [5], tagInFrame: true }, 'encap3+4')).toBe('socket-hash');
  });

  it('not before the kernel took it', () => {
    expect(reasonOf(TCP4, 'encap3+4', 'linux-3.13')).toBeNull();
    expect(reasonOf(TCP4, 'encap3+4', 'linux-4.15')).toBe('socket-hash');
  });

  it('IPv6: the flow label gives the hash away where the member count divides 65536', () => {
    const { hash } = hashPacket(tcp6, 'encap3+4', NEWEST);
    // Label bytes f1 f2 are the low bytes of the hash, lowest first.
    const same = ((hash & 0xff) << 8) | ((hash >>> 8) & 0xff);
    const other = same ^ 0x100;
    expect(reasonOf(tcp6, 'encap3+4', NEWEST, 2)).toBeNull();
    expect(reasonOf({ ...tcp6, flowLabel: 0xf0000 | same }, 'encap3+4', NEWEST, 2)).toBeNull();
    expect(reasonOf({ ...tcp6, flowLabel: 0xf0000 | other }, 'encap3+4', NEWEST, 2)).toBe('socket-hash');
    expect(reasonOf({ ...tcp6, flowLabel: 0xf0000 | same }, 'encap3+4', NEWEST, 3)).toBe('socket-hash');
  });
});

describe('encap policies', () => {
  const inner = { src: '172.16.0.1', dst: '172.16.0.9', protocol: 'icmp', icmp: { type: 8, code: 0, id: 9 } };
  const plain = hex(hashPacket({ ...MACS, ...inner }, 'layer3+4', NEWEST).hash);
  const outer = { ...MACS, src: '10.0.0.1', dst: '10.0.0.2' };
  const onOuter = hex(hashPacket({ ...outer, protocol: 47 }, 'layer3+4', NEWEST).hash);

  for (const [name, fields] of Object.entries({
    GRE: { ...outer, tunnel: { type: 'gre', inner } },
    'GRE with key': { ...outer, tunnel: { type: 'gre', id: 99, inner } },
    'GRE with Ethernet': { ...outer, tunnel: { type: 'gre', inner: { ...MACS, ...inner, vlans: [7] } } },
    PPTP: { ...outer, tunnel: { type: 'pptp', inner } },
    IPIP: { ...outer, tunnel: { type: 'ipip', inner } },
    PPPoE: { ...MACS, tunnel: { type: 'pppoe', id: 1, inner } },
    'GRE in IPIP': { ...outer, tunnel: { type: 'ipip', inner: { src: '10.3.0.1', dst: '10.3.0.2', tunnel: { type: 'gre', inner } } } },
  })) {
    it(`walks through ${name}`, () => expect(hex(hashPacket(fields, 'encap3+4', NEWEST).hash)).toBe(plain));
  }

  it('stops at a fragment on any level', () => {
    const fragment = hashPacket({ ...outer, fragment: 'first', tunnel: { type: 'gre', inner } }, 'encap3+4', NEWEST);
    expect(hex(fragment.hash)).toBe(onOuter);
  });

  it('does not open UDP tunnels', () => {
    const udp = { ...outer, protocol: 'udp', srcPort: 50000, dstPort: 4789 };
    const vxlan = { ...udp, tunnel: { type: 'vxlan', id: 5, inner: { ...MACS, ...inner } } };
    expect(hashPacket(vxlan, 'encap3+4', NEWEST).hash).toBe(hashPacket(udp, 'layer3+4', NEWEST).hash);
  });

  it('gives up on ERSPAN and unknown payloads, accepts GRE with routing by its outer addresses', () => {
    const layer2 = hashPacket({ ...outer, protocol: 47 }, 'layer2', NEWEST).hash;
    expect(hashPacket({ ...outer, tunnel: { type: 'erspan', id: 1, inner: { ...MACS, ...inner } } }, 'encap3+4', NEWEST).hash).toBe(layer2);
    expect(hashPacket({ ...outer, tunnel: { type: 'gre', payload: '0x88b5' } }, 'encap3+4', NEWEST).hash).toBe(layer2);
    expect(hex(hashPacket({ ...outer, tunnel: { type: 'gre', payload: '0x0800', state: 'opaque' } }, 'encap3+4', NEWEST).hash)).toBe(
      onOuter,
    );
    expect(hashPacket({ ...outer, tunnel: { type: 'gre' } }, 'encap3+4', NEWEST).reason).toBe('cut-header');
  });

  it('ARP, PTP and MPLS by era', () => {
    const layer2 = (etherType: number, era: string): number => hashPacket({ ...MACS, etherType }, 'layer2', era).hash;
    const encap34 = (etherType: number, era: string): number => hashPacket({ ...MACS, etherType }, 'encap3+4', era).hash;
    expect(encap34(0x0806, 'linux-4.15')).toBe(layer2(0x0806, 'linux-4.15'));
    expect(encap34(0x0806, 'linux-5.5')).toBe(0);
    expect(encap34(0x88f7, 'linux-5.5')).toBe(layer2(0x88f7, 'linux-5.5'));
    expect(encap34(0x88f7, NEWEST)).toBe(0);
    expect(encap34(0x8847, NEWEST)).toBe(0);
    expect(encap34(0x88b5, NEWEST)).toBe(layer2(0x88b5, NEWEST));
    expect(reasonOf({ ...MACS, etherType: 0x88ca }, 'encap3+4')).toBe('hidden-input');
  });

  it('ARP behind a tag in the frame: its body is read as an IPv4 header', () => {
    const arp = {
      srcMac: 'bc:24:11:7a:31:c4',
      dstMac: 'd4:c1:9e:44:10:21',
      protocol: 'arp',
      src: '10.42.0.1',
      dst: '10.42.0.2',
      tcis: [108, 42],
    };
    // Request: source 0.1.0.0, destination 0; reply: source 0.1.d4.c1, destination 9e.44.10.21.
    expect(hex(hashPacket({ ...arp, arpOpcode: 1 }, 'encap3+4', NEWEST).hash)).toBe('00000080');
    const reply = (0x0100 | 0xc1d40000) ^ 0x2110449e;
    const folded = (reply ^ (reply >>> 16)) >>> 0;
    expect(hashPacket({ ...arp, arpOpcode: 2 }, 'encap3+4', NEWEST).hash).toBe(((folded ^ (folded >>> 8)) >>> 0) >>> 1);
    expect(reasonOf({ ...arp, arpOpcode: 2, dstMac: null }, 'encap3+4')).toBe('no-destination-mac');
  });

  it('walk IPv6 extension headers, which layer3+4 does not', () => {
    const tcp6 = { ...MACS, src: '2001:db8::1', dst: '2001:db8::2', protocol: 'sctp', srcPort: 40000, dstPort: 443 };
    const behind = { ...tcp6, nextHeader: 60 };
    expect(hashPacket(behind, 'encap3+4', NEWEST).hash).toBe(hashPacket(tcp6, 'layer3+4', NEWEST).hash);
    expect(hashPacket(behind, 'layer3+4', NEWEST).hash).toBe(
      hashPacket({ ...tcp6, protocol: 59, srcPort: null, dstPort: null }, 'layer3+4', NEWEST).hash,
    );
  });
});

describe('tags', () => {
  it('beside the frame: invisible; in the frame: its TPID is the EtherType and only the MACs count', () => {
    for (const policy of ['layer2', 'layer2+3', 'layer3+4', 'encap2+3']) {
      expect(hashPacket({ ...TCP4, tcis: [5] }, policy, NEWEST)).toEqual(hashPacket(TCP4, policy, NEWEST));
      const inFrame = hashPacket({ ...TCP4, tcis: [5], tagInFrame: true }, policy, NEWEST);
      expect(hex(inFrame.hash), policy).toBe('00008133');
    }
    expect(hex(hashPacket({ ...TCP4, tcis: [5, 6] }, 'layer3+4', NEWEST).hash)).toBe('00008133');
    expect(hex(hashPacket({ ...TCP4, tcis: [5], tpids: [0x9100] }, 'layer3+4', NEWEST).hash)).toBe('00009133');
  });

  it('vlan+srcmac sees only a tag beside the frame', () => {
    expect(hex(hashPacket({ ...TCP4, tcis: [100] }, 'vlan+srcmac', NEWEST).hash)).toBe('00020075');
    expect(hex(hashPacket({ ...TCP4, tcis: [100], tagInFrame: true }, 'vlan+srcmac', NEWEST).hash)).toBe('00020011');
  });
});

it('symmetric for 2, 4 and 8 members under layer3+4, from 3.13 on', () => {
  const back = { ...TCP4, src: TCP4.dst, dst: TCP4.src, srcPort: TCP4.dstPort, dstPort: TCP4.srcPort };
  for (const era of ['linux-3.13', 'linux-4.15', NEWEST]) {
    const there = hashPacket(TCP4, 'layer3+4', era).hash;
    const here = hashPacket(back, 'layer3+4', era).hash;
    for (const count of [2, 4, 8]) expect(there % count).toBe(here % count);
  }
});
