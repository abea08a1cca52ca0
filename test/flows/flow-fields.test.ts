import { describe, expect, it } from 'vitest';
import { decodeFlowKey, encodeFlowKey, type FlowFieldsInput } from '../../src/flows/flow-fields.ts';

const MACS = { srcMac: '02:00:00:00:00:11', dstMac: '02:00:00:00:00:22' };

function encode(fields: FlowFieldsInput): Uint32Array | string {
  const out = new Uint32Array(300);
  const result = encodeFlowKey(fields, out, 5);
  return result.ok ? out.slice(5, 5 + result.value) : result.issue.reason;
}

function again(fields: FlowFieldsInput): unknown {
  const row = encode(fields);
  return typeof row === 'string' ? row : decodeFlowKey(row, 0);
}

describe('encodeFlowKey', () => {
  it('writes the row of flow-key.ts', () => {
    const row = encode({ ...MACS, src: '10.0.0.11', dst: '10.0.0.22', protocol: 'tcp', srcPort: 1000, dstPort: 80, tcis: [0xa005] });
    expect([...(row as Uint32Array)]).toEqual([
      0x08000000 | (1 << 8) | 9,
      0x02000000,
      0x00220200,
      0x00000011,
      0x8100a005,
      0x01000000 | (6 << 8) | 1,
      0x0b00000a,
      0x1600000a,
      0x5000e803,
    ]);
  });

  it('gives back what was said', () => {
    for (const fields of [
      { ...MACS, src: '10.0.0.1', dst: '10.0.0.2', protocol: 'udp', srcPort: 53, dstPort: 5353, vlans: [108, 42], tpids: [0x88a8, 0x8100] },
      { ...MACS, src: '2001:db8::1', dst: '2001:db8::2', protocol: 'tcp', srcPort: 1, dstPort: 2, flowLabel: 0xf1234, nextHeader: 60 },
      { ...MACS, src: '2001:db8::1', dst: '2001:db8::2', protocol: 'udp', srcPort: 1, dstPort: 2, fragment: 'first', nextHeader: 44 },
      { ...MACS, src: '10.0.0.1', dst: '10.0.0.2', protocol: 50, spi: 0xc0ffee },
      { ...MACS, src: '10.0.0.1', dst: '10.0.0.2', protocol: 'icmp', icmp: { type: 8, code: 0, id: 0x1234 } },
      { ...MACS, src: '10.0.0.1', dst: '10.0.0.2', protocol: 'arp', arpOpcode: 2, etherType: '0x0806' },
      { ...MACS, etherType: '0x88b5' },
      {
        ...MACS,
        src: '10.0.0.1',
        dst: '10.0.0.2',
        protocol: 47,
        tunnel: { type: 'gre', id: 7, inner: { src: '::1', dst: '::2', protocol: 'tcp', srcPort: 9, dstPort: 8 } },
      },
      {
        ...MACS,
        src: '10.0.0.1',
        dst: '10.0.0.2',
        protocol: 'udp',
        srcPort: 50000,
        dstPort: 4789,
        tunnel: {
          type: 'vxlan',
          id: 5000,
          inner: { ...MACS, src: '10.1.0.1', dst: '10.1.0.2', protocol: 'udp', srcPort: 9, dstPort: 8, vlans: [3] },
        },
      },
      { ...MACS, src: '::1', dst: '::2', protocol: 'udp', srcPort: 50000, dstPort: 4791, tunnel: { type: 'roce', id: 0x112, inner: null } },
      {
        ...MACS,
        src: '10.0.0.1',
        dst: '10.0.0.2',
        protocol: 'udp',
        srcPort: 2152,
        dstPort: 2152,
        tunnel: { type: 'gtp', id: 0xfffffff0, inner: { src: '10.1.0.1', dst: '10.1.0.2', protocol: 'udp', srcPort: 9, dstPort: 8 } },
      },
      {
        ...MACS,
        etherType: '0x8864',
        tunnel: { type: 'pppoe', id: 17, inner: { src: '10.0.0.1', dst: '10.0.0.2', protocol: 'tcp', srcPort: 1, dstPort: 2 } },
      },
      { ...MACS, src: '::1', dst: '::2', protocol: 51, spi: 5, nextHeader: 51, afterAh: { protocol: 'tcp', srcPort: 4, dstPort: 5 } },
    ]) {
      expect(again(fields)).toMatchObject(fields);
    }
  });

  it('keeps open what is not said', () => {
    expect(again({ srcMac: MACS.srcMac, etherType: 0x0800 })).toMatchObject({
      dstMac: null,
      etherType: '0x0800',
      src: null,
      header: 'cut',
    });
    expect(again({ ...MACS, src: '10.0.0.1', dst: '10.0.0.2', protocol: 'tcp' })).toMatchObject({ srcPort: null, transport: 'cut' });
    expect(again({ ...MACS, src: '10.0.0.1', dst: '10.0.0.2', protocol: 'icmp', icmp: { type: 3, code: 1 } })).toMatchObject({
      icmp: { type: 3, code: 1, id: null },
      quoted: null,
    });
  });

  for (const [fields, reason] of [
    [{}, 'etherType is missing'],
    [{ srcMac: '02:00' }, 'srcMac: "02:00" is not a MAC address'],
    [{ dstMac: 7 }, 'dstMac: 7 is not a MAC address'],
    [{ src: '10.0.0.1' }, 'dst is missing'],
    [{ dst: '10.0.0.1' }, 'src is missing'],
    [{ src: '10.0.0.1', dst: '::1', protocol: 6 }, 'one packet has one IP version'],
    [{ src: '10.0.0.300', dst: '10.0.0.1' }, 'src: "10.0.0.300" is not an IPv4 or IPv6 address'],
    [{ src: '10.0.0.1', dst: '10.0.0.2', protocol: 'tpc' }, 'protocol: "tpc" is unknown'],
    [{ src: '10.0.0.1', dst: '10.0.0.2', protocol: 256 }, 'protocol: 256 is not a whole number from 0 to 255'],
    [
      { src: '10.0.0.1', dst: '10.0.0.2', protocol: 'tcp', srcPort: 65536, dstPort: 1 },
      'srcPort: 65536 is not a whole number from 0 to 65535',
    ],
    [{ src: '10.0.0.1', dst: '10.0.0.2', protocol: 'tcp', srcPort: 1.5, dstPort: 1 }, 'srcPort: 1.5'],
    [{ src: '10.0.0.1', dst: '10.0.0.2', protocol: 'tcp', srcPort: 5 }, 'dstPort is missing'],
    [{ src: '10.0.0.1', dst: '10.0.0.2', protocol: 89, srcPort: 5, dstPort: 6 }, 'protocol 89 has no ports'],
    [{ src: '10.0.0.1', dst: '10.0.0.2', protocol: 'udp', fragment: 'later', srcPort: 5, dstPort: 6 }, 'a later fragment has no ports'],
    [{ src: '10.0.0.1', dst: '10.0.0.2', protocol: 'udp', fragment: 'last' }, 'fragment: "last" is neither'],
    [{ src: '10.0.0.1', dst: '10.0.0.2', protocol: 'udp', quoted: {} }, 'quoted: only an ICMP error'],
    [{ src: '10.0.0.1', dst: '10.0.0.2', etherType: '0x86dd' }, 'an IPv4 address, but the EtherType says IPv6'],
    [{ src: '10.0.0.1', dst: '10.0.0.2', etherType: '0x88b5' }, 'EtherType 0x88b5 carries no IP addresses'],
    [{ etherType: '0x88b5', protocol: 'tcp' }, 'EtherType 0x88b5 carries no IP protocol'],
    [{ etherType: 'nonsense' }, 'etherType: "nonsense"'],
    [{ etherType: 2048, vlans: [1], tcis: [2] }, 'is not vlans[0] = 1'],
    [{ etherType: 2048, vlans: [4096] }, 'vlans[0]: 4096'],
    [{ etherType: 2048, vlans: 5 }, 'are lists of numbers'],
    [{ etherType: 2048, vlans: [1, 2, 3, 4, 5, 6, 7, 8] }, 'at most 7 tags'],
    [{ protocol: 'arp', src: '::1', dst: '::2' }, 'ARP carries IPv4 addresses'],
    [{ src: '::1', dst: '::2', protocol: 'tcp', nextHeader: 17, srcPort: 1, dstPort: 2 }, 'nextHeader: 17 is no extension header'],
    [{ src: '10.0.0.1', dst: '10.0.0.2', tunnel: { type: 'wormhole' } }, 'tunnel.type: "wormhole"'],
    [{ src: '10.0.0.1', dst: '10.0.0.2', protocol: 'tcp', tunnel: { type: 'gre', inner: {} } }, 'gre is protocol 47, not 6'],
  ] as [FlowFieldsInput, string][]) {
    it(`refuses ${JSON.stringify(fields)}`, () => expect(encode({ ...MACS, ...fields })).toContain(reason));
  }

  it('ends for tunnels in tunnels', () => {
    let inner: Record<string, unknown> = { src: '10.0.0.1', dst: '10.0.0.2', protocol: 'udp', srcPort: 1, dstPort: 2 };
    for (let depth = 0; depth < 50; depth++) inner = { src: '10.0.0.1', dst: '10.0.0.2', tunnel: { type: 'ipip', inner } };
    expect(encode({ ...MACS, ...inner })).toContain('tunnels in each other');
  });
});
