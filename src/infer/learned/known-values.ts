/**
 * Values that switches compute of header fields, and that are known but for what is the same in every row: of a CRC the seed, the
 * final inversion, and fields that never vary and stand before all others.
 */
import { FIELD_WORDS, type LearnedFieldId } from '../../hash/learned-fields.ts';
import type { FieldRows } from './field-sets.ts';
import { WHOLE, wholeKey, type FieldMask, type KeyMasks } from './field-masks.ts';
import { byteAt, doesVary, type KeyField, type KeyFieldId } from './key-fields.ts';
import { memoize } from './memoize.ts';
import type { NumberFamily } from './number-families.ts';
import { createRandom } from './random.ts';

/** What one field adds to a value, by byte * 256 + its value. */
interface ValuePart {
  readonly field: KeyField;
  readonly mask: FieldMask;
  readonly table: Uint32Array;
}

export interface KnownValue {
  /** In words: "CRC-32 0x4c11db7 over src, dst". */
  readonly title: string;
  /** Bits of the value. */
  readonly width: number;
  /** Fields that vary from row to row. */
  readonly parts: readonly ValuePart[];
}

/** A value that may be, computed for some rows. */
export interface TriedValue {
  readonly key: readonly KeyField[];
  readonly width: number;
  /** By row of the list asked for, as far as they were made. Reused by the next one. */
  readonly values: Uint32Array;
  /** Makes them for at least so many rows, if there are so many: those that there are now. */
  fill(count: number): number;
  make(): KnownValue;
}

/** A key of fields with the bits of each that may enter: for one field and the same bits always the same object. */
export interface MaskedKey {
  readonly key: readonly KeyField[];
  readonly masks: KeyMasks;
}

/** Values that are made at once: most numbers are refuted by few. */
const ROWS_AT_ONCE = 32;

/** All values of a family for keys, each for the rows of `list`. */
export function* triedValues(
  rows: FieldRows,
  list: ArrayLike<number>,
  family: NumberFamily,
  keys: readonly MaskedKey[],
): Generator<TriedValue> {
  const seen = new Set<number>();
  const values = new Uint32Array(list.length);
  const placesOf = memoize((key: readonly KeyField[]) => (family.suits(key) ? placesOfKey(family, key) : []));
  const addedBy = createAddedBy(rows, list, family);
  // Keys differ in a few fields from one to the next: what the others add together is kept.
  const sums = GROUPS.map(() => new Map<number, Uint32Array>());
  const names = new Float64Array(GROUPS.length);
  const added: AddedByField[] = [];
  for (const { key, masks } of keys) {
    const places = placesOf(key);
    if (places.length === 0) continue;
    names.fill(0);
    places.forEach(({ at, offset, group }, n) => {
      added[n] = addedBy(key[at], masks[at], offset);
      names[group] += added[n].tag;
    });
    // The sum of the tags names what is added up.
    const name = names.reduce((sum, tag) => sum + tag, 0);
    if (seen.has(name)) continue;
    seen.add(name);
    const parts = GROUPS.flatMap((_, g) => {
      const fields = added.filter((_field, n) => n < places.length && places[n].group === g);
      return fields.length === 0 ? [] : [sumOf(fields, names[g], sums[g])];
    });
    let filled = 0;
    const fill = (count: number): number => {
      if (count <= filled) return filled;
      const end = Math.min(values.length, Math.ceil(count / ROWS_AT_ONCE) * ROWS_AT_ONCE);
      // Hot path.
      values.fill(0, filled, end);
      for (const part of parts) for (let n = filled; n < end; n++) values[n] ^= part[n];
      return (filled = end);
    };
    yield { key, width: family.width, values, fill, make: () => makeValue(family, key, masks) };
  }
}

/** A field of a key that varies: where it stands among the others, and what matters of that to what it adds. */
interface FieldPlace {
  readonly at: number;
  readonly offset: number;
  readonly group: number;
}

const GROUPS: readonly (readonly KeyFieldId[])[] = [
  ['srcMac', 'dstMac', 'vlan', 'etherType'],
  ['src', 'dst'],
  ['protocol', 'srcPort', 'dstPort'],
];

function placesOfKey(family: NumberFamily, key: readonly KeyField[]): FieldPlace[] {
  return key.flatMap((field, at) =>
    doesVary(field) ? [{ at, offset: family.offset(key, at), group: GROUPS.findIndex((ids) => ids.includes(field.id)) }] : [],
  );
}

/** What a field adds to each row's value, and a number that names it. */
interface AddedByField {
  readonly tag: number;
  readonly values: Uint32Array;
}

