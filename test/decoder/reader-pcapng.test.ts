import { describe, expect, it } from 'vitest';
import { ROW_MALFORMED, ROW_UNSUPPORTED } from '../../src/decoder/packet-batch.ts';
import { makeTimeScale, splitTime } from '../../src/decoder/pcapng-time.ts';
import {
  buildBlock,
  buildEnhancedPacket,
  buildInterface,
  buildMixedPcapng,
  buildSection,
  buildSimplePacket,
  buildSll2,
  buildStatistics,
  buildWords,
  concatBytes,
  patternBytes,
} from '../support/capture-builder.ts';
import { readCapture } from '../support/capture-rows.ts';

const data = patternBytes(60);
const start = concatBytes(buildSection(), buildInterface(1, 65535));
const packet = buildEnhancedPacket({ interface: 0, time: 1_700_000_000_123_456n, data });

describe('pcapng reader', () => {
  it('reads sections of both byte orders with several interfaces, in any chunks', () => {
    const file = buildMixedPcapng(40);
    const whole = readCapture(file);
    expect(whole.issues).toEqual([]);
    expect(whole.info).toMatchObject({ format: 'pcapng', packets: 80, dropped: 2 * (5 + 6 + 10), truncated: null, malformedPackets: 0 });
    expect(whole.info.sources.map((source) => [source.name, source.ifIndex, source.linkTypeName, source.snapLength])).toEqual([
      ['eth0', null, 'EN10MB', 65535],
      [null, 1, 'LINUX_SLL2', 0],
      [null, 0, 'LINUX_SLL2', 0],
      [null, 2, 'LINUX_SLL2', 0],
      ['enp3s0f1', null, 'EN10MB', 65535],
      [null, 1, 'LINUX_SLL2', 0],
      [null, 0, 'LINUX_SLL2', 0],
      [null, 2, 'LINUX_SLL2', 0],
    ]);
    const [simple, sll2, obsolete, enhanced] = whole.rows;
    expect(simple).toMatchObject({ source: 0, seconds: 0xffffffff, nanos: 0, capturedLength: 16, originalLength: 19, hint: 0 });
    expect(sll2).toMatchObject({ seconds: 1_700_000_000, nanos: 1_234_000, hint: 0 });
    expect(obsolete).toMatchObject({ source: 0, seconds: 1_700_000_000, nanos: 2_469_134, hint: 1 });
    expect(enhanced).toMatchObject({
      source: 0,
      nanos: 3_703_701,
      originalLength: 1500,
      hint: 2,
      data: Buffer.from(patternBytes(14 + 87, 3)).toString('hex'),
    });
    for (const sizes of [[1], [2], [3], [7], [31, 1, 5]]) expect(readCapture(file, sizes)).toEqual(whole);
  });

  it('says nothing about a file without packets', () => {
    expect(readCapture(start)).toMatchObject({ rows: [], issues: [], info: { packets: 0, truncated: null } });
  });

  it('keeps what comes before a cut', () => {
    const file = concatBytes(start, packet, packet);
    const offset = start.length + packet.length;
    for (const cut of [offset + 1, offset + 9, offset + 20, file.length - 1]) {
      for (const sizes of [[1], [13], [65536]]) {
        const { rows, info, issues } = readCapture(file.subarray(0, cut), sizes);
        expect(rows.length).toBe(1);
        expect(issues).toMatchObject([{ code: 'truncated', offset, partial: true, reason: expect.stringContaining(`${cut - offset} of`) }]);
        expect(info.truncated).toMatchObject({ offset });
      }
    }
  });

  it('stops where the two lengths of a block differ, or a length cannot be', () => {
    for (const [at, value] of [
      [packet.length - 4, 96],
      [4, 8],
      [4, 0x7ffffff0],
    ] as const) {
      const bad = packet.slice();
      new DataView(bad.buffer).setUint32(at, value, true);
      for (const sizes of [[1], [13], [65536]]) {
        const { rows, issues } = readCapture(concatBytes(start, packet, bad, packet), sizes);
        expect(rows.length).toBe(1);
        expect(issues).toMatchObject([{ code: 'corrupt', offset: start.length + packet.length, partial: true }]);
      }
    }
  });

  it('skips packets that make no sense in blocks that do', () => {
    const noInterface = buildEnhancedPacket({ interface: 5, time: 0n, data });
    const tooLong = packet.slice();
    new DataView(tooLong.buffer).setUint32(20, 5000, true);
    const tooShort = buildBlock(6, new Uint8Array(8));
    const { rows, info, issues } = readCapture(concatBytes(start, noInterface, packet, tooLong, tooShort, packet));
    expect(rows.length).toBe(2);
    expect(issues).toEqual([]);
    expect(info).toMatchObject({ packets: 2, malformedPackets: 3 });
  });

  it('counts a packet that was captured longer than it is', () => {
    const { rows, info } = readCapture(concatBytes(start, buildEnhancedPacket({ interface: 0, time: 0n, data, original: 10 })));
    expect(rows[0].flags).toBe(ROW_MALFORMED);
    expect(info).toMatchObject({ packets: 1, malformedPackets: 1, bytes: 10, capturedBytes: 60 });
  });

  it('skips unknown blocks of any length without holding them', () => {
    const large = buildBlock(0x40000bad, new Uint8Array(20 << 20));
    const { rows, issues } = readCapture(concatBytes(start, large, packet));
    expect([rows.length, issues]).toEqual([1, []]);
  });

  it('takes the length of a simple packet from the snap length', () => {
    const file = concatBytes(
      buildSection(),
      buildInterface(1, 20),
      buildSimplePacket(1000, patternBytes(20)),
      buildSimplePacket(7, patternBytes(7)),
    );
    expect(readCapture(file).rows.map((row) => [row.capturedLength, row.originalLength])).toEqual([
      [20, 1000],
      [7, 7],
    ]);
  });

  it('takes the last statistics of each interface', () => {
    const file = concatBytes(start, buildStatistics(0, 100, 50), buildStatistics(0, 3, 4), buildStatistics(7, 9, 9));
    expect(readCapture(file).info.dropped).toBe(7);
    expect(readCapture(start).info.dropped).toBe(null);
  });

  it('reads on where some interfaces have a link type that it cannot read', () => {
    const file = concatBytes(start, buildInterface(105, 0), packet, buildEnhancedPacket({ interface: 1, time: 0n, data }));
    const { rows, issues } = readCapture(file);
    expect(rows.map((row) => row.flags)).toEqual([0, ROW_UNSUPPORTED]);
    expect(issues).toMatchObject([{ code: 'unsupported-link-type', partial: true }]);
  });

  it('refuses versions that nobody knows', () => {
    expect(readCapture(concatBytes(buildSection(true, 2), packet)).issues).toMatchObject([{ code: 'unsupported-format', partial: false }]);
    expect(readCapture(concatBytes(start, packet, buildSection(true, 2))).issues).toMatchObject([
      { code: 'unsupported-format', partial: true },
    ]);
    expect(readCapture(concatBytes(buildSection(true, 1, 2), buildInterface(1, 0), packet)).rows.length).toBe(1);
  });

  it('tells interfaces apart by name, and indices of LINUX_SLL2 within each', () => {
    const sll2 = (id: number, ifIndex: number): Uint8Array =>
      buildEnhancedPacket({ interface: id, time: 0n, data: buildSll2(ifIndex, data) });
    const file = concatBytes(
      buildSection(),
      buildInterface(276, 0),
      buildInterface(276, 0),
      sll2(1, 4),
      sll2(0, 4),
      sll2(0, 5),
      sll2(1, 4),
    );
    expect(readCapture(file).rows.map((row) => row.source)).toEqual([1, 0, 2, 1]);
  });
});

