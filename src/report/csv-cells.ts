/** CSV (RFC 4180) of nested rows: values by their path, lists in one cell, separated by spaces. */

/** The value at `path`; null where there is none. */
export function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const key of path) {
    if (value === null || typeof value !== 'object') return null;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** Null and what does not exist are empty. `itemText`: how one item of a list is written. */
export function cellText(value: unknown, itemText: (item: unknown) => string = String): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(itemText).join(' ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
}

/** Quoted where a comma, a quote, a line break or a space at an end stands in it; quotes doubled. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;
}
