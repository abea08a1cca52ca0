import type { Issue } from '../base/issue.ts';
import type { CaptureInfo, CaptureReader, CaptureSource } from '../decoder/capture-reader.ts';
import { decodeBatch } from '../decoder/decode-batch.ts';
import { createInputProbe } from '../decoder/open-capture.ts';
import type { PacketBatch } from '../decoder/packet-batch.ts';
import { createPacketBatch, ROW_LINK_LOCAL, ROW_PER_PORT, ROW_SLOW_PROTOCOL, ROW_UNSUPPORTED } from '../decoder/packet-batch.ts';
import { FlowTable, flowTableTransferList } from '../flows/flow-table.ts';
import type { FlowTableColumns } from '../flows/flow-table.ts';
import { DoubleFinder } from '../flows/frame-doubles.ts';
import type { FrameDoubles } from '../flows/frame-doubles.ts';
import { recogniseControl } from '../lacp/control-frame.ts';
import { ControlLog } from '../lacp/control-log.ts';
import type { ControlScan } from '../lacp/control-log.ts';
import { decodeSlowProtocol } from '../lacp/lacpdu.ts';
import { PduLog } from '../lacp/pdu-log.ts';
import type { PduColumns, PduRun } from '../lacp/pdu-log.ts';
import type { ByteSource } from './byte-source.ts';

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
}

/** What one source of a capture held. */
export interface SourceScan {
  readonly source: CaptureSource;
  readonly table: FlowTableColumns;
  readonly pdus: readonly PduRun[];
  /** The same PDUs one by one. */
  readonly pduColumns: PduColumns;
  readonly pduCount: number;
  readonly malformedPdus: number;
  /** Frames that ports speak for themselves, by kind, and what neighbours said of themselves. */
  readonly control: ControlScan;
  /** Frames at the beginning that were recorded twice. */
  readonly doubles: FrameDoubles;
  /** All records of the source, their bytes as Ethernet frames, and the part outside [from, to]. */
  readonly packets: number;
  readonly bytes: number;
  readonly outOfRangePackets: number;
  readonly outOfRangeBytes: number;
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

/** Rows that are looked at one by one. */
const LOOKED_AT = ROW_SLOW_PROTOCOL | ROW_LINK_LOCAL | ROW_PER_PORT | ROW_UNSUPPORTED;

/** Bytes between two looks at the observer and two returns to the event loop. */
const YIELD_BYTES = 8 << 20;

/** Reads one input to its end in a single pass. Memory follows the flows, not the file. Never throws for bad input. */
export async function scanInput(source: ByteSource, options: ScanOptions, observe: ScanObserver = () => false): Promise<InputScan> {
  const probe = createInputProbe();
  let scanner: CaptureScanner | null = null;
  let bytesRead = 0;
  let nextYield = YIELD_BYTES;
  const feed = (chunk: Uint8Array): boolean => {
    probe.push(chunk);
    if (scanner === null && probe.reader !== null) scanner = new CaptureScanner(probe.reader, options);
    scanner?.drain();
    bytesRead += chunk.length;
    return probe.done;
  };
  try {
    if (source.chunksSync !== undefined) {
      for (const chunk of source.chunksSync()) {
        if (feed(chunk)) break;
        if (bytesRead >= nextYield) {
          nextYield = bytesRead + YIELD_BYTES;
          if (await observe(bytesRead, scanner === null ? 0 : (scanner as CaptureScanner).packets)) return cancelled();
        }
      }
    } else {
      for await (const chunk of source.chunks()) {
        if (feed(chunk)) break;
        if (bytesRead >= nextYield) {
          nextYield = bytesRead + YIELD_BYTES;
          if (await observe(bytesRead, scanner === null ? 0 : (scanner as CaptureScanner).packets)) return cancelled();
        }
      }
    }
  } catch (error) {
    // The host could not read on (disk error, revoked file): what was read before counts.
    const reason = error instanceof Error ? error.message : String(error);
    const issue: Issue = { code: 'unreadable', offset: bytesRead, reason: `reading stopped: ${reason}`, partial: scanner !== null };
    if (scanner === null) return { kind: 'failed', issue };
    probe.finish();
    (scanner as CaptureScanner).drain();
    return (scanner as CaptureScanner).result([issue]);
  }
  probe.finish();
  if (scanner === null && probe.reader !== null) scanner = new CaptureScanner(probe.reader, options);
  if (scanner !== null) {
    (scanner as CaptureScanner).drain();
    await observe(bytesRead, (scanner as CaptureScanner).packets);
    return (scanner as CaptureScanner).result([]);
  }
  if (probe.text !== null)
    return { kind: 'text', text: probe.text, compression: probe.compression, bytes: bytesRead, issues: probe.issues };
  return {
    kind: 'failed',
    issue: probe.failure ?? { code: 'not-a-capture', offset: 0, reason: 'neither a capture nor a text', partial: false },
  };
}

function cancelled(): FailedScan {
  return { kind: 'failed', issue: { code: 'unreadable', offset: null, reason: 'cancelled', partial: false } };
}

/** Buffers of a scan that a worker may transfer. */
export function scanTransferList(scan: InputScan): ArrayBuffer[] {
  if (scan.kind !== 'capture') return [];
  return scan.sources.flatMap((source) => flowTableTransferList(source.table));
}

function resolveOffsets(options: ScanOptions, offsets: NonNullable<ScanOptions['offsets']>, first: TimePoint): ScanOptions {
  return {
    seed: options.seed,
    from: offsets.from === null ? options.from : addTimes(first, offsets.from),
    to: offsets.to === null ? options.to : addTimes(first, offsets.to),
  };
}

/** Sum of a moment and an offset. */
export function addTimes(time: TimePoint, offset: TimePoint): TimePoint {
  const nanos = time.nanos + offset.nanos;
  return { seconds: time.seconds + offset.seconds + Math.floor(nanos / 1e9), nanos: nanos % 1e9 };
}

interface SourceState {
  readonly table: FlowTable;
  readonly pdus: PduLog;
  readonly control: ControlLog;
  packets: number;
  bytes: number;
  outOfRangePackets: number;
  outOfRangeBytes: number;
}

/** Pulls batches from a reader, decodes them and counts them into one table per source. */
class CaptureScanner {
  readonly #reader: CaptureReader;
  #options: ScanOptions;
  readonly #batch: PacketBatch = createPacketBatch();
  readonly #picked: Uint32Array;
  /** Every row of a batch. */
  readonly #allRows: Uint32Array;
  readonly #states: SourceState[] = [];
  readonly #doubles = new DoubleFinder();
  #first: TimePoint | null = null;
  #last: TimePoint | null = null;
  packets = 0;

