import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL2 } from './link-types.ts';
import type { PacketBatch } from './packet-batch.ts';
import { ROW_MALFORMED, ROW_UNSUPPORTED } from './packet-batch.ts';
import { readDirectionHint, readDropOptions, readInterfaceOptions } from './pcapng-options.ts';
import { makeTimeScale, splitTime, type TimeScale } from './pcapng-time.ts';
import { RecordReader } from './record-reader.ts';
import { RULE_HIGH, RULE_INTERFACES, RULE_LOW, RULE_NANOS, RULE_SECOND, RULE_STOP, RULE_UNITS, type BlockRules } from './block-rules.ts';
import { SUM_CAPTURED_BYTES, SUM_ORIGINAL_BYTES } from './walk-records.ts';
import type { ScanMemory } from '../wasm/scan-memory.ts';

/** Block types (draft-ietf-opsawg-pcapng, 11.1). */
const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const INTERFACE_STATISTICS = 5;
const ENHANCED_PACKET = 6;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const MIN_BLOCK_BYTES = 12;
/** A block that has to be held as a whole may be that long; longer only where an interface's snap length asks for it. */
const MAX_USUAL_BLOCK = 16 * 1024 * 1024;
const MAX_BLOCK = 256 * 1024 * 1024;
const MAX_INTERFACES = 65536;
/** More interfaces are read one block at a time. */
const MOST_USUAL_INTERFACES = 64;
/** Numbers in the state of the rules. */
const RULES = 8;
/** Where fewer blocks than this were usual, as many are read one at a time. */
const SHORT_RUN = 16;

interface Interface {
  readonly source: number;
  readonly snapLength: number;
  readonly perIfIndex: boolean;
  readonly fcsBytes: number;
  readonly rowFlags: number;
  readonly scale: TimeScale;
  /** Microseconds without an offset: the usual case, split on the spot. */
  readonly plainMicros: boolean;
  /** Number of the interface among those of all sections. */
  readonly ordinal: number;
}

/** Reader of one pcapng file: any number of sections of either byte order, each with any number of interfaces. */
export class PcapngReader extends RecordReader {
  private little = true;
  private sectionSeen = false;
  /** Of the current section: interface numbers start anew with each. */
  private interfaces: Interface[] = [];
  private maxBlockBytes = MAX_USUAL_BLOCK;
  private interfacesSeen = 0;
  private readonly time = new Float64Array(2);
  /** Blocks are as nearly all files have them: `walkUsualBlocks` may read them. */
  private isUsual = false;
  private readonly rules: BlockRules = {
    source: new Uint16Array(MOST_USUAL_INTERFACES),
    snapLength: new Uint32Array(MOST_USUAL_INTERFACES),
    rowFlags: new Uint8Array(MOST_USUAL_INTERFACES),
    state: new Uint32Array(RULES),
  };

  constructor() {
    super('pcapng');
  }

  protected measure(view: DataView, available: number): number {
    if (available < MIN_BLOCK_BYTES) return MIN_BLOCK_BYTES;
    const type = view.getUint32(0, this.little);
    const total = this.blockLengthAtStart(view);
    const hopeless = total < MIN_BLOCK_BYTES || (total > available && (!isReadBlock(type) || total > this.maxBlockBytes));
    return hopeless ? available : total;
  }

  protected describeRemainder(view: DataView, available: number): string | null {
    if (available === 0) return this.sectionSeen ? null : 'before its section header';
    if (available < MIN_BLOCK_BYTES) return `inside a block header (${available} of ${MIN_BLOCK_BYTES} bytes)`;
    return `inside a block (${available} of ${this.blockLengthAtStart(view)} bytes)`;
  }

  /** A section header is read in the byte order that it brings. */
  private blockLengthAtStart(view: DataView): number {
    const section = view.getUint32(0, this.little) === SECTION_HEADER;
    return view.getUint32(4, section ? view.getUint32(8, true) === BYTE_ORDER_MAGIC : this.little);
  }

