import { describe, expect, it } from 'vitest';
import { decodeSlowProtocol, STATE_BIT_NAMES, stateBits } from '../../src/lacp/lacpdu.ts';
import type { Lacpdu } from '../../src/lacp/lacpdu.ts';
import { bytesOf, ethernet, mac, SRC, u16, u32 } from '../support/frame-builder.ts';

const SLOW = '01:80:c2:00:00:02';
const ACTOR = bytesOf(1, 20, u16(65535), mac('bc:24:11:7a:31:c4'), u16(15), u16(255), u16(2), 0x3f, 0, 0, 0);
const PARTNER = bytesOf(2, 20, u16(4096), mac('D4:C1:9E:44:10:21'), u16(33), u16(128), u16(0x1001), 0x3d, 0, 0, 0);
const COLLECTOR = bytesOf(3, 16, u16(50), new Uint8Array(12));
const END = new Uint8Array(52);

function lacpdu(...tlvs: readonly Uint8Array[]): Uint8Array {
  return ethernet(0x8809, bytesOf(1, 1, ...tlvs), { dst: SLOW });
}

function read(frame: Uint8Array, captured = frame.length): Lacpdu {
  const pdu = decodeSlowProtocol(frame, 0, captured, 1, frame.length);
  if (pdu.kind !== 'lacpdu') throw new Error(`not a LACPDU: ${pdu.kind}`);
  return pdu;
}

