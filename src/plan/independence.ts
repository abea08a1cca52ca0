import { chiSquareAtLeast } from './chi-square.ts';

/** How two choices made for the same things go together. */
export interface Dependence {
  /** Things by first and second choice; rows and columns that nothing chose are left out. */
  readonly table: readonly (readonly number[])[];
  /** The choices that the rows and columns stand for. */
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly count: number;
  /** Mutual information: bits of the second choice that the first one tells, and those that there are. */
  readonly sharedBits: number;
  readonly choiceBits: number;
  /** Chance that choices made independently go together at least as much (Pearson's test). */
  readonly chance: number;
}

/** Least mean of a cell for Pearson's test (Cochran). */
const LEAST_MEAN = 5;

/**
 * Tests two choices for independence. `first[i]` and `second[i]` are those of thing i, below 0 where there is none. Things
 * of one class get one and the same choice, so each class of either kind is counted once. Null where too few are left.
 */
export function measureDependence(
  first: Int16Array,
  second: Int16Array,
  firstClass: Uint32Array,
  secondClass: Uint32Array,
): Dependence | null {
  const cells = new Map<number, Map<number, number>>();
  const seenFirst = new Set<number>();
  const seenSecond = new Set<number>();
  const columns = new Set<number>();
  let count = 0;
  for (let i = 0; i < first.length; i++) {
    if (first[i] < 0 || second[i] < 0 || seenFirst.has(firstClass[i]) || seenSecond.has(secondClass[i])) continue;
    seenFirst.add(firstClass[i]);
    seenSecond.add(secondClass[i]);
    const row = cells.get(first[i]) ?? new Map<number, number>();
    row.set(second[i], (row.get(second[i]) ?? 0) + 1);
    cells.set(first[i], row);
    columns.add(second[i]);
    count++;
  }
  const rowIds = [...cells.keys()].sort((x, y) => x - y);
  const columnIds = [...columns].sort((x, y) => x - y);
  if (rowIds.length < 2 || columnIds.length < 2 || count < LEAST_MEAN * rowIds.length * columnIds.length) return null;
  const table = rowIds.map((r) => columnIds.map((c) => cells.get(r)?.get(c) ?? 0));
  const rowSums = table.map((row) => row.reduce((sum, x) => sum + x, 0));
  const columnSums = columnIds.map((_, c) => table.reduce((sum, row) => sum + row[c], 0));
  let squares = 0;
  let sharedBits = 0;
  table.forEach((row, r) =>
    row.forEach((x, c) => {
      const expected = (rowSums[r] * columnSums[c]) / count;
      squares += ((x - expected) * (x - expected)) / expected;
      if (x > 0) sharedBits += (x / count) * Math.log2(x / expected);
    }),
  );
  return {
    table,
    rows: rowIds,
    columns: columnIds,
    count,
    sharedBits,
    choiceBits: entropy(columnSums, count),
    chance: chiSquareAtLeast(squares, (rowIds.length - 1) * (columnIds.length - 1)),
  };
}

function entropy(counts: readonly number[], total: number): number {
  return counts.reduce((bits, x) => (x === 0 ? bits : bits - (x / total) * Math.log2(x / total)), 0);
}
