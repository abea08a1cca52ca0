/** From masks over compressed rows to the masks of a model file. */
import { LEARNED_FIELDS, formatFieldHex, type LearnedFieldId } from '../../hash/learned-fields.ts';
import type { AffineBit, LinearSelector } from '../../hash/learned-model.ts';
import { fieldOfWord } from './field-sets.ts';
import { firstColumn } from './gf2.ts';

/** Masks by field; the constant term, bit 0 of `kind`, apart. */
export function affineBit(mask: Uint32Array, words: Uint16Array): AffineBit {
  const masks: Partial<Record<LearnedFieldId, string>> = {};
  let constant: 0 | 1 = 0;
  for (const field of LEARNED_FIELDS) {
    const values = wordsOfField(mask, words, field.word, field.words);
    if (values === null) continue;
    if (field.id === 'kind' && (values[0] & 1) === 1) {
      constant = 1;
      values[0] = (values[0] & ~1) >>> 0;
    }
    if (values.some((value) => value !== 0)) masks[field.id] = formatFieldHex(field, values, 0);
  }
  return { masks, constant };
}

function wordsOfField(mask: Uint32Array, words: Uint16Array, word: number, count: number): number[] | null {
  const at = words.indexOf(word);
  return at < 0 ? null : Array.from({ length: count }, (_, n) => mask[at + n] >>> 0);
}

/** What training rows had in common, with bits that never varied gathered by field. */
export function describeCommon(masks: readonly Uint32Array[], words: Uint16Array): LinearSelector['known'] {
  const constantMask = new Uint32Array(words.length);
  const constantValue = new Uint32Array(words.length);
  const relations: AffineBit[] = [];
  for (const mask of masks) {
    const rest = mask.slice();
    rest[0] = (rest[0] & ~1) >>> 0;
    const column = firstColumn(rest, 0, rest.length);
    const single = column >= 0 && bitCount(rest) === 1;
    if (!single) {
      relations.push(affineBit(mask, words));
      continue;
    }
    constantMask[column >>> 5] |= 1 << (column & 31);
    if ((mask[0] & 1) === 1) constantValue[column >>> 5] |= 1 << (column & 31);
  }
  const constant: Partial<Record<LearnedFieldId, { mask: string; value: string }>> = {};
  for (const field of LEARNED_FIELDS) {
    const own = wordsOfField(constantMask, words, field.word, field.words);
    const value = wordsOfField(constantValue, words, field.word, field.words);
    if (own === null || value === null || own.every((word) => word === 0)) continue;
    constant[field.id] = { mask: formatFieldHex(field, own, 0), value: formatFieldHex(field, value, 0) };
  }
  return { constant, relations };
}

function bitCount(words: Uint32Array): number {
  let count = 0;
  for (const word of words) for (let x = word; x !== 0; x &= x - 1) count++;
  return count;
}

/** Fields that a mask reads. */
export function fieldsOfMasks(masks: readonly Uint32Array[], words: Uint16Array): Set<LearnedFieldId> {
  const found = new Set<LearnedFieldId>();
  for (const mask of masks)
    mask.forEach((word, w) => {
      if (word !== 0) found.add(fieldOfWord(words[w]).id);
    });
  return found;
}
