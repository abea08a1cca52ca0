/** Learns the selector of one class of frames: the fields, then the function, then the proof on flows kept back. */
import { FIELD_WORDS, LEARNED_FIELDS, type LearnedField, type LearnedFieldId } from '../../hash/learned-fields.ts';
import type { FieldRole } from '../../hash/learned-model.ts';
import { affineBit, describeCommon, fieldsOfMasks } from './describe-selector.ts';
import { describeClasses, MOST_CONTRADICTIONS } from './describe-values.ts';
import { FREE_FIELD_BITS } from './evidence.ts';
import { columnsOf, distinctRows, DROP_ORDER, FIELD_SETS, type DistinctRows, type FieldRows } from './field-sets.ts';
import { apply, eliminate, range, type BitRows, type Echelon } from './gf2.ts';
import type { LearnedClass } from './learned-class.ts';
import { HELD_OUT, isBelow, LEAST_PROOF, LEAST_RIGHT } from './held-out.ts';
import { createRandom, shuffle } from './random.ts';
import { bucketOf, commonOf, refineSelector, solveSelector, type SolvedSelector } from './solve-selector.ts';

/** Repeats of a set's values that would be on another member if the set did not decide: fewer show nothing. */
const LEAST_EXPECTED = 12;
/** Share of those that may be on another member where it does. */
const MOST_OF_EXPECTED = 0.04;
/** Distinct rows that elimination looks at. */
const MAX_ROWS = 1500;

interface Linear {
  readonly fields: readonly LearnedFieldId[];
  readonly distinct: DistinctRows;
  readonly solved: SolvedSelector;
  readonly heldOut: number;
  readonly heldOutRight: number;
}

/** `list`: the rows of the class. */
export function learnClass(rows: FieldRows, list: Uint32Array, seed: number): LearnedClass {
  let deterministic: readonly LearnedFieldId[] | null = null;
  let largest: readonly LearnedFieldId[] = [];
  let best: Linear | null = null;
  let refuted: { rank: number; tests: number } | null = null;
  for (const fields of setsThatVary(rows, list)) {
    const distinct = distinctRows(rows, list, fields);
    const agrees = distinct.contradictions <= Math.max(1, distinct.repeats * MOST_CONTRADICTIONS);
    // Equal in all these fields and yet on different members: something else enters.
    if (!agrees) continue;
    const decides = isShownToDecide(rows, list, distinct);
    if (decides) deterministic ??= fields;
    const tried = tryLinear(rows, distinct, fields, seed);
    if (tried.kind === 'linear') {
      if (best === null || tried.linear.solved.wrong < best.solved.wrong / 2) best = tried.linear;
      if (best.solved.wrong === 0) break;
    } else if (tried.kind === 'not-linear') {
      // The largest set says most: a function of fewer fields is one of more fields too.
      refuted = { rank: tried.rank, tests: tried.tests };
    }
    largest = fields;
    // Any function of few values is linear in enough bits that go with them: with more fields it would only seem to be solved.
    if (decides && tried.kind === 'too-few') break;
  }
  if (best !== null) return describeLinear(rows, list, dropFields(rows, list, best, seed));
  const deciding = dropByRepeats(rows, list, deterministic ?? largest);
  if (deciding !== null) return describeClasses(rows, list, deciding, seed, refuted);
  return {
    kind: refuted === null ? 'undecided' : 'keyed',
    selector: null,
    roles: new Map(),
    flows: 0,
    right: 0,
    heldOut: 0,
    heldOutRight: 0,
    rank: refuted?.rank ?? 0,
    tests: refuted?.tests ?? 0,
    repeats: 0,
    contradictions: 0,
    notLinear: refuted !== null,
    fittedBits: 0,
  };
}

/** Equal values that share a member, where by the members' shares alone many would not. */
function isShownToDecide(rows: FieldRows, list: Uint32Array, { repeats, contradictions }: DistinctRows): boolean {
  const expected = repeats * scatterOf(rows, list);
  return expected >= LEAST_EXPECTED && contradictions <= Math.max(1, expected * MOST_OF_EXPECTED);
}

/** Probability that two flows drawn at random are on different members. */
function scatterOf(rows: FieldRows, list: Uint32Array): number {
  const counts = new Float64Array(rows.members);
  for (let n = 0; n < list.length; n++) counts[rows.member[list[n]]]++;
  let same = 0;
  for (const count of counts) same += (count / Math.max(list.length, 1)) ** 2;
  return 1 - same;
}

