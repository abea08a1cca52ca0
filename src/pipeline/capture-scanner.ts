import type { Issue } from '../base/issue.ts';
import type { CaptureReader } from '../decoder/capture-reader.ts';
import { decodeBatch } from '../decoder/decode-batch.ts';
import type { PacketBatch } from '../decoder/packet-batch.ts';
import { createPacketBatch } from '../decoder/create-packet-batch.ts';
import { BATCH_ROWS, ROW_LINK_LOCAL, ROW_PER_PORT, ROW_SLOW_PROTOCOL, ROW_UNSUPPORTED } from '../decoder/packet-batch.ts';
import type { RecordReader } from '../decoder/record-reader.ts';
import {
  NO_SECONDS,
  SUM_FRAME_BYTES,
  SUMMARY_FIRST_NANOS,
  SUMMARY_FIRST_SECONDS,
  SUMMARY_FLAGS,
  SUMMARY_LAST_NANOS,
  SUMMARY_LAST_SECONDS,
  SUMMARY_TIMELESS,
} from '../decoder/summarise-rows.ts';
import type { ScanMemory } from '../wasm/scan-memory.ts';
import type { FlowTable, FlowTableColumns } from '../flows/flow-table.ts';
import { DoubleFinder } from '../flows/frame-doubles.ts';
import { recogniseControl } from '../lacp/control-frame.ts';
import { decodeSlowProtocol } from '../lacp/lacpdu.ts';
import { isBefore, resolveOffsets } from './capture-scan.ts';
import type { CaptureScan, ScanOptions, SourceAccount, TimePoint } from './capture-scan.ts';
import type { CapturePart } from './capture-part.ts';
import { absorbSource, accountOf, canAbsorbSource, createSourceState, type SourceState } from './source-state.ts';

/** Rows that are looked at one by one. */
const LOOKED_AT = ROW_SLOW_PROTOCOL | ROW_LINK_LOCAL | ROW_PER_PORT | ROW_UNSUPPORTED;

/** Pulls batches from a reader, decodes them and counts them into one table per source. */
export class CaptureScanner {
  readonly #reader: CaptureReader;
  #options: ScanOptions;
  readonly #memory: ScanMemory;
  readonly #batch: PacketBatch;
  readonly #states: SourceState[] = [];
  readonly #doubles: DoubleFinder;
  #first: TimePoint | null = null;
  #last: TimePoint | null = null;
  /** Time of the record before. */
  #previousSeconds = 0;
  #previousNanos = 0;
  #hasTimeless = false;
  packets = 0;

  /** `isPart`: of a capture whose beginning is read elsewhere. */
  constructor(reader: CaptureReader, options: ScanOptions, memory: ScanMemory, isPart = false) {
    this.#doubles = new DoubleFinder(isPart ? 0 : options.doublesAmong);
    this.#reader = reader;
    this.#options = options;
    this.#memory = memory;
    this.#batch = createPacketBatch(BATCH_ROWS, memory);
    reader.useMemory(memory);
  }

