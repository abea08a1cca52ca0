import { describe, expect, it } from 'vitest';
import { HINT_RECEIVED, HINT_SENT } from '../../src/decoder/flow-key.ts';
import {
  ROW_LEARNING,
  ROW_LINK_LOCAL,
  ROW_MALFORMED,
  ROW_PER_PORT,
  ROW_SLOW_PROTOCOL,
  ROW_UNSUPPORTED,
} from '../../src/decoder/packet-batch.ts';
import { decodeFrame, decodeFrames } from '../support/decode-frames.ts';
import { arp, bytesOf, DST, ethernet, ipv4, ipv6, mac, padTo, SRC, tcp, u16, u32, udp } from '../support/frame-builder.ts';

const NOTHING: Uint8Array = new Uint8Array(0);

describe('the row of a plain frame', () => {
  it('is laid out as flow-key.ts says', () => {
    const { words } = decodeFrame(ethernet(0x0800, ipv4(6, tcp(1000, 80)), { dst: '02:11:22:33:44:55', src: '06:aa:bb:cc:dd:ee' }));
    expect([...words]).toEqual([0x08000008, 0x02112233, 0x445506aa, 0xbbccddee, 0x01000601, 0x0b00000a, 0x1500000a, 0x5000e803]);
  });

  it('has the whole addresses and the label in IPv6', () => {
    const { words, key } = decodeFrame(ethernet(0x86dd, ipv6(17, udp(7000, 53), { label: 0xabcde })));
    expect(words.length).toBe(15);
    expect(words[5]).toBe(0xabcde | (17 << 20));
    expect(words[6]).toBe(0x080100fd);
    expect(key.layers[0]).toMatchObject({ kind: 'ipv6', protocol: 17, nextHeader: 17, flowLabel: 0xabcde, ports: [7000, 53], flags: [] });
  });

  it('keeps the hint of the container', () => {
    const [sent, received, none] = decodeFrames([2, 1, 0].map((hint) => ({ data: ethernet(0x0800, ipv4(6, tcp(1, 2))), hint })));
    expect([sent.key.hint, received.key.hint, none.key.hint]).toEqual([HINT_SENT, HINT_RECEIVED, 0]);
    expect(sent.words.slice(1)).toEqual(none.words.slice(1));
  });

  it('does not depend on type of service, time to live, identification or checksums', () => {
    const frame = ethernet(0x0800, ipv4(17, udp(1, 2)));
    const other = frame.slice();
    other[15] = 0xb8;
    other[19] = 9;
    other[22] = 3;
    other[24] = 0x77;
    other[41] = 0x55;
    expect(decodeFrame(other).words).toEqual(decodeFrame(frame).words);
  });
});

describe('tags', () => {
  it('keeps every tag with its TPID and the whole TCI', () => {
    const tags = [
      [0x88a8, 0xa06d],
      [0x8100, 0x6001],
      [0x9100, 7],
      [0x9200, 4095],
    ] as const;
    const { key } = decodeFrame(ethernet(0x0800, ipv4(17, udp(1, 2)), { tags }));
    expect(key.tags).toEqual(tags.map(([tpid, tci]) => ({ tpid, tci })));
    expect(key.etherType).toBe(0x0800);
    expect(key.layers[0].ports).toEqual([1, 2]);
  });

  it('stops after seven', () => {
    const tags = Array.from({ length: 9 }, (_, i) => [0x8100, i] as const);
    const { key } = decodeFrame(ethernet(0x0800, ipv4(17, udp(1, 2)), { tags }));
    expect(key.tags.length).toBe(7);
    expect(key).toMatchObject({ etherType: 0x8100, layers: [] });
  });

  it('says when it was cut inside the header or a tag', () => {
    const frame = ethernet(0x0800, ipv4(17, udp(1, 2)), { tags: [[0x8100, 5]] });
    const row = (length: number): ReturnType<typeof decodeFrame> => decodeFrame(frame.subarray(0, length), { original: frame.length });
    expect(row(17).key).toMatchObject({ flags: ['cut'], tags: [], etherType: 0, dst: DST, src: SRC });
    expect(row(13).key).toMatchObject({ flags: ['cut'], dst: DST, src: SRC });
    expect(row(11).key).toMatchObject({ flags: ['cut'], dst: DST, src: '00:00:00:00:00:00' });
    expect(row(5).key).toMatchObject({ flags: ['cut'], dst: '00:00:00:00:00:00' });
    expect(row(0).flags).toBe(0);
    expect(decodeFrame(frame.subarray(0, 13)).flags).toBe(ROW_MALFORMED);
  });
});

