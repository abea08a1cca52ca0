/** Linear algebra over GF(2) on rows of bits. Words are unsigned 32 bit; bit b of word w is column 32·w + b. */

/** `count` rows of `width` words each. */
export interface BitRows {
  readonly words: Uint32Array;
  readonly width: number;
  readonly count: number;
}

/** Reduced row echelon form of some rows, each carrying a label (a vector over GF(2) of at most 32 bits). */
export interface Echelon {
  readonly rank: number;
  readonly width: number;
  /** Pivot rows, each with a column that is 0 in all other pivot rows. */
  readonly rows: Uint32Array;
  readonly column: Int32Array;
  /** Sum of the labels of the rows that were added up to each pivot row. */
  readonly labels: Uint32Array;
  /** Sums of labels of the rows that are sums of pivot rows: each is a test of whether labels are a linear function. */
  readonly dependent: Uint32Array;
}

/** After so many dependent rows an elimination is given up if `promising` says that nothing can come of it. */
const PROBE = 64;

/**
 * Gaussian elimination over the rows of `order`, in that order. Null where `promising`, asked once with the sums of
 * labels of the first dependent rows, says no.
 */
export function eliminate(
  matrix: BitRows,
  labels: Uint32Array,
  order: ArrayLike<number>,
  promising?: (dependent: Uint32Array) => boolean,
): Echelon | null {
  const { words, width } = matrix;
  const most = Math.min(order.length, width * 32);
  const rows = new Uint32Array(most * width);
  const column = new Int32Array(most);
  const sums = new Uint32Array(most);
  const dependent = new Uint32Array(order.length);
  const row = new Uint32Array(width);
  let rank = 0;
  let dependents = 0;
  for (let n = 0; n < order.length; n++) {
    const from = order[n] * width;
    for (let w = 0; w < width; w++) row[w] = words[from + w];
    let label = labels[order[n]];
    for (let p = 0; p < rank; p++) {
      const c = column[p];
      if (((row[c >>> 5] >>> (c & 31)) & 1) === 0) continue;
      const at = p * width;
      for (let w = 0; w < width; w++) row[w] ^= rows[at + w];
      label ^= sums[p];
    }
    const c = firstColumn(row, 0, width);
    if (c < 0) {
      dependent[dependents++] = label;
      if (dependents === PROBE && promising !== undefined && !promising(dependent.subarray(0, PROBE))) return null;
      continue;
    }
    rows.set(row, rank * width);
    column[rank] = c;
    sums[rank++] = label;
  }
  // Backwards: a pivot's column is already 0 in later rows, now in earlier ones too.
  for (let p = rank - 1; p > 0; p--) {
    const c = column[p];
    for (let q = 0; q < p; q++) {
      if (((rows[q * width + (c >>> 5)] >>> (c & 31)) & 1) === 0) continue;
      for (let w = 0; w < width; w++) rows[q * width + w] ^= rows[p * width + w];
      sums[q] ^= sums[p];
    }
  }
  return { rank, width, rows, column, labels: sums, dependent: dependent.subarray(0, dependents) };
}

/** Lowest column with a 1, -1 without any. */
export function firstColumn(row: Uint32Array, at: number, width: number): number {
  for (let w = 0; w < width; w++) {
    const word = row[at + w];
    if (word !== 0) return w * 32 + 31 - Math.clz32(word & -word);
  }
  return -1;
}

/** The mask whose parity with every pivot row is the parity of `functional` with the row's label; 0 on all other columns. */
export function solveMask(echelon: Echelon, functional: number): Uint32Array {
  const mask = new Uint32Array(echelon.width);
  for (let p = 0; p < echelon.rank; p++) {
    if (parity(echelon.labels[p] & functional) === 0) continue;
    const c = echelon.column[p];
    mask[c >>> 5] |= 1 << (c & 31);
  }
  return mask;
}

/** A basis of the masks that have parity 0 with every pivot row: what all rows had in common. */
export function annihilator(echelon: Echelon, columns: ArrayLike<number>): Uint32Array[] {
  const { rank, width, rows, column } = echelon;
  const pivots = new Set<number>();
  for (let p = 0; p < rank; p++) pivots.add(column[p]);
  const masks: Uint32Array[] = [];
  for (let i = 0; i < columns.length; i++) {
    const free = columns[i];
    if (pivots.has(free)) continue;
    const mask = new Uint32Array(width);
    mask[free >>> 5] |= 1 << (free & 31);
    for (let p = 0; p < rank; p++) {
      if (((rows[p * width + (free >>> 5)] >>> (free & 31)) & 1) !== 0) mask[column[p] >>> 5] |= 1 << (column[p] & 31);
    }
    masks.push(mask);
  }
  return masks;
}

/** Functions that are 0 on all rows of `part` but not on all rows of `whole`, a basis of them modulo those that are 0 on both. */
export function constantOn(part: Echelon, whole: Echelon): Uint32Array[] {
  const { width } = part;
  const residuals = new Uint32Array(whole.rank * width);
  for (let r = 0; r < whole.rank; r++) {
    const row = whole.rows.slice(r * width, r * width + width);
    for (let p = 0; p < part.rank; p++) {
      const c = part.column[p];
      if (((row[c >>> 5] >>> (c & 31)) & 1) === 0) continue;
      for (let w = 0; w < width; w++) row[w] ^= part.rows[p * width + w];
    }
    residuals.set(row, r * width);
  }
  const rest = eliminate({ words: residuals, width, count: whole.rank }, new Uint32Array(whole.rank), range(whole.rank));
  if (rest === null) return [];
  // Coordinate q of the reduced row: its own bit, and for each pivot of `part` in the row that pivot row's bit.
  return Array.from({ length: rest.rank }, (_, q) => {
    const c = rest.column[q];
    const mask = new Uint32Array(width);
    mask[c >>> 5] |= 1 << (c & 31);
    for (let p = 0; p < part.rank; p++) {
      if (((part.rows[p * width + (c >>> 5)] >>> (c & 31)) & 1) !== 0) mask[part.column[p] >>> 5] |= 1 << (part.column[p] & 31);
    }
    return mask;
  });
}

export function range(count: number): Uint32Array {
  const all = new Uint32Array(count);
  for (let i = 0; i < count; i++) all[i] = i;
  return all;
}

/** Parity of the bits of a word. */
export function parity(word: number): number {
  let x = word ^ (word >>> 16);
  x ^= x >>> 8;
  x ^= x >>> 4;
  return (0x6996 >>> (x & 15)) & 1;
}

/** Parity of mask and row. */
export function apply(mask: Uint32Array, words: Uint32Array, at: number): number {
  let sum = 0;
  for (let w = 0; w < mask.length; w++) sum ^= mask[w] & words[at + w];
  return parity(sum);
}
