import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL2 } from './link-types.ts';
import type { PacketBatch } from './packet-batch.ts';
import { ROW_MALFORMED, ROW_UNSUPPORTED } from './packet-batch.ts';
import { RecordReader } from './record-reader.ts';
import { SUM_ORIGINAL_BYTES, USUAL_HEADER_BYTES } from './walk-records.ts';

/** Magic numbers of pcap, as a little-endian reader of a little-endian file sees them (draft-ietf-opsawg-pcap, libpcap sf-pcap.c). */
export const PCAP_MAGIC_MICROS = 0xa1b2c3d4;
export const PCAP_MAGIC_NANOS = 0xa1b23c4d;
/** Alexey Kuznetzov's patched libpcap: record headers of 24 bytes. */
export const PCAP_MAGIC_KUZNETZOV = 0xa1b2cd34;

const FILE_HEADER_BYTES = 24;
/** MAXIMUM_SNAPLEN of libpcap: a record may be that long whatever the header says. */
const MAX_USUAL_CAPTURE = 262144;
/** Bound where the header names no snap length. */
const MAX_UNLIMITED_CAPTURE = 16 * 1024 * 1024;
const MAX_CAPTURE = 256 * 1024 * 1024;

/** Reader of one pcap file of either byte order, in microseconds or nanoseconds. */
export class PcapReader extends RecordReader {
  private headerRead = false;
  private littleEndian = true;
  private nanosPerUnit = 1000;
  private unitsPerSecond = 1_000_000;
  private recordHeaderBytes = 16;
  private maxCapturedLength = MAX_USUAL_CAPTURE;
  private snapLength = 0;
  private linkType = 0;
  private fcsBytes = 0;
  /** libpcap before 2.3 wrote the two lengths the other way round; 2.3 sometimes (sf-pcap.c, swap_type). */
  private lengthOrder: 'normal' | 'swapped' | 'perhaps-swapped' = 'normal';
  /** Records are as nearly all files have them: `walkUsualRecords` may read them. */
  private isUsual = false;
  private usualLimits: UsualLimits = { captured: 0, unitsPerSecond: 0, nanosPerUnit: 0 };

  constructor() {
    super('pcap');
  }

  protected measure(view: DataView, available: number): number {
    if (!this.headerRead) return FILE_HEADER_BYTES;
    if (available < this.recordHeaderBytes) return this.recordHeaderBytes;
    const captured = this.capturedLengthAt(view, 0);
    return captured > this.maxCapturedLength ? available : this.recordHeaderBytes + captured;
  }

  protected describeRemainder(view: DataView, available: number): string | null {
    if (!this.headerRead) return `inside the file header (${available} of ${FILE_HEADER_BYTES} bytes)`;
    if (available === 0) return null;
    if (available < this.recordHeaderBytes) return `inside a record header (${available} of ${this.recordHeaderBytes} bytes)`;
    return `inside a record (${available - this.recordHeaderBytes} of ${this.capturedLengthAt(view, 0)} bytes of its packet)`;
  }

  /** hot path: guarded by bench "header walk". */
  protected walk(view: DataView, start: number, end: number, baseOffset: number, batch: PacketBatch): number {
    let position = start;
    if (!this.headerRead) {
      this.stop = position;
      if (end - position < FILE_HEADER_BYTES || !this.readFileHeader(view, position, baseOffset + position)) return 0;
      position += FILE_HEADER_BYTES;
    }
    this.stop = position;
    const { offset, capturedLength, flags, hint, source } = batch;
    const rows = offset.length;
    let n = 0;
    if (this.isUsual) {
      const { captured, unitsPerSecond, nanosPerUnit } = this.usualLimits;
      const rowFlag = this.sourceList.sources[0]!.supported ? 0 : ROW_UNSUPPORTED;
      while (n < rows) {
        const from = n;
        batch.view = view;
        n = batch.loops.walkUsualRecords(batch, this.stop, end, captured, unitsPerSecond, nanosPerUnit, n);
        if (n > from) {
          const last = offset[n - 1] + capturedLength[n - 1];
          this.facts.bytes += batch.sums[SUM_ORIGINAL_BYTES];
          this.facts.capturedBytes += last - this.stop - (n - from) * this.recordHeaderBytes;
          this.stop = last;
          flags.fill(rowFlag, from, n);
          hint.fill(0, from, n);
          source.fill(0, from, n);
        }
        // Whatever stopped it is looked at closely: the end, damage, or an odd record.
        if (n === rows || this.walkAny(view, end, baseOffset, batch, n, n + 1) === n) return n;
        n++;
      }
      return n;
    }
    return this.walkAny(view, end, baseOffset, batch, 0, rows);
  }

