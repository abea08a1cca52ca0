import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { transformWithOxc } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileLoops } from '../../scripts/loops/compile-loops.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lacpviz-loops-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Run = (...args: readonly unknown[]) => number | undefined;

/** The function `run` of a source, compiled and as it is. Arrays given lie in the memory of the compiled one. */
async function bothWays(body: string): Promise<{ readonly compiled: Run; readonly plain: Run; readonly memory: ArrayBuffer }> {
  const path = join(folder, 'source.ts');
  writeFileSync(path, body);
  const { bytes, signatures, structs } = compileLoops([path]);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const run = instance.exports.run as (...words: number[]) => number;
  const words = new Int32Array(memory.buffer);
  const compiled: Run = (...args) => {
    const given = args.map((argument, i) => {
      const parameter = signatures.run.parameters[i];
      if (typeof argument === 'number') return argument;
      if (typeof parameter === 'string') return (argument as Uint32Array).byteOffset;
      for (const { name, place } of structs[parameter.struct]) {
        const field = (argument as Record<string, Uint32Array>)[name];
        words[parameter.at / 4 + 2 * place] = field.byteOffset;
        words[parameter.at / 4 + 2 * place + 1] = field.byteLength / (field.BYTES_PER_ELEMENT ?? 1);
      }
      return parameter.at;
    });
    const result = run(...given);
    return signatures.run.isUnsigned && result !== undefined ? result >>> 0 : result;
  };
  const { code } = await transformWithOxc(body, path, { sourcemap: false });
  const { run: plain } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { run: Run };
  return { compiled, plain, memory: memory.buffer };
}

function refusal(body: string): string {
  const path = join(folder, 'refused.ts');
  writeFileSync(path, body);
  try {
    compileLoops([path]);
  } catch (error) {
    return (error as Error).message;
  }
  return 'compiled';
}

const word = fc.oneof(fc.integer(), fc.constantFrom(0, 1, -1, 0x7fffffff, -0x80000000));

describe('the compiler of the loops', () => {
  it('computes as JavaScript does', async () => {
    const { compiled, plain } = await bothWays(`
      const SHIFT = 3;
      type Unsigned = number;
      export function run(a: number, b: number, c: Unsigned): number {
        let sum = (a + b) | 0;
        sum ^= Math.imul(a, b) ^ (c >>> SHIFT) ^ (a >> 5) ^ (b << 7) ^ ~a;
        const q = Math.floor(c / 7);
        sum = (sum + (c % 1000) + q - -b) | 0;
        if (a < b && !(a === b)) sum ^= 1;
        else if (c >= 0x80000000 || a !== 3) sum ^= 2;
        let n = 0;
        for (let i = 0; i < 9; i++) {
          if ((i & 1) === 0) continue;
          if (i > 6) break;
          n += 2;
        }
        while (n > 2) n--;
        return (sum + n + (a > b ? 5 : 9)) | 0;
      }`);
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(compiled(a, b, c >>> 0)).toBe(plain(a, b, c >>> 0));
      }),
      { numRuns: 500 },
    );
  });

  it('reads and writes arrays and views of every kind as JavaScript does', async () => {
    const { compiled, plain, memory } = await bothWays(`
      interface Batch { readonly view: DataView; readonly words: Uint32Array; readonly signed: Int32Array; readonly bytes: Uint8Array; readonly shorts: Uint16Array; readonly sums: Float64Array }
      export function run(batch: Batch, at: number): void {
        const { view, words, signed, bytes, shorts, sums } = batch;
        words[at] = view.getUint32(at);
        words[at + 1] = view.getUint32(at + 3, true);
        words[2 + at] ^= view.getUint16(at + 1) | (view.getUint16(at, true) << 16);
        signed[at] += view.getUint8(at + 7) - 300;
        signed[at + 1]++;
        bytes[at] = words[at];
        shorts[at] = signed[at];
        shorts[at + 1] |= words.length + view.byteLength;
        sums[0] += words[at];
        sums[1] += signed[at];
      }`);
    const make = (buffer: ArrayBuffer, from: number): Record<string, ArrayBufferView> => ({
      view: new DataView(buffer, from, 64),
      words: new Uint32Array(buffer, from + 64, 32),
      signed: new Int32Array(buffer, from + 192, 32),
      bytes: new Uint8Array(buffer, from + 320, 32),
      shorts: new Uint16Array(buffer, from + 352, 32),
      sums: new Float64Array(buffer, from + 416, 4),
    });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), fc.nat(20), (content, at) => {
        const own = new ArrayBuffer(512);
        for (const [buffer, from] of [
          [memory, 1024],
          [own, 0],
        ] as const) {
          new Uint8Array(buffer, from, 512).fill(0).set(content);
          (buffer === own ? plain : compiled)(make(buffer, from), at);
        }
        expect(new Uint8Array(memory, 1024, 512)).toEqual(new Uint8Array(own));
      }),
    );
  });

  it('refuses what 32 bits and the numbers of JavaScript may compute differently, and says where', () => {
    const inside = (line: string): string =>
      `type Unsigned = number;\nexport function run(a: number, c: Unsigned): number {\n  ${line}\n  return a;\n}`;
    expect(refusal(inside('if (a < c) return 1;'))).toContain('refused.ts:3: i32 < u32: say | 0 or >>> 0');
    expect(refusal(inside('if (a + 1 < 3) return 1;'))).toContain('int < fix: say | 0 or >>> 0');
    expect(refusal(inside('let b = a + 1; b++;'))).toContain('int for a variable');
    expect(refusal(inside('let b: Unsigned = a; b++;'))).toContain('i32 for a variable of u32');
    expect(refusal(inside('return a * 2;'))).toContain('* is not known');
    expect(refusal(inside('return c;'))).toContain('u32 where i32 is wanted');
    expect(refusal(inside('const d = Math.floor(a / 2);'))).toContain('quotients are of unsigned numbers');
    expect(refusal(inside('if (a) return 1;'))).toContain('a condition must be a comparison');
  });

  it('refuses what is no loop over numbers', () => {
    expect(refusal('export function run(a: string): void {}')).toContain('a name and a type they know');
    expect(refusal('export function run(a: number): void { console.log(a); }')).toContain('only functions of the loops can be called');
    expect(refusal('export function run(a: number): void { try { a; } catch {} }')).toContain('TryStatement is not known');
    expect(refusal('export function run(a: number): number { return b; }')).toContain('b is neither a variable nor a constant');
    expect(refusal('export function run(a: Uint8Array): void { a[0] = 1.5; }')).toContain('1.5 does not fit');
  });
});