describe('row flags', () => {
  const flagsOf = (dst: string, type: number, payload: Uint8Array = NOTHING, tags: readonly (readonly [number, number])[] = []): number =>
    decodeFrame(padTo(ethernet(type, payload, { dst, tags }), 60)).flags;

  it('finds Slow Protocols', () => {
    const lacp = bytesOf(1, 1);
    expect(flagsOf('01:80:c2:00:00:02', 0x8809, lacp)).toBe(ROW_SLOW_PROTOCOL | ROW_LINK_LOCAL);
    expect(flagsOf('01:80:c2:00:00:02', 0x8809, bytesOf(10))).toBe(ROW_SLOW_PROTOCOL | ROW_LINK_LOCAL);
    expect(flagsOf('01:80:c2:00:00:02', 0x8809, lacp, [[0x8100, 0]])).toBe(ROW_SLOW_PROTOCOL | ROW_LINK_LOCAL);
    expect(flagsOf(DST, 0x8809, lacp)).toBe(ROW_SLOW_PROTOCOL);
    expect(flagsOf(DST, 0x8809, bytesOf(3))).toBe(0);
  });

  it('finds what a port speaks for itself', () => {
    expect(flagsOf('01:80:c2:00:00:0e', 0x88cc)).toBe(ROW_LINK_LOCAL | ROW_PER_PORT);
    expect(flagsOf('01:80:c2:00:00:00', 0x0026)).toBe(ROW_LINK_LOCAL);
    expect(flagsOf('01:80:c2:00:00:0f', 0x1234)).toBe(ROW_LINK_LOCAL);
    expect(flagsOf('01:80:c2:00:00:10', 0x1234)).toBe(0);
    expect(flagsOf(DST, 0x88cc)).toBe(ROW_PER_PORT);
    expect(flagsOf('01:00:0c:cc:cc:cc', 0x0030)).toBe(ROW_PER_PORT);
    expect(flagsOf('01:00:0c:cc:cc:cd', 0x0030)).toBe(ROW_PER_PORT);
    expect(flagsOf('01:e0:52:cc:cc:cc', 0x0030)).toBe(ROW_PER_PORT);
    expect(flagsOf('00:e0:2b:00:00:00', 0x0030)).toBe(ROW_PER_PORT);
    expect(flagsOf(DST, 0x888e)).toBe(ROW_PER_PORT);
    expect(flagsOf(SRC, 0x9000)).toBe(ROW_LEARNING);
    expect(flagsOf('01:00:5e:00:00:fb', 0x0800, ipv4(17, udp(1, 2)))).toBe(0);
  });

  it('adds to those of the reader', () => {
    const frame = ethernet(0x0800, ipv4(17, udp(1, 2)));
    expect(decodeFrame(frame, { original: frame.length - 1 }).flags).toBe(ROW_MALFORMED);
    expect(decodeFrame(frame, { linkType: 105 })).toMatchObject({
      flags: ROW_UNSUPPORTED,
      frameBytes: frame.length,
      key: { words: 4, layers: [] },
    });
  });
});

describe('other payloads', () => {
  it('reads ARP', () => {
    const { key } = decodeFrame(padTo(ethernet(0x0806, arp(1, [10, 0, 0, 11], [10, 0, 0, 21])), 60));
    expect(key.layers).toMatchObject([{ kind: 'arp', opcode: 1, src: '10.0.0.11', dst: '10.0.0.21', flags: [] }]);
    const frame = ethernet(0x0806, arp(2, [10, 0, 0, 11], [10, 0, 0, 21]));
    expect(decodeFrame(frame.subarray(0, 41), { original: 60 }).key.layers).toMatchObject([{ opcode: 2, flags: ['cut'] }]);
    expect(decodeFrame(frame.subarray(0, 41)).key.layers).toMatchObject([{ opcode: 2, src: '0.0.0.0', flags: ['other'] }]);
    frame[19] = 16;
    expect(decodeFrame(frame).key.layers).toMatchObject([{ flags: ['other'] }]);
  });

  it('reads LLC, and IP behind SNAP', () => {
    const stp = decodeFrame(padTo(ethernet(0x0026, bytesOf(0x42, 0x42, 3)), 60)).key;
    expect(stp).toMatchObject({ etherType: 0x26, flags: ['llc'], layers: [{ kind: 'llc' }] });
    expect(stp.layers[0].descriptor >>> 8).toBe(0x034242);
    const inner = ipv4(17, udp(5, 6));
    const snap = decodeFrame(ethernet(8 + inner.length, bytesOf([0xaa, 0xaa, 3, 0, 0, 0, 8, 0], inner))).key;
    expect(snap.layers).toMatchObject([
      { kind: 'llc', words: [0, 0x0800] },
      { kind: 'ipv4', ports: [5, 6] },
    ]);
    const cisco = decodeFrame(padTo(ethernet(0x20, bytesOf([0xaa, 0xaa, 3, 0, 0, 0xc, 0x20, 0])), 60)).key;
    expect(cisco.layers).toMatchObject([{ kind: 'llc', words: [0x0c, 0x2000] }]);
  });

  it('leaves unknown EtherTypes alone', () => {
    expect(decodeFrame(ethernet(0x88b5, bytesOf(1, 2, 3))).key).toMatchObject({ etherType: 0x88b5, layers: [] });
  });
});