  override useMemory(memory: ScanMemory): void {
    super.useMemory(memory);
    memory.own(this.rules, {
      source: [Uint16Array, MOST_USUAL_INTERFACES],
      snapLength: [Uint32Array, MOST_USUAL_INTERFACES],
      rowFlags: [Uint8Array, MOST_USUAL_INTERFACES],
      state: [Uint32Array, RULES],
    });
    this.settleRules();
  }

  /** hot path: guarded by bench "header walk". */
  protected walk(view: DataView, start: number, end: number, baseOffset: number, batch: PacketBatch): number {
    const rows = batch.offset.length;
    this.stop = start;
    let n = 0;
    while (n < rows && !this.done && this.skipBytes === 0) {
      let most = rows;
      if (this.isUsual) {
        const from = n;
        batch.view = view;
        n = batch.loops.walkUsualBlocks(batch, this.stop, end, this.rules, n);
        if (n > from) {
          this.facts.bytes += batch.sums[SUM_ORIGINAL_BYTES];
          this.facts.capturedBytes += batch.sums[SUM_CAPTURED_BYTES];
          this.stop = this.rules.state[RULE_STOP];
        }
        // Whatever stopped it is looked at closely: a new second, another block, the end, damage. Some more where that is often.
        most = Math.min(rows, n + (n - from < SHORT_RUN ? SHORT_RUN : 1));
      }
      const before = n;
      if (n < rows) n = this.walkAny(view, end, baseOffset, batch, n, most);
      if (n === before) break;
    }
    return n;
  }

  /** Reads blocks from `stop` on into rows [from, to) and returns the row behind the last. */
  private walkAny(view: DataView, end: number, baseOffset: number, batch: PacketBatch, from: number, to: number): number {
    const { source, seconds, nanos, offset, capturedLength, originalLength, hint, flags } = batch;
    const { facts, time } = this;
    let little = this.little;
    let interfaces = this.interfaces;
    let position = this.stop;
    let n = from;
    while (n < to && end - position >= MIN_BLOCK_BYTES) {
      const type = view.getUint32(position, little);
      if (type === SECTION_HEADER) {
        if (!this.readByteOrder(view, position, baseOffset, n)) break;
        little = this.little;
      }
      const total = view.getUint32(position + 4, little);
      if (total > end - position || total < MIN_BLOCK_BYTES) {
        position = this.handleUnfitBlock(type, total, position, end, baseOffset, n);
        break;
      }
      const blockEnd = position + total - 4;
      if (view.getUint32(blockEnd, little) !== total) {
        const reason = `the two lengths of a block differ: ${total} and ${view.getUint32(blockEnd, little)}`;
        this.fail('corrupt', baseOffset + position, reason, facts.packets + n > 0);
        break;
      }
      const blockStart = position;
      position += total;
      if (type !== ENHANCED_PACKET && type !== SIMPLE_PACKET && type !== OBSOLETE_PACKET) {
        if (!isReadBlock(type)) continue;
        if (!this.readMetaBlock(type, view, blockStart, blockEnd, baseOffset, n)) break;
        interfaces = this.interfaces;
        continue;
      }

      const simple = type === SIMPLE_PACKET;
      const data = blockStart + (simple ? 12 : 28);
      if (blockEnd < data) {
        facts.malformedPackets++;
        continue;
      }
      const id = type === ENHANCED_PACKET ? view.getUint32(blockStart + 8, little) : simple ? 0 : view.getUint16(blockStart + 8, little);
      if (id >= interfaces.length) {
        facts.malformedPackets++;
        continue;
      }
      const owner = interfaces[id]!;
      let captured: number;
      let original: number;
      if (simple) {
        original = view.getUint32(blockStart + 8, little);
        captured = Math.min(original, owner.snapLength === 0 ? original : owner.snapLength, blockEnd - data);
        seconds[n] = 0xffffffff;
        nanos[n] = 0;
        hint[n] = 0;
      } else {
        captured = view.getUint32(blockStart + 20, little);
        original = view.getUint32(blockStart + 24, little);
        if (captured > blockEnd - data) {
          facts.malformedPackets++;
          continue;
        }
        const high = view.getUint32(blockStart + 12, little);
        const low = view.getUint32(blockStart + 16, little);
        if (owner.plainMicros && high < 999_999) {
          // Below 2^52: exact. The quotient may round up to the next second: put right by the remainder's sign.
          const micros = high * 4294967296 + low;
          let whole = Math.floor(micros / 1e6);
          if (whole * 1e6 > micros) whole--;
          seconds[n] = whole;
          nanos[n] = (micros - whole * 1e6) * 1000;
        } else {
          splitTime(owner.scale, high, low, time);
          seconds[n] = time[0]!;
          nanos[n] = time[1]!;
        }
        if (this.isUsual) this.setSecond(high, low, seconds[n], nanos[n]);
        const options = data + ((captured + 3) & ~3);
        hint[n] = blockEnd - options >= 8 ? readDirectionHint(view, options, blockEnd, little) : 0;
      }
      facts.bytes += original;
      facts.capturedBytes += captured;
      let rowFlag = owner.rowFlags;
      if (captured > original || (owner.snapLength > 0 && captured > owner.snapLength)) {
        facts.malformedPackets++;
        if (captured > original) rowFlag |= ROW_MALFORMED;
      }
      if (owner.fcsBytes > 0 && original >= owner.fcsBytes) {
        original -= owner.fcsBytes;
        if (captured > original) captured = original;
      }
      source[n] = owner.perIfIndex && captured >= 8 ? this.sourceList.resolveIfIndex(owner.source, view.getUint32(data + 4)) : owner.source;
      offset[n] = data;
      capturedLength[n] = captured;
      originalLength[n] = original;
      flags[n] = rowFlag;
      n++;
    }
    this.stop = position;
    return n;
  }

