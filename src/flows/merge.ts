import { HEAD_HINT_MASK, HEAD_HINT_SHIFT, HEAD_LENGTH_MASK } from '../decoder/flow-key.ts';
import type { FlowTableColumns } from './flow-table.ts';
import { NO_FLOW, STAT_FIRST_NANOS, STAT_FIRST_SECONDS, STAT_FLOW, STAT_NUMBER, STAT_WORDS } from './flow-table.ts';

/** What the frames of a table are: data and control as captured, or copies that the copy matcher has set apart. */
export type TableKind = 'frames' | 'reflections' | 'duplicates';

/** One table of one source, ready to be merged. */
export interface SourceTable {
  /** Index into the analysis' list of sources. */
  readonly source: number;
  readonly kind: TableKind;
  /** Frames that the sender sent on another member too, and earlier there: broadcast mode. */
  readonly again?: boolean;
  readonly columns: FlowTableColumns;
}

/** A table of which it is known which flow each row belongs to. */
export interface MergedTable extends SourceTable {
  /** By the number of the row in its table: the flow, or NO_FLOW. Slices find their flow through it. */
  readonly flowOf: Uint32Array;
}

/**
 * The flows of one LAG over all its sources, in order of first frame. A flow's entries are its rows in the tables:
 * counters and slices stay where the scan put them.
 */
export interface MergedFlows {
  readonly tables: readonly MergedTable[];
  readonly count: number;
  /** Where the key of flow f lies: `tables[keyTable[f]].columns.rows` from `keyStart[f]` on. */
  readonly keyTable: Uint16Array;
  readonly keyStart: Uint32Array;
  /** Entries of flow f: [entryFrom[f], entryFrom[f + 1]). */
  readonly entryFrom: Uint32Array;
  readonly entryTable: Uint16Array;
  /** Row start in the entry's table. */
  readonly entryRow: Uint32Array;
}

const HEAD_IDENTITY = ~(HEAD_HINT_MASK << HEAD_HINT_SHIFT);

/** True for rows that take part; others are left out (rows replaced by the copy matcher). */
export type RowFilter = (table: number, rowStart: number) => boolean;

/** Merges tables into one list of flows. The direction hint is not part of a flow's identity. */
export function mergeTables(sourceTables: readonly SourceTable[], include?: RowFilter): MergedFlows {
  let total = 0;
  for (const table of sourceTables) total += table.columns.flows;
  const tables = sourceTables.map((table): MergedTable => ({ ...table, flowOf: new Uint32Array(table.columns.flows) }));
  if (tables.length === 1 && include === undefined && !hasHints(tables[0].columns)) return adoptTable(tables);
  const order = tables.length === 1 ? null : orderByFirstFrame(tables, total);
  const keyTable = new Uint16Array(total);
  const keyStart = new Uint32Array(total);
  const entryFlow = new Uint32Array(total);
  const entryTable = new Uint16Array(total);
  const entryRow = new Uint32Array(total);
  const index = new KeyIndex(tables, total);
  let count = 0;
  let entries = 0;
  for (let n = 0; n < total; n++) {
    const t = order === null ? 0 : order.table[n];
    const row = order === null ? tables[0].columns.starts[n] : order.row[n];
    const { flowOf } = tables[t];
    const { rows } = tables[t].columns;
    if (include !== undefined && !include(t, row)) {
      rows[row + STAT_FLOW] = NO_FLOW;
      flowOf[rows[row + STAT_NUMBER]] = NO_FLOW;
      continue;
    }
    const start = row + STAT_WORDS;
    const flow = index.findOrAdd(t, start, count);
    if (flow === count) {
      keyTable[count] = t;
      keyStart[count] = start;
      count++;
    }
    rows[row + STAT_FLOW] = flow;
    flowOf[rows[row + STAT_NUMBER]] = flow;
    entryFlow[entries] = flow;
    entryTable[entries] = t;
    entryRow[entries] = row;
    entries++;
  }
  return sortEntries(tables, count, entries, keyTable, keyStart, entryFlow, entryTable, entryRow);
}

function hasHints(columns: FlowTableColumns): boolean {
  for (let n = 0; n < columns.flows; n++) if ((columns.rows[columns.starts[n] + STAT_WORDS] & ~HEAD_IDENTITY) !== 0) return true;
  return false;
}

/** One table without hints is its own merge: each row is a flow. */
function adoptTable(tables: readonly MergedTable[]): MergedFlows {
  const { flowOf } = tables[0];
  const { flows: count, starts, rows } = tables[0].columns;
  const keyStart = new Uint32Array(count);
  const entryFrom = new Uint32Array(count + 1);
  for (let f = 0; f < count; f++) {
    flowOf[f] = f;
    keyStart[f] = starts[f] + STAT_WORDS;
    entryFrom[f + 1] = f + 1;
    rows[starts[f] + STAT_FLOW] = f;
  }
  const zeros = new Uint16Array(count);
  return { tables, count, keyTable: zeros, keyStart, entryFrom, entryTable: zeros, entryRow: starts.subarray(0, count) };
}