describe('time stamps of pcapng', () => {
  const split = (resolution: number, units: bigint, offset = 0): [number, number] => {
    const out = new Float64Array(2);
    splitTime(makeTimeScale(resolution, offset), Number(units >> 32n), Number(units & 0xffffffffn), out);
    return [out[0], out[1]];
  };
  const exact = (resolution: number, units: bigint): [number, number] => {
    const base = (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f);
    return [Math.min(Number(units / base), 0xfffffffe), Number(((units % base) * 1_000_000_000n) / base)];
  };

  it('are exact at every resolution', () => {
    const samples = [
      0n,
      1n,
      999_999n,
      1_700_000_000_999_999n,
      1_700_000_000_999_999_999n,
      0x20_0000_0000_0000n,
      0xffffffffffffffffn,
      0x8000000080000001n,
    ];
    for (let resolution = 0; resolution < 256; resolution++) {
      for (const units of samples)
        expect([resolution, units, ...split(resolution, units)]).toEqual([resolution, units, ...exact(resolution, units)]);
    }
  });

  it('agree between the usual path and the general one', () => {
    for (let i = 0n; i < 2000n; i++) {
      const time = (i * 0x9e3779b97f4a7c15n) % (999_999n << 32n);
      const { rows } = readCapture(concatBytes(start, buildEnhancedPacket({ interface: 0, time, data: data.subarray(0, 4) })));
      expect([rows[0].seconds, rows[0].nanos]).toEqual(exact(6, time));
    }
  });

  it('add if_tsoffset, and stay in range', () => {
    expect(split(6, 5_000_000n, 1_600_000_000)).toEqual([1_600_000_005, 0]);
    expect(split(6, 5_000_000n, -100)).toEqual([0, 0]);
    expect(split(6, 0n, 1e15)).toEqual([0xfffffffe, 0]);
    const offset = { code: 14, value: buildWords(true, [4, -2], [4, -1]) };
    const file = concatBytes(buildSection(), buildInterface(1, 0, [offset]), packet);
    expect(readCapture(file).rows[0]).toMatchObject({ seconds: 1_699_999_998, nanos: 123_456_000 });
  });
});
