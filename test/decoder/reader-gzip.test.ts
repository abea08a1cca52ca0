import { createHash } from 'node:crypto';
import { deflateRawSync, gunzipSync, gzipSync, constants } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DeflateDecoder } from '../../src/decoder/deflate-decoder.ts';
import { GzipInflater } from '../../src/decoder/gzip-inflater.ts';
import { buildPcap, concatBytes, patternBytes, someRecords } from '../support/capture-builder.ts';
import { inflateAll, mixedBytes } from '../support/capture-compression.ts';
import { readCapture } from '../support/capture-rows.ts';

const hash = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex');

describe('gzip inflater', () => {
  const plain = mixedBytes(700_000);

  for (const level of [0, 1, 6, 9]) {
    for (const strategy of [constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY, constants.Z_RLE]) {
      it(`gives what went in: level ${level}, strategy ${strategy}`, () => {
        const packed = gzipSync(plain, { level, strategy });
        for (const size of [1000, 65536, packed.length]) {
          const inflater = new GzipInflater();
          expect(hash(inflateAll(inflater, packed, size))).toBe(hash(plain));
          expect(inflater.fault).toBe(null);
          expect(inflater.warnings).toEqual([]);
        }
      });
    }
  }

  it('takes single bytes', () => {
    const small = plain.subarray(0, 30000);
    expect(hash(inflateAll(new GzipInflater(), gzipSync(small), 1))).toBe(hash(small));
  });

  it('reads members with all header fields, empty members, and padding of zeros', () => {
    const header = Uint8Array.from([0x1f, 0x8b, 8, 31, 0, 0, 0, 0, 0, 3, 3, 0, 9, 9, 9, 97, 0, 98, 99, 0, 7, 7]);
    const plainMember = gzipSync(patternBytes(50));
    const rich = concatBytes(header, plainMember.subarray(10));
    const packed = concatBytes(rich, gzipSync(new Uint8Array(0)), plainMember, new Uint8Array(600));
    for (const size of [1, 5, 1 << 16]) {
      const inflater = new GzipInflater();
      expect(inflateAll(inflater, packed, size)).toEqual(concatBytes(patternBytes(50), patternBytes(50)));
      expect([inflater.fault, inflater.warnings]).toEqual([null, []]);
    }
  });

  it('keeps what comes before a cut, at every cut', () => {
    const text = mixedBytes(5000).subarray(4000);
    const packed = gzipSync(text);
    let longest = 0;
    for (let cut = 1; cut < packed.length; cut++) {
      const inflater = new GzipInflater();
      const got = inflateAll(inflater, packed.subarray(0, cut), 13);
      expect(inflater.fault).toMatchObject({ code: 'truncated' });
      expect(hash(got)).toBe(hash(text.subarray(0, got.length)));
      expect(got.length).toBeGreaterThanOrEqual(longest);
      longest = got.length;
    }
    expect(longest).toBe(text.length);
  });

  it('notices the damage that zlib notices, and keeps what comes before', () => {
    const text = plain.subarray(4000, 60_000);
    const packed = gzipSync(text);
    let faults = 0;
    for (let at = 10; at < packed.length; at += 97) {
      const damaged = Uint8Array.from(packed);
      damaged[at] ^= 0x5a;
      const inflater = new GzipInflater();
      const got = inflateAll(inflater, damaged, 4096);
      expect(() => gunzipSync(damaged)).toThrow();
      expect(inflater.fault !== null || inflater.warnings.length > 0).toBe(true);
      if (inflater.fault?.code === 'corrupt') {
        faults++;
        expect(inflater.fault.reason).toMatch(/damaged at byte \d+: /);
        expect(Number(/byte (\d+)/.exec(inflater.fault.reason)![1])).toBeGreaterThanOrEqual(at - 600);
      }
      const same = got.findIndex((byte, i) => byte !== text[i]);
      if (at > packed.length / 2) expect(same < 0 ? got.length : same).toBeGreaterThan(text.length / 10);
    }
    expect(faults).toBeGreaterThan(10);
  });

  it('warns of garbage after the end and of wrong checksums, and keeps the data', () => {
    const packed = gzipSync(patternBytes(1000));
    const garbage = new GzipInflater();
    expect(inflateAll(garbage, concatBytes(packed, patternBytes(100)), 7).length).toBe(1000);
    expect(garbage.warnings).toMatchObject([{ code: 'corrupt', reason: expect.stringContaining(`byte ${packed.length}`) }]);
    const wrong = Uint8Array.from(packed);
    wrong[wrong.length - 6] ^= 1;
    const checked = new GzipInflater();
    expect(inflateAll(checked, wrong, 7).length).toBe(1000);
    expect(checked.fault).toBe(null);
    expect(checked.warnings).toMatchObject([{ code: 'corrupt', reason: expect.stringContaining('checksum') }]);
  });

  it('gives a bomb piece by piece', () => {
    const packed = gzipSync(new Uint8Array(50_000_000));
    const inflater = new GzipInflater();
    inflater.push(packed);
    let total = 0;
    let largest = 0;
    for (let piece = inflater.next(); piece !== null; piece = inflater.next()) {
      total += piece.length;
      largest = Math.max(largest, piece.length);
    }
    expect(total).toBe(50_000_000);
    expect(largest).toBeLessThan(200_000);
  });

  it('agrees with zlib on raw streams that end inside a byte', () => {
    for (let length = 0; length < 300; length++) {
      const bytes = mixedBytes(length);
      const decoder = new DeflateDecoder();
      decoder.append(concatBytes(deflateRawSync(bytes), Uint8Array.from([1, 2, 3])));
      expect(decoder.run()).toBe('end');
      expect(decoder.takeOutput()).toEqual(bytes);
      expect(decoder.inputEnd - decoder.inputStart).toBe(3);
    }
  });
});

describe('captures inside gzip', () => {
  const records = someRecords(300, 1e6);
  const file = buildPcap(records);

  it('read like plain ones, whatever the members and chunks', () => {
    const plainRows = readCapture(file).rows;
    const packed = concatBytes(gzipSync(file.subarray(0, 3)), gzipSync(file.subarray(3, 5000)), gzipSync(file.subarray(5000)));
    for (const sizes of [[1], [7], [100, 1], [65536]]) {
      const { rows, info, issues } = readCapture(packed, sizes);
      expect(issues).toEqual([]);
      expect(info).toMatchObject({ format: 'pcap', compression: 'gzip', packets: 300 });
      expect(rows).toEqual(plainRows);
    }
  });

  it('say both where the capture ends and why', () => {
    const packed = gzipSync(file);
    const { info, issues } = readCapture(packed.subarray(0, packed.length - 300), [1000]);
    expect(issues.length).toBe(1);
    expect(issues[0]).toMatchObject({ code: 'truncated', partial: true, reason: expect.stringContaining('gzip data ends early') });
    expect(info.packets).toBeGreaterThan(100);
    expect(info.truncated!.offset).toBe(issues[0].offset);
  });
});
