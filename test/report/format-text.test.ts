import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeMarkdown } from '../../src/report/format-blocks.ts';
import { csvLine } from '../../src/report/csv-cells.ts';
import { displayWidth, escapeControls, truncateText, wrapText } from '../../src/report/format-text.ts';
import { layoutTable, tableNotes } from '../../src/report/table-layout.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 40 });
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe('text from captures', () => {
  it('never keeps a control character or a direction override', () => {
    fc.assert(fc.property(anyText, (text) => !CONTROL.test(escapeControls(text))));
    expect(escapeControls('a\u001b[31m\u009b\u202eb\n')).toBe('a\\x1b[31m\\x9b\\u202eb\\x0a');
    expect(escapeControls('Привет 日本 é')).toBe('Привет 日本 é');
  });

  it('is cut to the width asked for', () => {
    fc.assert(fc.property(anyText, fc.nat(30), (text, width) => displayWidth(truncateText(escapeControls(text), width)) <= width));
    expect(truncateText('日本語', 5)).toBe('日本…');
    expect(truncateText('日本語', 4)).toBe('日…');
    expect(displayWidth('e\u0301日\u001b[1mx\u001b[0m')).toBe(4);
  });

  it('is wrapped without losing a word', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), fc.integer({ min: 12, max: 60 }), (words, width) => {
        const lines = wrapText(words.join(' '), width);
        return lines.join(' ') === words.join(' ') && lines.every((line) => line.length <= width);
      }),
    );
  });

  it('cannot become markup in Markdown', () => {
    expect(escapeMarkdown('|*_`<b>[x](y)')).toBe('\\|\\*\\_\\`&lt;b&gt;\\[x\\](y)');
  });
});

describe('CSV', () => {
  it('can be read back whatever the cells hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 2, maxLength: 5 }), (cells) => {
        expect(parseCsvLine(csvLine(cells))).toEqual(cells);
      }),
    );
  });
});

/** One record of RFC 4180. */
function parseCsvLine(line: string): string[] {
  const cells: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n$)/gy;
  for (let match = pattern.exec(line); match !== null; match = pattern.exec(line)) {
    cells.push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
    if (match[3] !== ',') break;
  }
  return cells;
}

describe('table', () => {
  const columns = [
    { title: 'name', align: 'left', minWidth: 6 },
    { title: 'count', align: 'right', dropOrder: 1 },
    { title: 'text', align: 'left', minWidth: 10 },
  ] as const;

  it('never exceeds the width while its columns can be cut or dropped', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string(), fc.nat(), anyText), { maxLength: 5 }),
        fc.integer({ min: 12, max: 100 }),
        (rows, width) => {
          const cells = rows.map((row) => row.map((cell) => ({ text: escapeControls(String(cell)) })));
          for (const line of layoutTable(columns, cells, width, (title) => title)) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });

  it('cuts texts first and drops columns only then', () => {
    const rows = [[{ text: 'eth0' }, { text: '12' }, { text: 'a rather long text' }]];
    expect(layoutTable(columns, rows, 40, (title) => title)).toEqual(['name  count  text', 'eth0     12  a rather long text']);
    expect(layoutTable(columns, rows, 25, (title) => title)[1]).toBe('eth0     12  a rather lo…');
    expect(layoutTable(columns, rows, 18, (title) => title)[1]).toBe('eth0  a rather lo…');
  });

  it('fits where no column may be cut: the last ones go, the first one last', () => {
    const fixed = ['member', 'bytes', 'share'].map((title) => ({ title, align: 'right' as const }));
    const rows = [[{ text: 'enp0s4' }, { text: '2.59 kB' }, { text: '91.2 %' }]];
    expect(layoutTable(fixed, rows, 20, (title) => title)).toEqual(['member    bytes', 'enp0s4  2.59 kB']);
    expect(layoutTable(fixed, rows, 5, (title) => title)).toEqual(['memb…', 'enp0…']);
  });

  it('explains the titles that are shown, and no others', () => {
    const explained = columns.map((column) => ({ ...column, note: `${column.title}: so many` }));
    const rows = [[{ text: 'eth0' }, { text: '12' }, { text: 'a rather long text' }]];
    expect(tableNotes(explained, rows, 40)).toEqual(['name: so many', 'count: so many', 'text: so many']);
    expect(tableNotes(explained, rows, 18)).toEqual(['name: so many', 'text: so many']);
    expect(tableNotes(columns, rows, 40)).toEqual([]);
  });
});
