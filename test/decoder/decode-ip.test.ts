import { describe, expect, it } from 'vitest';
import { decodeFrame } from '../support/decode-frames.ts';
import type { ParsedLayer } from '../support/describe-key.ts';
import { bytesOf, ethernet, extension, icmp, ipv4, ipv6, ipv6Fragment, padTo, tcp, u16, u32, udp } from '../support/frame-builder.ts';

/** Layers of a packet in an Ethernet frame; `snap`: bytes captured, `wire`: cut on the wire itself, `pad`: padded to. */
function layersOf(packet: Uint8Array, options: { snap?: number; wire?: number; pad?: number; fill?: number } = {}): readonly ParsedLayer[] {
  let frame = ethernet(packet[0] >> 4 === 6 ? 0x86dd : 0x0800, packet);
  if (options.pad !== undefined) frame = padTo(frame, options.pad, options.fill);
  if (options.wire !== undefined) frame = frame.subarray(0, options.wire);
  return decodeFrame(frame.subarray(0, options.snap), { original: frame.length }).key.layers;
}

describe('IPv4', () => {
  it('tells fragments apart; the first one has its ports', () => {
    expect(layersOf(ipv4(17, udp(5, 6), { fragment: 0x2000 }))[0]).toMatchObject({ fragment: 'first', ports: [5, 6] });
    expect(layersOf(ipv4(6, tcp(5, 6), { fragment: 0x2005 }))[0]).toMatchObject({ fragment: 'later', protocol: 6, ports: undefined });
    expect(layersOf(ipv4(6, tcp(5, 6), { fragment: 0x0005 }))[0]).toMatchObject({ fragment: 'later', ports: undefined });
    expect(layersOf(ipv4(6, tcp(5, 6), { fragment: 0x4000 }))[0]).toMatchObject({ fragment: 'none', ports: [5, 6] });
    expect(layersOf(ipv4(1, icmp(8, 0, 0x00070001), { fragment: 0x2000 }))[0].icmp).toEqual({ type: 8, code: 0, id: 7 });
  });

  it('honours the header length', () => {
    expect(layersOf(ipv4(17, udp(5, 6), { options: new Uint8Array(8) }))[0]).toMatchObject({ ports: [5, 6], flags: [] });
    // A length below 5 words: the ports are where Linux reads them.
    expect(layersOf(ipv4(17, udp(5, 6), { ihl: 3, src: [1, 2, 3, 4] }))[0]).toMatchObject({
      src: '1.2.3.4',
      flags: ['invalid'],
      ports: [0x0102, 0x0304],
    });
  });

  it('reads four bytes as ports for seven protocols', () => {
    const l4 = bytesOf(u32(0x03e80050), u32(0x11223344), new Uint8Array(32));
    for (const protocol of [6, 17, 33, 50, 132, 136]) expect(layersOf(ipv4(protocol, l4))[0].ports).toEqual([1000, 80]);
    expect(layersOf(ipv4(51, l4))[0].ports).toEqual([0x1122, 0x3344]);
    for (const protocol of [2, 89, 103, 255]) expect(layersOf(ipv4(protocol, l4))[0]).toMatchObject({ ports: undefined, icmp: undefined });
  });

  it('says whether ports are cut, missing, in the padding, or too short for Open vSwitch', () => {
    const stub = ipv4(17, bytesOf(u16(7)));
    expect(layersOf(stub, { pad: 60, fill: 0x5a })[0]).toMatchObject({ ports: [7, 0x5a5a], flags: ['padding', 'l4-short'] });
    expect(layersOf(stub)[0]).toMatchObject({ ports: [0, 0], flags: ['absent', 'l4-short'] });
    expect(layersOf(ipv4(17, udp(5, 6)), { snap: 37 })[0]).toMatchObject({ ports: [0, 0], flags: ['l4-cut'] });
    expect(layersOf(ipv4(17, udp(5, 6)), { snap: 38 })[0]).toMatchObject({ ports: [5, 6], flags: [] });
    expect(layersOf(ipv4(6, tcp(5, 6).subarray(0, 12)))[0]).toMatchObject({ ports: [5, 6], flags: ['l4-short'] });
    const longHeader = tcp(5, 6);
    longHeader[12] = 0x60;
    expect(layersOf(ipv4(6, longHeader))[0].flags).toEqual(['l4-short']);
    expect(layersOf(ipv4(132, new Uint8Array(11)))[0].flags).toEqual(['l4-short']);
    expect(layersOf(ipv4(136, new Uint8Array(4)))[0].flags).toEqual([]);
  });

  it('takes total length 0 as "to the end of the frame" (segmentation offload)', () => {
    expect(layersOf(ipv4(6, tcp(5, 6), { total: 0 }))[0]).toMatchObject({ ports: [5, 6], flags: [] });
    expect(layersOf(ipv4(6, tcp(5, 6), { total: 100 }))[0].flags).toEqual(['bad-length']);
    expect(layersOf(ipv4(6, tcp(5, 6), { total: 19 }))[0].flags).toEqual(['padding', 'l4-short', 'bad-length']);
  });

  it('says when the header itself is cut or short', () => {
    expect(layersOf(ipv4(17, udp(5, 6)), { snap: 33 })[0]).toMatchObject({ protocol: 17, flags: ['cut'], src: undefined });
    expect(layersOf(ipv4(17, udp(5, 6)), { wire: 33 })[0]).toMatchObject({ flags: ['short'] });
    expect(layersOf(ipv4(17, udp(5, 6), { version: 5 }))[0]).toMatchObject({ flags: ['bad-version'], ports: [5, 6] });
  });
});

