/** The keys that switches hash: header fields as bytes, in the orders in which keys are built. */
import { FIELD_WORDS, findLearnedField, type LearnedFieldId } from '../../hash/learned-fields.ts';
import type { FieldRows } from './field-sets.ts';

export type KeyFieldId = 'srcMac' | 'dstMac' | 'vlan' | 'etherType' | 'src' | 'dst' | 'protocol' | 'srcPort' | 'dstPort';

/** A field of the key with its bytes in a row of field words. */
export interface KeyField {
  readonly id: KeyFieldId;
  /** The field of the model. */
  readonly field: LearnedFieldId;
  readonly word: number;
  readonly words: number;
  readonly bytes: number;
  /** By byte, the first one first: bits that are not the same in all rows. */
  readonly varying: Uint8Array;
}

/** Orders of a key's fields: as in the frame, with the protocol last, and addresses before MACs. */
const ORDERS: readonly (readonly KeyFieldId[])[] = [
  ['srcMac', 'dstMac', 'vlan', 'etherType', 'src', 'dst', 'protocol', 'srcPort', 'dstPort'],
  ['srcMac', 'dstMac', 'vlan', 'etherType', 'src', 'dst', 'srcPort', 'dstPort', 'protocol'],
  ['dstMac', 'srcMac', 'vlan', 'etherType', 'src', 'dst', 'protocol', 'srcPort', 'dstPort'],
  ['dstMac', 'srcMac', 'vlan', 'etherType', 'src', 'dst', 'srcPort', 'dstPort', 'protocol'],
  ['dstMac', 'srcMac', 'vlan', 'etherType', 'dst', 'src', 'protocol', 'dstPort', 'srcPort'],
  ['src', 'dst', 'protocol', 'srcPort', 'dstPort', 'srcMac', 'dstMac', 'vlan', 'etherType'],
];

/** Fields that keys usually take together. */
const PAIRS: readonly (readonly [KeyFieldId, KeyFieldId])[] = [
  ['srcMac', 'dstMac'],
  ['src', 'dst'],
  ['srcPort', 'dstPort'],
];

/** Whether any bit differs between the rows. */
export function doesVary({ varying }: KeyField): boolean {
  return varying.some((bits) => bits !== 0);
}

/** `list`: rows, all of one layout. */
export function keyFields(rows: FieldRows, list: ArrayLike<number>): Map<KeyFieldId, KeyField> {
  const has = (id: LearnedFieldId): boolean => {
    const word = findLearnedField(id)?.word ?? 0;
    for (let n = 0; n < Math.min(list.length, 64); n++) if (rows.words[list[n] * FIELD_WORDS + word] !== 0) return true;
    return false;
  };
  const isIpv6 = has('srcIpv6') || has('dstIpv6');
  const sources: Readonly<Record<KeyFieldId, readonly [id: LearnedFieldId, bytes: number]>> = {
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
  const found = new Map<KeyFieldId, KeyField>();
  for (const id of ORDERS[0]) {
    const [name, bytes] = sources[id];
    const field = findLearnedField(name);
    if (field === null) continue;
    const key = { id, field: name, word: field.word, words: field.words, bytes, varying: new Uint8Array(bytes) };
    for (let byte = 0; byte < bytes; byte++) {
      const first = byteAt(rows, list[0], key, byte);
      for (let n = 1; n < list.length; n++) key.varying[byte] |= byteAt(rows, list[n], key, byte) ^ first;
    }
    found.set(id, key);
  }
  return found;
}

/** Byte `n` from the front of a field. */
export function byteAt(rows: FieldRows, row: number, { word, words, bytes }: KeyField, n: number): number {
  const fromEnd = bytes - 1 - n;
  return (rows.words[row * FIELD_WORDS + word + words - 1 - (fromEnd >> 2)] >>> ((fromEnd & 3) * 8)) & 0xff;
}

/**
 * Sequences of fields in all orders, each once, usual ones first. What never varies matters only behind what does, by its
 * length: without fields before the first one that varies.
 */
export function keySequences(fields: ReadonlyMap<KeyFieldId, KeyField>): KeyField[][] {
  const all = [...fields.values()];
  const subsets = Array.from(
    { length: 1 << all.length },
    (_, mask) => new Set(all.filter((_, i) => ((mask >> i) & 1) === 1).map(({ id }) => id)),
  );
  subsets.sort((x, y) => oddity(x) - oddity(y));
  const seen = new Set<string>();
  const found: KeyField[][] = [];
  for (const chosen of subsets) {
    for (const order of ORDERS) {
      const key = order.flatMap((id) => (chosen.has(id) ? (fields.get(id) ?? []) : []));
      const first = key.findIndex(doesVary);
      if (first < 0) continue;
      const rest = key.slice(first);
      const name = rest.map((field) => (doesVary(field) ? field.id : field.bytes)).join();
      if (seen.has(name)) continue;
      seen.add(name);
      found.push(rest);
    }
  }
  return found;
}

/** A key of pairs of source and destination, and what stands by itself. */
export function isUsual(key: readonly KeyField[]): boolean {
  return oddity(new Set(key.filter(doesVary).map(({ id }) => id))) === 0;
}

/** Fields without their counterpart: keys usually take source and destination together. */
function oddity(chosen: ReadonlySet<KeyFieldId>): number {
  return PAIRS.filter(([x, y]) => chosen.has(x) !== chosen.has(y)).length + (chosen.has('etherType') ? 1 : 0);
}