/** Counting sort of the entries by flow; stable, so a flow's entries keep the order of first frame. */
function sortEntries(
  tables: readonly MergedTable[],
  count: number,
  entries: number,
  keyTable: Uint16Array,
  keyStart: Uint32Array,
  entryFlow: Uint32Array,
  entryTable: Uint16Array,
  entryRow: Uint32Array,
): MergedFlows {
  if (entries === count) {
    const entryFrom = new Uint32Array(count + 1);
    for (let f = 0; f <= count; f++) entryFrom[f] = f;
    return { tables, count, keyTable, keyStart, entryFrom, entryTable, entryRow };
  }
  const entryFrom = new Uint32Array(count + 1);
  for (let e = 0; e < entries; e++) entryFrom[entryFlow[e] + 1]++;
  for (let f = 0; f < count; f++) entryFrom[f + 1] += entryFrom[f];
  const next = entryFrom.slice();
  const sortedTable = new Uint16Array(entries);
  const sortedRow = new Uint32Array(entries);
  for (let e = 0; e < entries; e++) {
    const at = next[entryFlow[e]]++;
    sortedTable[at] = entryTable[e];
    sortedRow[at] = entryRow[e];
  }
  return { tables, count, keyTable, keyStart, entryFrom, entryTable: sortedTable, entryRow: sortedRow };
}

/** Tables list their rows by first frame; this interleaves them by time. */
function orderByFirstFrame(tables: readonly SourceTable[], total: number): { table: Uint16Array; row: Uint32Array } {
  const table = new Uint16Array(total);
  const row = new Uint32Array(total);
  const next = new Uint32Array(tables.length);
  for (let n = 0; n < total; n++) {
    let best = -1;
    let bestSeconds = 0;
    let bestNanos = 0;
    for (let t = 0; t < tables.length; t++) {
      const { columns } = tables[t];
      if (next[t] >= columns.flows) continue;
      const start = columns.starts[next[t]];
      const seconds = columns.rows[start + STAT_FIRST_SECONDS];
      const nanos = columns.rows[start + STAT_FIRST_NANOS];
      if (best < 0 || seconds < bestSeconds || (seconds === bestSeconds && nanos < bestNanos)) {
        best = t;
        bestSeconds = seconds;
        bestNanos = nanos;
      }
    }
    table[n] = best;
    row[n] = tables[best].columns.starts[next[best]++];
  }
  return { table, row };
}

/** Finds flows by key over the rows of several tables; open addressing, load at most 1/2. */
class KeyIndex {
  readonly #tables: readonly SourceTable[];
  readonly #hash: Uint32Array;
  readonly #flow: Uint32Array;
  readonly #keyTable: Uint16Array;
  readonly #keyStart: Uint32Array;
  readonly #mask: number;

  constructor(tables: readonly SourceTable[], flows: number) {
    let size = 16;
    while (size < flows * 2) size *= 2;
    this.#tables = tables;
    this.#hash = new Uint32Array(size);
    this.#flow = new Uint32Array(size);
    this.#keyTable = new Uint16Array(size);
    this.#keyStart = new Uint32Array(size);
    this.#mask = size - 1;
  }

  /** The flow with the key at (table, start); `added` if there was none before, which is then remembered. */
  findOrAdd(table: number, start: number, added: number): number {
    const rows = this.#tables[table].columns.rows;
    const hash = hashKey(rows, start);
    let at = hash & this.#mask;
    while (this.#flow[at] !== 0) {
      if (this.#hash[at] === hash && sameKey(rows, start, this.#tables[this.#keyTable[at]].columns.rows, this.#keyStart[at]))
        return this.#flow[at] - 1;
      at = (at + 1) & this.#mask;
    }
    this.#hash[at] = hash;
    this.#flow[at] = added + 1;
    this.#keyTable[at] = table;
    this.#keyStart[at] = start;
    return added;
  }
}

/** Hash of a key row without its direction hint. */
export function hashKey(rows: Uint32Array, start: number): number {
  const end = start + (rows[start] & HEAD_LENGTH_MASK);
  let h = Math.imul((rows[start] & HEAD_IDENTITY) ^ 0x5bd1e995, 0x9e3779b1);
  for (let w = start + 1; w < end; w++) {
    h = Math.imul(h ^ rows[w], 0x9e3779b1);
    h ^= h >>> 15;
  }
  h = Math.imul(h ^ (h >>> 13), 0x85ebca6b);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Whether two key rows name the same flow, whatever their direction hints. */
export function sameKey(rowsA: Uint32Array, a: number, rowsB: Uint32Array, b: number): boolean {
  if (((rowsA[a] ^ rowsB[b]) & HEAD_IDENTITY) !== 0) return false;
  const words = rowsA[a] & HEAD_LENGTH_MASK;
  for (let w = 1; w < words; w++) if (rowsA[a + w] !== rowsB[b + w]) return false;
  return true;
}
