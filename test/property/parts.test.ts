import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanInput } from '../../src/pipeline/scan-capture.ts';
import type { ScanOptions } from '../../src/pipeline/scan-capture.ts';
import { buildPartFiles, byteSourceOf, plainScan, planAt, scanByParts, type PartFile } from '../support/part-files.ts';

const options: ScanOptions = { from: null, to: null, seed: 0x5eed, doublesAmong: 16 };
const files = buildPartFiles();
const anyFile = fc.constantFrom(...files);
/** A place in the file, as a share of it; mostly moved to where a record begins. */
const anyPlaces = fc.noBias(
  fc.array(fc.record({ share: fc.integer({ min: 1, max: 999 }).map((n) => n / 1000), exact: fc.integer({ min: 0, max: 9 }) }), {
    minLength: 1,
    maxLength: 4,
  }),
);
const anyChunk = fc.integer({ min: 100, max: 70_000 });

function placesIn({ bytes, starts }: PartFile, places: readonly { share: number; exact: number }[]): number[] {
  return places.map(({ share, exact }) =>
    exact === 0 ? Math.floor(share * bytes.length) : starts[Math.min(Math.floor(share * starts.length), starts.length - 1)],
  );
}

async function expectSame(bytes: Uint8Array, starts: readonly number[], chunkBytes: number, asked = options): Promise<number> {
  const plan = planAt(bytes, starts);
  if (plan === null) return 0;
  const joined = { parts: 0 };
  const whole = plainScan(await scanInput(byteSourceOf(bytes, chunkBytes), asked));
  expect(plainScan(await scanByParts(byteSourceOf(bytes, chunkBytes), plan, asked, joined))).toEqual(whole);
  const compiled = { ...asked, compiledFromBytes: 0 };
  expect(plainScan(await scanByParts(byteSourceOf(bytes, chunkBytes), plan, compiled))).toEqual(whole);
  return joined.parts;
}

describe('a capture in parts', () => {
  it('gives what one pass gives, wherever the parts begin', async () => {
    let joined = 0;
    await fc.assert(
      fc.asyncProperty(anyFile, anyPlaces, anyChunk, async (file, places, chunkBytes) => {
        joined += await expectSame(file.bytes, placesIn(file, places), chunkBytes);
      }),
      { numRuns: 40 },
    );
    expect(joined).toBeGreaterThan(20);
  });

  it('gives what one pass gives of damaged and cut captures', async () => {
    const anyEdits = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 255 })), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        anyFile,
        anyPlaces,
        anyEdits,
        fc.double({ min: 0.5, max: 1, noNaN: true }),
        anyChunk,
        async (file, places, edits, length, chunkBytes) => {
          const bytes = file.bytes.slice(0, Math.floor(file.bytes.length * length));
          // Half of the edits in record headers.
          for (const [share, value] of edits) {
            const record = file.starts[Math.floor(share * (file.starts.length - 1))];
            bytes[value % 2 === 0 ? Math.floor(share * bytes.length) : record + (value % 28)] = value;
          }
          await expectSame(bytes, placesIn(file, places), chunkBytes);
        },
      ),
      { numRuns: 80 },
    );
  });

  it('gives what one pass gives of a stretch of time', async () => {
    const [file] = files;
    const ranged = { ...options, from: { seconds: 1_700_000_000, nanos: 0 }, to: { seconds: 1_795_000_000, nanos: 5 } };
    expect(await expectSame(file.bytes, [file.starts[200], file.starts[500]], 5_000, ranged)).toBeGreaterThan(0);
  });
});
