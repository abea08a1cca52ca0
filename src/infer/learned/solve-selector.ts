/**
 * The selector of a switch as affine functions over GF(2). XOR folds and CRCs of any seed, polynomial and field mask are
 * affine in the header bits, so some ways to split the members in two ("labels": A against the rest) are affine too:
 * for 2, 4 or 8 members that share the hash values evenly, all bits of the member's code. Which splits are affine is
 * told by linear dependencies between flows: over each, an affine function sums to 0.
 */
import { annihilator, apply, constantOn, eliminate, parity, range, solveMask, type BitRows, type Echelon } from './gf2.ts';
import { createRandom, shuffle } from './random.ts';

/** Functions of the row and the member of each combination of their values. */
export interface SolvedSelector {
  readonly bits: readonly Uint32Array[];
  /** Member by bucket, -1 where no row was seen. */
  readonly table: Int16Array;
  readonly rank: number;
  /** Rows that could have refuted the first split and did not need to be as they are. */
  readonly tests: number;
  /** Rows whose member is another than the selector's. */
  readonly wrong: number;
}

export type SolveFailure =
  /** Not enough rows to test anything: rank is the number of unknowns. */
  | { readonly kind: 'too-few'; readonly rank: number; readonly rows: number }
  | { readonly kind: 'not-linear'; readonly rank: number; readonly tests: number };

/** Dependent rows needed: by chance a split passes so many tests once in 2^28. */
const LEAST_TESTS = 40;
/** Share of tests that wrong observations may spoil. A wrong pivot row spoils half of them. */
const MOST_SPOILED = 0.1;
/** Wrong observations among the rows, at most, for the selector to be believed. */
const MOST_WRONG = 0.03;
/** Orders of rows tried: each has a chance that no wrong observation becomes a pivot. */
const TRIES = 24;
/** Buckets at most: 2 to this power. */
const MAX_BITS = 8;
/** Members at most: every split of them is looked at. */
export const MAX_SOLVED_MEMBERS = 16;

/** Rows of different value with one member each (0 to members - 1). */
export interface SolveRequest {
  readonly matrix: BitRows;
  readonly member: Uint8Array;
  readonly members: number;
  readonly seed: number;
}

export function solveSelector(request: SolveRequest): SolvedSelector | SolveFailure {
  const { matrix, members } = request;
  const all = range(matrix.count);
  const labels = Uint32Array.from(all, (i) => (1 << request.member[i]) >>> 0);
  const plain = eliminate(matrix, labels, all);
  const rank = plain?.rank ?? 0;
  if (plain === null || plain.dependent.length < LEAST_TESTS || members > MAX_SOLVED_MEMBERS)
    return { kind: 'too-few', rank, rows: matrix.count };
  const random = createRandom(request.seed);
  for (let n = 0; n < TRIES; n++) {
    const order = n === 0 ? all : shuffle(range(matrix.count), random);
    // What shows as a lack of rank shows in any order of the rows, or not at all.
    const bits = splitMembers(request, labels, order, n === 0 ? plain : null);
    if (bits === null) continue;
    const solved = buildTable(request, bits, rank, plain.dependent.length);
    if (solved !== null) return solved;
  }
  return { kind: 'not-linear', rank, tests: plain.dependent.length };
}

/** Affine functions that tell the members apart, by splitting sets of members until each is alone; null if one cannot be split. */
function splitMembers(request: SolveRequest, labels: Uint32Array, order: Uint32Array, plain: Echelon | null): Uint32Array[] | null {
  const { matrix, member } = request;
  const bits: Uint32Array[] = [];
  const sets = [(1 << request.members) - 1];
  for (let set = sets.pop(); set !== undefined; set = sets.pop()) {
    if ((set & (set - 1)) === 0) continue;
    const current = set;
    const own = order.filter((i) => ((current >> member[i]) & 1) === 1);
    const echelon = eliminate(matrix, labels, own, (dependent) => findSplits(dependent, current).length > 0);
    const splits = echelon === null || echelon.dependent.length < LEAST_TESTS ? [] : findSplits(echelon.dependent, current);
    if (echelon !== null && splits.length > 0) {
      for (const split of splits) bits.push(solveMask(echelon, split));
      sets.push(...cellsOf(current, splits));
    } else {
      const found = plain === null ? [] : splitOneSided(request, labels, own, current, plain);
      if (found.length === 0) return null;
      bits.push(...found);
    }
    if (bits.length > MAX_BITS * 4) return null;
  }
  const found = independent(matrix, bits);
  return found === null || plain === null ? found : splitCells(request, labels, order, found);
}

