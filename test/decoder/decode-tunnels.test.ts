import { describe, expect, it } from 'vitest';
import { MAX_LAYERS } from '../../src/decoder/flow-key.ts';
import { decodeFrame } from '../support/decode-frames.ts';
import type { ParsedLayer } from '../support/describe-key.ts';
import { bytesOf, ethernet, gre, ipv4, ipv6, tcp, u16, u32, udp } from '../support/frame-builder.ts';

const INNER = ipv4(17, udp(5, 6), { src: [192, 168, 0, 1], dst: [192, 168, 0, 2] });
const INNER_LAYER = { kind: 'ipv4', src: '192.168.0.1', dst: '192.168.0.2', ports: [5, 6] };
const INNER6 = ipv6(6, tcp(7, 8));

function layersOf(packet: Uint8Array, snap?: number): readonly ParsedLayer[] {
  const frame = ethernet(packet[0] >> 4 === 6 ? 0x86dd : 0x0800, packet);
  return decodeFrame(frame.subarray(0, snap), { original: frame.length }).key.layers;
}

describe('GRE', () => {
  it('is opened for IPv4, IPv6 and Ethernet, whatever fields it has', () => {
    expect(layersOf(ipv4(47, gre(0, 0x0800, [], INNER)))).toMatchObject([
      { protocol: 47 },
      { kind: 'gre', id: undefined, flags: [] },
      INNER_LAYER,
    ]);
    expect(layersOf(ipv4(47, gre(0xb000, 0x0800, [...u32(1), ...u32(99), ...u32(3)], INNER)))).toMatchObject([
      {},
      { kind: 'gre', id: 99 },
      INNER_LAYER,
    ]);
    expect(layersOf(ipv6(47, gre(0, 0x86dd, [], INNER6)))[2]).toMatchObject({ kind: 'ipv6', ports: [7, 8] });
    expect(layersOf(ipv4(47, gre(0, 0x6558, [], ethernet(0x0800, INNER, { tags: [[0x8100, 7]] }))))).toMatchObject([
      {},
      { kind: 'gre', etherType: 0x6558 },
      { kind: 'ethernet', etherType: 0x0800, tags: [{ tpid: 0x8100, tci: 7 }] },
      INNER_LAYER,
    ]);
  });

  it('is not opened with a routing field, a higher version or an unknown payload', () => {
    expect(layersOf(ipv4(47, gre(0x4000, 0x0800, u32(0), INNER)))).toMatchObject([{}, { kind: 'gre', flags: ['opaque'] }]);
    expect(layersOf(ipv4(47, gre(0x0002, 0x0800, [], INNER)))).toMatchObject([{}, { kind: 'gre', flags: ['opaque'] }]);
    expect(layersOf(ipv4(47, gre(0, 0x88b5, [], INNER))).length).toBe(2);
    expect(layersOf(ipv4(47, gre(0, 0x0300, [], INNER))).length).toBe(2);
  });

  it('carries PPP in version 1; the key is the call id alone', () => {
    const ppp = (bytes: readonly number[]): Uint8Array =>
      gre(0x3081, 0x880b, [...u32(0x00200007), ...u32(1), ...u32(2)], bytesOf(bytes, INNER));
    for (const header of [[0xff, 3, 0, 0x21], [0, 0x21], [0x21]]) {
      expect(layersOf(ipv4(47, ppp(header)))).toMatchObject([{}, { kind: 'gre', id: 7 }, INNER_LAYER]);
    }
    expect(layersOf(ipv4(47, gre(0x2081, 0x880b, [...u32(7), ...u32(2)], new Uint8Array(0)))).length).toBe(2);
  });

  it('carries ERSPAN, whose session stands for the key', () => {
    const frame = ethernet(0x0800, INNER);
    const type2 = gre(0x1000, 0x88be, u32(1), bytesOf(u16(0x1005), u16(0x0123), u32(0), frame));
    expect(layersOf(ipv4(47, type2))).toMatchObject([{}, { kind: 'gre', etherType: 0x88be, id: 0x123 }, { kind: 'ethernet' }, INNER_LAYER]);
    expect(layersOf(ipv4(47, gre(0, 0x88be, [], frame)))).toMatchObject([{}, { id: undefined }, { kind: 'ethernet' }, INNER_LAYER]);
    const type3 = gre(0x1000, 0x22eb, u32(1), bytesOf(u16(0x2005), u16(0x0123), u32(0), u32(1), u32(0), u32(0), frame));
    expect(layersOf(ipv4(47, type3))).toMatchObject([{}, { id: 0x123 }, { kind: 'ethernet' }, INNER_LAYER]);
    type3[19] = 1;
    expect(layersOf(ipv4(47, bytesOf(type3.subarray(0, 20), u32(7), u32(8), frame)))).toMatchObject([
      {},
      { id: 0x123 },
      { kind: 'ethernet' },
      INNER_LAYER,
    ]);
    type3[18] = 0x1e;
    expect(layersOf(ipv4(47, type3))).toMatchObject([{}, { id: 0x123 }]);
    expect(layersOf(ipv4(47, type3)).length).toBe(2);
  });

  it('says when it is cut or short', () => {
    const packet = ipv4(47, gre(0x2000, 0x0800, u32(9), INNER));
    expect(layersOf(packet, 37)[1]).toMatchObject({ flags: ['cut'], id: undefined });
    expect(layersOf(packet, 41)[1]).toMatchObject({ flags: ['cut'], id: undefined, etherType: 0x0800 });
    expect(layersOf(packet, 42)).toMatchObject([{}, { id: 9, flags: [] }, { kind: 'ipv4', flags: ['cut'] }]);
    expect(layersOf(ipv4(47, bytesOf(0, 0, 8)))[1].flags).toEqual(['short']);
  });
});