describe('ICMP', () => {
  it('has an identifier for the six types that carry one, in either IP version', () => {
    for (const type of [8, 0, 13, 14, 128, 129]) {
      expect(layersOf(ipv4(1, icmp(type, 1, 0xabcd0001)))[0].icmp).toEqual({ type, code: 1, id: 0xabcd });
      expect(layersOf(ipv6(58, icmp(type, 0, 0xabcd0001)))[0].icmp).toEqual({ type, code: 0, id: 0xabcd });
    }
    for (const type of [15, 17, 18, 9, 135]) expect(layersOf(ipv4(1, icmp(type, 0, 0xabcd0001)))[0].icmp).toEqual({ type, code: 0, id: 0 });
  });

  it('needs eight bytes on the wire', () => {
    expect(layersOf(ipv4(1, icmp(8, 0, 1).subarray(0, 6)))[0]).toMatchObject({
      icmp: { type: 0, code: 0, id: 0 },
      flags: ['absent', 'l4-short'],
    });
    expect(layersOf(ipv4(1, icmp(8, 0, 0x70001)), { snap: 39 })[0].flags).toEqual(['l4-cut']);
    expect(layersOf(ipv4(1, icmp(8, 0, 0x70001)), { snap: 40 })[0]).toMatchObject({ icmp: { id: 7 }, flags: [] });
    expect(layersOf(ipv4(1, icmp(17, 0, 0)), { snap: 36 })[0].flags).toEqual([]);
  });

  it('quotes a packet in errors, read with the outer IP version', () => {
    const quoted = ipv4(17, udp(5000, 53), { src: [192, 168, 1, 2], dst: [8, 8, 8, 8] });
    for (const type of [3, 4, 5, 11, 12]) {
      expect(layersOf(ipv4(1, icmp(type, 1, 0, quoted)))).toMatchObject([
        { icmp: { type, code: 1, id: 0 }, flags: ['quotes'] },
        { kind: 'quoted', flags: [] },
        { kind: 'ipv4', src: '192.168.1.2', dst: '8.8.8.8', ports: [5000, 53], fragment: 'none' },
      ]);
    }
    for (const type of [1, 2, 3, 4]) {
      const layers = layersOf(ipv6(58, icmp(type, 0, 0, ipv6(6, tcp(5, 6), { label: 9 }))));
      expect(layers).toMatchObject([
        { flags: ['quotes'] },
        { kind: 'quoted' },
        { kind: 'ipv6', flowLabel: 9, nextHeader: 6, ports: [5, 6] },
      ]);
    }
    expect(layersOf(ipv4(1, icmp(8, 0, 0, quoted))).length).toBe(1);
    expect(layersOf(ipv6(58, icmp(5, 0, 0, quoted))).length).toBe(1);
  });

  it('quotes no ports of fragments, ICMP and extension headers', () => {
    const quotedOf = (packet: Uint8Array): ParsedLayer =>
      layersOf(packet[0] >> 4 === 6 ? ipv6(58, icmp(1, 0, 0, packet)) : ipv4(1, icmp(3, 0, 0, packet)))[2];
    expect(quotedOf(ipv4(17, udp(1, 2), { fragment: 0x2000 }))).toMatchObject({ fragment: 'first', ports: undefined });
    expect(quotedOf(ipv4(17, udp(1, 2), { fragment: 3 }))).toMatchObject({ fragment: 'later', ports: undefined });
    expect(quotedOf(ipv4(1, icmp(8, 0, 7)))).toMatchObject({ protocol: 1, ports: undefined, icmp: undefined });
    expect(quotedOf(ipv6(0, extension(17, udp(1, 2))))).toMatchObject({ protocol: 0, nextHeader: 0, ports: undefined });
  });

  it('says when the quoted packet is cut, short, or has no ports', () => {
    const packet = ipv4(1, icmp(3, 0, 0, ipv4(17, udp(5, 6))));
    expect(layersOf(packet, { snap: 61 })).toMatchObject([{ flags: ['quotes'] }, { kind: 'quoted', flags: ['cut'] }]);
    expect(layersOf(packet, { snap: 62 })[2]).toMatchObject({ src: '10.0.0.11', flags: ['l4-cut'] });
    expect(layersOf(packet, { wire: 61 })).toMatchObject([{}, { kind: 'quoted', flags: ['short'] }]);
    expect(layersOf(packet, { wire: 65 })[2].flags).toEqual(['absent']);
    expect(layersOf(ipv4(1, icmp(3, 0, 0, ipv4(17, udp(5, 6)).subarray(0, 22))), { pad: 80, fill: 1 })[2]).toMatchObject({
      flags: ['padding'],
      ports: [5, 0x0101],
    });
  });

  it('looks for quotes only where a sender does', () => {
    const error = icmp(3, 0, 0, ipv4(17, udp(5, 6)));
    expect(layersOf(ipv4(1, error, { fragment: 0x2000 })).length).toBe(1);
    expect(layersOf(ipv4(4, ipv4(1, error))).length).toBe(2);
    expect(layersOf(ipv6(60, extension(58, icmp(1, 0, 0, ipv6(17, udp(5, 6)))))).length).toBe(1);
  });
});

