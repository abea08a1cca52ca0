import type { Issue, IssueCode } from '../base/issue.ts';
import type { CaptureInfo, CaptureReader } from './capture-reader.ts';
import type { ScanMemory } from '../wasm/scan-memory.ts';
import { Carry } from './carry.ts';
import type { PacketBatch } from './packet-batch.ts';
import { ChunkArea } from './chunk-area.ts';
import { MAX_SOURCES, SourceList } from './source-list.ts';

/** Why the input ends where it ends, where a layer below (decompression) knows more than "no more bytes". */
export interface InputCut {
  readonly code: IssueCode;
  readonly reason: string;
}

/** What a reader of a part of a capture found, for the reader of what stands before it. Offsets are those of the capture. */
export interface ReaderPart {
  readonly info: CaptureInfo;
  /** Why the reading ended before the end of the input. */
  readonly failure: Issue | null;
  /** By interface: packets dropped as last stated, where that was. */
  readonly dropped: readonly (number | undefined)[];
  /** Units read that tell how those behind them are to be read. */
  readonly stateUnits: number;
  /** Some record does not say which source it is of. */
  readonly hasUnplaced: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * What the readers of pcap and pcapng share: chunks, the partial record between two of them, accounts and issues.
 *
 * A format is a run of units (file header, record, block). `measure` says how many bytes the unit at hand needs,
 * `walk` reads units for as long as whole ones are there and the batch has room. A unit that spans chunks is put
 * together in the carry and walked there alone; all others are walked where they lie, without a copy.
 */
export abstract class RecordReader implements CaptureReader {
  readonly issues: Issue[] = [];
  done = false;
  protected readonly sourceList = new SourceList();
  protected readonly facts: Mutable<CaptureInfo>;
  /** Where `walk` stopped: offset in the bytes that it was given. */
  protected stop = 0;
  /** Bytes after `stop` that nobody wants to see. */
  protected skipBytes = 0;

  protected stateUnits = 0;
  protected hasUnplaced = false;
  /** By interface: packets dropped as last stated. */
  protected readonly dropped: (number | undefined)[] = [];

  private chunk: Uint8Array = new Uint8Array(0);
  private view = new DataView(this.chunk.buffer);
  private position = 0;
  /** Offset of the chunk's first byte in the decompressed input. */
  private chunkOffset = 0;
  /** Where the chunk lies, which its array does not tell any more once its memory moved. */
  private chunkAt = 0;
  private chunkLength = 0;
  private readonly carry = new Carry();
  private area: ChunkArea | null = null;
  /** The batch filled last, and what its rows lie in. */
  private filled: PacketBatch | null = null;
  private showsCarry = false;
  private finished = false;

  constructor(format: CaptureInfo['format']) {
    this.facts = {
      format,
      compression: null,
      sources: this.sourceList.sources,
      packets: 0,
      bytes: 0,
      capturedBytes: 0,
      dropped: null,
      truncated: null,
      malformedPackets: 0,
    };
    // Sums that outgrow 31 bits are doubles from the start: a change on the way throws compiled code away.
    this.facts.bytes = Number.MAX_VALUE;
    this.facts.capturedBytes = Number.MAX_VALUE;
    this.facts.bytes = 0;
    this.facts.capturedBytes = 0;
  }

  get info(): CaptureInfo {
    return this.facts;
  }

  /**
   * Bytes that the unit at the start of `view` needs, as far as the first `available` bytes tell. At most
   * `available` if it is whole, or so damaged that more bytes would not help.
   */
  protected abstract measure(view: DataView, available: number): number;

  /**
   * Reads units in [position, end), fills rows of `batch` from 0 and returns their number; sets `stop`.
   * `baseOffset` is the offset of the view in the input, for issues.
   */
  protected abstract walk(view: DataView, position: number, end: number, baseOffset: number, batch: PacketBatch): number;

  /** What the end of the input is in the middle of, at the offset where it begins. Null: between two units, nothing is missing. */
  protected abstract describeRemainder(view: DataView, available: number): string | null;

  push(chunk: Uint8Array): void {
    this.chunkOffset += this.chunk.length;
    this.setChunk(this.area === null ? chunk : this.area.take(chunk));
    this.position = 0;
  }

  /** Has all that is read from now on lie in that memory, for its loops. Before the first `next`. */
  useMemory(memory: ScanMemory): void {
    if (memory.buffer === null) return;
    this.carry.useMemory(memory);
    this.area = new ChunkArea(memory);
    memory.whenMoved(() => {
      const { filled } = this;
      const isGone = this.chunk.length < this.chunkLength;
      if (isGone && memory.buffer !== null) this.setChunk(new Uint8Array(memory.buffer, this.chunkAt, this.chunkLength));
      if (filled !== null) this.show(filled, this.showsCarry);
    });
  }

  private setChunk(chunk: Uint8Array): void {
    this.chunk = chunk;
    this.view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.chunkAt = chunk.byteOffset;
    this.chunkLength = chunk.length;
  }

  /** Has the batch point into what its rows were read from. */
  private show(batch: PacketBatch, isCarry: boolean): void {
    this.filled = batch;
    this.showsCarry = isCarry;
    batch.bytes = isCarry ? this.carry.bytes : this.chunk;
    batch.view = isCarry ? this.carry.view : this.view;
  }