describe('other tunnels', () => {
  it('IP in IP, in all four ways', () => {
    expect(layersOf(ipv4(4, INNER))[1]).toMatchObject(INNER_LAYER);
    expect(layersOf(ipv4(41, INNER6))[1]).toMatchObject({ kind: 'ipv6', ports: [7, 8] });
    expect(layersOf(ipv6(41, INNER6))[1]).toMatchObject({ kind: 'ipv6', ports: [7, 8] });
    expect(layersOf(ipv6(4, INNER))[1]).toMatchObject(INNER_LAYER);
    // The first fragment shows its inner headers, later ones cannot.
    expect(layersOf(ipv4(4, INNER, { fragment: 0x2000 }))[1]).toMatchObject(INNER_LAYER);
    expect(layersOf(ipv4(4, INNER, { fragment: 0x2009 })).length).toBe(1);
  });

  it('VXLAN, with the I flag and clean reserved bits only', () => {
    const vxlan = (header: readonly number[], port = 4789): readonly ParsedLayer[] =>
      layersOf(ipv4(17, udp(50000, port, bytesOf(header, ethernet(0x0800, INNER)))));
    for (const port of [4789, 8472]) {
      expect(vxlan([8, 0, 0, 0, 0, 0, 42, 0], port)).toMatchObject([
        { ports: [50000, port] },
        { kind: 'vxlan', id: 42 },
        { kind: 'ethernet' },
        INNER_LAYER,
      ]);
    }
    expect(vxlan([0x88, 0, 1, 2, 0, 0, 42, 0])).toMatchObject([{}, { kind: 'vxlan', id: 42 }, {}, INNER_LAYER]);
    expect(vxlan([8, 0, 0, 0, 0, 0, 42, 0], 4790).length).toBe(1);
    expect(vxlan([0, 0, 0, 0, 0, 0, 42, 0]).length).toBe(1);
    expect(vxlan([8, 0, 0, 1, 0, 0, 42, 0]).length).toBe(1);
    expect(vxlan([8, 0, 0, 0, 0, 0, 42, 1]).length).toBe(1);
    const frame = ipv4(17, udp(50000, 4789, bytesOf([8, 0, 0, 0, 0, 0, 42, 0], ethernet(0x0800, INNER))));
    expect(layersOf(frame, 63)[2]).toMatchObject({ kind: 'ethernet', flags: ['cut'] });
    expect(layersOf(ipv4(17, udp(1, 4789, bytesOf([8, 0, 0, 0, 0, 0, 42, 0], new Uint8Array(13)))))[2]).toMatchObject({ flags: ['short'] });
  });

  it('Geneve, with options', () => {
    const frame = ethernet(0x86dd, INNER6);
    const layers = layersOf(ipv4(17, udp(50000, 6081, bytesOf([2, 0x40, 0x65, 0x58, 0, 0, 42, 0], u32(1), u32(2), frame))));
    expect(layers).toMatchObject([{}, { kind: 'geneve', id: 42 }, { kind: 'ethernet', etherType: 0x86dd }, { ports: [7, 8] }]);
    expect(layersOf(ipv6(17, udp(1, 6081, bytesOf([0, 0, 8, 0, 0, 0, 1, 0], INNER))))[2]).toMatchObject(INNER_LAYER);
    expect(layersOf(ipv4(17, udp(1, 6081, bytesOf([0x40, 0, 8, 0, 0, 0, 1, 0], INNER)))).length).toBe(1);
  });

  it('RoCEv2, by its destination queue pair', () => {
    const roce = (header: readonly number[]): readonly ParsedLayer[] =>
      layersOf(ipv4(17, udp(49152, 4791, bytesOf(header, new Uint8Array(24)))));
    // RC send only, partition key ffff, queue pair 0x000112, packet sequence number 7.
    expect(roce([0x04, 0, 0xff, 0xff, 0, 0, 0x01, 0x12, 0, 0, 0, 7])).toMatchObject([
      { ports: [49152, 4791] },
      { kind: 'roce', id: 0x112 },
    ]);
    expect(roce([0x81, 0, 0xff, 0xff, 0x40, 0, 0x01, 0x12, 0, 0, 0, 7])).toMatchObject([{}, { kind: 'roce', id: 0x112 }]);
    expect(roce([0x04, 1, 0xff, 0xff, 0, 0, 0x01, 0x12, 0, 0, 0, 7]).length).toBe(1);
    expect(roce([0x04, 0, 0xff, 0xff, 1, 0, 0x01, 0x12, 0, 0, 0, 7]).length).toBe(1);
    expect(layersOf(ipv4(17, udp(1, 4791, bytesOf([4, 0, 0xff, 0xff, 0, 0, 1])))).length).toBe(1);
  });

  it('GTP-U, with options and extension headers', () => {
    const gtp = (header: readonly number[], payload: Uint8Array = INNER): readonly ParsedLayer[] =>
      layersOf(ipv4(17, udp(2152, 2152, bytesOf(header, payload))));
    expect(gtp([0x30, 0xff, 0, 40, 0, 0, 0, 9])).toMatchObject([{}, { kind: 'gtp', id: 9 }, INNER_LAYER]);
    expect(gtp([0x30, 0xff, 0, 40, 0, 0, 0, 9], INNER6)).toMatchObject([{}, { kind: 'gtp', id: 9 }, { ports: [7, 8] }]);
    expect(gtp([0x32, 0xff, 0, 44, 0, 0, 0, 9, 0, 1, 0, 0])).toMatchObject([{}, { kind: 'gtp', id: 9 }, INNER_LAYER]);
    // A PDU session container (0x85) of one unit, then nothing more.
    expect(gtp([0x34, 0xff, 0, 48, 0, 0, 0, 9, 0, 0, 0, 0x85, 1, 0, 9, 0])).toMatchObject([{}, { kind: 'gtp', id: 9 }, INNER_LAYER]);
    expect(gtp([0x34, 0xff, 0, 48, 0, 0, 0, 9, 0, 0, 0, 0x85, 0, 0, 9, 0])).toMatchObject([{}, { kind: 'gtp', id: 9 }]);
    // An echo request, GTP', version 2.
    expect(gtp([0x32, 1, 0, 4, 0, 0, 0, 0, 0, 1, 0, 0]).length).toBe(1);
    expect(gtp([0x20, 0xff, 0, 40, 0, 0, 0, 9]).length).toBe(1);
    expect(gtp([0x48, 0xff, 0, 40, 0, 0, 0, 9]).length).toBe(1);
    // Cut behind the header, in the options, in the packet.
    const whole = ipv4(17, udp(2152, 2152, bytesOf([0x34, 0xff, 0, 48, 0, 0, 0, 9, 0, 0, 0, 0x85, 1, 0, 9, 0], INNER)));
    for (const length of [50, 54, 57, 58]) expect(layersOf(whole, length).length).toBeLessThanOrEqual(2);
    expect(layersOf(whole, 70)[2]).toMatchObject({ flags: ['cut'] });
  });

  it('PPPoE sessions', () => {
    const session = (protocol: readonly number[], payload: Uint8Array): Uint8Array =>
      ethernet(0x8864, bytesOf(0x11, 0, u16(7), u16(payload.length + 2), protocol, payload));
    expect(decodeFrame(session(u16(0x21), INNER)).key.layers).toMatchObject([{ kind: 'pppoe', id: 7, protocol: 0x21 }, INNER_LAYER]);
    expect(decodeFrame(session([0x21], INNER)).key.layers).toMatchObject([{ kind: 'pppoe', protocol: 0x21 }, INNER_LAYER]);
    expect(decodeFrame(session(u16(0x57), INNER6)).key.layers[1]).toMatchObject({ ports: [7, 8] });
    expect(decodeFrame(session(u16(0xc021), INNER)).key.layers).toMatchObject([{ kind: 'pppoe', protocol: 0xc021 }]);
    expect(decodeFrame(session(u16(0x21), INNER).subarray(0, 21), { original: 60 }).key.layers).toMatchObject([
      { id: 7, protocol: 0, flags: ['cut'] },
    ]);
    expect(decodeFrame(session(u16(0x21), INNER).subarray(0, 21)).key.layers).toMatchObject([{ flags: ['short'] }]);
  });

  it('MPLS, guessing the payload by its first nibble', () => {
    const label = (value: number, bottom: boolean): number[] => u32(((value << 12) | (bottom ? 0x100 : 0) | 64) >>> 0);
    expect(decodeFrame(ethernet(0x8847, bytesOf(label(16, false), label(0xfffff, true), INNER))).key.layers).toMatchObject([
      { kind: 'mpls', labels: [16, 0xfffff], flags: [] },
      INNER_LAYER,
    ]);
    expect(decodeFrame(ethernet(0x8848, bytesOf(label(16, true), INNER6))).key.layers[1]).toMatchObject({ ports: [7, 8] });
    expect(decodeFrame(ethernet(0x8847, bytesOf(label(16, true), u32(0), ethernet(0x0800, INNER)))).key.layers.length).toBe(1);
    expect(decodeFrame(ethernet(0x8847, bytesOf(label(16, false), [0, 0]))).key.layers).toMatchObject([{ labels: [16], flags: ['cut'] }]);
    const many = decodeFrame(ethernet(0x8847, bytesOf(...Array.from({ length: 20 }, () => label(1, false)), INNER))).key.layers;
    expect(many).toMatchObject([{ labels: Array.from({ length: 15 }, () => 1), flags: [] }]);
  });

  it('nested: never more than the layers and words of a row', () => {
    let packet = INNER;
    for (let i = 0; i < 40; i++) packet = ipv4(4, packet);
    expect(layersOf(packet).length).toBe(MAX_LAYERS);
    let frame = ethernet(0x0800, INNER);
    const tags = Array.from({ length: 7 }, (_, i) => [0x8100, i] as const);
    for (let i = 0; i < 12; i++) frame = ethernet(0x86dd, ipv6(17, udp(1, 4789, bytesOf([8, 0, 0, 0, 0, 0, 42, 0], frame))), { tags });
    expect(decodeFrame(frame).key.layers.length).toBe(MAX_LAYERS);
    let stack = INNER;
    for (let i = 0; i < 12; i++) {
      stack = ipv4(137, bytesOf(...Array.from({ length: 14 }, () => u32(0x1000)), u32(0x1100), stack));
    }
    expect(decodeFrame(ethernet(0x0800, stack, { tags })).key.words).toBeLessThanOrEqual(255);
  });
});
