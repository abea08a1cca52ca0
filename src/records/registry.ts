import type { ColumnMap, RecordFormat, RecordList } from './flow-record.ts';
import { anyCsv, nfdumpCsv } from './formats/delimited.ts';
import { conntrack, socketStatistics } from './formats/host-tables.ts';
import { jsonLines } from './formats/json-lines.ts';
import { zeekConn } from './formats/zeek-conn.ts';

/** Every format, the narrowest first. */
export const RECORD_FORMATS: readonly RecordFormat[] = [nfdumpCsv, zeekConn, socketStatistics, conntrack, jsonLines, anyCsv];

/** Lines looked at to recognise a format. */
const HEAD_LINES = 12;

/** Flow records in a text, or null if it holds none. */
export function readRecords(text: string, columns: ColumnMap | null): RecordList | null {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const head = lines.filter((line) => line.trim() !== '').slice(0, HEAD_LINES);
  const format = RECORD_FORMATS.find((candidate) => candidate.recognizes(head, columns));
  if (format === undefined) return null;
  const list = format.read(lines.slice(lines.findIndex((line) => line.trim() !== '')), columns);
  return list.records.length === 0 ? null : list;
}
