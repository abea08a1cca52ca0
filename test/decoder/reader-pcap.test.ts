import { describe, expect, it } from 'vitest';
import { ROW_MALFORMED, ROW_UNSUPPORTED } from '../../src/decoder/packet-batch.ts';
import {
  buildPcap,
  buildPcapHeader,
  buildPcapRecord,
  buildSll2,
  concatBytes,
  patternBytes,
  someRecords,
} from '../support/capture-builder.ts';
import { readCapture } from '../support/capture-rows.ts';

const CHUNKINGS = [[1], [2], [3], [7], [16, 1, 40], [65536]];

describe('pcap reader', () => {
  for (const nanos of [false, true]) {
    for (const little of [true, false]) {
      it(`reads ${nanos ? 'nanoseconds' : 'microseconds'}, ${little ? 'little' : 'big'}-endian, in any chunks`, () => {
        const records = someRecords(40, nanos ? 1e9 : 1e6);
        const file = buildPcap(records, { nanos, little });
        for (const sizes of CHUNKINGS) {
          const { rows, info, issues } = readCapture(file, sizes);
          expect(issues).toEqual([]);
          expect(info).toMatchObject({
            format: 'pcap',
            compression: null,
            packets: 40,
            truncated: null,
            dropped: null,
            malformedPackets: 0,
          });
          expect(info.sources).toEqual([
            { name: null, ifIndex: null, linkType: 1, linkTypeName: 'EN10MB', supported: true, snapLength: 65535 },
          ]);
          expect(rows.map((row) => [row.frame, row.seconds, row.nanos, row.data, row.originalLength])).toEqual(
            records.map((record, i) => [
              i + 1,
              record.seconds,
              record.fraction * (nanos ? 1 : 1000),
              Buffer.from(record.data).toString('hex'),
              record.original,
            ]),
          );
          expect(info.bytes).toBe(records.reduce((sum, record) => sum + record.original!, 0));
          expect(info.capturedBytes).toBe(records.reduce((sum, record) => sum + record.data.length, 0));
        }
      });
    }
  }

  it('returns more records than one batch holds', () => {
    const file = buildPcap(someRecords(5000, 1e6));
    const { rows } = readCapture(file, [1 << 20]);
    expect(rows.length).toBe(5000);
    expect(rows.at(-1)!.frame).toBe(5000);
  });

  it('keeps what comes before a cut and names the offset of the cut record', () => {
    const records = someRecords(10, 1e6);
    const whole = buildPcap(records);
    const start = whole.length - records[9].data.length - 16;
    for (const [cut, reason] of [
      [start + 5, /record header \(5 of 16/],
      [whole.length - 1, /inside a record \(\d+ of/],
    ] as const) {
      for (const sizes of CHUNKINGS) {
        const { rows, info, issues } = readCapture(whole.subarray(0, cut), sizes);
        expect(rows.length).toBe(9);
        expect(issues).toEqual([{ code: 'truncated', offset: start, reason: expect.stringMatching(reason), partial: true }]);
        expect(info.truncated).toMatchObject({ offset: start });
      }
    }
    expect(readCapture(whole.subarray(0, 11)).issues).toMatchObject([{ code: 'truncated', offset: 0, partial: false }]);
  });

  it('has nothing to say about a header without records', () => {
    expect(readCapture(buildPcapHeader())).toMatchObject({ rows: [], issues: [], info: { packets: 0, truncated: null } });
  });

  it('stops at a length that cannot be', () => {
    const bad = concatBytes(buildPcapRecord({ seconds: 1, fraction: 0, data: new Uint8Array(0) }));
    new DataView(bad.buffer).setUint32(8, 0x7fffffff, true);
    const good = buildPcap(someRecords(3, 1e6));
    for (const sizes of CHUNKINGS) {
      const { rows, info, issues } = readCapture(concatBytes(good, bad, patternBytes(5000)), sizes);
      expect(rows.length).toBe(3);
      expect(issues).toMatchObject([{ code: 'corrupt', offset: good.length, partial: true }]);
      expect(info.truncated).toMatchObject({ offset: good.length });
    }
  });

  it('counts records longer than the packet or the snap length as malformed', () => {
    const data = patternBytes(100);
    const { rows, info } = readCapture(
      buildPcap(
        [
          { seconds: 1, fraction: 0, data, original: 50 },
          { seconds: 1, fraction: 0, data },
          { seconds: 1, fraction: 0, data: data.subarray(0, 60) },
        ],
        { snapLength: 64 },
      ),
    );
    expect(rows.map((row) => row.flags)).toEqual([ROW_MALFORMED, 0, 0]);
    expect(info.malformedPackets).toBe(2);
  });

  it('normalises fractions of a second and more', () => {
    const { rows } = readCapture(buildPcap([{ seconds: 10, fraction: 3_000_005, data: patternBytes(20) }]));
    expect(rows[0]).toMatchObject({ seconds: 13, nanos: 5000 });
  });

  it('makes one source per interface index of LINUX_SLL2, in order of appearance', () => {
    const order = [7, 7, 3, 7, 9, 3];
    const file = buildPcap(
      order.map((ifIndex, i) => ({ seconds: i, fraction: 0, data: buildSll2(ifIndex, patternBytes(30)) })),
      { linkType: 276 },
    );
    for (const sizes of CHUNKINGS) {
      const { rows, info } = readCapture(file, sizes);
      expect(rows.map((row) => row.source)).toEqual([0, 0, 1, 0, 2, 1]);
      expect(info.sources.map((source) => [source.ifIndex, source.linkTypeName])).toEqual([
        [7, 'LINUX_SLL2'],
        [3, 'LINUX_SLL2'],
        [9, 'LINUX_SLL2'],
      ]);
    }
  });

  it('bounds the number of sources', () => {
    const records = Array.from({ length: 5000 }, (_, i) => ({ seconds: i, fraction: 0, data: buildSll2(i + 1, new Uint8Array(0)) }));
    const { rows, info, issues } = readCapture(buildPcap(records, { linkType: 276 }));
    expect(info.sources.length).toBe(4096);
    expect(rows.at(-1)!.source).toBe(4095);
    expect(issues).toMatchObject([{ code: 'corrupt', partial: true }]);
  });

  it('names a link type that it cannot read, and counts its packets', () => {
    const { rows, info, issues } = readCapture(buildPcap(someRecords(3, 1e6), { linkType: 105 }));
    expect(info).toMatchObject({ packets: 3, sources: [{ linkTypeName: 'IEEE802_11', supported: false }] });
    expect(rows.every((row) => row.flags === ROW_UNSUPPORTED)).toBe(true);
    expect(issues).toMatchObject([{ code: 'unsupported-link-type', partial: false, reason: expect.stringContaining('IEEE802_11') }]);
  });

  it('takes the frame check sequence off where the header says that there is one', () => {
    const { rows, info } = readCapture(
      buildPcap(
        [
          { seconds: 0, fraction: 0, data: patternBytes(68) },
          { seconds: 0, fraction: 0, data: patternBytes(40), original: 68 },
        ],
        { linkType: 0x24000001 },
      ),
    );
    expect(rows.map((row) => [row.capturedLength, row.originalLength])).toEqual([
      [64, 64],
      [40, 64],
    ]);
    expect(info).toMatchObject({ bytes: 136, capturedBytes: 108, sources: [{ linkType: 1 }] });
  });

  it('refuses versions that nobody knows', () => {
    expect(readCapture(buildPcap(someRecords(3, 1e6), { major: 1 })).issues).toMatchObject([{ code: 'unsupported-format' }]);
  });
});
