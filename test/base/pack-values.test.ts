import { describe, expect, it } from 'vitest';
import { packValues, unpackValues } from '../../src/base/pack-values.ts';

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

const roundTrip = (value: unknown): unknown => unpackValues(join(packValues(value)));

describe('packed values', () => {
  it('come back as they were', () => {
    const buffer = new Uint32Array([1, 2, 0xffffffff, 4]);
    const value = {
      text: 'Ärger ☎\u0000',
      numbers: [0, -0, 1.5, NaN, Infinity, -Infinity, 2 ** 53],
      nothing: [null, undefined, true, false, ''],
      absent: undefined,
      arrays: {
        bytes: Uint8Array.of(1, 2, 3),
        words: buffer,
        part: buffer.subarray(1, 3),
        floats: Float64Array.of(NaN, 1e300),
        none: new Uint16Array(0),
      },
      maps: new Map<unknown, unknown>([
        [1, new Map([['a', Int32Array.of(-1)]])],
        ['x', new Set([1, 'y'])],
      ]),
      marked: { $: 'map', of: 3, more: { $: 1 } },
    };
    expect(roundTrip(value)).toEqual(value);
    const { numbers } = roundTrip(value) as { numbers: number[] };
    expect(Object.is(numbers[1], -0)).toBe(true);
  });

  it('gives arrays of their own, wherever the bytes lie', () => {
    const bytes = join(packValues({ a: Uint16Array.of(7, 8), b: Float64Array.of(0.5) }));
    const moved = new Uint8Array(bytes.length + 3);
    moved.set(bytes, 3);
    const read = unpackValues(moved.subarray(3)) as { a: Uint16Array; b: Float64Array };
    read.a[0] = 9;
    expect(unpackValues(moved.subarray(3))).toEqual({ a: Uint16Array.of(7, 8), b: Float64Array.of(0.5) });
  });

  it('refuses what has methods, and bytes that end early', () => {
    expect(() => packValues({ now: () => 1 })).toThrow(TypeError);
    expect(() => packValues(1n)).toThrow(TypeError);
    const bytes = join(packValues({ a: new Uint32Array(100) }));
    expect(() => unpackValues(bytes.subarray(0, bytes.length - 8))).toThrow(RangeError);
  });
});
