import type { CaptureSource } from '../decoder/capture-reader.ts';
import { FlowTable } from '../flows/flow-table.ts';
import type { FlowTableColumns, FlowTablePart } from '../flows/flow-table.ts';
import { ControlLog } from '../lacp/control-log.ts';
import { PduLog } from '../lacp/pdu-log.ts';
import type { ScanMemory } from '../wasm/scan-memory.ts';
import type { SourceAccount } from './capture-scan.ts';

/** What is counted of one source while its capture is read. */
export interface SourceState {
  readonly table: FlowTable;
  readonly pdus: PduLog;
  readonly control: ControlLog;
  packets: number;
  bytes: number;
  outOfRangePackets: number;
  outOfRangeBytes: number;
}

export function createSourceState(seed: number, memory: ScanMemory): SourceState {
  const state: SourceState = {
    table: new FlowTable(seed, memory),
    pdus: new PduLog(),
    control: new ControlLog(),
    packets: 0,
    bytes: Number.MAX_VALUE,
    outOfRangePackets: 0,
    outOfRangeBytes: 0,
  };
  // A double from the start: a change on the way throws compiled code away.
  state.bytes = 0;
  return state;
}

/** Hands the state over; it must not be used afterwards. */
export function accountOf<Table extends FlowTableColumns>(
  { pdus, control, table, ...counts }: SourceState,
  source: CaptureSource,
  take: (table: FlowTable) => Table,
): SourceAccount<Table> {
  return {
    source: { ...source },
    table: take(table),
    pdus: pdus.runs,
    pduColumns: pdus.columns(),
    pduCount: pdus.count,
    malformedPdus: pdus.malformed,
    control: control.take(),
    ...counts,
  };
}

/** Whether `absorbSource` gives exactly what reading the part would. */
export function canAbsorbSource({ table, pdus, control }: SourceState, from: SourceAccount<FlowTablePart>): boolean {
  return table.canAbsorb(from.table) && pdus.canAbsorb(from.pdus) && control.canAbsorb(from.control);
}

/** Adds what a part of the capture held of the source. */
export function absorbSource(state: SourceState, from: SourceAccount<FlowTablePart>, framesBefore: number): void {
  state.table.absorb(from.table, framesBefore);
  state.pdus.absorb(from, framesBefore);
  state.control.absorb(from.control, framesBefore);
  state.packets += from.packets;
  state.bytes += from.bytes;
  state.outOfRangePackets += from.outOfRangePackets;
  state.outOfRangeBytes += from.outOfRangeBytes;
}
