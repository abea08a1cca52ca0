import type { Issue } from '../base/issue.ts';
import type { CaptureInfo, CaptureReader } from './capture-reader.ts';
import { Carry } from './carry.ts';
import type { Compression, Inflater, InflaterFactory } from './inflater.ts';
import type { PacketBatch } from './packet-batch.ts';
import { PcapngReader } from './pcapng-reader.ts';
import { PcapReader } from './pcap-reader.ts';
import type { ScanMemory } from '../wasm/scan-memory.ts';
import type { RecordReader } from './record-reader.ts';
import { isUtf16, nameOtherFormat, sniffContent, type ContentKind } from './sniff.ts';

/** State texts are at most this long, decompressed. */
export const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/** What an input turned out to be. 'none': neither a capture nor a text; `issues` says why. */
export type InputKind = 'undecided' | 'capture' | 'text' | 'none';

/**
 * Reads an input of unknown content, plain or compressed: a capture or a text.
 *
 * `push(chunk)` until `done` or the end, then `finish()`; `kind` tells after every call what is known by then.
 * Of a capture, `reader` is set: pull its records after every push and after `finish` (protocol of `CaptureReader`).
 * Of a text, `text` is set after `finish`. Else `failure` is set. `issues` holds all trouble with the input.
 */
export class InputProbe implements CaptureReader {
  kind: InputKind = 'undecided';
  compression: Compression | null = null;

  private readonly ownIssues: Issue[] = [];
  private readonly makeInflater: InflaterFactory;
  private readonly acceptText: boolean;
  private inflater: Inflater | null = null;
  private records: RecordReader | null = null;

  /** Bytes as pushed, not yet used: at most the sniffed head and one chunk. */
  private readonly raw: Uint8Array[] = [];
  /** Decompressed bytes that were looked at and not yet used. */
  private held: Uint8Array | null = null;
  private readonly head = new Carry();
  private outerKnown = false;
  private inputEnded = false;
  private innerFinished = false;
  private readonly textPieces: Uint8Array[] = [];
  private textBytes = 0;
  private decodedText: string | null = null;
  private reported = false;

  constructor(makeInflater: InflaterFactory, acceptText: boolean) {
    this.makeInflater = makeInflater;
    this.acceptText = acceptText;
  }

  push(chunk: Uint8Array): void {
    if (this.done || chunk.length === 0) return;
    this.raw.push(chunk);
    this.decide();
  }

  finish(): void {
    if (this.inputEnded) return;
    this.inputEnded = true;
    this.decide();
  }

  useMemory(memory: ScanMemory): void {
    this.records?.useMemory(memory);
  }

  /** This, once the input is known to be a capture. */
  get reader(): CaptureReader | null {
    return this.records === null ? null : this;
  }

  /** The reader of an uncompressed capture, all of whose bytes pass through here. */
  get plainRecords(): RecordReader | null {
    return this.compression === null ? this.records : null;
  }

  /** The text, once it is whole: UTF-8 (malformed bytes become U+FFFD) or UTF-16 with a byte order mark. */
  get text(): string | null {
    if (this.kind === 'text' && this.decodedText === null && this.reported)
      this.decodedText = decodeText(this.textPieces.splice(0), this.textBytes);
    return this.decodedText;
  }

  /** Why the input is of no use, if it is. */
  get failure(): Issue | null {
    return this.kind === 'none' ? this.ownIssues[0]! : null;
  }

  next(batch: PacketBatch): number {
    batch.length = 0;
    const reader = this.records;
    if (reader === null) return 0;
    for (;;) {
      const rows = reader.next(batch);
      if (rows > 0) return rows;
      if (reader.done) break;
      const piece = this.nextPiece();
      if (piece === null) break;
      reader.push(piece);
    }
    this.finishCapture(reader);
    return 0;
  }

  get info(): CaptureInfo {
    return { ...(this.records?.info ?? NO_CAPTURE), compression: this.compression };
  }

  get issues(): readonly Issue[] {
    return this.records === null ? this.ownIssues : [...this.records.issues, ...this.ownIssues];
  }

  get done(): boolean {
    return this.kind === 'none' || (this.records !== null && this.records.done);
  }

  /** Sniffs, first what was pushed, then what comes out of it, for as long as there are bytes. */
  private decide(): void {
    if (!this.outerKnown) this.decideOuter();
    if (this.outerKnown && this.inflater !== null && this.kind === 'undecided') this.decideInner();
    if (this.kind === 'text') this.collectText();
  }

  private decideOuter(): void {
    const found = this.sniff(this.raw, this.inputEnded);
    if (found === null) return;
    this.outerKnown = true;
    if (found.kind === 'gzip' || found.kind === 'zstd') {
      this.compression = found.kind;
      this.inflater = this.makeInflater(found.kind);
      if (found.bytes.length > 0) this.raw.unshift(found.bytes);
      return;
    }
    this.settle(found.kind, found.bytes);
  }

  private decideInner(): void {
    for (;;) {
      const piece = this.inflate();
      const atEnd = piece === null && (this.inputEnded || this.inflater!.fault !== null);
      const found = this.sniff(piece === null ? [] : [piece], atEnd);
      if (found !== null) {
        this.settle(found.kind, found.bytes);
        return;
      }
      if (piece === null) return;
    }
  }