describe('Linux cooked captures', () => {
  const sll = (type: number, protocol: number, payload: Uint8Array, addressBytes = 6): Uint8Array =>
    bytesOf(u16(type), u16(1), u16(addressBytes), mac(SRC), [0, 0], u16(protocol), payload);
  const sll2 = (type: number, protocol: number, payload: Uint8Array): Uint8Array =>
    bytesOf(u16(protocol), [0, 0], u32(3), u16(1), type, 6, mac(SRC), [0, 0], payload);

  it('have a source MAC, a direction and no destination', () => {
    for (const [linkType, build, header] of [
      [113, sll, 16],
      [276, sll2, 20],
    ] as const) {
      const frame = build(4, 0x0800, ipv4(17, udp(1, 2)));
      const { key, frameBytes, flags } = decodeFrame(frame, { linkType });
      expect(key).toMatchObject({ src: SRC, dst: '00:00:00:00:00:00', flags: ['no-destination'], hint: HINT_SENT, etherType: 0x0800 });
      expect(key.layers[0].ports).toEqual([1, 2]);
      expect(frameBytes).toBe(frame.length - header + 14);
      expect(flags).toBe(0);
      for (const type of [0, 1, 2, 3])
        expect(decodeFrame(build(type, 0x0800, ipv4(17, udp(1, 2))), { linkType }).key.hint).toBe(HINT_RECEIVED);
      expect(decodeFrame(build(0, 0x8809, bytesOf(1, 1)), { linkType }).flags).toBe(ROW_SLOW_PROTOCOL);
      expect(decodeFrame(build(0, 0x88cc, NOTHING), { linkType }).flags).toBe(ROW_PER_PORT);
      expect(decodeFrame(build(0, 0x0004, bytesOf(0x42, 0x42, 3)), { linkType })).toMatchObject({
        flags: ROW_LINK_LOCAL,
        key: { flags: ['no-destination', 'llc'] },
      });
      expect(decodeFrame(build(0, 0x0004, bytesOf([0xaa, 0xaa, 3, 0, 0, 0xc, 1, 4])), { linkType }).flags).toBe(ROW_PER_PORT);
      expect(decodeFrame(build(0, 0x0001, bytesOf(0x42, 0x42, 3)), { linkType }).key).toMatchObject({ etherType: 1, layers: [] });
      const tagged = decodeFrame(build(0, 0x8100, bytesOf(u16(0x6005), u16(0x86dd), ipv6(6, tcp(9, 10)))), { linkType }).key;
      expect(tagged).toMatchObject({ tags: [{ tpid: 0x8100, tci: 0x6005 }], etherType: 0x86dd });
      expect(tagged.layers[0].ports).toEqual([9, 10]);
      expect(decodeFrame(frame.subarray(0, header - 1), { linkType })).toMatchObject({ flags: ROW_MALFORMED, frameBytes: 13 });
      expect(decodeFrame(frame.subarray(0, 3), { linkType }).frameBytes).toBe(3 - header + 14 > 0 ? 3 - header + 14 : 0);
    }
  });

  it('need not have a MAC address', () => {
    expect(decodeFrame(sll(0, 0x0800, ipv4(17, udp(1, 2)), 0), { linkType: 113 }).key.src).toBe('00:00:00:00:00:00');
  });
});