/** What constant functions left together (two members in one bucket) may be split within that bucket. */
function splitCells(request: SolveRequest, labels: Uint32Array, order: Uint32Array, bits: readonly Uint32Array[]): Uint32Array[] | null {
  const { matrix, member, members } = request;
  const more = [...bits];
  for (let cell = 0; cell < 1 << bits.length; cell++) {
    const own = order.filter((i) => bucketOf(bits, matrix.words, i * matrix.width) === cell);
    const counts = new Uint32Array(members);
    for (const i of own) counts[member[i]]++;
    let set = 0;
    for (let m = 0; m < members; m++) if (counts[m] > own.length * MOST_WRONG) set |= 1 << m;
    if ((set & (set - 1)) === 0) continue;
    const clean = own.filter((i) => ((set >> member[i]) & 1) === 1);
    const echelon = eliminate(matrix, labels, clean, (dependent) => findSplits(dependent, set).length > 0);
    if (echelon === null || echelon.dependent.length < LEAST_TESTS) continue;
    for (const split of findSplits(echelon.dependent, set)) more.push(solveMask(echelon, split));
  }
  return more.length === bits.length ? more : independent(matrix, more);
}

/** Sets of members (as bits) whose indicator is affine, a basis modulo the complement within `set`. */
function findSplits(dependent: Uint32Array, set: number): number[] {
  const lowest = set & -set;
  const free = set & ~lowest;
  const found: { split: number; spoiled: number }[] = [];
  // Every subset of the members but the lowest: the complements say the same.
  for (let split = free; split > 0; split = (split - 1) & free) {
    let spoiled = 0;
    const most = dependent.length * MOST_SPOILED;
    for (let d = 0; d < dependent.length && spoiled <= most; d++) spoiled += parity(dependent[d] & split);
    if (spoiled <= most) found.push({ split, spoiled });
  }
  found.sort((x, y) => x.spoiled - y.spoiled || x.split - y.split);
  const basis: number[] = [];
  const reduced: number[] = [];
  for (const { split } of found) {
    let rest = split;
    for (const row of reduced) rest = Math.min(rest, rest ^ row);
    if (rest === 0) continue;
    reduced.push(rest);
    basis.push(split);
  }
  return basis;
}

/** The members that no split tells apart, as sets. */
function cellsOf(set: number, splits: readonly number[]): number[] {
  const cells = new Map<string, number>();
  for (let m = 0; m < 32; m++) {
    if (((set >>> m) & 1) === 0) continue;
    const key = splits.map((split) => (split >>> m) & 1).join('');
    cells.set(key, (cells.get(key) ?? 0) | (1 << m));
  }
  return [...cells.values()].filter((cell) => (cell & (cell - 1)) !== 0);
}

/**
 * Where no split is affine (3 members on 8 buckets): functions that are constant on the rows of some members and not on
 * the others'. They show as rows that span less than they would by chance.
 */
function splitOneSided(request: SolveRequest, labels: Uint32Array, own: Uint32Array, set: number, plain: Echelon): Uint32Array[] {
  const { matrix, member } = request;
  const found: Uint32Array[] = [];
  for (const current of singlesAndComplements(set)) {
    const rows = own.filter((i) => ((current >> member[i]) & 1) === 1);
    const echelon = eliminate(matrix, labels, rows);
    if (echelon === null || rows.length - echelon.rank < LEAST_TESTS || echelon.rank >= plain.rank) continue;
    if (plain.rank - echelon.rank > MAX_BITS) continue;
    found.push(...constantOn(echelon, plain));
    if (found.length > 64) break;
  }
  return found;
}

