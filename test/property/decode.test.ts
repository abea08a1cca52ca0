import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEthernetFrame } from '../../src/decoder/decode-link.ts';
import { decodeBatch } from '../../src/decoder/decode-batch.ts';
import { MAX_KEY_WORDS } from '../../src/decoder/flow-key.ts';
import { createFrameCursor } from '../../src/decoder/frame-cursor.ts';
import { decodeSlowProtocol } from '../../src/lacp/lacpdu.ts';
import { batchOf, decodedRow, decodeFrames } from '../support/decode-frames.ts';
import { bytesOf, ethernet, extension, gre, icmp, ipv4, ipv6, ipv6Fragment, padTo, tcp, udp, u16, u32 } from '../support/frame-builder.ts';

const anyBytes = fc.uint8Array({ maxLength: 160 });
const tpid = fc.constantFrom(0x8100, 0x88a8, 0x9100, 0x9200);

/** Frames that are mostly right, so that the decoder goes deep: any chain of headers, with a few bytes changed. */
const payload: fc.Arbitrary<Uint8Array> = fc.letrec<{ ip: Uint8Array; l4: Uint8Array; ether: Uint8Array }>((tie) => ({
  ether: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.uint8Array({ maxLength: 30 }).map((data) => ethernet(0x0800, data)),
    fc
      .tuple(tie('ip'), fc.array(fc.tuple(tpid, fc.nat(0xffff)), { maxLength: 9 }))
      .map(([ip, tags]) => ethernet(ip[0] >> 4 === 6 ? 0x86dd : 0x0800, ip, { tags })),
    fc.tuple(tie('ip'), fc.constantFrom(0x0806, 0x8847, 0x8864, 0x8809, 0x0020, 0x88cc, 0x9000)).map(([ip, type]) => ethernet(type, ip)),
    tie('ip').map((ip) => ethernet(0x8864, bytesOf(0x11, 0, u16(7), u16(ip.length + 2), u16(ip[0] >> 4 === 6 ? 0x57 : 0x21), ip))),
    fc.tuple(fc.array(fc.nat(0xfffff), { maxLength: 17 }), tie('ip')).map(([labels, ip]) =>
      ethernet(
        0x8847,
        bytesOf(
          labels.flatMap((label, i) => u32(((label << 12) | (i === labels.length - 1 ? 0x100 : 0)) >>> 0)),
          ip,
        ),
      ),
    ),
    tie('ip').map((ip) => ethernet(ip.length + 8, bytesOf([0xaa, 0xaa, 3, 0, 0, 0], u16(0x0800), ip))),
  ),
  ip: fc.oneof(
    { depthSize: 'small' },
    fc
      .tuple(
        fc.constantFrom(1, 4, 6, 17, 33, 41, 47, 50, 51, 58, 132, 136, 137, 0, 255),
        tie('l4'),
        fc.constantFrom(0, 0, 0, 0x2000, 0x2001, 5, 0x4000),
      )
      .map(([protocol, l4, fragment]) => ipv4(protocol, l4, { fragment })),
    fc
      .tuple(fc.constantFrom(0, 1, 4, 6, 17, 41, 43, 44, 47, 51, 58, 60, 132), tie('l4'), fc.nat(0xfffff))
      .map(([next, l4, label]) => ipv6(next, l4, { label })),
  ),
  l4: fc.oneof(
    { depthSize: 'small' },
    fc.uint8Array({ maxLength: 40 }),
    fc.tuple(fc.nat(0xffff), fc.nat(0xffff)).map(([a, b]) => tcp(a, b)),
    fc.tuple(fc.nat(0xffff), fc.nat(0xffff), fc.uint8Array({ maxLength: 8 })).map(([a, b, data]) => udp(a, b, data)),
    fc
      .tuple(fc.constantFrom(0, 1, 3, 4, 5, 8, 11, 12, 128, 129), fc.nat(3), tie('ip'))
      .map(([type, code, ip]) => icmp(type, code, 0x12345678, ip)),
    fc.tuple(fc.constantFrom(6, 17, 44, 51, 58, 0, 60, 47), tie('l4'), fc.nat(2)).map(([next, l4, units]) => extension(next, l4, units)),
    fc.tuple(fc.nat(2), fc.boolean(), tie('l4')).map(([offset, more, l4]) => ipv6Fragment(17, offset, more, l4)),
    tie('ip'),
    fc.tuple(tie('ether'), fc.constantFrom(4789, 8472)).map(([frame, port]) => udp(50000, port, bytesOf([8, 0, 0, 0, 0, 0, 42, 0], frame))),
    tie('ether').map((frame) => udp(50000, 6081, bytesOf([1, 0, 0x65, 0x58, 0, 0, 9, 0], u32(0), frame))),
    tie('ether').map((frame) => gre(0x2000, 0x6558, u32(5), frame)),
    tie('ether').map((frame) => gre(0x1000, 0x88be, u32(1), bytesOf(u32(0x10000), u32(0), frame))),
    tie('ip').map((ip) => gre(0, ip[0] >> 4 === 6 ? 0x86dd : 0x0800, [], ip)),
    tie('ip').map((ip) => gre(0x3081, 0x880b, [...u32(0x00010007), ...u32(1), ...u32(1)], bytesOf([0xff, 3, 0, 0x21], ip))),
  ),
})).ether;

