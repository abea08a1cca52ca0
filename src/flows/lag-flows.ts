import { NO_FLOW, rowBytes, STAT_FIRST_NANOS, STAT_FIRST_SECONDS, STAT_LAST_NANOS, STAT_LAST_SECONDS } from './flow-table.ts';
import type { MergedFlows, TableKind } from './merge.ts';
import { ORIGIN_ALIGN_SECONDS } from './flow-columns.ts';
import type { SliceColumns } from './slice-log.ts';

/** The merged flows of one LAG with the member of each table and a common time axis. */
export interface LagFlows {
  readonly merged: MergedFlows;
  /** Per table: index of the member its source belongs to. */
  readonly memberOfTable: Uint8Array;
  readonly memberCount: number;
  /** Milliseconds on the LAG's axis count from this second. */
  readonly originSeconds: number;
  /** First and last frame on that axis, in milliseconds. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Widest slice of all tables, in milliseconds. */
  readonly widthMs: number;
  /** Frames may hold copies: the captures could not be read a second time to set them apart. */
  readonly mayHoldCopies?: boolean;
}

export function lagFlows(merged: MergedFlows, memberOfTable: Uint8Array, memberCount: number): LagFlows {
  let originSeconds = Infinity;
  let widthMs = 1;
  for (const { columns } of merged.tables) {
    if (columns.flows === 0) continue;
    originSeconds = Math.min(originSeconds, columns.slices.originSeconds);
    widthMs = Math.max(widthMs, columns.slices.widthMs);
  }
  if (originSeconds === Infinity) originSeconds = 0;
  originSeconds -= originSeconds % ORIGIN_ALIGN_SECONDS;
  let firstMs = Infinity;
  let lastMs = -Infinity;
  for (const { columns } of merged.tables) {
    for (let n = 0; n < columns.flows; n++) {
      const row = columns.starts[n];
      const first = toMs(columns.rows[row + STAT_FIRST_SECONDS], columns.rows[row + STAT_FIRST_NANOS], originSeconds);
      const last = toMs(columns.rows[row + STAT_LAST_SECONDS], columns.rows[row + STAT_LAST_NANOS], originSeconds);
      if (first < firstMs) firstMs = first;
      if (last > lastMs) lastMs = last;
    }
  }
  if (firstMs === Infinity) [firstMs, lastMs] = [0, 0];
  return { merged, memberOfTable, memberCount, originSeconds, firstMs, lastMs, widthMs };
}

/** The same flows as these members alone show them: frames on the others are set apart, as reflections are. */
export function framesOfMembers(flows: LagFlows, members: readonly number[]): LagFlows {
  const { merged, memberOfTable } = flows;
  const tables = merged.tables.map((table, t) => (members.includes(memberOfTable[t]) ? table : { ...table, kind: 'reflections' as const }));
  return { ...flows, merged: { ...merged, tables } };
}

/** Milliseconds (with fraction) from `originSeconds`. */
export function toMs(seconds: number, nanos: number, originSeconds: number): number {
  return (seconds - originSeconds) * 1000 + nanos / 1e6;
}

/** Receives one row: all that a flow sent on one source. */
export type RowVisitor = (flow: number, member: number, packets: number, bytes: number) => void;

/** Visits the rows of all tables of a kind, table by table in order of first frame: where the time does not matter, cheaper than slices. */
export function visitRows(flows: LagFlows, kind: TableKind, visit: RowVisitor): void {
  const { tables } = flows.merged;
  for (let t = 0; t < tables.length; t++) {
    if (tables[t].kind !== kind) continue;
    const { flowOf } = tables[t];
    const { rows, starts, flows: count } = tables[t].columns;
    const member = flows.memberOfTable[t];
    for (let n = 0; n < count; n++) if (flowOf[n] !== NO_FLOW) visit(flowOf[n], member, rows[starts[n]], rowBytes(rows, starts[n]));
  }
}

/** The slices of one table: loops over many read the columns themselves, since a call for each takes longer than the work. */
export interface SliceTable {
  readonly slices: SliceColumns;
  /** By the number of the flow in its table: the flow, or NO_FLOW. */
  readonly flowOf: Uint32Array;
  readonly member: number;
  /** Start of window 0 in ms on the LAG's axis. */
  readonly shiftMs: number;
}

/** Tables of a kind, as `visitSlices` goes through them. */
export function sliceTables(flows: LagFlows, kind: TableKind): SliceTable[] {
  return flows.merged.tables.flatMap(({ kind: own, columns: { slices }, flowOf }, t) =>
    own === kind ? [{ slices, flowOf, member: flows.memberOfTable[t], shiftMs: (slices.originSeconds - flows.originSeconds) * 1000 }] : [],
  );
}

/** Receives one slice: flow, member, start of its window in ms on the LAG's axis, its packets and bytes. */
export type SliceVisitor = (flow: number, member: number, ms: number, packets: number, bytes: number) => void;

/** Visits the slices of all tables of a kind, table by table in order of capture. */
export function visitSlices(flows: LagFlows, kind: TableKind, visit: SliceVisitor): void {
  for (const { slices, flowOf, member, shiftMs } of sliceTables(flows, kind)) {
    const { count, flow: number, window, packets, bytes, widthMs } = slices;
    for (let s = 0; s < count; s++) {
      const flow = flowOf[number[s]];
      if (flow === NO_FLOW) continue;
      visit(flow, member, shiftMs + window[s] * widthMs, packets[s], bytes[s]);
    }
  }
}
