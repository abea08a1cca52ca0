import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { XxHash64 } from '../../src/decoder/xxhash64.ts';
import { ZstdInflater } from '../../src/decoder/zstd-inflater.ts';
import { buildPcap, buildWords, concatBytes, patternBytes, someRecords } from '../support/capture-builder.ts';
import { readCapture } from '../support/capture-rows.ts';
import { inflateAll, mixedBytes } from '../support/capture-compression.ts';

function hasZstd(): boolean {
  try {
    execFileSync('zstd', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const zstd = (bytes: Uint8Array, ...options: string[]): Uint8Array =>
  Uint8Array.from(execFileSync('zstd', ['-c', '-q', ...options], { input: bytes, maxBuffer: 1 << 28 }));
const hash = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex');

describe('XXH64', () => {
  it('gives the published values', () => {
    const low = (text: string): number => {
      const hasher = new XxHash64();
      for (const letter of text) hasher.update(new TextEncoder().encode(letter));
      return hasher.digestLow();
    };
    // Full values: ef46db3751d8e999, d24ec4f1a98c6e5b, 44bc2cf5ad770999, 0b242d361fda71bc (xxHash 0.8).
    expect(low('')).toBe(0x51d8e999);
    expect(low('a')).toBe(0xa98c6e5b);
    expect(low('abc')).toBe(0xad770999);
    expect(low('The quick brown fox jumps over the lazy dog')).toBe(0x1fda71bc);
  });
});

describe.skipIf(!hasZstd())('zstd inflater (skipped where the zstd tool is absent)', () => {
  const plain = mixedBytes(900_000);

  for (const options of [
    ['-1'],
    ['-3'],
    ['-9', '--no-check'],
    ['-19'],
    ['--ultra', '-22'],
    ['--fast=5'],
    ['-3', '--long=27'],
    ['-5', '--no-compress-literals'],
  ]) {
    it(`gives what went in: ${options.join(' ')}`, () => {
      const packed = zstd(plain, ...options);
      for (const size of [1000, 65536, packed.length]) {
        const inflater = new ZstdInflater();
        expect(hash(inflateAll(inflater, packed, size))).toBe(hash(plain));
        expect([inflater.fault, inflater.warnings]).toEqual([null, []]);
      }
    });
  }

  it('gives small and odd contents, single bytes at a time', () => {
    for (const bytes of [
      new Uint8Array(0),
      patternBytes(1),
      patternBytes(17),
      new Uint8Array(100_000),
      mixedBytes(3000),
      mixedBytes(140_000).subarray(4000),
    ]) {
      for (const level of ['-1', '-19']) {
        const inflater = new ZstdInflater();
        expect(hash(inflateAll(inflater, zstd(bytes, level), 1))).toBe(hash(bytes));
        expect([inflater.fault, inflater.warnings]).toEqual([null, []]);
      }
    }
  });

  it('reaches back over a window that had to be moved', () => {
    const block = mixedBytes(300_000);
    const far = concatBytes(...Array.from({ length: 30 }, (_, i) => concatBytes(block, patternBytes(100, i))));
    for (const options of [['-1'], ['-19'], ['-3', '--zstd=wlog=19']]) {
      const inflater = new ZstdInflater();
      expect(hash(inflateAll(inflater, zstd(far, ...options), 65536))).toBe(hash(far));
      expect([inflater.fault, inflater.warnings]).toEqual([null, []]);
    }
  });

  it('reads several frames with skippable ones between them', () => {
    const skippable = concatBytes(buildWords(true, [4, 0x184d2a53], [4, 9]), patternBytes(9));
    const packed = concatBytes(
      skippable,
      zstd(patternBytes(3000)),
      skippable,
      zstd(new Uint8Array(0)),
      zstd(patternBytes(5, 2)),
      skippable,
    );
    for (const size of [1, 10, 1 << 16]) {
      const inflater = new ZstdInflater();
      expect(inflateAll(inflater, packed, size)).toEqual(concatBytes(patternBytes(3000), patternBytes(5, 2)));
      expect([inflater.fault, inflater.warnings]).toEqual([null, []]);
    }
  });

  it('keeps whole blocks before a cut, wherever the cut is', () => {
    const packed = zstd(plain.subarray(0, 300_000));
    for (let cut = 1; cut < packed.length; cut += cut < 20 ? 1 : 4001) {
      const inflater = new ZstdInflater();
      const got = inflateAll(inflater, packed.subarray(0, cut), 4000);
      expect(inflater.fault).toMatchObject({ code: 'truncated' });
      expect(hash(got)).toBe(hash(plain.subarray(0, got.length)));
    }
  });

  it('notices damage, by the format or by the checksum', () => {
    const text = plain.subarray(4000, 300_000);
    const packed = zstd(text, '-5');
    for (let at = 8; at < packed.length; at += 499) {
      const damaged = Uint8Array.from(packed);
      damaged[at] ^= 0x5a;
      const inflater = new ZstdInflater();
      inflateAll(inflater, damaged, 4096);
      expect(inflater.fault !== null || inflater.warnings.length > 0).toBe(true);
    }
  });

  it('warns of what follows the last frame', () => {
    const packed = zstd(patternBytes(1000));
    const inflater = new ZstdInflater();
    expect(inflateAll(inflater, concatBytes(packed, patternBytes(20)), 7).length).toBe(1000);
    expect(inflater.warnings).toMatchObject([{ code: 'corrupt', reason: expect.stringContaining(`byte ${packed.length}`) }]);
  });

  it('does not believe a header about memory', () => {
    const inflater = new ZstdInflater();
    inflater.push(
      concatBytes(
        buildWords(true, [4, 0xfd2fb528], [1, 0], [1, 0xa8], [1, (3 | (50 << 3)) & 0xff], [2, (3 | (50 << 3)) >> 8]),
        patternBytes(1),
      ),
    );
    expect(inflater.next()!.length).toBe(50);
    const larger = new ZstdInflater();
    larger.push(buildWords(true, [4, 0xfd2fb528], [1, 0], [1, 0xff], [4, 0]));
    expect(larger.next()).toBe(null);
    expect(larger.fault).toMatchObject({ code: 'unsupported-format' });
  });

  it('reads captures like plain ones', () => {
    const file = buildPcap(someRecords(300, 1e6));
    const plainRows = readCapture(file).rows;
    const packed = concatBytes(zstd(file.subarray(0, 3)), zstd(file.subarray(3, 5000), '-19'), zstd(file.subarray(5000)));
    for (const sizes of [[1], [7], [100, 1], [65536]]) {
      const { rows, info, issues } = readCapture(packed, sizes);
      expect(issues).toEqual([]);
      expect(info).toMatchObject({ format: 'pcap', compression: 'zstd', packets: 300 });
      expect(rows).toEqual(plainRows);
    }
    const cut = readCapture(zstd(buildPcap(someRecords(4000, 1e6))).subarray(0, -200), [1000]);
    expect(cut.issues).toMatchObject([{ code: 'truncated', partial: true, reason: expect.stringContaining('zstd data ends early') }]);
    expect(cut.rows.length).toBeGreaterThan(500);
  });
});
