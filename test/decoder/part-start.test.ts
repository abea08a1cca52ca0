import { describe, expect, it } from 'vitest';
import { findRecord, meanRecordBytes, readPreamble } from '../../src/decoder/part-start.ts';
import { randomSource } from '../../src/plan/balance.ts';
import { buildPcap, buildSection, buildInterface, concatBytes, type BuiltRecord } from '../support/capture-builder.ts';
import { buildPartFiles } from '../support/part-files.ts';

/** The beginnings of records found from some places on, and those that are there. */
function compareStarts(bytes: Uint8Array, starts: readonly number[], places: readonly number[]): [number[], number[]] {
  const preamble = readPreamble(bytes)!;
  const found = places.map((place) => place + findRecord(preamble, bytes.subarray(place), place));
  return [found, places.map((place) => starts.find((start) => start >= place)!)];
}

function randomBytes(length: number, seed: number): Uint8Array {
  const random = randomSource(seed);
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
}

describe('the beginning of a part', () => {
  it('is that of a record, in every format that can be cut', () => {
    for (const { bytes, starts } of buildPartFiles()) {
      const preamble = readPreamble(bytes);
      if (preamble === null) continue;
      const records = starts.filter((start) => start >= preamble.bytes);
      const [found, there] = compareStarts(bytes, records, [100, 5_003, 20_001, bytes.length >> 2]);
      expect(found).toEqual(there);
    }
  });

  it('is found behind payloads of zeros, of noise, and of records', () => {
    // As a segment of a transfer would hold them: cut in the middle of one.
    // As a segment of a transfer would hold them: cut in the middle of one.
    const small = Array.from({ length: 40 }, (_, i): BuiltRecord => ({ seconds: i, fraction: i, data: new Uint8Array(20).fill(i) }));
    const inner = buildPcap(small).subarray(24, -7);
    const payloads = [new Uint8Array(1500), randomBytes(1500, 1), inner, new Uint8Array(9000).fill(1)];
    const records = Array.from({ length: 400 }, (_, i): BuiltRecord => ({
      seconds: 1_700_000_000 + i,
      fraction: i,
      data: payloads[i % 4],
    }));
    const bytes = buildPcap(records);
    const starts: number[] = [];
    for (let at = 24, i = 0; i < records.length; at += 16 + records[i++].data.length) starts.push(at);
    const [found, there] = compareStarts(bytes, starts, [30, 1_000, 1_600, 3_100, 3_900, 200_000]);
    expect(found).toEqual(there);
  });

  it('is nowhere in noise', () => {
    const head = buildPcap([]);
    const preamble = readPreamble(concatBytes(head, randomBytes(100, 2)))!;
    expect(findRecord(preamble, randomBytes(100_000, 3), 0)).toBe(-1);
    expect(findRecord(preamble, new Uint8Array(100_000), 0)).toBe(-1);
    expect(findRecord(preamble, new Uint8Array(0), 0)).toBe(-1);
  });

  it('is not looked for where the head does not tell how to read on', () => {
    expect(readPreamble(new Uint8Array(0))).toBeNull();
    expect(readPreamble(randomBytes(200, 4))).toBeNull();
    expect(readPreamble(concatBytes(buildSection(), buildInterface(276, 0), buildSection()))).toBeNull();
    expect(readPreamble(concatBytes(buildSection(), buildInterface(1, 0)))).toBeNull();
  });
});

describe('the mean length of records', () => {
  it('follows from the head of a capture', () => {
    const records = Array.from({ length: 50 }, (_, i): BuiltRecord => ({
      seconds: 1,
      fraction: i,
      data: new Uint8Array(84 + (i % 2) * 20).fill(1),
    }));
    const pcap = buildPcap(records);
    expect(meanRecordBytes(readPreamble(pcap)!, pcap.subarray(0, 24 + 40 * 110))).toBeCloseTo(110, 0);
  });

  it('is not known where no record is whole', () => {
    const pcap = buildPcap([{ seconds: 1, fraction: 1, data: new Uint8Array(500).fill(1) }]);
    expect(meanRecordBytes(readPreamble(pcap)!, pcap.subarray(0, 200))).toBeNaN();
  });
});