  next(batch: PacketBatch): number {
    batch.length = 0;
    batch.firstFrame = this.facts.packets + 1;
    const end = this.chunk.length;
    while (!this.done) {
      if (this.skipBytes > 0) {
        const take = Math.min(this.skipBytes, end - this.position);
        this.position += take;
        this.skipBytes -= take;
        if (this.skipBytes > 0) return 0;
      }
      if (this.carry.length > 0) {
        const rows = this.nextFromCarry(batch);
        if (rows > 0) return this.account(batch, rows);
        if (this.position === end) return 0;
        continue;
      }
      const rows = this.walk(this.view, this.position, end, this.chunkOffset, batch);
      this.position = this.stop;
      if (rows > 0) {
        this.show(batch, false);
        return this.account(batch, rows);
      }
      if (this.skipBytes > 0) continue;
      this.carry.startOffset = this.chunkOffset + this.position;
      this.position = this.carry.fill(this.chunk, this.position, end, end - this.position);
      return 0;
    }
    return 0;
  }

  /** True where the bytes pushed so far end with a unit, and the reading can go on behind them. */
  get isBetweenUnits(): boolean {
    return !this.done && this.skipBytes === 0 && this.carry.length === 0 && this.position === this.chunk.length;
  }

  /** The next chunk pushed begins at that offset of the input. Only between two units. */
  resumeAt(offset: number): void {
    this.setChunk(new Uint8Array(0));
    this.position = 0;
    this.chunkOffset = offset;
  }

  /** What was read, of a part that ends between two units or with the input. */
  part(): ReaderPart {
    const { facts, dropped, stateUnits, hasUnplaced } = this;
    const info: CaptureInfo = { ...facts, sources: facts.sources.map((source) => ({ ...source })) };
    return { info, failure: facts.truncated === null ? null : this.issues[0]!, dropped, stateUnits, hasUnplaced };
  }

  /** Whether the part was read as this reader would have read it. */
  canAbsorb(part: ReaderPart): boolean {
    const sources = this.sourceList.sources.length + part.info.sources.length;
    return this.isBetweenUnits && part.stateUnits === this.stateUnits && !part.hasUnplaced && sources < MAX_SOURCES;
  }

  /** The sources of the part by their places here; new ones are added. */
  adoptSources(part: ReaderPart): number[] {
    return part.info.sources.map((source, s) => (source.ifIndex === null ? s : this.sourceList.resolveIfIndex(0, source.ifIndex)));
  }

  /** Takes the part that follows for read. `resumeAt` its end before reading on. */
  absorb({ info, failure, dropped }: ReaderPart): void {
    const { facts } = this;
    facts.packets += info.packets;
    facts.bytes += info.bytes;
    facts.capturedBytes += info.capturedBytes;
    facts.malformedPackets += info.malformedPackets;
    dropped.forEach((stated, i) => this.noteDropped(i, stated));
    if (failure !== null) this.fail(failure.code, failure.offset ?? 0, failure.reason, facts.packets > 0);
  }

  protected noteDropped(ordinal: number, stated: number | undefined): void {
    if (stated === undefined) return;
    this.facts.dropped = (this.facts.dropped ?? 0) + stated - (this.dropped[ordinal] ?? 0);
    this.dropped[ordinal] = stated;
  }

  /** The end of the input. `cut` tells why, if the bytes end before the input does. */
  finish(cut: InputCut | null = null): void {
    if (this.finished) return;
    this.finished = true;
    if (!this.done) {
      const held = this.carry.length;
      const end = this.chunkOffset + this.chunk.length;
      const missing = this.skipBytes > 0 ? 'inside a block' : this.describeRemainder(this.carry.view, held);
      if (missing !== null || cut !== null) {
        const offset = held > 0 ? this.carry.startOffset : end;
        const place = missing === null ? '' : `the capture ends ${missing}`;
        const why = cut === null ? '' : cut.reason;
        this.fail(cut?.code ?? 'truncated', offset, place && why ? `${place}: ${why}` : place || why, this.facts.packets > 0);
      }
    }
    this.done = true;
    this.issues.push(...this.sourceList.linkTypeIssues());
    if (this.sourceList.overflow) {
      const reason = `more than ${MAX_SOURCES} interfaces: those beyond are taken as one with the last`;
      this.issues.push({ code: 'corrupt', offset: null, reason, partial: true });
    }
  }

  /** Ends the reading at `offset`: nothing after it can be trusted, or nothing is there. */
  protected fail(code: IssueCode, offset: number, reason: string, partial: boolean): void {
    this.issues.push({ code, offset, reason, partial });
    this.facts.truncated = { offset, reason };
    this.done = true;
  }

  private nextFromCarry(batch: PacketBatch): number {
    const carry = this.carry;
    for (;;) {
      const need = this.measure(carry.view, carry.length);
      if (need <= carry.length) break;
      if (this.position === this.chunk.length) return 0;
      this.position = carry.fill(this.chunk, this.position, this.chunk.length, need);
    }
    const rows = this.walk(carry.view, 0, carry.length, carry.startOffset, batch);
    this.show(batch, true);
    carry.clear();
    return rows;
  }

  private account(batch: PacketBatch, rows: number): number {
    batch.length = rows;
    this.facts.packets += rows;
    return rows;
  }
}
