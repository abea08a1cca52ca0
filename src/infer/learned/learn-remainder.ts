/** Learns the selector of frames of one layout where the member is the remainder of a known number. */
import { FIELD_WORDS, LEARNED_FIELDS, findLearnedField, type LearnedFieldId } from '../../hash/learned-fields.ts';
import type { FieldRole, RemainderSelector } from '../../hash/learned-model.ts';
import { affineBit, describeCommon } from './describe-selector.ts';
import { columnsOf, distinctRows, type FieldRows } from './field-sets.ts';
import { apply, range } from './gf2.ts';
import { FREE_FIELD_BITS, isBelow, LEAST_PROOF, LEAST_RIGHT, rankOf, splitHeldOut, type LearnedClass } from './learn-class.ts';
import { memberByRemainder, parityMasks, solveRemainder, type SolvedRemainder } from './solve-remainder.ts';
import { commonOf } from './solve-selector.ts';

/** `list`: rows of one layout (IP version, with or without ports). Null where no catalogued number explains them. */
export function learnRemainder(rows: FieldRows, list: Uint32Array, seed: number): LearnedClass | null {
  const { training, held } = splitHeldOut(list, seed);
  const solved = solveRemainder(rows, training, seed);
  if (solved === null) return null;
  const proof = describeKnown(rows, training, solved);
  let heldOut = 0;
  let right = 0;
  for (const row of held) {
    if (!proof.covers(row)) continue;
    heldOut++;
    if (memberByRemainder(solved, rows, row) === rows.member[row]) right++;
  }
  if (heldOut < LEAST_PROOF || isBelow(heldOut, heldOut - right, 1 - LEAST_RIGHT)) return null;
  const { roles, known } = describeKnown(rows, list, solved);
  const flows = list.length;
  const placed = list.reduce((sum, row) => sum + (memberByRemainder(solved, rows, row) === rows.member[row] ? 1 : 0), 0);
  return {
    kind: 'linear',
    selector: describeSelector(solved, known),
    roles,
    flows,
    right: placed,
    heldOut,
    heldOutRight: right,
    rank: 1 + solved.sums[0].weights.length,
    tests: list.length,
    repeats: 0,
    contradictions: solved.wrong,
    notLinear: true,
    title: `remainder by ${rows.members} of a ${solved.value.title}`,
  };
}

function describeSelector({ value, sums, table }: SolvedRemainder, known: RemainderSelector['known']): RemainderSelector {
  const words = value.fields.flatMap((id) => {
    const field = findLearnedField(id);
    return field === null ? [] : Array.from({ length: field.words }, (_, w) => field.word + w);
  });
  const masks = parityMasks(value, words);
  const everyWord = Uint16Array.from(range(FIELD_WORDS));
  const used = masks.flatMap((mask, b) => (sums.some(({ weights }) => weights[b] !== 0) && mask.some((word) => word !== 0) ? [b] : []));
  return {
    kind: 'remainder',
    bits: used.map((b) => affineBit(masks[b], everyWord)),
    sums: sums.map(({ modulus, weights }) => ({
      modulus,
      weights: used.map((b) => weights[b]),
      constant: weights[weights.length - 1],
    })),
    table: Array.from(table, (member) => (member < 0 ? null : member)),
    known,
  };
}

/** Roles of the fields, and what rows have in common where nothing tells what other values would do. */
function describeKnown(
  rows: FieldRows,
  list: Uint32Array,
  { value, sums }: SolvedRemainder,
): { roles: Map<LearnedFieldId, FieldRole>; known: RemainderSelector['known']; covers: (row: number) => boolean } {
  const roles = new Map<LearnedFieldId, FieldRole>();
  const own = rankOf(rows, list, value.fields);
  const bits = sums.reduce((sum, { modulus }) => sum + Math.log2(modulus), 0);
  for (const { id } of LEARNED_FIELDS) {
    if (id === 'kind') continue;
    if (value.fields.includes(id)) roles.set(id, 'used');
    else roles.set(id, (rankOf(rows, list, [...value.fields, id]) - own) * bits >= FREE_FIELD_BITS ? 'unused' : 'untested');
  }
  const guarded = LEARNED_FIELDS.map((field) => field.id).filter((id) => id !== 'kind' && roles.get(id) !== 'unused');
  const seen = distinctRows(rows, list, guarded);
  const common = commonOf(seen.matrix, columnsOf(seen.words));
  return {
    roles,
    known: describeCommon(common.masks, seen.words),
    covers: (row) => {
      const own = distinctRows(rows, [row], guarded).matrix;
      return common.masks.every((mask) => apply(mask, own.words, 0) === 0);
    },
  };
}