interface Damage {
  readonly at: number;
  readonly value: number;
}
const damage: fc.Arbitrary<Damage[]> = fc.array(fc.record({ at: fc.nat(120), value: fc.nat(255) }), { maxLength: 3 });

const frame = fc
  .tuple(
    fc.oneof({ weight: 5, arbitrary: payload }, { weight: 1, arbitrary: anyBytes }),
    damage,
    fc.nat(200),
    fc.constantFrom(0, 0, 0, 4, 60, 2000),
    fc.constantFrom(1, 1, 1, 1, 113, 276),
  )
  .map(([data, changes, cut, padding, linkType]) => {
    const bytes = padTo(data, padding > data.length ? padding : data.length, 0x5a);
    for (const { at, value } of changes) if (at < bytes.length) bytes[at] = value;
    // One in four is cut by a snap length.
    const captured = cut < 50 ? bytes.subarray(0, Math.min(cut * 3, bytes.length)) : bytes;
    return { data: captured, original: bytes.length, linkType };
  });

describe('decodeBatch', () => {
  it('takes any bytes: rows are well formed, short enough, and depend on nothing around the frame', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            frame,
            anyBytes.map((data) => ({ data })),
          ),
          { minLength: 1, maxLength: 6 },
        ),
        (frames) => {
          const together = decodeFrames(frames);
          frames.forEach((one, i) => {
            const alone = decodeFrames([one])[0];
            expect(alone.words).toEqual(together[i].words);
            expect(alone.flags).toBe(together[i].flags);
            expect(alone.key.words).toBeLessThanOrEqual(MAX_KEY_WORDS);
          });
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('takes lengths that lie', () => {
    const lengths = fc.tuple(anyBytes, fc.nat(0xffffffff), fc.nat(0xffffffff), fc.nat(0xffffffff), fc.constantFrom(1, 113, 276, 105));
    fc.assert(
      fc.property(lengths, ([data, offset, captured, original, linkType]) => {
        for (const lie of [offset, 0]) {
          const { batch, sources } = batchOf([{ data, linkType }]);
          batch.offset[0] = lie;
          batch.capturedLength[0] = captured;
          batch.originalLength[0] = original;
          decodeBatch(batch, sources);
          decodedRow(batch, 0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('writes the same row on the plain path as on the general one', () => {
    const vxlan = bytesOf([8, 0, 0, 0, 0, 0, 42, 0], ethernet(0x0800, ipv4(17, udp(1, 2))));
    const geneve = bytesOf([0, 0, 0x65, 0x58, 0, 0, 9, 0], ethernet(0x0800, ipv4(17, udp(1, 2))));
    const roce = bytesOf([4, 0, 0xff, 0xff, 0, 0, 1, 0x12], new Uint8Array(20));
    const gtp = bytesOf([0x30, 0xff, 0, 28, 0, 0, 0, 9], ipv4(17, udp(1, 2)));
    const plain = fc
      .record({
        v6: fc.boolean(),
        dst: fc.constantFrom('02:b0:00:00:00:0b', '01:00:5e:00:00:fb', '01:80:c2:00:00:0e', '00:e0:2b:00:00:00', '01:00:0c:cc:cc:cc'),
        tags: fc.constantFrom<(readonly [number, number])[]>(
          [],
          [],
          [[0x8100, 0xa06d]],
          [[0x88a8, 5]],
          [
            [0x8100, 0],
            [0x8100, 7],
          ],
        ),
        protocol: fc.constantFrom(6, 6, 17, 17, 1, 132),
        sourcePort: fc.nat(0xffff),
        port: fc.oneof(fc.nat(0xffff), fc.constantFrom(4789, 8472, 6081, 4791, 2152)),
        label: fc.nat(0xfffff),
        body: fc.oneof(fc.constantFrom(vxlan, geneve, roce, gtp), fc.nat(30).map(u8)),
        // What the plain path asks, at its limits: length fields off by some, header lengths, version, type of service.
        lengthError: fc.oneof(fc.constant(0), fc.integer({ min: -40, max: 12 })),
        firstByte: fc.oneof(
          { weight: 4, arbitrary: fc.constant(0) },
          { weight: 1, arbitrary: fc.constantFrom(0x44, 0x46, 0x55, 0x65, 0x50) },
        ),
        serviceType: fc.constantFrom(0, 0, 0, 1, 0x10, 0xb8),
        fragment: fc.constantFrom(0, 0, 0, 0, 0x4000, 0x2000, 0x8000, 7),
        tcpWords: fc.constantFrom(5, 5, 5, 4, 6, 8, 15),
        changes: damage,
        padding: fc.constantFrom(0, 60, 100),
        snap: fc.constantFrom(0, 0, 0, 54, 57, 58, 60, 74, 77, 78, 80),
      })
      .map(
        ({
          v6,
          dst,
          tags,
          protocol,
          sourcePort,
          port,
          label,
          body,
          lengthError,
          firstByte,
          serviceType,
          fragment,
          tcpWords,
          changes,
          padding,
          snap,
        }) => {
          const l4 = protocol === 6 ? tcp(sourcePort, port, body) : udp(sourcePort, port, body);
          if (protocol === 6) l4[12] = tcpWords << 4;
          const ip = v6
            ? ipv6(protocol, l4, { label, payloadLength: Math.max(0, l4.length + lengthError) })
            : ipv4(protocol, l4, { fragment, total: Math.max(0, 20 + l4.length + lengthError) });
          if (firstByte !== 0) ip[0] = firstByte;
          if (!v6) ip[1] = serviceType;
          const data = padTo(ethernet(v6 ? 0x86dd : 0x0800, ip, { dst, tags }), padding);
          for (const { at, value } of changes) if (at < data.length) data[at] = value;
          return { data: snap === 0 ? data : data.subarray(0, snap), original: data.length };
        },
      );
    fc.assert(
      fc.property(plain, fc.nat(2), ({ data, original }, hint) => {
        const { batch, sources } = batchOf([{ data, original, hint }]);
        decodeBatch(batch, sources);
        const row = decodedRow(batch, 0);
        const cursor = createFrameCursor();
        cursor.view = batch.view;
        cursor.keys = new Uint32Array(MAX_KEY_WORDS);
        cursor.position = batch.offset[0];
        cursor.captureEnd = cursor.position + data.length;
        cursor.wireEnd = cursor.datagramEnd = cursor.position + original;
        const flags = decodeEthernetFrame(cursor, hint);
        expect(row.words).toEqual(cursor.keys.slice(0, cursor.at));
        expect(row.flags).toBe(flags);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('decodeSlowProtocol', () => {
  it('takes any bytes', () => {
    const slow = fc
      .tuple(fc.constantFrom(1, 2, 3, 10, 77), fc.uint8Array({ maxLength: 130 }), fc.boolean())
      .map(([subtype, rest, tagged]) =>
        ethernet(0x8809, bytesOf(subtype, rest), { dst: '01:80:c2:00:00:02', tags: tagged ? [[0x8100, 5]] : [] }),
      );
    fc.assert(
      fc.property(fc.oneof(slow, anyBytes), fc.nat(200), fc.nat(200), fc.constantFrom(1, 113, 276), (bytes, captured, offset, linkType) => {
        const pdu = decodeSlowProtocol(bytes, offset % (bytes.length + 2), captured, linkType, captured + 3);
        expect(['lacpdu', 'marker', 'other']).toContain(pdu.kind);
        if (pdu.kind === 'lacpdu') expect(pdu.actor.state).toBeLessThan(256);
      }),
      { numRuns: 1500 },
    );
  });
});

function u8(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i);
}