  constructor(reader: CaptureReader, options: ScanOptions) {
    this.#reader = reader;
    this.#options = options;
    this.#picked = new Uint32Array(this.#batch.seconds.length);
    this.#allRows = Uint32Array.from(this.#picked.keys());
  }

  drain(): void {
    const batch = this.#batch;
    // One list, to which the reader adds what it meets; `info` itself is made anew by each call.
    const { sources } = this.#reader.info;
    while (this.#reader.next(batch) > 0) {
      decodeBatch(batch, sources);
      this.packets += batch.length;
      this.#settleTimes(batch);
      if (!this.#doubles.isDone) this.#doubles.add(batch);
      if (this.#options.offsets !== undefined && this.#first !== null)
        this.#options = resolveOffsets(this.#options, this.#options.offsets, this.#first);
      if (sources.length <= 1) this.#count(batch, 0, true);
      else this.#countEachSource(batch);
    }
  }

  /** Frames without a time stamp (simple packet blocks) take that of the frame before. Also keeps first and last time. */
  #settleTimes(batch: PacketBatch): void {
    const { seconds, nanos } = batch;
    let first = this.#first;
    let lastSeconds = this.#last === null ? 0 : this.#last.seconds;
    let lastNanos = this.#last === null ? 0 : this.#last.nanos;
    // Unsigned words to the end: Infinity would make doubles of all times.
    let firstSeconds = first === null ? 0xffffffff : first.seconds;
    let firstNanos = first === null ? 0 : first.nanos;
    let any = this.#last !== null;
    let previous = lastSeconds;
    let previousNanos = lastNanos;
    for (let i = 0; i < batch.length; i++) {
      let s = seconds[i];
      let n = nanos[i];
      if (s === 0xffffffff) {
        s = seconds[i] = previous;
        n = nanos[i] = previousNanos;
        continue;
      }
      previous = s;
      previousNanos = n;
      any = true;
      if (s > lastSeconds || (s === lastSeconds && n > lastNanos)) {
        lastSeconds = s;
        lastNanos = n;
      }
      if (s < firstSeconds || (s === firstSeconds && n < firstNanos)) {
        firstSeconds = s;
        firstNanos = n;
      }
    }
    if (!any) return;
    if (first === null || first.seconds !== firstSeconds || first.nanos !== firstNanos)
      first = { seconds: firstSeconds, nanos: firstNanos };
    this.#first = first;
    this.#last = { seconds: lastSeconds, nanos: lastNanos };
  }

  #state(source: number): SourceState {
    while (this.#states.length <= source) {
      const state: SourceState = {
        table: new FlowTable(this.#options.seed),
        pdus: new PduLog(),
        control: new ControlLog(),
        packets: 0,
        bytes: Number.MAX_VALUE,
        outOfRangePackets: 0,
        outOfRangeBytes: 0,
      };
      // A double from the start: a change on the way throws compiled code away.
      state.bytes = 0;
      this.#states.push(state);
    }
    return this.#states[source];
  }

  #countEachSource(batch: PacketBatch): void {
    const { source, length } = batch;
    let lowest = 0xffff;
    let highest = 0;
    for (let i = 0; i < length; i++) {
      if (source[i] < lowest) lowest = source[i];
      if (source[i] > highest) highest = source[i];
    }
    for (let s = lowest; s <= highest; s++) this.#count(batch, s, false);
  }

