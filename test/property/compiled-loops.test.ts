import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { scanInput, type ScanOptions } from '../../src/pipeline/scan-capture.ts';
import { buildPartFiles, byteSourceOf, plainScan } from '../support/part-files.ts';

const plain: ScanOptions = { from: null, to: null, seed: 0x5eed, doublesAmong: 16 };
const compiled: ScanOptions = { ...plain, compiledFromBytes: 0 };
const files = buildPartFiles();
const anyEdits = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 255 })), { maxLength: 12 });

afterEach(() => vi.restoreAllMocks());

/** One of the files, with some bytes changed, half of them in record headers and frames' first bytes, and cut. */
const anyFile = fc.tuple(fc.constantFrom(...files), anyEdits, fc.double({ min: 0.3, max: 1, noNaN: true })).map(([file, edits, length]) => {
  const bytes = file.bytes.slice(0, Math.floor(file.bytes.length * length));
  for (const [share, value] of edits) {
    const record = file.starts[Math.floor(share * (file.starts.length - 1))];
    bytes[value % 2 === 0 ? Math.floor(share * bytes.length) : record + (value % 64)] = value;
  }
  return bytes;
});
const anyChunk = fc.integer({ min: 200, max: 200_000 });

describe('compiled loops', () => {
  it('give what their sources give as they stand, of any capture in any chunks', async () => {
    await fc.assert(
      fc.asyncProperty(anyFile, anyChunk, anyChunk, async (bytes, chunkBytes, otherBytes) => {
        const expected = plainScan(await scanInput(byteSourceOf(bytes, otherBytes), plain));
        expect(plainScan(await scanInput(byteSourceOf(bytes, chunkBytes), compiled))).toBe(expected);
      }),
      { numRuns: 80 },
    );
  });

  it('give the same where their memory ends while they count', async () => {
    const [{ bytes }] = files;
    const expected = plainScan(await scanInput(byteSourceOf(bytes, 10_000), plain));
    vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementation(() => {
      throw new RangeError('no more');
    });
    expect(plainScan(await scanInput(byteSourceOf(bytes, 10_000), compiled))).toBe(expected);
  });
});