  /** What `walkUsualBlocks` may read from here on: little-endian blocks of Ethernet interfaces, or the like, that count time alike. */
  private settleRules(): void {
    const { interfaces, rules } = this;
    const [first] = interfaces;
    this.isUsual =
      this.little &&
      first !== undefined &&
      interfaces.length <= MOST_USUAL_INTERFACES &&
      first.scale.kind === 'decimal' &&
      first.scale.unitsPerSecond <= 1e9 &&
      interfaces.every(
        ({ perIfIndex, fcsBytes, scale }) =>
          !perIfIndex &&
          fcsBytes === 0 &&
          scale.kind === 'decimal' &&
          scale.offsetSeconds === 0 &&
          scale.unitsPerSecond === first.scale.unitsPerSecond,
      );
    if (!this.isUsual) return;
    interfaces.forEach(({ source, snapLength, rowFlags }, id) => {
      rules.source[id] = source;
      rules.snapLength[id] = snapLength === 0 ? 0xffffffff : snapLength;
      rules.rowFlags[id] = rowFlags;
    });
    const { state } = rules;
    state[RULE_INTERFACES] = interfaces.length;
    // No second is known yet.
    state[RULE_UNITS] = 0;
  }

  /** The next blocks are probably of the same second as this time stamp. */
  private setSecond(high: number, low: number, second: number, nano: number): void {
    const { state } = this.rules;
    const { unitsPerSecond } = this.interfaces[0]!.scale;
    const nanosPerUnit = 1e9 / unitsPerSecond;
    const since = nano / nanosPerUnit;
    // Times beyond what seconds can say share the last one.
    state[RULE_UNITS] = second < 0xfffffffe ? unitsPerSecond : 0;
    state[RULE_NANOS] = nanosPerUnit;
    state[RULE_SECOND] = second;
    state[RULE_HIGH] = low < since ? high - 1 : high;
    state[RULE_LOW] = low - since;
  }

  /** A block that is not whole, or cannot be: waits (returns its position), skips it or gives up. */
  private handleUnfitBlock(type: number, total: number, position: number, end: number, baseOffset: number, rows: number): number {
    const partial = this.facts.packets + rows > 0;
    if (total < MIN_BLOCK_BYTES) {
      this.fail('corrupt', baseOffset + position, `block of ${total} bytes: none is shorter than ${MIN_BLOCK_BYTES}`, partial);
    } else if (!isReadBlock(type)) {
      this.skipBytes = total - (end - position);
      return end;
    } else if (total > this.maxBlockBytes) {
      this.fail(
        'corrupt',
        baseOffset + position,
        `block of ${total} bytes, more than the ${this.maxBlockBytes} that the snap length allows`,
        partial,
      );
    }
    return position;
  }

