/** A table of the values that were seen of some fields, where they decide but no function of them is told. */
import { FIELD_WORDS, LEARNED_FIELDS, findLearnedField, type LearnedField, type LearnedFieldId } from '../../hash/learned-fields.ts';
import type { FieldRole } from '../../hash/learned-model.ts';
import { classKey } from '../../hash/learned-policy.ts';
import { FREE_FIELD_BITS } from './evidence.ts';
import { distinctRows, type FieldRows } from './field-sets.ts';
import { isBelow, LEAST_PROOF, splitHeldOut } from './held-out.ts';
import type { LearnedClass } from './learned-class.ts';

/** Share of repeats that may be on another member (strays) where the set decides. */
export const MOST_CONTRADICTIONS = 0.03;
/** Entries of a table of seen values at most. */
const MAX_CLASSES = 4096;

/** The fields decide, by a function that is not linear or that too few values show: what was seen is all that is known. */
export function describeClasses(
  rows: FieldRows,
  list: Uint32Array,
  fields: readonly LearnedFieldId[],
  seed: number,
  refuted: { rank: number; tests: number } | null,
): LearnedClass {
  const distinct = distinctRows(rows, list, fields);
  const roles = new Map<LearnedFieldId, FieldRole>();
  for (const { id } of LEARNED_FIELDS) {
    if (id === 'kind') continue;
    const split = fields.includes(id) ? 0 : distinctRows(rows, list, [...fields, id]).matrix.count - distinct.matrix.count;
    roles.set(id, fields.includes(id) ? 'used' : split >= FREE_FIELD_BITS ? 'unused' : 'untested');
  }
  const listed: LearnedField[] = ['kind' as const, ...fields].flatMap((id) => findLearnedField(id) ?? []);
  const learn = (part: ArrayLike<number>): Map<string, number> => {
    const counts = new Map<string, Uint32Array>();
    for (let n = 0; n < part.length; n++) {
      const key = classKey(listed, rows.words, part[n] * FIELD_WORDS);
      let count = counts.get(key);
      if (count === undefined) counts.set(key, (count = new Uint32Array(rows.members)));
      count[rows.member[part[n]]]++;
    }
    return new Map([...counts].map(([key, count]) => [key, count.indexOf(Math.max(...count))]));
  };
  const score = (table: ReadonlyMap<string, number>, part: ArrayLike<number>): { flows: number; right: number } => {
    let flows = 0;
    let right = 0;
    for (let n = 0; n < part.length; n++) {
      const member = table.get(classKey(listed, rows.words, part[n] * FIELD_WORDS));
      if (member === undefined) continue;
      flows++;
      if (member === rows.member[part[n]]) right++;
    }
    return { flows, right };
  };
  const { training, held } = splitHeldOut(list, seed);
  const proof = score(learn(training), held);
  const table = learn(list);
  const whole = score(table, list);
  const proven = proof.flows >= LEAST_PROOF && !isBelow(proof.flows, proof.flows - proof.right, MOST_CONTRADICTIONS);
  const ids = listed.map((field) => field.id);
  return {
    kind: refuted !== null ? 'keyed' : proven ? 'classes' : 'undecided',
    selector: !proven
      ? null
      : table.size <= MAX_CLASSES
        ? { kind: 'classes', fields: ids, members: Object.fromEntries(table) }
        : { kind: 'keyed', fields: ids },
    roles,
    flows: whole.flows,
    right: whole.right,
    heldOut: proof.flows,
    heldOutRight: proof.right,
    rank: refuted?.rank ?? 0,
    tests: refuted?.tests ?? 0,
    repeats: distinct.repeats,
    contradictions: distinct.contradictions,
    notLinear: refuted !== null,
    fittedBits: 0,
  };
}