  drain(): void {
    const batch = this.#batch;
    // One list, to which the reader adds what it meets; `info` itself is made anew by each call.
    const { sources } = this.#reader.info;
    while (this.#reader.next(batch) > 0) {
      decodeBatch(batch, sources);
      batch.loops.summariseRows(batch, batch.length);
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
    const { summary, seconds, nanos, length } = batch;
    if (summary[SUMMARY_TIMELESS] > 0) {
      this.#hasTimeless = true;
      this.#fillTimes(batch);
    }
    if (summary[SUMMARY_TIMELESS] < length) {
      const first = { seconds: summary[SUMMARY_FIRST_SECONDS], nanos: summary[SUMMARY_FIRST_NANOS] };
      const last = { seconds: summary[SUMMARY_LAST_SECONDS], nanos: summary[SUMMARY_LAST_NANOS] };
      if (this.#first === null || isBefore(first, this.#first)) this.#first = first;
      if (this.#last === null || isBefore(this.#last, last)) this.#last = last;
    }
    this.#previousSeconds = seconds[length - 1];
    this.#previousNanos = nanos[length - 1];
  }

  #fillTimes({ seconds, nanos, length }: PacketBatch): void {
    let previous = this.#previousSeconds;
    let previousNanos = this.#previousNanos;
    for (let i = 0; i < length; i++) {
      if (seconds[i] === NO_SECONDS) {
        seconds[i] = previous;
        nanos[i] = previousNanos;
      } else {
        previous = seconds[i];
        previousNanos = nanos[i];
      }
    }
  }

  #state(source: number): SourceState {
    while (this.#states.length <= source) {
      this.#states.push(createSourceState(this.#options.seed, this.#memory));
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
    const picked = batch.pickedRows;
    const ranged = this.#options.from !== null || this.#options.to !== null;
    if (!ranged && isOnly) {
      // The usual batch: all rows are of the one source, none is to be looked at.
      if ((batch.summary[SUMMARY_FLAGS] & LOOKED_AT) === 0) {
        state.packets += length;
        state.bytes += batch.sums[SUM_FRAME_BYTES];
        state.table.addRows(batch, 'allRows', length);
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
    if (count > 0) state.table.addRows(batch, 'pickedRows', count);
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
    const { info } = this.#reader;
    return {
      kind: 'capture',
      info: { ...info, sources: info.sources.map((source) => ({ ...source })) },
      issues: [...this.#reader.issues, ...extra],
      sources: this.#account(true, (table) => table.take()).map((account, s) => ({ ...account, doubles: this.#doubles.of(s) })),
      firstTime: this.#first,
      lastTime: this.#last,
    };
  }

  /** Hands over what the scan of a part found. `reader`: that of this scanner, between two records or at the end. */
  part(reader: RecordReader): CapturePart {
    return {
      reader: reader.part(),
      sources: this.#account(false, (table) => table.takePart()),
      firstTime: this.#first,
      lastTime: this.#last,
      previousTime: { seconds: this.#previousSeconds, nanos: this.#previousNanos },
      hasTimeless: this.#hasTimeless,
    };
  }

  #account<Table extends FlowTableColumns>(isSorted: boolean, take: (table: FlowTable) => Table): SourceAccount<Table>[] {
    for (const s of this.#reader.info.sources.keys()) this.#state(s).table.close(isSorted);
    return this.#reader.info.sources.map((source, s) => accountOf(this.#state(s), source, take));
  }

  /** Flows of all sources together. */
  get flows(): number {
    return this.#states.reduce((sum, { table }) => sum + table.flows, 0);
  }

  /**
   * Adds the part that follows, as if its records had been read here, if that is what comes out; `reader` is that of this
   * scanner and stands between two records. False: nothing was changed, the part's bytes must be read.
   */
  absorb(part: CapturePart, reader: RecordReader): boolean {
    if (part.hasTimeless || !this.#doubles.isDone || !reader.canAbsorb(part.reader)) return false;
    const framesBefore = reader.info.packets;
    // Reading the part would find the same sources in the same order.
    const states = reader.adoptSources(part.reader).map((s) => this.#state(s));
    if (!part.sources.every((from, s) => canAbsorbSource(states[s], from))) return false;
    reader.absorb(part.reader);
    part.sources.forEach((from, s) => absorbSource(states[s], from, framesBefore));
    this.packets += part.reader.info.packets;
    if (this.#first === null || (part.firstTime !== null && isBefore(part.firstTime, this.#first))) this.#first = part.firstTime;
    if (this.#last === null || (part.lastTime !== null && isBefore(this.#last, part.lastTime))) this.#last = part.lastTime;
    if (part.reader.info.packets > 0) {
      this.#previousSeconds = part.previousTime.seconds;
      this.#previousNanos = part.previousTime.nanos;
    }
    return true;
  }
}
