/** Columns that grow by half: a table never copies more than it holds, and no element is an object. */

export function growUint32(column: Uint32Array<ArrayBuffer>, needed: number): Uint32Array<ArrayBuffer> {
  if (needed <= column.length) return column;
  const grown = new Uint32Array(nextCapacity(column.length, needed));
  grown.set(column);
  return grown;
}

/** Elements to make room for, where `needed` of them do not fit into `current`. */
export function nextCapacity(current: number, needed: number): number {
  // Doubling while small, then by half: a large table must not need three times its size while it grows.
  const factor = current < 1 << 22 ? 2 : 1.5;
  return Math.max(needed, Math.ceil(current * factor), 256);
}
