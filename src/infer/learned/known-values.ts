/**
 * Values that switches compute of header fields before they take a remainder: CRCs of catalogued polynomials and XOR folds,
 * over fields in the orders in which keys are built. Seeds, final inversions and the order of the result's bits do not matter to
 * what is made of them, and neither do fields that never vary and stand before all others.
 */
import { FIELD_WORDS, findLearnedField, type LearnedFieldId } from '../../hash/learned-fields.ts';
import type { FieldRows } from './field-sets.ts';

export type KeyField = 'srcMac' | 'dstMac' | 'vlan' | 'etherType' | 'src' | 'dst' | 'protocol' | 'srcPort' | 'dstPort';

/** A field of the key with its bytes in a row of field words. */
interface KeyBytes {
  readonly id: KeyField;
  readonly fields: readonly LearnedFieldId[];
  readonly word: number;
  readonly words: number;
  readonly bytes: number;
  readonly varies: boolean;
}

/** Orders of a key's fields: as in the frame, with the protocol last, and addresses before MACs. */
const ORDERS: readonly (readonly KeyField[])[] = [
  ['srcMac', 'dstMac', 'vlan', 'etherType', 'src', 'dst', 'protocol', 'srcPort', 'dstPort'],
  ['srcMac', 'dstMac', 'vlan', 'etherType', 'src', 'dst', 'srcPort', 'dstPort', 'protocol'],
  ['dstMac', 'srcMac', 'vlan', 'etherType', 'src', 'dst', 'protocol', 'srcPort', 'dstPort'],
  ['dstMac', 'srcMac', 'vlan', 'etherType', 'src', 'dst', 'srcPort', 'dstPort', 'protocol'],
  ['dstMac', 'srcMac', 'vlan', 'etherType', 'dst', 'src', 'protocol', 'dstPort', 'srcPort'],
  ['src', 'dst', 'protocol', 'srcPort', 'dstPort', 'srcMac', 'dstMac', 'vlan', 'etherType'],
];

interface Polynomial {
  readonly width: 8 | 16 | 32;
  readonly polynomial: number;
}

/** Of the catalogue of parametrised CRC algorithms: CCITT, ARC, DNP, T10-DIF; CRC-32, C, K, Q; ATM and MAXIM. */
const POLYNOMIALS: readonly Polynomial[] = [
  { width: 32, polynomial: 0x04c11db7 },
  { width: 16, polynomial: 0x1021 },
  { width: 16, polynomial: 0x8005 },
  { width: 32, polynomial: 0x1edc6f41 },
  { width: 16, polynomial: 0x3d65 },
  { width: 16, polynomial: 0x8bb7 },
  { width: 32, polynomial: 0x741b8cd7 },
  { width: 32, polynomial: 0x814141ab },
  { width: 8, polynomial: 0x07 },
  { width: 8, polynomial: 0x31 },
];

/** Contribution of one byte with so many bytes after it: index (after * 256 + byte). */
export function crcTable({ width, polynomial }: Polynomial, reflected: boolean, most: number): Uint32Array {
  const table = new Uint32Array(most * 256);
  const step = reflected ? stepDown(width, polynomial) : stepUp(width, polynomial);
  for (let byte = 0; byte < 256; byte++) table[byte] = step(reflected ? byte : (byte << (width - 8)) >>> 0);
  for (let i = 256; i < table.length; i++) table[i] = step(table[i - 256]);
  return table;
}

/** Eight shifts with the highest bit first. */
function stepUp(width: number, polynomial: number): (register: number) => number {
  const top = (1 << (width - 1)) >>> 0;
  const all = width === 32 ? 0xffff_ffff : (1 << width) - 1;
  return (register) => {
    let x = register;
    for (let bit = 0; bit < 8; bit++) x = (((x & top) >>> 0 !== 0 ? (x << 1) ^ polynomial : x << 1) & all) >>> 0;
    return x;
  };
}

/** Eight shifts with the lowest bit first, as reflected algorithms do. */
function stepDown(width: number, polynomial: number): (register: number) => number {
  let mirrored = 0;
  for (let bit = 0; bit < width; bit++) if ((polynomial >>> bit) & 1) mirrored |= 1 << (width - 1 - bit);
  return (register) => {
    let x = register;
    for (let bit = 0; bit < 8; bit++) x = (x & 1) !== 0 ? (x >>> 1) ^ mirrored : x >>> 1;
    return x >>> 0;
  };
}

/** A value that is known but for its seed. */
export interface KnownValue {
  /** In words: "CRC-32 0x04c11db7 over src, dst". */
  readonly title: string;
  /** Fields that enter, of those that a model names. */
  readonly fields: readonly LearnedFieldId[];
  /** Values of some rows, of the layout that it was made for. */
  values(rows: FieldRows, list: ArrayLike<number>): Uint32Array;
}

