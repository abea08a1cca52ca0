import type { Issue, IssueCode } from '../base/issue.ts';
import type { CaptureInfo, CaptureReader } from './capture-reader.ts';
import { Carry } from './carry.ts';
import type { PacketBatch } from './packet-batch.ts';
import { MAX_SOURCES, SourceList } from './source-list.ts';

/** Why the input ends where it ends, where a layer below (decompression) knows more than "no more bytes". */
export interface InputCut {
  readonly code: IssueCode;
  readonly reason: string;
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

  private chunk: Uint8Array = new Uint8Array(0);
  private view = new DataView(this.chunk.buffer);
  private position = 0;
  /** Offset of the chunk's first byte in the decompressed input. */
  private chunkOffset = 0;
  private readonly carry = new Carry();
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
    this.chunk = chunk;
    this.view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.position = 0;
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
        batch.bytes = this.chunk;
        batch.view = this.view;
        return this.account(batch, rows);
      }
      if (this.skipBytes > 0) continue;
      this.carry.startOffset = this.chunkOffset + this.position;
      this.position = this.carry.fill(this.chunk, this.position, end, end - this.position);
      return 0;
    }
    return 0;
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
    batch.bytes = carry.bytes;
    batch.view = carry.view;
    carry.clear();
    return rows;
  }

  private account(batch: PacketBatch, rows: number): number {
    batch.length = rows;
    this.facts.packets += rows;
    return rows;
  }
}