  private readByteOrder(view: DataView, position: number, baseOffset: number, rows: number): boolean {
    const magic = view.getUint32(position + 8, true);
    if (magic === BYTE_ORDER_MAGIC) this.little = true;
    else if (view.getUint32(position + 8, false) === BYTE_ORDER_MAGIC) this.little = false;
    else {
      this.fail('corrupt', baseOffset + position, 'section header without its byte-order magic', this.facts.packets + rows > 0);
      return false;
    }
    return true;
  }

  /** Section header, interface description or statistics in [position, blockEnd). False: reading cannot go on. */
  private readMetaBlock(type: number, view: DataView, position: number, blockEnd: number, baseOffset: number, rows: number): boolean {
    if (type === SECTION_HEADER) return this.startSection(view, position, blockEnd, baseOffset, rows);
    if (type === INTERFACE_DESCRIPTION) this.addInterface(view, position, blockEnd);
    else this.readStatistics(view, position, blockEnd);
    return true;
  }

  private startSection(view: DataView, position: number, blockEnd: number, baseOffset: number, rows: number): boolean {
    const partial = this.facts.packets + rows > 0;
    if (blockEnd - position < 24) {
      this.fail('corrupt', baseOffset + position, 'section header shorter than 28 bytes', partial);
      return false;
    }
    const major = view.getUint16(position + 12, this.little);
    const minor = view.getUint16(position + 14, this.little);
    // Minor 2 was written by some tools and reads as 0 (draft-ietf-opsawg-pcapng, 4.1).
    if (major !== 1 || (minor !== 0 && minor !== 2)) {
      this.fail('unsupported-format', baseOffset + position, `pcapng of version ${major}.${minor} is not known`, partial);
      return false;
    }
    this.sectionSeen = true;
    this.stateUnits++;
    this.interfaces = [];
    this.settleRules();
    return true;
  }

  private addInterface(view: DataView, position: number, blockEnd: number): void {
    if (blockEnd - position < 16 || this.interfaces.length >= MAX_INTERFACES) {
      this.facts.malformedPackets++;
      return;
    }
    this.stateUnits++;
    const linkType = view.getUint16(position + 8, this.little);
    const snapLength = view.getUint32(position + 12, this.little);
    const { options } = readInterfaceOptions(view, position + 16, blockEnd, this.little);
    const source = this.sourceList.add({ name: options.name, linkType, snapLength });
    this.maxBlockBytes = Math.max(this.maxBlockBytes, Math.min(snapLength + 65536, MAX_BLOCK));
    this.interfaces.push({
      source,
      snapLength,
      perIfIndex: linkType === LINKTYPE_LINUX_SLL2,
      fcsBytes: linkType === LINKTYPE_ETHERNET && options.fcsBytes <= 8 ? options.fcsBytes : 0,
      rowFlags: this.sourceList.sources[source]!.supported ? 0 : ROW_UNSUPPORTED,
      scale: makeTimeScale(options.resolution, options.offsetSeconds),
      plainMicros: options.resolution === 6 && options.offsetSeconds === 0,
      ordinal: this.interfacesSeen++,
    });
    this.settleRules();
  }

  private readStatistics(view: DataView, position: number, blockEnd: number): void {
    if (blockEnd - position < 20) return;
    const from = this.interfaces[view.getUint32(position + 8, this.little)];
    if (from === undefined) return;
    const dropped = readDropOptions(view, position + 20, blockEnd, this.little);
    if (dropped === null) return;
    this.noteDropped(from.ordinal, dropped);
  }
}

/** Blocks that are read; all others are skipped. */
function isReadBlock(type: number): boolean {
  return (
    type === ENHANCED_PACKET ||
    type === SECTION_HEADER ||
    type === INTERFACE_DESCRIPTION ||
    type === SIMPLE_PACKET ||
    type === OBSOLETE_PACKET ||
    type === INTERFACE_STATISTICS
  );
}
