import { updateCrc32 } from './crc32.ts';
import { DeflateDecoder } from './deflate-decoder.ts';
import type { Inflater, InflateFault } from './inflater.ts';

/** Compressed bytes taken over at a time. */
const SLICE_BYTES = 65536;
/** Names and comments of a member header are not bounded by RFC 1952; here they are. */
const MAX_HEADER_BYTES = 1 << 20;
const TRAILER_BYTES = 8;

/** Flags of a member header (RFC 1952, 2.3.1). */
const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;

const NEED_MORE = -1;
const NO_HEADER = -2;

/** Inflater of gzip files (RFC 1952) of any number of members. Padding of zeros after a member is ignored, as gzip does. */
export class GzipInflater implements Inflater {
  fault: InflateFault | null = null;
  readonly warnings: InflateFault[] = [];

  private readonly decoder = new DeflateDecoder();
  private state: 'header' | 'data' | 'trailer' | 'garbage' = 'header';
  private pending: Uint8Array = new Uint8Array(0);
  private pendingAt = 0;
  private finished = false;
  /** Compressed bytes given to the decoder so far. */
  private appendedBytes = 0;
  private members = 0;
  private crc = 0;
  private memberBytes = 0;
  private readonly warned = new Set<string>();

  push(chunk: Uint8Array): void {
    this.pending = chunk;
    this.pendingAt = 0;
  }

  finish(): void {
    this.finished = true;
  }

  next(): Uint8Array | null {
    while (this.fault === null) {
      if (this.state === 'data') {
        const piece = this.inflateSome();
        if (piece !== null) return piece;
        if (this.state !== 'data') continue;
      } else if (this.state === 'header') {
        if (this.readHeader()) continue;
      } else if (this.state === 'trailer') {
        if (this.readTrailer()) continue;
      } else {
        this.skipGarbage();
      }
      if (this.fault === null && !this.takeSlice()) {
        if (this.finished) this.endInput();
        return null;
      }
    }
    return null;
  }

  /** Offset in the compressed data of the next byte that is not consumed. */
  private get offset(): number {
    return this.appendedBytes - (this.decoder.inputEnd - this.decoder.inputStart);
  }

  private takeSlice(): boolean {
    if (this.pendingAt >= this.pending.length) return false;
    const slice = this.pending.subarray(this.pendingAt, this.pendingAt + SLICE_BYTES);
    this.pendingAt += slice.length;
    this.appendedBytes += slice.length;
    this.decoder.append(slice);
    return true;
  }

  /** A piece of output; null: more input is needed, or the state changed. */
  private inflateSome(): Uint8Array | null {
    const decoder = this.decoder;
    const status = decoder.run();
    const piece = decoder.takeOutput();
    // Nothing is lost by returning before the status is looked at: the next run gives the same again.
    if (piece.length > 0) {
      this.crc = updateCrc32(this.crc, piece);
      this.memberBytes += piece.length;
      return piece;
    }
    if (status === 'end') this.state = 'trailer';
    else if (status === 'corrupt')
      this.fault = { code: 'corrupt', reason: `the gzip data is damaged at byte ${this.offset}: ${decoder.problem}` };
    return null;
  }

  /** False: more input is needed, or the header is bad. */
  private readHeader(): boolean {
    const decoder = this.decoder;
    const length = measureHeader(decoder.input, decoder.inputStart, decoder.inputEnd);
    if (length === NEED_MORE) return false;
    if (length === NO_HEADER) {
      if (this.members > 0) this.state = 'garbage';
      else this.fault = { code: 'corrupt', reason: `the gzip data is damaged at byte ${this.offset}: not a valid member header` };
      return this.fault === null;
    }
    decoder.inputStart += length;
    decoder.reset();
    this.crc = this.memberBytes = 0;
    this.state = 'data';
    return true;
  }

  private readTrailer(): boolean {
    const decoder = this.decoder;
    if (decoder.inputEnd - decoder.inputStart < TRAILER_BYTES) return false;
    const view = new DataView(decoder.input.buffer, decoder.input.byteOffset + decoder.inputStart, TRAILER_BYTES);
    if (view.getUint32(0, true) !== this.crc)
      this.warn('checksum', `the checksum of the gzip data before byte ${this.offset} is wrong: it was read all the same`);
    else if (view.getUint32(4, true) !== this.memberBytes % 4294967296)
      this.warn('length', `the length that the gzip data states at byte ${this.offset + 4} is wrong`);
    decoder.inputStart += TRAILER_BYTES;
    this.members++;
    this.state = 'header';
    return true;
  }

  private skipGarbage(): void {
    const decoder = this.decoder;
    for (let i = decoder.inputStart; i < decoder.inputEnd; i++) {
      if (decoder.input[i] === 0) continue;
      this.warn('garbage', `bytes after the end of the gzip data are ignored, from byte ${this.offset} on`);
      break;
    }
    decoder.inputStart = decoder.inputEnd;
  }

  private endInput(): void {
    const decoder = this.decoder;
    const left = decoder.inputEnd - decoder.inputStart;
    if (this.state === 'garbage' || (this.state === 'header' && left === 0 && this.members > 0)) return;
    if (this.state === 'header' && this.members > 0 && decoder.input[decoder.inputStart] !== 0x1f) {
      this.skipGarbage();
      return;
    }
    const place = this.state === 'data' ? '' : ` inside a ${this.state}`;
    this.fault = { code: 'truncated', reason: `the gzip data ends early${place}, after ${this.appendedBytes} bytes` };
  }

  private warn(kind: string, reason: string): void {
    if (this.warned.has(kind)) return;
    this.warned.add(kind);
    this.warnings.push({ code: 'corrupt', reason });
  }
}

/** Length of the member header at `start`, NEED_MORE or NO_HEADER. */
function measureHeader(bytes: Uint8Array, start: number, end: number): number {
  const have = end - start;
  if (have < 2) return have === 1 && bytes[start] !== 0x1f ? NO_HEADER : NEED_MORE;
  if (bytes[start] !== 0x1f || bytes[start + 1] !== 0x8b) return NO_HEADER;
  if (have < 10) return NEED_MORE;
  const flags = bytes[start + 3]!;
  if (bytes[start + 2] !== 8 || (flags & 0xe0) !== 0) return NO_HEADER;
  let at = start + 10;
  if (flags & FEXTRA) {
    if (end - at < 2) return NEED_MORE;
    at += 2 + (bytes[at]! | (bytes[at + 1]! << 8));
  }
  for (const flag of [FNAME, FCOMMENT]) {
    if (!(flags & flag)) continue;
    while (at < end && bytes[at] !== 0) at++;
    at++;
  }
  if (flags & FHCRC) at += 2;
  if (at <= end) return at - start;
  return have > MAX_HEADER_BYTES ? NO_HEADER : NEED_MORE;
}
