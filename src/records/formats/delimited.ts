import { findGaps, mapColumns, readCells } from '../columns.ts';
import type { ColumnMap, FlowRecord, RecordFormat, RecordList } from '../flow-record.ts';
import { findSeparator, splitLine } from '../separated.ts';

/** nfdump 1.6 and 1.7: `nfdump -o csv`. Times in the collector's zone to the second; a summary stands below. */
export const nfdumpCsv: RecordFormat = {
  id: 'nfdump-csv',
  title: 'nfdump -o csv',
  recognizes: ([header]) =>
    header !== undefined && (header.startsWith('ts,te,td,sa,da,sp,dp,pr,') || /^firstSeen,(duration|lastSeen),/i.test(header)),
  read: (lines, columns) => readDelimited('nfdump-csv', lines.slice(0, endOf(lines)), columns, false),
};

function endOf(lines: readonly string[]): number {
  const summary = lines.findIndex((line) => /^(Summary|Sys):?/.test(line));
  return summary < 0 ? lines.length : summary;
}

/** Any CSV with a header that names addresses, or whose columns `--columns` names. Bytes are IP bytes unless its own `flows` table wrote it. */
export const anyCsv: RecordFormat = {
  id: 'csv',
  title: 'CSV with a header line',
  recognizes([header], columns) {
    const separator = findSeparator(header ?? '');
    if (separator === null) return false;
    const map = mapColumns(splitLine(header ?? '', separator), columns);
    return map.has('src') && map.has('dst') && (map.has('bytes') || map.has('packets'));
  },
  read: (lines, columns) => readDelimited('csv', lines, columns, isOwnTable(lines[0] ?? '')),
};

/** The table that `lacpviz flows --format csv` writes counts frames. */
function isOwnTable(header: string): boolean {
  return header.startsWith('lag,') && header.includes('verdict');
}

function readDelimited(format: string, lines: readonly string[], columns: ColumnMap | null, bytesAreFrames: boolean): RecordList {
  const separator = findSeparator(lines[0] ?? '') ?? ',';
  const map = mapColumns(splitLine(lines[0] ?? '', separator), columns);
  const records: FlowRecord[] = [];
  let skipped = 0;
  for (let i = 1; i < lines.length; i++) {
    if (lines[i].trim() === '') continue;
    const cells = splitLine(lines[i], separator);
    const record = readCells((field) => cells[map.get(field) ?? -1], bytesAreFrames);
    if (record === null) skipped++;
    else records.push(record);
  }
  return { format, records, gaps: findGaps(records, bytesAreFrames), skipped };
}
