/** Sets of header fields that switches hash, and which columns of a row of field words belong to a set. */
import { FIELD_WORDS, LEARNED_FIELDS, type LearnedField, type LearnedFieldId } from '../../hash/learned-fields.ts';
import type { BitRows } from './gf2.ts';

const MACS = ['srcMac', 'dstMac'] as const;
const SOURCE = ['srcIpv4', 'srcIpv6'] as const;
const DESTINATION = ['dstIpv4', 'dstIpv6'] as const;
const ADDRESSES = [...SOURCE, ...DESTINATION] as const;
const PORTS = ['srcPort', 'dstPort'] as const;
const TAG = ['vlan', 'priority'] as const;
const INNER = ['innerSrc', 'innerDst', 'innerProtocol', 'innerPorts'] as const;

/**
 * Sets as switches name them, small ones first: what a small set explains needs no larger one. `kind` belongs to every
 * set: it tells frames of different sorts apart and holds the constant term.
 */
export const FIELD_SETS: readonly (readonly LearnedFieldId[])[] = [
  ['srcMac'],
  ['dstMac'],
  [...SOURCE],
  [...DESTINATION],
  [...MACS],
  [...PORTS],
  ['srcMac', ...TAG],
  [...ADDRESSES],
  [...MACS, ...TAG],
  [...MACS, ...TAG, 'etherType'],
  [...ADDRESSES, 'protocol'],
  [...ADDRESSES, ...PORTS],
  [...ADDRESSES, ...PORTS, 'protocol'],
  [...MACS, ...ADDRESSES],
  [...ADDRESSES, ...PORTS, 'protocol', ...TAG],
  [...ADDRESSES, 'flowLabel', 'protocol'],
  [...MACS, ...ADDRESSES, ...PORTS, 'protocol'],
  [...MACS, ...ADDRESSES, ...PORTS, 'protocol', ...TAG, 'etherType'],
  [...ADDRESSES, ...PORTS, 'protocol', ...INNER],
  [...ADDRESSES, ...PORTS, 'protocol', 'spi', 'icmp', 'flowLabel', ...TAG],
  LEARNED_FIELDS.map((field) => field.id).filter((id) => id !== 'kind'),
];

/** The order in which fields of a set that works are tried to be done without: the rarest inputs of a hash first. */
export const DROP_ORDER: readonly LearnedFieldId[] = [
  'icmp',
  'spi',
  'innerPorts',
  'innerProtocol',
  'innerSrc',
  'innerDst',
  'flowLabel',
  'priority',
  'etherType',
  'vlan',
  'srcMac',
  'dstMac',
  'protocol',
  'dstPort',
  'srcPort',
  'srcIpv6',
  'dstIpv6',
  'srcIpv4',
  'dstIpv4',
];

/** Words of a set in a row of field words, ascending. */
export function wordsOfFields(fields: readonly LearnedFieldId[]): Uint16Array {
  const wanted = new Set<string>(['kind', ...fields]);
  return Uint16Array.from(
    LEARNED_FIELDS.filter((field) => wanted.has(field.id)).flatMap((field) =>
      Array.from({ length: field.words }, (_, word) => field.word + word),
    ),
  );
}

/** Columns of a compressed row that are bits of fields (a word may be wider than its field). */
export function columnsOf(words: Uint16Array): Uint32Array {
  const columns: number[] = [];
  words.forEach((word, w) => {
    const field = fieldOfWord(word);
    const bits = word === field.word ? field.bits - (field.words - 1) * 32 : 32;
    for (let bit = 0; bit < bits; bit++) columns.push(w * 32 + bit);
  });
  return Uint32Array.from(columns);
}

export function fieldOfWord(word: number): LearnedField {
  const field = LEARNED_FIELDS.find((candidate) => word >= candidate.word && word < candidate.word + candidate.words);
  if (field === undefined) throw new RangeError(`no field at word ${word}`);
  return field;
}

/** Rows that differ in the words of a set, with one member each. */
export interface DistinctRows {
  readonly matrix: BitRows;
  readonly words: Uint16Array;
  /** The member of most rows of that value. */
  readonly member: Uint8Array;
  /** Rows of a value that others had before them, and those of them on another member than most. */
  readonly repeats: number;
  readonly contradictions: number;
}

/** Rows of all fields: FIELD_WORDS words each, with the member that each was seen on. */
export interface FieldRows {
  readonly words: Uint32Array;
  readonly count: number;
  readonly member: Uint8Array;
  readonly members: number;
}

/** Takes the words of a set out of `rows` (those of `list`) and merges rows that are equal in them. */
export function distinctRows(rows: FieldRows, list: ArrayLike<number>, fields: readonly LearnedFieldId[]): DistinctRows {
  const words = wordsOfFields(fields);
  const width = words.length;
  const matrix = new Uint32Array(list.length * width);
  const places = new Map<number, number[]>();
  const counts: Uint32Array[] = [];
  let count = 0;
  for (let n = 0; n < list.length; n++) {
    const from = list[n] * FIELD_WORDS;
    const at = count * width;
    let hash = 0x811c9dc5;
    for (let w = 0; w < width; w++) {
      const word = rows.words[from + words[w]];
      matrix[at + w] = word;
      hash = Math.imul(hash ^ word, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    let bucket = places.get(hash);
    if (bucket === undefined) places.set(hash, (bucket = []));
    let place = bucket.find((candidate) => sameRow(matrix, candidate * width, at, width));
    if (place === undefined) {
      place = count++;
      bucket.push(place);
      counts.push(new Uint32Array(rows.members));
    }
    counts[place][rows.member[list[n]]]++;
  }
  const member = new Uint8Array(count);
  let contradictions = 0;
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let m = 0; m < rows.members; m++) {
      sum += counts[i][m];
      if (counts[i][m] > counts[i][member[i]]) member[i] = m;
    }
    contradictions += sum - counts[i][member[i]];
  }
  return {
    matrix: { words: matrix.slice(0, count * width), width, count },
    words,
    member,
    repeats: list.length - count,
    contradictions,
  };
}

function sameRow(words: Uint32Array, a: number, b: number, width: number): boolean {
  for (let w = 0; w < width; w++) if (words[a + w] !== words[b + w]) return false;
  return true;
}