/** The sets without the fields that never vary, each once. */
function setsThatVary(rows: FieldRows, list: Uint32Array): LearnedFieldId[][] {
  const varying = new Set(LEARNED_FIELDS.filter((field) => varies(rows, list, field)).map((field) => field.id));
  const seen = new Set<string>();
  return FIELD_SETS.map((fields) => fields.filter((id) => varying.has(id))).filter((fields) => {
    const key = [...fields].sort().join();
    return fields.length > 0 && !seen.has(key) && seen.add(key) !== undefined;
  });
}

function varies(rows: FieldRows, list: Uint32Array, { word, words }: LearnedField): boolean {
  for (let n = 1; n < list.length; n++)
    for (let w = word; w < word + words; w++)
      if (rows.words[list[n] * FIELD_WORDS + w] !== rows.words[list[0] * FIELD_WORDS + w]) return true;
  return false;
}

type Tried =
  | { readonly kind: 'linear'; readonly linear: Linear }
  | { readonly kind: 'not-linear' | 'too-few' | 'unproven'; readonly rank: number; readonly tests: number };

/** Solves on three quarters of the distinct rows and asks the rest. */
function tryLinear(rows: FieldRows, distinct: DistinctRows, fields: readonly LearnedFieldId[], seed: number): Tried {
  const { matrix, member } = distinct;
  const order = shuffle(range(matrix.count), createRandom(seed));
  const sample = order.subarray(0, Math.min(order.length, MAX_ROWS));
  const held = sample.subarray(0, Math.floor(sample.length * HELD_OUT));
  const training = sample.subarray(held.length);
  const request = { matrix: takeRows(matrix, training), member: Uint8Array.from(training, (i) => member[i]), members: rows.members, seed };
  const solved = solveSelector(request);
  // Only the sort of frame would decide: that is a failover or a stray, no selector.
  if (!('kind' in solved) && solved.bits.every((bit) => bit.subarray(1).every((word) => word === 0)))
    return { kind: 'unproven', rank: solved.rank, tests: 0 };
  if ('kind' in solved) return { kind: solved.kind, rank: solved.rank, tests: solved.kind === 'not-linear' ? solved.tests : 0 };
  const refined = refineSelector(request, solved);
  const common = commonOf(request.matrix, columnsOf(distinct.words));
  let asked = 0;
  let right = 0;
  for (const i of held) {
    if (common.masks.some((mask) => apply(mask, matrix.words, i * matrix.width) !== 0)) continue;
    const predicted = refined.table[bucketOf(refined.bits, matrix.words, i * matrix.width)];
    if (predicted < 0) continue;
    asked++;
    if (predicted === member[i]) right++;
  }
  if (asked < LEAST_PROOF || isBelow(asked, asked - right, 1 - LEAST_RIGHT))
    return { kind: 'unproven', rank: refined.rank, tests: refined.tests };
  // Proven; now every flow may help to know more bits.
  const whole = { matrix: takeRows(matrix, sample), member: Uint8Array.from(sample, (i) => member[i]), members: rows.members, seed };
  const again = solveSelector(whole);
  const final = 'kind' in again ? refined : refineSelector(whole, again);
  return { kind: 'linear', linear: { fields, distinct, solved: final, heldOut: asked, heldOutRight: right } };
}

function takeRows(matrix: BitRows, list: ArrayLike<number>): BitRows {
  const words = new Uint32Array(list.length * matrix.width);
  for (let n = 0; n < list.length; n++)
    words.set(matrix.words.subarray(list[n] * matrix.width, (list[n] + 1) * matrix.width), n * matrix.width);
  return { words, width: matrix.width, count: list.length };
}

/** Does without every field that is not needed: what a smaller set explains as well, it explains. */
function dropFields(rows: FieldRows, list: Uint32Array, linear: Linear, seed: number): Linear {
  let best = linear;
  for (const id of DROP_ORDER) {
    if (!best.fields.includes(id) || best.fields.length < 2) continue;
    const fields = best.fields.filter((other) => other !== id);
    const distinct = distinctRows(rows, list, fields);
    if (distinct.contradictions > Math.max(best.solved.wrong, distinct.repeats * MOST_CONTRADICTIONS)) continue;
    const tried = tryLinear(rows, distinct, fields, seed);
    if (tried.kind === 'linear' && tried.linear.solved.wrong <= best.solved.wrong) best = tried.linear;
  }
  return best;
}