describe('decodeSlowProtocol', () => {
  it('reads a LACPDU of 110 bytes', () => {
    const frame = lacpdu(ACTOR, PARTNER, COLLECTOR, END);
    expect(frame.length).toBe(124);
    expect(read(frame)).toEqual({
      kind: 'lacpdu',
      version: 1,
      actor: {
        systemPriority: 65535,
        system: 'bc:24:11:7a:31:c4',
        systemNumber: 0xbc24117a31c4,
        key: 15,
        portPriority: 255,
        port: 2,
        state: 0x3f,
      },
      partner: {
        systemPriority: 4096,
        system: 'd4:c1:9e:44:10:21',
        systemNumber: 0xd4c19e441021,
        key: 33,
        portPriority: 128,
        port: 0x1001,
        state: 0x3d,
      },
      collectorMaxDelay: 50,
      tlvs: [
        { type: 1, length: 20 },
        { type: 2, length: 20 },
        { type: 3, length: 16 },
      ],
      complete: true,
      tagged: false,
      srcMac: SRC,
      malformed: null,
    });
  });

  it('walks the TLVs by their length: any order, unknown ones, version 2', () => {
    const digest = bytesOf(5, 20, new Uint8Array(18));
    const mask = bytesOf(6, 131, new Uint8Array(129).fill(1));
    const unknown = bytesOf(0x77, 2);
    const pdu = read(lacpdu(unknown, PARTNER, digest, ACTOR, mask, COLLECTOR, bytesOf(0, 0)));
    expect(pdu.tlvs.map((tlv) => tlv.type)).toEqual([0x77, 2, 5, 1, 6, 3]);
    expect(pdu).toMatchObject({ actor: { port: 2 }, partner: { port: 0x1001 }, collectorMaxDelay: 50, complete: true, malformed: null });
  });

  it('does not ask for 110 bytes', () => {
    expect(read(lacpdu(ACTOR, PARTNER, bytesOf(0, 0)))).toMatchObject({ collectorMaxDelay: null, complete: true, malformed: null });
    expect(read(lacpdu(ACTOR, PARTNER))).toMatchObject({ complete: false, malformed: null });
  });

  it('reads what the snap length left', () => {
    const frame = lacpdu(ACTOR, PARTNER, COLLECTOR, END);
    expect(read(frame, 96)).toMatchObject({ complete: true, malformed: null });
    expect(read(frame, 64)).toMatchObject({ collectorMaxDelay: null, complete: false, malformed: null });
    expect(read(frame, 50)).toMatchObject({ actor: { port: 2 }, malformed: expect.stringContaining('partner') });
    expect(read(frame, 30)).toMatchObject({ malformed: expect.stringContaining('actor') });
  });

  it('says why a PDU is malformed', () => {
    expect(read(lacpdu(ACTOR, bytesOf(0, 0))).malformed).toBe('there is no partner TLV');
    expect(read(lacpdu(bytesOf(1, 1), PARTNER)).malformed).toContain('length 1');
    expect(read(lacpdu(bytesOf(1, 10, new Uint8Array(8)), PARTNER, END)).malformed).toBe('the actor TLV has length 10, not 20');
    expect(read(lacpdu(ACTOR, PARTNER, bytesOf(3, 200))).malformed).toContain('beyond the end of the frame');
  });

  it('reads tagged, unicast and cooked frames', () => {
    const body = bytesOf(1, 1, ACTOR, PARTNER, COLLECTOR, END);
    expect(read(ethernet(0x8809, body, { dst: SLOW, tags: [[0x8100, 0]] }))).toMatchObject({ tagged: true, actor: { port: 2 } });
    expect(read(ethernet(0x8809, body))).toMatchObject({ tagged: false, malformed: null });
    const sll = bytesOf(u16(4), u16(1), u16(6), mac(SRC), [0, 0], u16(0x8809), body);
    expect(decodeSlowProtocol(sll, 0, sll.length, 113)).toMatchObject({ kind: 'lacpdu', srcMac: SRC, actor: { port: 2 } });
    const sll2 = bytesOf(u16(0x8809), [0, 0], u32(3), u16(1), 4, 6, mac(SRC), [0, 0], body);
    expect(decodeSlowProtocol(bytesOf([9, 9, 9], sll2), 3, sll2.length, 276)).toMatchObject({
      kind: 'lacpdu',
      srcMac: SRC,
      partner: { key: 33 },
    });
  });

  it('reads Markers', () => {
    const marker = (type: number, length = 16): Uint8Array =>
      ethernet(0x8809, bytesOf(2, 1, type, length, u16(7), mac('bc:24:11:7a:31:c4'), u32(0x80000001), u16(0), u16(0)), { dst: SLOW });
    expect(decodeSlowProtocol(marker(1), 0, 34)).toEqual({
      kind: 'marker',
      version: 1,
      isResponse: false,
      requesterPort: 7,
      requesterSystem: 'bc:24:11:7a:31:c4',
      requesterSystemNumber: 0xbc24117a31c4,
      transactionId: 0x80000001,
      tagged: false,
      srcMac: SRC,
      malformed: null,
    });
    expect(decodeSlowProtocol(marker(2), 0, 34)).toMatchObject({ isResponse: true, malformed: null });
    expect(decodeSlowProtocol(marker(3), 0, 34)).toMatchObject({ malformed: expect.stringContaining('type 3') });
    expect(decodeSlowProtocol(marker(1, 8), 0, 34)).toMatchObject({ malformed: expect.stringContaining('length 8') });
    expect(decodeSlowProtocol(marker(1), 0, 30)).toMatchObject({ malformed: expect.stringContaining('ends inside') });
  });

  it('names other subtypes, and frames that hold none', () => {
    expect(decodeSlowProtocol(ethernet(0x8809, bytesOf(10, 0)), 0, 16)).toEqual({ kind: 'other', subtype: 10, tagged: false, srcMac: SRC });
    expect(decodeSlowProtocol(ethernet(0x8809, bytesOf(1, 1)), 0, 14)).toMatchObject({ kind: 'other', subtype: -1 });
    expect(decodeSlowProtocol(new Uint8Array(0), 0, 0)).toEqual({ kind: 'other', subtype: -1, tagged: false, srcMac: '' });
  });
});

describe('state bits', () => {
  it('are named from bit 0 on', () => {
    expect(stateBits(0x3d)).toEqual(['activity', 'aggregation', 'synchronization', 'collecting', 'distributing']);
    expect(stateBits(0xc2)).toEqual(['timeout', 'defaulted', 'expired']);
    expect(stateBits(0xff)).toEqual([...STATE_BIT_NAMES]);
  });
});