function singlesAndComplements(set: number): number[] {
  const parts: number[] = [];
  for (let rest = set; rest !== 0; rest &= rest - 1) parts.push(rest & -rest, set & ~(rest & -rest));
  return parts;
}

/** Leaves out functions that are affine combinations of others on these rows. */
function independent(matrix: BitRows, bits: readonly Uint32Array[]): Uint32Array[] | null {
  const width = Math.ceil(matrix.count / 32);
  // Row 0 is the constant.
  const values = new Uint32Array((bits.length + 1) * width);
  for (let i = 0; i < matrix.count; i++) values[i >>> 5] |= 1 << (i & 31);
  bits.forEach((mask, b) => {
    for (let i = 0; i < matrix.count; i++)
      if (apply(mask, matrix.words, i * matrix.width) === 1) values[(b + 1) * width + (i >>> 5)] |= 1 << (i & 31);
  });
  const kept: Uint32Array[] = [];
  let before = 1;
  for (let b = 0; b < bits.length; b++) {
    const rows = range(b + 2);
    const rank = eliminate({ words: values, width, count: b + 2 }, new Uint32Array(b + 2), rows)?.rank ?? before;
    if (rank > before) kept.push(bits[b]);
    before = rank;
  }
  return kept.length === 0 || kept.length > MAX_BITS ? null : kept;
}

/** Member of each bucket by majority; null where the buckets do not tell the members apart. */
function buildTable(request: SolveRequest, bits: readonly Uint32Array[], rank: number, tests: number): SolvedSelector | null {
  const { matrix, member, members } = request;
  const counts = new Float64Array((1 << bits.length) * members);
  for (let i = 0; i < matrix.count; i++) counts[bucketOf(bits, matrix.words, i * matrix.width) * members + member[i]]++;
  const table = new Int16Array(1 << bits.length).fill(-1);
  let right = 0;
  for (let bucket = 0; bucket < table.length; bucket++) {
    let best = 0;
    for (let m = 0; m < members; m++) {
      if (counts[bucket * members + m] <= best) continue;
      best = counts[bucket * members + m];
      table[bucket] = m;
    }
    // A bucket of few rows, all of them strays, would be made up: it stays unknown.
    if (best < Math.max(2, (matrix.count / table.length) * MOST_WRONG)) table[bucket] = -1;
    else right += best;
  }
  const wrong = matrix.count - right;
  if (wrong > matrix.count * MOST_WRONG) return null;
  return { bits, table, rank, tests, wrong };
}

export function bucketOf(bits: readonly Uint32Array[], words: Uint32Array, at: number): number {
  let bucket = 0;
  for (let b = 0; b < bits.length; b++) bucket |= apply(bits[b], words, at) << b;
  return bucket;
}

/** Solves the functions anew from the rows that they predict, so that strays leave no trace in the masks. */
export function refineSelector(request: SolveRequest, solved: SolvedSelector): SolvedSelector {
  const { matrix, member, members } = request;
  const right = range(matrix.count).filter((i) => solved.table[bucketOf(solved.bits, matrix.words, i * matrix.width)] === member[i]);
  if (right.length === matrix.count) return solved;
  const words = new Uint32Array(right.length * matrix.width);
  right.forEach((i, n) => words.set(matrix.words.subarray(i * matrix.width, (i + 1) * matrix.width), n * matrix.width));
  const clean = solveSelector({
    matrix: { words, width: matrix.width, count: right.length },
    member: Uint8Array.from(right, (i) => member[i]),
    members,
    seed: request.seed,
  });
  return 'kind' in clean ? solved : { ...clean, wrong: solved.wrong };
}

/** What the rows had in common, as masks whose parity is 0 on each; see `annihilator`. */
export function commonOf(matrix: BitRows, columns: ArrayLike<number>): { rank: number; masks: Uint32Array[] } {
  const echelon = eliminate(matrix, new Uint32Array(matrix.count), range(matrix.count));
  return echelon === null ? { rank: 0, masks: [] } : { rank: echelon.rank, masks: annihilator(echelon, columns) };
}
