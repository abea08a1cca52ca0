/**
 * Numbers that switches compute of a key before they pick a bucket or take a remainder: XOR folds, CRCs of catalogued
 * polynomials as they are or folded, Toeplitz hashes of published keys. Each is a sum over GF(2) of what every byte adds.
 */
import { MICROSOFT_KEY, SYMMETRIC_KEY, toeplitzTable } from '../../hash/rss-toeplitz.ts';
import { crcTable, POLYNOMIALS } from './crc-table.ts';
import type { KeyField } from './key-fields.ts';

export interface NumberFamily {
  readonly title: string;
  /** Not made of another one, and of published use with any key. */
  readonly isPlain: boolean;
  /** Bits of the number. */
  readonly width: number;
  /** The place in the key, as far as it matters to what field `at` adds. */
  offset(key: readonly KeyField[], at: number): number;
  /** What each value of a field's bytes adds at a place: byte * 256 + value. */
  table(field: KeyField, offset: number): Uint32Array;
  /** False for keys of which this number is that of a simpler one, or that it is not made of. */
  suits(key: readonly KeyField[]): boolean;
}

/** Bytes of the longest key: addresses of IPv6, MACs, and the rest. */
const MOST_BYTES = 64;

let families: readonly NumberFamily[] | null = null;

/** All families, those first that most switches use. */
export function numberFamilies(): readonly NumberFamily[] {
  return (families ??= [
    ...([8, 16, 32] as const).map(ownFold),
    ...([16, 32] as const).map(keyFold),
    ...crcFamilies(),
    ...toeplitzFamilies(),
  ]);
}

function crcFamilies(): NumberFamily[] {
  const plain: NumberFamily[] = [];
  const folded: NumberFamily[] = [];
  for (const polynomial of POLYNOMIALS) {
    for (const reflected of [false, true]) {
      const { width } = polynomial;
      const title = `CRC-${width} 0x${polynomial.polynomial.toString(16)}${reflected ? ' reflected' : ''}`;
      let whole: Uint32Array | null = null;
      const all = (): Uint32Array => (whole ??= crcTable(polynomial, reflected, MOST_BYTES));
      plain.push(crcFamily(title, width, true, all));
      for (let narrow = width / 2; narrow >= 8; narrow /= 2) {
        let cached: Uint32Array | null = null;
        folded.push(
          crcFamily(
            `${title} folded to ${narrow} bits`,
            narrow,
            false,
            () => (cached ??= all().map((value) => fold(value, width, narrow))),
          ),
        );
      }
    }
  }
  return [...plain, ...folded];
}

function fold(value: number, width: number, narrow: number): number {
  let sum = 0;
  for (let shift = 0; shift < width; shift += narrow) sum ^= value >>> shift;
  return (sum & ((1 << narrow) - 1)) >>> 0;
}

function crcFamily(title: string, width: number, isPlain: boolean, all: () => Uint32Array): NumberFamily {
  return {
    title,
    isPlain,
    width,
    offset: bytesAfter,
    table({ bytes }, after) {
      const table = new Uint32Array(bytes * 256);
      for (let n = 0; n < bytes; n++) table.set(all().subarray((after + bytes - 1 - n) * 256, (after + bytes - n) * 256), n * 256);
      return table;
    },
    suits: () => true,
  };
}

function bytesAfter(key: readonly KeyField[], at: number): number {
  let after = 0;
  for (let f = at + 1; f < key.length; f++) after += key[f].bytes;
  return after;
}

/** Each field by itself, from its end on, in words of `width` bits. The order of the key does not matter. */
function ownFold(width: 8 | 16 | 32): NumberFamily {
  return {
    title: `XOR of ${width}-bit words`,
    isPlain: true,
    width,
    offset: () => 0,
    table: ({ bytes }) => foldTable(bytes, 0, width),
    suits: (key) => key.every((field, f) => f === 0 || field.varying.some((bits) => bits !== 0)),
  };
}

/** The key as one string of bytes, in words of `width` bits from its end on. */
function keyFold(width: 16 | 32): NumberFamily {
  return {
    title: `XOR of ${width}-bit words of the key`,
    isPlain: true,
    width,
    offset: (key, at) => bytesAfter(key, at) % (width / 8),
    table: ({ bytes }, after) => foldTable(bytes, after, width),
    suits: () => true,
  };
}

function foldTable(bytes: number, after: number, width: number): Uint32Array {
  const table = new Uint32Array(bytes * 256);
  for (let n = 0; n < bytes; n++)
    for (let value = 0; value < 256; value++) table[n * 256 + value] = value << (((after + bytes - 1 - n) * 8) % width);
  return table;
}

/** Hashes of network cards (hash-spec 5.1): addresses, then ports, source first. */
function toeplitzFamilies(): NumberFamily[] {
  const order = ['src', 'dst', 'srcPort', 'dstPort'];
  return [
    { key: MICROSOFT_KEY, title: "Toeplitz hash with Microsoft's key" },
    { key: SYMMETRIC_KEY, title: 'Toeplitz hash with key 6d5a…' },
  ].map(({ key, title }) => ({
    title,
    isPlain: false,
    width: 32,
    offset(fields, at) {
      // What never varies is left out at the front of a key, and counts here.
      let before = fields[0].id === 'dst' ? fields[0].bytes : 0;
      for (let f = 0; f < at; f++) before += fields[f].bytes;
      return before;
    },
    table: ({ bytes }, before) => toeplitzTable(key).slice(before * 256, (before + bytes) * 256),
    suits(fields) {
      const first = order.indexOf(fields[0].id);
      return (first === 0 || first === 1) && fields.every(({ id }, f) => id === order[first + f]) && fields.length + first !== 3;
    },
  }));
}