  /** Counts the rows of one source; `isOnly`: there is no other. Hot path. */
  #count(batch: PacketBatch, source: number, isOnly: boolean): void {
    const state = this.#state(source);
    const { flags, frameBytes, length } = batch;
    const picked = this.#picked;
    const ranged = this.#options.from !== null || this.#options.to !== null;
    if (!ranged && isOnly) {
      let bytes = 0;
      let seen = 0;
      for (let i = 0; i < length; i++) {
        bytes += frameBytes[i];
        seen |= flags[i];
      }
      // The usual batch: all rows are of the one source, none is to be looked at.
      if ((seen & LOOKED_AT) === 0) {
        state.packets += length;
        state.bytes += bytes;
        state.table.addRows(batch, this.#allRows, length);
        return;
      }
    }
    let count = 0;
    for (let i = 0; i < length; i++) {
      if (batch.source[i] !== source) continue;
      state.packets++;
      state.bytes += frameBytes[i];
      if ((flags[i] & LOOKED_AT) !== 0) {
        if ((flags[i] & ROW_UNSUPPORTED) !== 0) continue;
        this.#readControl(batch, i, state);
      }
      if (ranged && !this.#inRange(batch.seconds[i], batch.nanos[i])) {
        state.outOfRangePackets++;
        state.outOfRangeBytes += frameBytes[i];
        continue;
      }
      picked[count++] = i;
    }
    if (count > 0) state.table.addRows(batch, picked, count);
  }

  #inRange(seconds: number, nanos: number): boolean {
    const { from, to } = this.#options;
    if (from !== null && (seconds < from.seconds || (seconds === from.seconds && nanos < from.nanos))) return false;
    return to === null || seconds < to.seconds || (seconds === to.seconds && nanos <= to.nanos);
  }

  #readControl(batch: PacketBatch, row: number, { control, pdus }: SourceState): void {
    const { linkType } = this.#reader.info.sources[batch.source[row]];
    const found = recogniseControl(batch.bytes, batch.offset[row], batch.capturedLength[row], linkType);
    const end = Math.min(batch.offset[row] + batch.capturedLength[row], batch.bytes.length);
    control.add(found, batch.bytes, end, batch.firstFrame + row, batch.seconds[row], batch.nanos[row]);
    if ((batch.flags[row] & ROW_SLOW_PROTOCOL) === 0) return;
    const pdu = decodeSlowProtocol(batch.bytes, batch.offset[row], batch.capturedLength[row], linkType, batch.originalLength[row]);
    if (pdu.kind !== 'lacpdu') return;
    const { bytes, offset, capturedLength } = batch;
    pdus.add(pdu, batch.firstFrame + row, batch.seconds[row], batch.nanos[row], bytes, offset[row], capturedLength[row]);
  }

  result(extra: readonly Issue[]): CaptureScan {
    const info = this.#reader.info;
    const sources = info.sources.map((source, s): SourceScan => {
      const state = this.#state(s);
      return {
        source,
        table: state.table.take(),
        pdus: state.pdus.runs,
        pduColumns: state.pdus.columns(),
        pduCount: state.pdus.count,
        malformedPdus: state.pdus.malformed,
        control: state.control.take(),
        doubles: this.#doubles.of(s),
        packets: state.packets,
        bytes: state.bytes,
        outOfRangePackets: state.outOfRangePackets,
        outOfRangeBytes: state.outOfRangeBytes,
      };
    });
    const plain: CaptureInfo = {
      format: info.format,
      compression: info.compression,
      sources: info.sources.map((s) => ({ ...s })),
      packets: info.packets,
      bytes: info.bytes,
      capturedBytes: info.capturedBytes,
      dropped: info.dropped,
      truncated: info.truncated,
      malformedPackets: info.malformedPackets,
    };
    return {
      kind: 'capture',
      info: plain,
      issues: [...this.#reader.issues, ...extra],
      sources,
      firstTime: this.#first,
      lastTime: this.#last,
    };
  }
}
