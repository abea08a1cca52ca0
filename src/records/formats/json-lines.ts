import { findGaps, mapColumns, readCells } from '../columns.ts';
import type { ColumnMap, FlowRecord, RecordFormat, RecordList } from '../flow-record.ts';
import { readZeekObject } from './zeek-conn.ts';

/** One JSON object a line: collectors, Zeek with JSON logs, `lacpviz flows --format jsonl`. */
export const jsonLines: RecordFormat = {
  id: 'jsonl',
  title: 'JSON Lines',
  recognizes([first], columns) {
    const object = parseObject(first ?? '');
    if (object === null) return false;
    const map = mapColumns(Object.keys(object), columns);
    return map.has('src') && map.has('dst');
  },
  read(lines, columns): RecordList {
    const records: FlowRecord[] = [];
    let skipped = 0;
    let bytesAreFrames = true;
    for (const line of lines) {
      if (line.trim() === '') continue;
      const object = parseObject(line);
      const found = object === null ? [] : readObject(object, columns);
      if (found.length === 0) skipped++;
      if (object !== null && !isOwnRow(object)) bytesAreFrames = false;
      records.push(...found);
    }
    return { format: 'jsonl', records, gaps: findGaps(records, bytesAreFrames), skipped };
  },
};

function readObject(object: Readonly<Record<string, unknown>>, columns: ColumnMap | null): FlowRecord[] {
  if ('id.orig_h' in object) return readZeekObject((name) => textOf(object[name]));
  const keys = Object.keys(object);
  const map = mapColumns(keys, columns);
  const record = readCells((field) => {
    const at = map.get(field);
    return at === undefined ? undefined : textOf(object[keys[at]]);
  }, isOwnRow(object));
  return record === null ? [] : [record];
}

function isOwnRow(object: Readonly<Record<string, unknown>>): boolean {
  return 'verdict' in object && 'members' in object;
}

function parseObject(line: string): Readonly<Record<string, unknown>> | null {
  if (!line.trimStart().startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