describe('IPv6 extension headers', () => {
  it('are walked to the protocol; the fixed header keeps its own', () => {
    const packet = ipv6(0, extension(43, extension(60, extension(17, udp(5, 6), 2)), 1));
    expect(layersOf(packet)[0]).toMatchObject({ nextHeader: 0, protocol: 17, ports: [5, 6], flags: [], fragment: 'none' });
  });

  it('stop at a later fragment', () => {
    expect(layersOf(ipv6(44, ipv6Fragment(17, 0, true, udp(5, 6))))[0]).toMatchObject({
      protocol: 17,
      fragment: 'first',
      ports: [5, 6],
      flags: [],
    });
    expect(layersOf(ipv6(44, ipv6Fragment(17, 0, false, udp(5, 6))))[0]).toMatchObject({ fragment: 'first', flags: ['atomic'] });
    expect(layersOf(ipv6(44, ipv6Fragment(17, 9, true, udp(5, 6))))[0]).toMatchObject({
      protocol: 44,
      fragment: 'later',
      ports: undefined,
    });
  });

  it('are not walked into mobility, HIP and shim6', () => {
    for (const protocol of [135, 139, 140, 59, 253])
      expect(layersOf(ipv6(protocol, extension(17, udp(5, 6))))[0]).toMatchObject({ protocol, ports: undefined });
  });

  it('give the SPI of AH, and what follows it', () => {
    const ah = bytesOf(60, 4, [0, 0], u32(0xaabbccdd), u32(1), u32(2), u32(3), u32(4), extension(6, tcp(5, 6)));
    expect(layersOf(ipv6(51, ah))).toMatchObject([
      { protocol: 51, ports: [0xaabb, 0xccdd] },
      { kind: 'after-ah', protocol: 6, ports: [5, 6], flags: [] },
    ]);
    const icmpAfter = bytesOf(58, 1, [0, 0], u32(1), u32(2), icmp(128, 0, 0x70000));
    expect(layersOf(ipv6(51, icmpAfter))[1]).toMatchObject({ protocol: 58, icmp: { type: 128, code: 0, id: 7 } });
    // IPv4: no one steps over AH.
    expect(layersOf(ipv4(51, ah)).length).toBe(1);
  });

  it('may be cut or end inside themselves', () => {
    const packet = ipv6(0, extension(60, extension(17, udp(5, 6))));
    expect(layersOf(packet, { snap: 54 })[0]).toMatchObject({ flags: ['chain-cut'], ports: undefined });
    expect(layersOf(packet, { snap: 63 })[0]).toMatchObject({ flags: ['chain-cut'], protocol: 60 });
    expect(layersOf(packet, { snap: 69 })[0]).toMatchObject({ flags: ['l4-cut'], protocol: 17 });
    expect(layersOf(packet, { wire: 62 })[0].flags).toEqual(['invalid', 'bad-length']);
    expect(layersOf(packet, { snap: 53 })[0]).toMatchObject({ flags: ['cut'], nextHeader: 0, src: undefined });
    expect(layersOf(packet, { wire: 53 })[0].flags).toEqual(['short']);
  });

  it('treat payload length 0 as "to the end of the frame"', () => {
    expect(layersOf(ipv6(6, tcp(5, 6), { payloadLength: 0 }))[0]).toMatchObject({ ports: [5, 6], flags: [] });
    expect(layersOf(ipv6(6, tcp(5, 6), { payloadLength: 90 }))[0].flags).toEqual(['bad-length']);
    expect(layersOf(ipv6(6, tcp(5, 6), { payloadLength: 3 }))[0].flags).toEqual(['padding', 'l4-short']);
  });
});
