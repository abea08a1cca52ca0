/** Rows that share a pair of values, numbered in the order in which the pairs are met. */
export interface RowGroups {
  /** Group of each row; -1 for rows left out. */
  readonly groupOf: Int32Array<ArrayBuffer>;
  readonly count: number;
}

/** Groups the rows with `use[row] >= 0` by two columns of words. Open addressing: a `Map` of keys above 2^31 costs ten times as much. Hot path. */
export function groupRows(use: Int16Array, first: Uint32Array, second: Uint32Array): RowGroups {
  const rows = use.length;
  let slots = 16;
  while (slots < rows * 2) slots *= 2;
  const mask = slots - 1;
  /** A group's first row plus 1; 0: free. */
  const table = new Int32Array(slots);
  const groupOf = new Int32Array(rows).fill(-1);
  let count = 0;
  for (let i = 0; i < rows; i++) {
    if (use[i] < 0) continue;
    const a = first[i];
    const b = second[i];
    let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b, 0xcc9e2d51);
    h = Math.imul(h ^ (h >>> 15), 0xc2b2ae35);
    let slot = (h ^ (h >>> 16)) & mask;
    let row = table[slot] - 1;
    while (row >= 0 && (first[row] !== a || second[row] !== b)) {
      slot = (slot + 1) & mask;
      row = table[slot] - 1;
    }
    if (row >= 0) {
      groupOf[i] = groupOf[row];
      continue;
    }
    table[slot] = i + 1;
    groupOf[i] = count++;
  }
  return { groupOf, count };
}
