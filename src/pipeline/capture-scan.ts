import type { Issue } from '../base/issue.ts';
import type { CaptureInfo, CaptureSource } from '../decoder/capture-reader.ts';
import { detachTable } from '../flows/flow-table.ts';
import type { FlowTableColumns } from '../flows/flow-table.ts';
import type { FrameDoubles } from '../flows/frame-doubles.ts';
import type { ControlScan } from '../lacp/control-log.ts';
import type { PduColumns, PduRun } from '../lacp/pdu-log.ts';

/** Seconds and nanoseconds since 1970. */
export interface TimePoint {
  readonly seconds: number;
  readonly nanos: number;
}

export interface ScanOptions {
  /** Frames outside [from, to] are counted and their LACPDUs read, but they are no data. */
  readonly from: TimePoint | null;
  readonly to: TimePoint | null;
  /** The same as offsets from the capture's own first frame: for a stream, which nobody can look into beforehand. */
  readonly offsets?: { readonly from: TimePoint | null; readonly to: TimePoint | null };
  /** Seed of the flow tables' hash: random in production, so that nobody can aim at it. */
  readonly seed: number;
  /** Frames at the beginning that are looked at for doubles, where not as many as usual. */
  readonly doublesAmong?: number;
  /** Bytes of an input from which on its loops are compiled, where not as usual (`input-memory.ts`). */
  readonly compiledFromBytes?: number;
}

/** What one source of a capture held; of a part of a capture with another kind of table. */
export interface SourceAccount<Table extends FlowTableColumns> {
  readonly source: CaptureSource;
  readonly table: Table;
  readonly pdus: readonly PduRun[];
  /** The same PDUs one by one. */
  readonly pduColumns: PduColumns;
  readonly pduCount: number;
  readonly malformedPdus: number;
  /** Frames that ports speak for themselves, by kind, and what neighbours said of themselves. */
  readonly control: ControlScan;
  /** All records of the source, their bytes as Ethernet frames, and the part outside [from, to]. */
  readonly packets: number;
  readonly bytes: number;
  readonly outOfRangePackets: number;
  readonly outOfRangeBytes: number;
}

/** What one source of a capture held. */
export interface SourceScan extends SourceAccount<FlowTableColumns> {
  /** Frames at the beginning that were recorded twice. */
  readonly doubles: FrameDoubles;
}

export interface CaptureScan {
  readonly kind: 'capture';
  readonly info: CaptureInfo;
  readonly issues: readonly Issue[];
  readonly sources: readonly SourceScan[];
  readonly firstTime: TimePoint | null;
  readonly lastTime: TimePoint | null;
}

/** A text (state of a system, perhaps), decoded and decompressed. */
export interface TextScan {
  readonly kind: 'text';
  readonly text: string;
  readonly compression: 'gzip' | 'zstd' | null;
  readonly bytes: number;
  readonly issues: readonly Issue[];
}

export interface FailedScan {
  readonly kind: 'failed';
  readonly issue: Issue;
}

export type InputScan = CaptureScan | TextScan | FailedScan;

/** Called now and then with the bytes read so far (as stored) and the records decoded; true asks to stop. */
export type ScanObserver = (bytesRead: number, packets: number) => boolean | Promise<boolean>;

export function cancelledScan(): FailedScan {
  return { kind: 'failed', issue: { code: 'unreadable', offset: null, reason: 'cancelled', partial: false } };
}

/** The same scan in buffers of its own, and those buffers, which a worker may transfer. */
export function detachScan<Scan extends InputScan>(scan: Scan): { readonly scan: Scan; readonly buffers: ArrayBuffer[] } {
  if (scan.kind !== 'capture') return { scan, buffers: [] };
  const { sources, buffers } = detachSources(scan.sources);
  return { scan: { ...scan, sources }, buffers };
}

/** The same of what was counted of each source. */
export function detachSources<Table extends FlowTableColumns, Account extends SourceAccount<Table>>(
  sources: readonly Account[],
): { readonly sources: readonly Account[]; readonly buffers: ArrayBuffer[] } {
  const detached = sources.map((source) => ({ source, ...detachTable(source.table) }));
  return {
    sources: detached.map(({ source, table }) => ({ ...source, table })),
    buffers: detached.flatMap(({ buffers }) => buffers),
  };
}

/** Sum of a moment and an offset. */
export function addTimes(time: TimePoint, offset: TimePoint): TimePoint {
  const nanos = time.nanos + offset.nanos;
  return { seconds: time.seconds + offset.seconds + Math.floor(nanos / 1e9), nanos: nanos % 1e9 };
}

/** The options with bounds that count from the capture's first frame. */
export function resolveOffsets(options: ScanOptions, offsets: NonNullable<ScanOptions['offsets']>, first: TimePoint): ScanOptions {
  return {
    seed: options.seed,
    from: offsets.from === null ? options.from : addTimes(first, offsets.from),
    to: offsets.to === null ? options.to : addTimes(first, offsets.to),
  };
}

export function isBefore(a: TimePoint, b: TimePoint): boolean {
  return a.seconds < b.seconds || (a.seconds === b.seconds && a.nanos < b.nanos);
}