function createAddedBy(
  rows: FieldRows,
  list: ArrayLike<number>,
  family: NumberFamily,
): (field: KeyField, mask: FieldMask, offset: number) => AddedByField {
  const random = createRandom(1);
  const bytesOf = memoize((field: KeyField) => fieldBytes(field, rows, list));
  const tablesOf = memoize((field: KeyField) => memoize((offset: number) => family.table(field, offset)));
  // By offset. A mask is of one field.
  const byMask = memoize<FieldMask, AddedByField[]>(() => []);
  return (field, mask, offset) =>
    (byMask(mask)[offset] ??= {
      tag: Math.floor(random() * 2 ** 48),
      values: addedByBytes(bytesOf(field), mask, tablesOf(field)(offset)),
    });
}

/** What fields add together, from `known` if it is there by its name. */
function sumOf(fields: readonly AddedByField[], name: number, known: Map<number, Uint32Array>): Uint32Array {
  if (fields.length === 1) return fields[0].values;
  let sum = known.get(name);
  if (sum === undefined) {
    sum = fields[0].values.slice();
    // Hot path.
    for (let f = 1; f < fields.length; f++) for (let n = 0; n < sum.length; n++) sum[n] ^= fields[f].values[n];
    known.set(name, sum);
  }
  return sum;
}

/** The bytes of a field, row by row. */
function fieldBytes(field: KeyField, rows: FieldRows, list: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(list.length * field.bytes);
  for (let n = 0; n < list.length; n++) for (let b = 0; b < field.bytes; b++) bytes[n * field.bytes + b] = byteAt(rows, list[n], field, b);
  return bytes;
}

function addedByBytes(bytes: Uint8Array, mask: FieldMask, table: Uint32Array): Uint32Array {
  const added = new Uint32Array(bytes.length / mask.length);
  for (let n = 0, at = 0; n < added.length; n++)
    for (let b = 0; b < mask.length; b++, at++) added[n] ^= table[b * 256 + (bytes[at] & mask[b])];
  return added;
}

export function makeValue(family: NumberFamily, key: readonly KeyField[], masks: KeyMasks = wholeKey(key)): KnownValue {
  return {
    title: `${family.title} over ${key.map((field, f) => describeField(field, masks[f])).join(', ')}`,
    width: family.width,
    parts: key.flatMap((field, f) => {
      return doesVary(field) ? [{ field, mask: masks[f], table: family.table(field, family.offset(key, f)) }] : [];
    }),
  };
}

function describeField({ id, field, bytes }: KeyField, mask: FieldMask): string {
  if (mask.every((bits, n) => bits === WHOLE(bytes)[n])) return id;
  return `${field} & 0x${Array.from(mask, (bits) => bits.toString(16).padStart(2, '0')).join('')}`;
}

function addedByPart({ field, mask, table }: ValuePart, rows: FieldRows, row: number): number {
  let sum = 0;
  for (let n = 0; n < field.bytes; n++) sum ^= table[n * 256 + (byteAt(rows, row, field, n) & mask[n])];
  return sum >>> 0;
}

/** The value of each row of a list. */
export function valuesOf({ parts }: KnownValue, rows: FieldRows, list: ArrayLike<number>): Uint32Array {
  return Uint32Array.from(list, (row) => {
    let sum = 0;
    for (const part of parts) sum ^= addedByPart(part, rows, row);
    return sum;
  });
}

/** Rows of a list that differ in what enters, the first of each. */
export function distinctByValue({ parts }: KnownValue, rows: FieldRows, list: ArrayLike<number>): Uint32Array {
  const seen = new Set<string>();
  const kept = new Uint32Array(list.length);
  let count = 0;
  for (let n = 0; n < list.length; n++) {
    let name = '';
    for (const { field, mask } of parts)
      for (let b = 0; b < field.bytes; b++) if (mask[b] !== 0) name += String.fromCharCode(byteAt(rows, list[n], field, b) & mask[b]);
    if (seen.has(name)) continue;
    seen.add(name);
    kept[count++] = list[n];
  }
  return kept.slice(0, count);
}

/** Fields of which a bit that varies enters. */
export function fieldsOfValue({ parts }: KnownValue): LearnedFieldId[] {
  return parts.filter(({ field, mask }) => mask.some((bits, n) => (bits & field.varying[n]) !== 0)).map(({ field }) => field.field);
}

/** Field bits whose parity is each bit of the value: words of a row of field words, by bit of the value. */
export function parityMasks({ width, parts }: KnownValue): Uint32Array[] {
  const masks = Array.from({ length: width }, () => new Uint32Array(FIELD_WORDS));
  for (const { field, mask, table } of parts) {
    for (let bit = 0; bit < field.bytes * 8; bit++) {
      const byte = field.bytes - 1 - (bit >> 3);
      const adds = table[byte * 256 + (mask[byte] & (1 << (bit & 7)))];
      const word = field.word + field.words - 1 - (bit >> 5);
      for (let b = 0; b < width; b++) if (((adds >>> b) & 1) === 1) masks[b][word] |= 1 << (bit & 31);
    }
  }
  return masks;
}
