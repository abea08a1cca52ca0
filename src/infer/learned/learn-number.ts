/** Learns the selector of frames of one layout where a known number gives the member: by its remainder, or by a table of buckets. */
import { FIELD_WORDS } from '../../hash/learned-fields.ts';
import type { AffineBit, LinearSelector, RemainderSelector } from '../../hash/learned-model.ts';
import { affineBit } from './describe-selector.ts';
import type { FieldRows } from './field-sets.ts';
import { range } from './gf2.ts';
import { describeSeen } from './known-fields.ts';
import { fieldsOfValue, parityMasks, valuesOf } from './known-values.ts';
import { isBelow, LEAST_PROOF, LEAST_RIGHT, splitHeldOut } from './held-out.ts';
import type { LearnedClass } from './learned-class.ts';
import { membersBySolution, solveAgain, solveNumber, type SolvedNumber } from './solve-number.ts';
import type { SolvedBuckets } from './solve-buckets.ts';
import type { SolvedRemainder } from './solve-remainder.ts';
import { commonOf } from './solve-selector.ts';

/** `list`: rows of one layout (IP version, with or without ports). Null where no known number explains them. */
export function* learnNumber(rows: FieldRows, list: Uint32Array, seed: number): Generator<null, LearnedClass | null> {
  const { training, held } = splitHeldOut(list, seed);
  const proof = yield* solveNumber(rows, training, seed);
  if (proof === null) return null;
  const [heldOut, heldOutRight] = countRight(proof, rows, held);
  if (heldOut < LEAST_PROOF || isBelow(heldOut, heldOut - heldOutRight, 1 - LEAST_RIGHT)) return null;
  // Proven; now every flow may help to fill the table.
  const solved = solveAgain(proof, rows, list);
  const [flows, right] = countRight(solved, rows, list);
  const { roles, known } = describeSeen(rows, list, fieldsOfValue(solved.value));
  const rank = solved.kind === 'remainder' ? solved.rank : solved.table.reduce((sum, member) => sum + (member < 0 ? 0 : 1), 0);
  return {
    kind: 'linear',
    selector: solved.kind === 'remainder' ? describeRemainder(solved, rows, list, known) : describeBuckets(solved, known),
    roles,
    flows,
    right,
    heldOut,
    heldOutRight,
    rank,
    tests: solved.tests,
    repeats: 0,
    contradictions: solved.wrong,
    notLinear: true,
    fittedBits: rank * Math.log2(rows.members) + BITS_OF_CHOICE,
    title: titleOf(solved, rows.members),
  };
}

/** Numbers that are tried, in bits. */
const BITS_OF_CHOICE = 24;

function titleOf({ kind, value }: SolvedNumber, members: number): string {
  return kind === 'remainder' ? `remainder by ${members} of a ${value.title}` : `table of buckets of a ${value.title}`;
}

/** Rows that are placed, and those of them on the member that they were seen on. */
function countRight(solved: SolvedNumber, rows: FieldRows, list: Uint32Array): [placed: number, right: number] {
  const members = membersBySolution(solved, rows, list);
  let placed = 0;
  let right = 0;
  list.forEach((row, n) => {
    if (members[n] >= 0) placed++;
    if (members[n] === rows.member[row]) right++;
  });
  return [placed, right];
}

type Known = LinearSelector['known'];
const EVERY_WORD = Uint16Array.from(range(FIELD_WORDS));

function describeRemainder({ value, sums, table }: SolvedRemainder, rows: FieldRows, list: Uint32Array, known: Known): RemainderSelector {
  const masks = parityMasks(value);
  const used = masks.flatMap((mask, b) => (sums.some(({ weights }) => weights[b] !== 0) && mask.some((word) => word !== 0) ? [b] : []));
  return {
    kind: 'remainder',
    bits: used.map((b) => affineBit(masks[b], EVERY_WORD)),
    sums: sums.map(({ modulus, weights }) => ({
      modulus,
      weights: used.map((b) => weights[b]),
      constant: weights[weights.length - 1],
    })),
    table: Array.from(table, (member) => (member < 0 ? null : member)),
    known: { ...known, relations: [...known.relations, ...relationsOfBits(masks, valuesOf(value, rows, list))] },
  };
}

/** What the bits of the value had in common: their weights are not told apart. */
function relationsOfBits(masks: readonly Uint32Array[], values: Uint32Array): AffineBit[] {
  const words = new Uint32Array(values.length * 2);
  values.forEach((value, n) => words.set([1, value], n * 2));
  const columns = [0, ...masks.map((_, b) => 32 + b)];
  return commonOf({ words, width: 2, count: values.length }, columns).masks.flatMap((common) => {
    const mask = sumOf(masks, common[1]);
    mask[0] = (mask[0] | (common[0] & 1)) >>> 0;
    return mask.some((word, w) => (w === 0 ? word & ~1 : word) !== 0) ? [affineBit(mask, EVERY_WORD)] : [];
  });
}

function describeBuckets({ value, masks, table }: SolvedBuckets, known: Known): LinearSelector {
  const parities = parityMasks(value);
  return {
    kind: 'linear',
    bits: masks.map((mask) => affineBit(sumOf(parities, mask), EVERY_WORD)),
    table: Array.from(table, (member) => (member < 0 ? null : member)),
    known,
  };
}

/** Sum over GF(2) of the masks of a value's bits. */
function sumOf(masks: readonly Uint32Array[], bits: number): Uint32Array {
  const sum = new Uint32Array(FIELD_WORDS);
  masks.forEach((mask, b) => {
    if (((bits >>> b) & 1) === 1) mask.forEach((word, w) => (sum[w] ^= word));
  });
  return sum;
}