function describeLinear(rows: FieldRows, list: Uint32Array, linear: Linear): LearnedClass {
  const { fields, solved, distinct } = linear;
  const used = fieldsOfMasks(solved.bits, distinct.words);
  const roles = new Map<LearnedFieldId, FieldRole>();
  const own = rankOf(rows, list, fields);
  for (const field of LEARNED_FIELDS) {
    if (field.id === 'kind') continue;
    if (used.has(field.id)) roles.set(field.id, 'used');
    else if (fields.includes(field.id)) roles.set(field.id, isFree(rows, list, fields, field.id, solved) ? 'unused' : 'untested');
    else {
      // Flows that differ in this field beyond what the set tells, and went where the set says.
      const more = rankOf(rows, list, [...fields, field.id]) - own;
      roles.set(field.id, more * solved.bits.length >= FREE_FIELD_BITS ? 'unused' : 'untested');
    }
  }
  // Bits of fields that were not tested have to be like those of the training; of unused fields they may be anything.
  const guarded = LEARNED_FIELDS.map((field) => field.id).filter((id) => id !== 'kind' && roles.get(id) !== 'unused');
  const seen = distinctRows(rows, list, guarded);
  const common = commonOf(seen.matrix, columnsOf(seen.words));
  let flows = 0;
  let right = 0;
  for (let n = 0; n < list.length; n++) {
    const row = distinctPlace(rows, list[n], distinct.words);
    const predicted = solved.table[bucketOf(solved.bits, row, 0)];
    if (predicted < 0) continue;
    flows++;
    if (predicted === rows.member[list[n]]) right++;
  }
  return {
    kind: 'linear',
    selector: {
      kind: 'linear',
      bits: solved.bits.map((mask) => affineBit(mask, distinct.words)),
      table: Array.from(solved.table, (member) => (member < 0 ? null : member)),
      known: describeCommon(common.masks, seen.words),
    },
    roles,
    flows,
    right,
    heldOut: linear.heldOut,
    heldOutRight: linear.heldOutRight,
    rank: solved.rank,
    tests: solved.tests,
    repeats: distinct.repeats,
    contradictions: distinct.contradictions,
    notLinear: false,
    fittedBits: solved.rank * solved.bits.length,
  };
}

/** A field of the set that no mask reads: free if it had its chance to be read. */
function isFree(
  rows: FieldRows,
  list: Uint32Array,
  fields: readonly LearnedFieldId[],
  id: LearnedFieldId,
  solved: SolvedSelector,
): boolean {
  const without = rankOf(
    rows,
    list,
    fields.filter((other) => other !== id),
  );
  return (rankOf(rows, list, fields) - without) * solved.bits.length >= FREE_FIELD_BITS;
}

function rankOf(rows: FieldRows, list: Uint32Array, fields: readonly LearnedFieldId[]): number {
  const { matrix } = distinctRows(rows, list.subarray(0, MAX_ROWS), fields);
  const echelon: Echelon | null = eliminate(matrix, new Uint32Array(matrix.count), range(matrix.count));
  return echelon?.rank ?? 0;
}

function distinctPlace(rows: FieldRows, row: number, words: Uint16Array): Uint32Array {
  return Uint32Array.from(words, (word) => rows.words[row * FIELD_WORDS + word]);
}

/** The smallest set within `start` whose equal values agree on the member, often enough to count; null without any. */
function dropByRepeats(rows: FieldRows, list: Uint32Array, start: readonly LearnedFieldId[]): readonly LearnedFieldId[] | null {
  let fields = start;
  for (const id of DROP_ORDER) {
    if (!fields.includes(id) || fields.length < 2) continue;
    const fewer = fields.filter((other) => other !== id);
    const { repeats, contradictions } = distinctRows(rows, list, fewer);
    if (contradictions <= Math.max(1, repeats * MOST_CONTRADICTIONS)) fields = fewer;
  }
  return fields.length > 0 && isShownToDecide(rows, list, distinctRows(rows, list, fields)) ? fields : null;
}