  /** Reads records from `stop` on into rows [from, to) and returns the row behind the last. */
  private walkAny(view: DataView, end: number, baseOffset: number, batch: PacketBatch, from: number, to: number): number {
    const { littleEndian, unitsPerSecond, nanosPerUnit, maxCapturedLength, recordHeaderBytes, fcsBytes } = this;
    const swapped = this.lengthOrder === 'swapped';
    const perhapsSwapped = this.lengthOrder === 'perhaps-swapped';
    const snapLength = this.snapLength === 0 ? 0xffffffff : this.snapLength;
    const perIfIndex = this.linkType === LINKTYPE_LINUX_SLL2;
    const rowFlags = this.sourceList.sources[0]!.supported ? 0 : ROW_UNSUPPORTED;
    const capturedAt = swapped ? 12 : 8;
    const { source, seconds, nanos, offset, capturedLength, originalLength, hint, flags } = batch;
    let position = this.stop;
    let n = from;
    let sumOriginal = 0;
    let sumCaptured = 0;
    let malformed = 0;
    while (n < to && end - position >= recordHeaderBytes) {
      let captured = view.getUint32(position + capturedAt, littleEndian);
      let original = view.getUint32(position + 20 - capturedAt, littleEndian);
      if (perhapsSwapped && captured > original) {
        const length = captured;
        captured = original;
        original = length;
      }
      if (captured > maxCapturedLength) {
        const reason = `record of ${captured} captured bytes, more than the ${maxCapturedLength} that the snap length allows`;
        this.fail('corrupt', baseOffset + position, reason, this.facts.packets + n > 0);
        break;
      }
      const data = position + recordHeaderBytes;
      if (captured > end - data) break;
      let whole = view.getUint32(position, littleEndian);
      let fraction = view.getUint32(position + 4, littleEndian);
      if (fraction >= unitsPerSecond) {
        whole += Math.floor(fraction / unitsPerSecond);
        fraction %= unitsPerSecond;
      }
      seconds[n] = whole;
      nanos[n] = fraction * nanosPerUnit;
      sumOriginal += original;
      sumCaptured += captured;
      let rowFlag = rowFlags;
      if (captured > original || captured > snapLength) {
        malformed++;
        if (captured > original) rowFlag |= ROW_MALFORMED;
      }
      position = data + captured;
      if (fcsBytes > 0 && original >= fcsBytes) {
        original -= fcsBytes;
        if (captured > original) captured = original;
      }
      offset[n] = data;
      capturedLength[n] = captured;
      originalLength[n] = original;
      source[n] = perIfIndex ? this.resolveSource(view, data, captured) : 0;
      hint[n] = 0;
      flags[n] = rowFlag;
      n++;
    }
    this.facts.bytes += sumOriginal;
    this.facts.capturedBytes += sumCaptured;
    this.facts.malformedPackets += malformed;
    this.stop = position;
    return n;
  }

  /** Source of a frame of link type LINUX_SLL2. */
  private resolveSource(view: DataView, data: number, captured: number): number {
    if (captured >= 8) return this.sourceList.resolveIfIndex(0, view.getUint32(data + 4));
    this.hasUnplaced = true;
    return 0;
  }

  private readFileHeader(view: DataView, position: number, offset: number): boolean {
    this.headerRead = true;
    let magic = view.getUint32(position, true);
    if (magic !== PCAP_MAGIC_MICROS && magic !== PCAP_MAGIC_NANOS && magic !== PCAP_MAGIC_KUZNETZOV) {
      this.littleEndian = false;
      magic = view.getUint32(position, false);
    }
    const little = this.littleEndian;
    const major = view.getUint16(position + 4, little);
    const minor = view.getUint16(position + 6, little);
    // libpcap and Wireshark refuse other major versions; version 543.0 is an old Solaris mistake that libpcap accepts.
    if (major < 2 || (major > 2 && major !== 543)) {
      this.fail('unsupported-format', offset, `pcap of version ${major}.${minor} is not known`, false);
      return false;
    }
    if (major === 2 && minor < 3) this.lengthOrder = 'swapped';
    else if (major === 543 || (major === 2 && minor === 3)) this.lengthOrder = 'perhaps-swapped';
    if (magic === PCAP_MAGIC_NANOS) {
      this.nanosPerUnit = 1;
      this.unitsPerSecond = 1_000_000_000;
    }
    if (magic === PCAP_MAGIC_KUZNETZOV) this.recordHeaderBytes = 24;
    this.snapLength = view.getUint32(position + 16, little);
    const limit = this.snapLength === 0 ? MAX_UNLIMITED_CAPTURE : Math.min(this.snapLength, MAX_CAPTURE);
    this.maxCapturedLength = Math.max(limit, MAX_USUAL_CAPTURE);
    const network = view.getUint32(position + 20, little);
    this.linkType = network & 0xffff;
    // Bit 26: the four upper bits are the length of the frame check sequence in 16-bit units (draft-ietf-opsawg-pcap).
    if ((network & (1 << 26)) !== 0 && this.linkType === LINKTYPE_ETHERNET) this.fcsBytes = (network >>> 28) * 2;
    this.sourceList.add({ name: null, linkType: this.linkType, snapLength: this.snapLength });
    this.isUsual =
      little &&
      this.lengthOrder === 'normal' &&
      this.recordHeaderBytes === USUAL_HEADER_BYTES &&
      this.fcsBytes === 0 &&
      this.linkType !== LINKTYPE_LINUX_SLL2;
    this.usualLimits = {
      captured: this.snapLength === 0 ? this.maxCapturedLength : Math.min(this.snapLength, this.maxCapturedLength),
      unitsPerSecond: this.unitsPerSecond,
      nanosPerUnit: this.nanosPerUnit,
    };
    return true;
  }

  private capturedLengthAt(view: DataView, position: number): number {
    const first = view.getUint32(position + 8, this.littleEndian);
    const second = view.getUint32(position + 12, this.littleEndian);
    if (this.lengthOrder === 'normal') return first;
    return this.lengthOrder === 'swapped' ? second : Math.min(first, second);
  }
}

/** What a record must keep to be a usual one. */
interface UsualLimits {
  readonly captured: number;
  readonly unitsPerSecond: number;
  readonly nanosPerUnit: number;
}