  /** Kind of the head that is kept plus `pieces` (which it empties), or null while more bytes are needed. */
  private sniff(pieces: Uint8Array[], atEnd: boolean): { kind: ContentKind; bytes: Uint8Array } | null {
    if (this.head.length === 0 && pieces.length === 1) {
      const kind = sniffContent(pieces[0]!, false);
      if (kind !== 'need-more') return { kind, bytes: pieces.pop()! };
    }
    for (const piece of pieces.splice(0)) this.head.fill(piece, 0, piece.length, this.head.length + piece.length);
    const bytes = this.head.bytes.subarray(0, this.head.length);
    const kind = sniffContent(bytes, atEnd);
    if (kind === 'need-more') return null;
    const taken = bytes.slice();
    this.head.clear();
    return { kind, bytes: taken };
  }

  private settle(kind: ContentKind, bytes: Uint8Array): void {
    this.held = bytes;
    if (kind === 'pcap' || kind === 'pcapng') {
      this.kind = 'capture';
      this.records = makeRecordReader(kind);
      return;
    }
    if (kind === 'text' && this.acceptText) {
      this.kind = 'text';
      return;
    }
    this.kind = 'none';
    this.held = null;
    this.refuse(kind, bytes);
  }

  private refuse(kind: ContentKind, bytes: Uint8Array): void {
    const inside = this.compression === null ? '' : ` inside the ${this.compression} data`;
    const fault = this.inflater?.fault ?? null;
    if (fault !== null && kind === 'empty') this.ownIssues.push({ code: fault.code, offset: 0, reason: fault.reason, partial: false });
    else if (kind === 'empty') this.ownIssues.push({ code: 'empty', offset: 0, reason: `no bytes${inside}`, partial: false });
    else if (kind === 'other-capture' || kind === 'gzip' || kind === 'zstd') {
      const name = kind === 'other-capture' ? (nameOtherFormat(bytes) ?? 'a capture of another format') : `${kind} data`;
      this.ownIssues.push({
        code: 'unsupported-format',
        offset: 0,
        reason: `${name}${inside} cannot be read; pcap and pcapng can`,
        partial: false,
      });
    } else {
      const reason = kind === 'text' ? `a text${inside}, not a capture` : `neither a capture (pcap, pcapng) nor a text${inside}`;
      this.ownIssues.push({ code: 'not-a-capture', offset: 0, reason, partial: false });
    }
  }

  /** The next decompressed piece, or null while there is none. */
  private nextPiece(): Uint8Array | null {
    const held = this.held;
    this.held = null;
    if (held !== null) return held;
    return this.inflater === null ? (this.raw.shift() ?? null) : this.inflate();
  }

  private inflate(): Uint8Array | null {
    const inflater = this.inflater!;
    for (;;) {
      const piece = inflater.next();
      if (piece !== null) return piece;
      const chunk = this.raw.shift();
      if (chunk === undefined) break;
      if (inflater.fault === null) inflater.push(chunk);
    }
    if (!this.inputEnded || this.innerFinished) return null;
    this.innerFinished = true;
    inflater.finish();
    return inflater.next();
  }

  private finishCapture(reader: RecordReader): void {
    const fault = this.inflater?.fault ?? null;
    if (this.reported || !(reader.done || this.inputEnded || fault !== null)) return;
    this.reported = true;
    reader.finish(fault);
    this.reportWarnings();
  }

  private collectText(): void {
    for (let piece = this.nextPiece(); piece !== null; piece = this.nextPiece()) {
      this.textBytes += piece.length;
      if (this.textBytes > MAX_TEXT_BYTES) {
        this.kind = 'none';
        this.textPieces.length = 0;
        const reason = `a text of more than ${MAX_TEXT_BYTES / 1024 / 1024} MiB is not read`;
        this.ownIssues.push({ code: 'unrecognized-text', offset: MAX_TEXT_BYTES, reason, partial: false });
        return;
      }
      this.textPieces.push(piece.slice());
    }
    if (!this.inputEnded || this.reported) return;
    this.reported = true;
    const fault = this.inflater?.fault ?? null;
    if (fault !== null) this.ownIssues.push({ code: fault.code, offset: this.textBytes, reason: fault.reason, partial: true });
    this.reportWarnings();
  }

  private reportWarnings(): void {
    for (const warning of this.inflater?.warnings ?? []) {
      this.ownIssues.push({ code: warning.code, offset: null, reason: warning.reason, partial: true });
    }
  }
}

const NO_CAPTURE: CaptureInfo = {
  format: 'pcap',
  compression: null,
  sources: [],
  packets: 0,
  bytes: 0,
  capturedBytes: 0,
  dropped: null,
  truncated: null,
  malformedPackets: 0,
};

/** A reader of an uncompressed capture. */
export function makeRecordReader(kind: 'pcap' | 'pcapng'): RecordReader {
  return kind === 'pcap' ? new PcapReader() : new PcapngReader();
}

function decodeText(pieces: readonly Uint8Array[], length: number): string {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  const encoding = !isUtf16(whole) ? 'utf-8' : whole[0] === 0xff ? 'utf-16le' : 'utf-16be';
  return new TextDecoder(encoding).decode(whole);
}
