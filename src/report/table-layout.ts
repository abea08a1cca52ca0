import { displayWidth, truncateText } from './format-text.ts';

export interface TableColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Narrowest width at which the column still reads well; a column without it is never cut. */
  readonly minWidth?: number;
  /** Columns with the highest number go first where the width does not suffice; 0 or absent: never dropped. */
  readonly dropOrder?: number;
  /** What the title means, to be said below the table where the column is shown. */
  readonly note?: string;
}

/** A cell: plain text, and how to colour it after it was cut and padded. */
export interface TableCell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

const GAP = '  ';
/** What remains of a column that may be cut where even dropping others does not suffice. */
const LEAST_WIDTH = 4;

/** The places of the columns that fit into `width`, and the width of each column. */
function fitColumns(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  width: number,
): { readonly shown: readonly number[]; readonly widths: readonly number[] } {
  const natural = columns.map((column, c) => Math.max(displayWidth(column.title), ...rows.map((row) => displayWidth(row[c].text))));
  let shown = columns.map((_, c) => c);
  let widths = shrinkWidths(columns, natural, shown, width, false);
  while (totalWidth(widths, shown) > width) {
    const droppable = shown.filter((c) => (columns[c].dropOrder ?? 0) > 0);
    if (droppable.length === 0) break;
    const worst = droppable.reduce((a, b) => ((columns[b].dropOrder ?? 0) >= (columns[a].dropOrder ?? 0) ? b : a));
    shown = shown.filter((c) => c !== worst);
    widths = shrinkWidths(columns, natural, shown, width, false);
  }
  if (totalWidth(widths, shown) > width) widths = shrinkWidths(columns, natural, shown, width, true);
  // Narrower than any terminal is made for: a table that breaks its lines reads worse than one without its last columns.
  while (totalWidth(widths, shown) > width && shown.length > 1) {
    shown = shown.slice(0, -1);
    widths = shrinkWidths(columns, natural, shown, width, true);
  }
  if (totalWidth(widths, shown) > width) widths[shown[0]] = Math.max(width, 1);
  return { shown, widths };
}

/** The notes of the columns that `layoutTable` shows. */
export function tableNotes(columns: readonly TableColumn[], rows: readonly (readonly TableCell[])[], width: number): string[] {
  if (columns.every(({ note }) => note === undefined)) return [];
  return fitColumns(columns, rows, width).shown.flatMap((c) => columns[c].note ?? []);
}

/**
 * Lays rows out under their titles within `width` columns: long texts are cut first, then columns dropped, then texts cut
 * hard, then columns dropped from the right.
 */
export function layoutTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  width: number,
  paintTitle: (text: string) => string,
): string[] {
  const { shown, widths } = fitColumns(columns, rows, width);
  const line = (cells: readonly TableCell[]): string =>
    shown
      .map((c, place) => {
        const text = truncateText(cells[c].text, widths[c]);
        const pad = ' '.repeat(Math.max(0, widths[c] - displayWidth(text)));
        const painted = cells[c].paint === undefined ? text : cells[c].paint(text);
        if (columns[c].align === 'right') return pad + painted;
        return place === shown.length - 1 ? painted : painted + pad;
      })
      .join(GAP)
      .trimEnd();
  return [line(columns.map((column) => ({ text: column.title, paint: paintTitle }))), ...rows.map(line)];
}

function totalWidth(widths: readonly number[], shown: readonly number[]): number {
  return shown.reduce((sum, c) => sum + widths[c], 0) + GAP.length * Math.max(0, shown.length - 1);
}

/** Takes columns of the widest shrinkable cell until the line fits or nothing can shrink. */
function shrinkWidths(
  columns: readonly TableColumn[],
  natural: readonly number[],
  shown: readonly number[],
  width: number,
  hard: boolean,
): number[] {
  const widths = [...natural];
  let excess = totalWidth(widths, shown) - width;
  while (excess > 0) {
    let widest = -1;
    for (const c of shown) {
      const min = hard && columns[c].minWidth !== undefined ? LEAST_WIDTH : columns[c].minWidth;
      if (min !== undefined && widths[c] > min && (widest < 0 || widths[c] > widths[widest])) widest = c;
    }
    if (widest < 0) break;
    widths[widest]--;
    excess--;
  }
  return widths;
}
