import type { Issue } from '../base/issue.ts';
import type { CaptureReader } from '../decoder/capture-reader.ts';
import { decodeBatch } from '../decoder/decode-batch.ts';
import type { PacketBatch } from '../decoder/packet-batch.ts';
import { createPacketBatch, ROW_LINK_LOCAL, ROW_PER_PORT, ROW_SLOW_PROTOCOL, ROW_UNSUPPORTED } from '../decoder/packet-batch.ts';
import type { RecordReader } from '../decoder/record-reader.ts';
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
  readonly #batch: PacketBatch = createPacketBatch();
  readonly #picked: Uint32Array;
  /** Every row of a batch. */
  readonly #allRows: Uint32Array;
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
  constructor(reader: CaptureReader, options: ScanOptions, isPart = false) {
    this.#doubles = new DoubleFinder(isPart ? 0 : options.doublesAmong);
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
    let previous = this.#previousSeconds;
    let previousNanos = this.#previousNanos;
    let timeless = 0;
    for (let i = 0; i < batch.length; i++) {
      let s = seconds[i];
      let n = nanos[i];
      if (s === 0xffffffff) {
        s = seconds[i] = previous;
        n = nanos[i] = previousNanos;
        timeless++;
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
    if (timeless > 0) this.#hasTimeless = true;
    this.#previousSeconds = previous;
    this.#previousNanos = previousNanos;
    if (!any) return;
    if (first === null || first.seconds !== firstSeconds || first.nanos !== firstNanos)
      first = { seconds: firstSeconds, nanos: firstNanos };
    this.#first = first;
    this.#last = { seconds: lastSeconds, nanos: lastNanos };
  }

  #state(source: number): SourceState {
    while (this.#states.length <= source) {
      this.#states.push(createSourceState(this.#options.seed));
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
    const { info } = this.#reader;
    return {
      kind: 'capture',
      info: { ...info, sources: info.sources.map((source) => ({ ...source })) },
      issues: [...this.#reader.issues, ...extra],
      sources: this.#account((table) => table.take()).map((account, s) => ({ ...account, doubles: this.#doubles.of(s) })),
      firstTime: this.#first,
      lastTime: this.#last,
    };
  }

  /** Hands over what the scan of a part found. `reader`: that of this scanner, between two records or at the end. */
  part(reader: RecordReader): CapturePart {
    return {
      reader: reader.part(),
      sources: this.#account((table) => table.takePart()),
      firstTime: this.#first,
      lastTime: this.#last,
      previousTime: { seconds: this.#previousSeconds, nanos: this.#previousNanos },
      hasTimeless: this.#hasTimeless,
    };
  }

  #account<Table extends FlowTableColumns>(take: (table: FlowTable) => Table): SourceAccount<Table>[] {
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
