import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildMixedPcapng, buildPcap, someRecords } from '../support/capture-builder.ts';
import { readCapture } from '../support/capture-rows.ts';

function tryZstd(bytes: Uint8Array): Uint8Array[] {
  try {
    return [Uint8Array.from(execFileSync('zstd', ['-c', '-q', '-9'], { input: bytes, stdio: ['pipe', 'pipe', 'ignore'] }))];
  } catch {
    return [];
  }
}

const pcap = buildPcap(someRecords(60, 1e6));
const pcapng = buildMixedPcapng(30);
const files: readonly Uint8Array[] = [
  pcap,
  buildPcap(someRecords(60, 1e9), { nanos: true, little: false }),
  pcapng,
  Uint8Array.from(gzipSync(pcap)),
  Uint8Array.from(gzipSync(pcapng)),
  ...tryZstd(pcapng),
];

const anyFile = fc.constantFrom(...files);
const anySizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 });
const anyEdits = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 255 })), {
  minLength: 1,
  maxLength: 12,
});

/** A copy with some bytes changed, most of them near the start, where the headers are. */
function mutate(file: Uint8Array, edits: readonly (readonly [number, number])[], length: number): Uint8Array {
  const copy = Uint8Array.from(file.subarray(0, Math.floor(file.length * length)));
  for (const [place, value] of edits) copy[Math.floor(place * place * copy.length)] = value;
  return copy;
}

describe('any cut of a capture into chunks', () => {
  it('gives the same rows, facts and issues', () => {
    const whole = new Map(files.map((file) => [file, readCapture(file, [file.length])]));
    fc.assert(
      fc.property(anyFile, anySizes, (file, sizes) => {
        expect(readCapture(file, sizes)).toEqual(whole.get(file));
      }),
      { numRuns: 150 },
    );
  });

  it('gives the same for damaged and cut captures', () => {
    fc.assert(
      fc.property(anyFile, anyEdits, fc.double({ min: 0, max: 1, noNaN: true }), anySizes, (file, edits, length, sizes) => {
        const damaged = mutate(file, edits, length);
        expect(readCapture(damaged, sizes)).toEqual(readCapture(damaged, [Math.max(1, damaged.length)]));
      }),
      { numRuns: 600 },
    );
  });
});

describe('any bytes', () => {
  // readCapture checks that every row lies within its batch.
  it('give issues, never an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), anySizes, (bytes, sizes) => {
        const { info, rows } = readCapture(bytes, sizes);
        expect(info.packets).toBe(rows.length);
      }),
      { numRuns: 300 },
    );
  });

  it('give rows in bounds after any file header', () => {
    const heads = [
      pcap.subarray(0, 24),
      pcapng.subarray(0, 28),
      pcapng.subarray(0, 100),
      files[3]!.subarray(0, 12),
      Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 2000 }), anySizes, (head, tail, sizes) => {
        const { info, rows } = readCapture(Uint8Array.from([...head, ...tail]), sizes);
        expect(info.packets).toBe(rows.length);
      }),
      { numRuns: 600 },
    );
  });
});
