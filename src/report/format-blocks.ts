import { displayWidth, escapeControls, wrapText } from './format-text.ts';
import type { TextStyle } from './format-style.ts';
import { layoutTable, tableNotes, type TableColumn } from './table-layout.ts';

export type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'dim' | 'bold';

export interface BlockCell {
  readonly text: string;
  readonly tone?: Tone;
  /** Index of the member whose colour the cell takes. */
  readonly member?: number;
}

/** What a report for people consists of, before it becomes terminal text or Markdown. */
export type Block =
  | { readonly kind: 'heading'; readonly text: string; readonly level: 1 | 2 | 3 }
  | { readonly kind: 'text'; readonly text: string; readonly tone?: Tone }
  /** Lines with a mark in front ("error", "warn", …), continued below their text. */
  | { readonly kind: 'item'; readonly mark: string; readonly tone?: Tone; readonly text: string }
  | { readonly kind: 'table'; readonly columns: readonly TableColumn[]; readonly rows: readonly (readonly BlockCell[])[] };

function paintCell(cell: BlockCell, style: TextStyle): (text: string) => string {
  if (cell.member !== undefined) {
    const index = cell.member;
    return (text) => style.member(text, index);
  }
  return paintTone(cell.tone, style);
}

function paintTone(tone: Tone | undefined, style: TextStyle): (text: string) => string {
  return tone === undefined || tone === 'plain' ? (text) => text : style[tone];
}

/** Lines for a terminal of `width` columns. Every text passes through escapeControls here, and only here. */
export function renderTerminal(blocks: readonly Block[], width: number, style: TextStyle): string[] {
  const lines: string[] = [];
  let previous: Block['kind'] | null = null;
  for (const block of blocks) {
    const gap = previous !== null && !(block.kind === 'item' && previous === 'item') && !(block.kind === 'text' && previous === 'heading');
    if (gap && !(block.kind === 'text' && previous === 'text') && !(block.kind === 'table' && previous === 'text')) lines.push('');
    previous = block.kind;
    if (block.kind === 'heading') for (const line of wrapText(escapeControls(block.text), width)) lines.push(style.bold(line));
    else if (block.kind === 'text') {
      const paint = paintTone(block.tone, style);
      for (const line of wrapText(escapeControls(block.text), width)) lines.push(paint(line));
    } else if (block.kind === 'item') {
      const mark = escapeControls(block.mark);
      const indent = ' '.repeat(displayWidth(mark) + 1);
      const [first, ...rest] = wrapText(escapeControls(block.text), Math.max(20, width - indent.length));
      lines.push(`${paintTone(block.tone, style)(mark)} ${first}`, ...rest.map((line) => indent + line));
    } else {
      const rows = block.rows.map((row) => row.map((cell) => ({ text: escapeControls(cell.text), paint: paintCell(cell, style) })));
      lines.push(...layoutTable(block.columns, rows, width, (title) => style.dim(title)));
      const notes = tableNotes(block.columns, rows, width);
      if (notes.length > 0) lines.push('');
      for (const note of notes) for (const line of wrapText(escapeControls(note), width)) lines.push(style.dim(line));
    }
  }
  return lines;
}

/** The same as Markdown (GitHub's dialect for tables). */
export function renderMarkdown(blocks: readonly Block[]): string[] {
  const lines: string[] = [];
  let previous: Block['kind'] | null = null;
  for (const block of blocks) {
    if (previous !== null && !(block.kind === 'item' && previous === 'item')) lines.push('');
    previous = block.kind;
    if (block.kind === 'heading') lines.push(`${'#'.repeat(block.level)} ${escapeMarkdown(block.text)}`);
    else if (block.kind === 'text') lines.push(escapeMarkdown(block.text));
    else if (block.kind === 'item') lines.push(`- **${escapeMarkdown(block.mark)}** ${escapeMarkdown(block.text)}`);
    else {
      lines.push(markdownRow(block.columns.map((column) => escapeMarkdown(column.title))));
      lines.push(markdownRow(block.columns.map((column) => (column.align === 'right' ? '---:' : '---'))));
      for (const row of block.rows) lines.push(markdownRow(row.map((cell) => escapeMarkdown(cell.text))));
      for (const { note } of block.columns) if (note !== undefined) lines.push('', escapeMarkdown(note));
    }
  }
  return lines;
}

function markdownRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Data must not become markup: neither tables, emphasis, links nor HTML. */
export function escapeMarkdown(text: string): string {
  return escapeControls(text).replace(/[\\`*_[\]<>|~#]/g, (char) => (char === '<' ? '&lt;' : char === '>' ? '&gt;' : `\\${char}`));
}