/** Every value that may be, simple keys first; `list`: rows, all of one layout. */
export function* knownValues(rows: FieldRows, list: ArrayLike<number>): Generator<KnownValue> {
  const keys = [...sequences(keyBytes(rows, list))];
  for (const width of [8, 16, 32] as const) {
    const seen = new Set<string>();
    for (const key of keys) {
      const name = key
        .map(({ id }) => id)
        .sort()
        .join();
      if (seen.has(name) || key.some(({ varies }) => !varies)) continue;
      seen.add(name);
      yield {
        title: `XOR of ${width}-bit words of ${describe(key)}`,
        fields: key.flatMap(({ fields }) => fields),
        values: (from, of) => Uint32Array.from(of, (i) => fold(from, i, key, width)),
      };
    }
  }
  for (const polynomial of POLYNOMIALS) {
    for (const reflected of [false, true]) {
      const table = crcTable(polynomial, reflected, 64);
      for (const key of keys)
        yield {
          title: `CRC-${polynomial.width} 0x${polynomial.polynomial.toString(16)}${reflected ? ' reflected' : ''} over ${describe(key)}`,
          fields: key.filter(({ varies }) => varies).flatMap(({ fields }) => fields),
          values: (from, of) => Uint32Array.from(of, (i) => crc(from, i, key, table)),
        };
    }
  }
}

function describe(key: readonly KeyBytes[]): string {
  return key.map(({ id }) => id).join(', ');
}

function keyBytes(rows: FieldRows, list: ArrayLike<number>): Map<KeyField, KeyBytes> {
  const has = (id: LearnedFieldId): boolean => {
    const word = findLearnedField(id)?.word ?? 0;
    return Array.from({ length: Math.min(list.length, 64) }, (_, n) => rows.words[list[n] * FIELD_WORDS + word]).some(
      (value) => value !== 0,
    );
  };
  const isIpv6 = has('srcIpv6') || has('dstIpv6');
  const sources: Readonly<Record<KeyField, readonly [id: LearnedFieldId, bytes: number]>> = {
    srcMac: ['srcMac', 6],
    dstMac: ['dstMac', 6],
    vlan: ['vlan', 2],
    etherType: ['etherType', 2],
    src: isIpv6 ? ['srcIpv6', 16] : ['srcIpv4', 4],
    dst: isIpv6 ? ['dstIpv6', 16] : ['dstIpv4', 4],
    protocol: ['protocol', 1],
    srcPort: ['srcPort', 2],
    dstPort: ['dstPort', 2],
  };
  const found = new Map<KeyField, KeyBytes>();
  for (const id of ORDERS[0]) {
    const [name, bytes] = sources[id];
    const field = findLearnedField(name);
    if (field === null) continue;
    const { word, words } = field;
    let varies = false;
    for (let n = 1; n < list.length && !varies; n++)
      for (let w = word; w < word + words; w++)
        if (rows.words[list[n] * FIELD_WORDS + w] !== rows.words[list[0] * FIELD_WORDS + w]) varies = true;
    found.set(id, { id, fields: [name], word, words, bytes, varies });
  }
  return found;
}

/** Sequences of fields in all orders, each once: what never varies matters only behind what does, by its length. */
function* sequences(fields: ReadonlyMap<KeyField, KeyBytes>): Generator<KeyBytes[]> {
  const all = [...fields.values()];
  const subsets = Array.from({ length: 1 << all.length }, (_, mask) => mask).sort((x, y) => oddity(all, x) - oddity(all, y) || x - y);
  const seen = new Set<string>();
  for (const mask of subsets) {
    const chosen = new Set(all.filter((_, i) => ((mask >> i) & 1) === 1).map(({ id }) => id));
    for (const order of ORDERS) {
      const key = order.flatMap((id) => (chosen.has(id) ? (fields.get(id) ?? []) : []));
      const first = key.findIndex(({ varies }) => varies);
      if (first < 0) continue;
      const rest = key.slice(first);
      const name = rest.map(({ id, varies, bytes }) => (varies ? id : bytes)).join();
      if (seen.has(name)) continue;
      seen.add(name);
      yield rest;
    }
  }
}

/** Fields without their counterpart: keys usually take source and destination together. */
function oddity(all: readonly KeyBytes[], mask: number): number {
  const has = (id: KeyField): boolean => all.some((field, i) => field.id === id && ((mask >> i) & 1) === 1);
  const pairs: readonly (readonly [KeyField, KeyField])[] = [
    ['srcMac', 'dstMac'],
    ['src', 'dst'],
    ['srcPort', 'dstPort'],
  ];
  return pairs.filter(([x, y]) => has(x) !== has(y)).length + (has('etherType') ? 1 : 0);
}

/** Byte `n` from the front of a field. */
function byteAt(rows: FieldRows, row: number, { word, words, bytes }: KeyBytes, n: number): number {
  const fromEnd = bytes - 1 - n;
  return (rows.words[row * FIELD_WORDS + word + words - 1 - (fromEnd >> 2)] >>> ((fromEnd & 3) * 8)) & 0xff;
}

function crc(rows: FieldRows, row: number, key: readonly KeyBytes[], table: Uint32Array): number {
  let value = 0;
  let after = 0;
  for (let f = key.length - 1; f >= 0; f--) {
    const field = key[f];
    if (field.varies)
      for (let n = 0; n < field.bytes; n++) value ^= table[(after + field.bytes - 1 - n) * 256 + byteAt(rows, row, field, n)];
    after += field.bytes;
  }
  return value >>> 0;
}

/** Each field from its end on, in words of `width` bits. */
function fold(rows: FieldRows, row: number, key: readonly KeyBytes[], width: 8 | 16 | 32): number {
  let value = 0;
  for (const field of key)
    for (let n = 0; n < field.bytes; n++) {
      const fromEnd = field.bytes - 1 - n;
      value ^= byteAt(rows, row, field, n) << ((fromEnd * 8) % width);
    }
  return value >>> 0;
}
