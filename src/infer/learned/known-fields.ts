/** Which fields a known number leaves free, and what is asked of those that nothing was learned of. */
import { FIELD_WORDS, LEARNED_FIELDS, findLearnedField, formatFieldHex, type LearnedFieldId } from '../../hash/learned-fields.ts';
import type { FieldRole, LinearSelector } from '../../hash/learned-model.ts';
import { bitsOfTest, FREE_FIELD_BITS } from './evidence.ts';
import type { FieldRows } from './field-sets.ts';

/**
 * Of a known number every bit of the fields that enter is known, whatever else goes with it. A field that does not enter is
 * free if enough rows differ in it from most and still went where the number says; else it has to be as in most rows, and so
 * have bits of fields that enter but never varied: they may be masked.
 */
export function describeSeen(
  rows: FieldRows,
  list: Uint32Array,
  used: readonly LearnedFieldId[],
): { roles: Map<LearnedFieldId, FieldRole>; known: LinearSelector['known'] } {
  const roles = new Map<LearnedFieldId, FieldRole>();
  const constant: Partial<Record<LearnedFieldId, { mask: string; value: string }>> = {};
  const bits = bitsOfTest(rows, list);
  for (const field of LEARNED_FIELDS) {
    const { id, word, words } = field;
    const isUsed = used.includes(id);
    const { usual, others } = usualValue(rows, list, word, words);
    const isFree = others * bits >= FREE_FIELD_BITS;
    const mask = isUsed ? constantBits(rows, list, usual, word) : new Uint32Array(words).fill(isFree && id !== 'kind' ? 0 : 0xffff_ffff);
    if (id === 'kind') mask[0] = guardedKinds(rows, list, usual[0], bits);
    else roles.set(id, isUsed ? 'used' : isFree ? 'unused' : 'untested');
    // A word may be wider than its field.
    if (field.bits < words * 32) mask[0] = (mask[0] & (2 ** (field.bits - (words - 1) * 32) - 1)) >>> 0;
    if (mask.every((part) => part === 0)) continue;
    const value = mask.map((part, w) => part & usual[w]);
    constant[id] = { mask: formatFieldHex(field, mask, 0), value: formatFieldHex(field, value, 0) };
  }
  return { roles, known: { constant, relations: [] } };
}

/** The value that most rows have, and how many have another one. */
function usualValue(rows: FieldRows, list: Uint32Array, word: number, words: number): { usual: Uint32Array; others: number } {
  const counts = new Map<string, number>();
  let most = 0;
  let at = 0;
  for (const row of list) {
    const from = row * FIELD_WORDS + word;
    const name = rows.words.subarray(from, from + words).join();
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    if (count > most) {
      most = count;
      at = from;
    }
  }
  return { usual: rows.words.slice(at, at + words), others: list.length - most };
}

function constantBits(rows: FieldRows, list: Uint32Array, usual: Uint32Array, word: number): Uint32Array {
  const mask = new Uint32Array(usual.length).fill(0xffff_ffff);
  for (const row of list) for (let w = 0; w < mask.length; w++) mask[w] &= ~(rows.words[row * FIELD_WORDS + word + w] ^ usual[w]);
  return mask;
}

/** Sorts of frames of which too few rows were seen. Bit 0 stands in every row. */
function guardedKinds(rows: FieldRows, list: Uint32Array, usual: number, bits: number): number {
  const word = findLearnedField('kind')?.word ?? 0;
  let guarded = 0;
  for (let bit = 1; bit < 32; bit++) {
    let others = 0;
    for (const row of list) others += ((rows.words[row * FIELD_WORDS + word] ^ usual) >>> bit) & 1;
    if (others * bits < FREE_FIELD_BITS) guarded |= 1 << bit;
  }
  return guarded >>> 0;
}
