import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLines } from '../../src/cli/line-reader.ts';

async function linesOf(chunks: readonly Uint8Array[], maxBytes = 1000): Promise<(string | null)[]> {
  async function* source(): AsyncGenerator<Uint8Array> {
    // One buffer for all chunks, as the file source does: what is held must have been copied.
    const buffer = new Uint8Array(Math.max(0, ...chunks.map((chunk) => chunk.length)));
    for (const chunk of chunks) {
      buffer.set(chunk);
      yield buffer.subarray(0, chunk.length);
    }
  }
  const lines: (string | null)[] = [];
  for await (const part of readLines(source(), maxBytes)) lines.push(...part.map((line) => (line.tooLong ? null : line.text)));
  return lines;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('lines', () => {
  it('are the same however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }).map((line) => line.replace(/[\n\ufeff]/g, ''))),
        fc.boolean(),
        fc.array(fc.nat(50)),
        async (lines, ended, cuts) => {
          const whole = bytes(lines.join('\n') + (ended ? '\n' : ''));
          const expected = (await linesOf([whole])) as string[];
          const chunks: Uint8Array[] = [];
          let at = 0;
          for (const cut of cuts) {
            chunks.push(whole.slice(at, at + cut));
            at += cut;
          }
          chunks.push(whole.slice(at));
          expect(await linesOf(chunks)).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('count one per line feed, and a last one without', async () => {
    expect(await linesOf([bytes('a\n\nb')])).toEqual(['a', '', 'b']);
    expect(await linesOf([bytes('a\n')])).toEqual(['a']);
    expect(await linesOf([])).toEqual([]);
    expect(await linesOf([bytes('\n')])).toEqual(['']);
  });

  it('do not hold what is too long', async () => {
    const chunks = [bytes('ok\n'), ...Array.from({ length: 100 }, () => bytes('x'.repeat(50))), bytes('\nafter\n')];
    expect(await linesOf(chunks)).toEqual(['ok', null, 'after']);
  });
});
