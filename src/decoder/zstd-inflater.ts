import type { Inflater, InflateFault } from './inflater.ts';
import { XxHash64 } from './xxhash64.ts';
import { LiteralsDecoder, MAX_BLOCK_BYTES } from './zstd-literals.ts';
import { SequencesDecoder } from './zstd-sequences.ts';

const FRAME_MAGIC = 0xfd2fb528;
/** Skippable frames: 0x184d2a50 to 0x184d2a5f (RFC 8878, 3.1.2). */
const SKIPPABLE_MAGIC = 0x184d2a5;
const MAX_FRAME_HEADER = 18;
/** As `zstd --long=31`, the most that the command line tool reads. */
const MAX_WINDOW_BYTES = 2 ** 31;
const FIRST_OUTPUT_BYTES = 1 << 20;
/** Bytes kept readable after the input: bit readers load whole words. */
const PAD_BYTES = 8;

/**
 * Inflater of Zstandard files (RFC 8878) of any number of frames, skippable ones among them. Works block by block:
 * a cut or damaged file gives all blocks before the damage. Memory follows the data that arrives, up to twice the
 * window that a frame asks for, not the sizes that its header claims. Checksums are checked.
 */
export class ZstdInflater implements Inflater {
  fault: InflateFault | null = null;
  readonly warnings: InflateFault[] = [];

  private state: 'frame' | 'block' | 'checksum' | 'skip' | 'garbage' = 'frame';
  private input = new Uint8Array(65536 + PAD_BYTES);
  private view = new DataView(this.input.buffer);
  private inputStart = 0;
  private inputEnd = 0;
  private appendedBytes = 0;
  private pending: Uint8Array = new Uint8Array(0);
  private finished = false;
  private skipBytes = 0;
  private frames = 0;

  private output = new Uint8Array(FIRST_OUTPUT_BYTES);
  private outputEnd = 0;
  /** Where the frame's history begins in `output`. */
  private frameStart = 0;
  private windowBytes = 0;
  private hasChecksum = false;
  private readonly checksum = new XxHash64();
  private readonly literals = new LiteralsDecoder();
  private readonly sequences = new SequencesDecoder();

  push(chunk: Uint8Array): void {
    this.pending = chunk;
  }

  finish(): void {
    this.finished = true;
  }

  next(): Uint8Array | null {
    while (this.fault === null) {
      const piece = this.step();
      if (piece === 'go-on') continue;
      if (piece !== 'more-input') return piece;
      if (this.pending.length === 0) {
        if (this.finished) this.endInput();
        return null;
      }
      this.takePending();
    }
    return null;
  }

  private step(): Uint8Array | 'go-on' | 'more-input' {
    switch (this.state) {
      case 'frame':
        return this.readFrameHeader();
      case 'block':
        return this.readBlock();
      case 'checksum':
        return this.readChecksum();
      case 'garbage':
        this.inputStart = this.inputEnd;
        return 'more-input';
      default: {
        const take = Math.min(this.skipBytes, this.inputEnd - this.inputStart);
        this.inputStart += take;
        this.skipBytes -= take;
        if (this.skipBytes > 0) return 'more-input';
        this.state = 'frame';
        return 'go-on';
      }
    }
  }

  private get available(): number {
    return this.inputEnd - this.inputStart;
  }

  /** Offset in the compressed data of the next byte that is not consumed. */
  private get offset(): number {
    return this.appendedBytes - this.available;
  }

  /** Takes some of the pending chunk over: enough for the largest block, so that the input buffer stays small. */
  private takePending(): void {
    const kept = this.available;
    const slice = this.pending.subarray(0, MAX_BLOCK_BYTES + 65536);
    this.pending = this.pending.subarray(slice.length);
    const size = kept + slice.length + PAD_BYTES;
    if (size > this.input.length) {
      const grown = new Uint8Array(Math.max(size, this.input.length * 2));
      grown.set(this.input.subarray(this.inputStart, this.inputEnd));
      this.input = grown;
      this.view = new DataView(grown.buffer);
    } else if (this.inputStart > 0) {
      this.input.copyWithin(0, this.inputStart, this.inputEnd);
    }
    this.input.set(slice, kept);
    this.inputStart = 0;
    this.inputEnd = kept + slice.length;
    this.appendedBytes += slice.length;
  }

  private damage(what: string): 'more-input' {
    this.fault = { code: 'corrupt', reason: `the zstd data is damaged at byte ${this.offset}: ${what}` };
    return 'more-input';
  }

  private readFrameHeader(): 'go-on' | 'more-input' {
    const { view, input, inputStart: at } = this;
    if (this.available < 4) return 'more-input';
    const magic = view.getUint32(at, true);
    if (magic >>> 4 === SKIPPABLE_MAGIC) {
      if (this.available < 8) return 'more-input';
      this.skipBytes = 8 + view.getUint32(at + 4, true);
      this.frames++;
      this.state = 'skip';
      return 'go-on';
    }
    if (magic !== FRAME_MAGIC) {
      if (this.frames === 0) return this.damage('no frame begins here');
      const reason = `bytes after the end of the zstd data are ignored, from byte ${this.offset} on`;
      this.warnings.push({ code: 'corrupt', reason });
      this.state = 'garbage';
      return 'go-on';
    }
    if (this.available < 5) return 'more-input';
    const descriptor = input[at + 4]!;
    const single = (descriptor & 0x20) !== 0;
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
    const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
    const length = 5 + (single ? 0 : 1) + dictionaryBytes + sizeBytes;
    if (length > MAX_FRAME_HEADER || (descriptor & 8) !== 0) return this.damage('an unknown frame header');
    if (this.available < length) return 'more-input';
    const dictionaryAt = at + 5 + (single ? 0 : 1);
    for (let i = 0; i < dictionaryBytes; i++) {
      if (input[dictionaryAt + i] === 0) continue;
      this.fault = { code: 'unsupported-format', reason: 'the zstd data was compressed with a dictionary, which is not at hand' };
      return 'more-input';
    }
    if (single) {
      this.windowBytes = readSize(view, dictionaryAt + dictionaryBytes, sizeBytes);
    } else {
      const exponent = input[at + 5]! >> 3;
      const base = 2 ** (10 + exponent);
      this.windowBytes = base + (base / 8) * (input[at + 5]! & 7);
    }
    if (this.windowBytes > MAX_WINDOW_BYTES) {
      this.fault = {
        code: 'unsupported-format',
        reason: `the zstd data needs a window of ${this.windowBytes} bytes, more than the 2 GiB that zstd reads`,
      };
      return 'more-input';
    }
    this.inputStart += length;
    this.hasChecksum = (descriptor & 4) !== 0;
    this.checksum.reset();
    this.literals.reset();
    this.sequences.reset();
    // Nothing before this frame may be referred to.
    this.frameStart = this.outputEnd = 0;
    this.state = 'block';
    return 'go-on';
  }

  private readBlock(): Uint8Array | 'go-on' | 'more-input' {
    const { input, inputStart: at } = this;
    if (this.available < 3) return 'more-input';
    const header = input[at]! | (input[at + 1]! << 8) | (input[at + 2]! << 16);
    const type = (header >> 1) & 3;
    const size = header >> 3;
    if (type === 3) return this.damage('a block of unknown type');
    if (size > MAX_BLOCK_BYTES) return this.damage(`a block of ${size} bytes`);
    const dataBytes = type === 1 ? 1 : size;
    if (this.available < 3 + dataBytes) return 'more-input';
    if (!this.makeRoom()) return 'more-input';
    const start = this.outputEnd;
    const data = at + 3;
    let end: number;
    if (type === 0) {
      this.output.set(input.subarray(data, data + size), start);
      end = start + size;
    } else if (type === 1) {
      this.output.fill(input[data]!, start, start + size);
      end = start + size;
    } else {
      end = this.decodeBlock(data, data + size);
    }
    if (end < 0) return this.damage('an invalid block');
    this.inputStart += 3 + dataBytes;
    this.outputEnd = end;
    if ((header & 1) !== 0) this.state = 'checksum';
    const piece = this.output.subarray(start, end);
    if (this.hasChecksum) this.checksum.update(piece);
    return piece.length > 0 ? piece : 'go-on';
  }

  private decodeBlock(data: number, end: number): number {
    const { input, view, literals } = this;
    const at = literals.read(input, view, data, end);
    if (at < 0) return -1;
    return this.sequences.run(view, input, at, end, literals.literals, literals.length, this.output, this.outputEnd, this.frameStart);
  }

  /** Makes room for one block after the history, by growing the buffer up to two windows, then by moving the window to its start. */
  private makeRoom(): boolean {
    if (this.output.length - this.outputEnd >= MAX_BLOCK_BYTES) return true;
    const most = this.windowBytes + Math.min(Math.max(this.windowBytes, FIRST_OUTPUT_BYTES), 2 ** 26) + MAX_BLOCK_BYTES;
    if (this.output.length < most) {
      const size = Math.min(most, Math.max(this.output.length * 2, this.outputEnd + MAX_BLOCK_BYTES));
      try {
        const grown = new Uint8Array(size);
        grown.set(this.output.subarray(0, this.outputEnd));
        this.output = grown;
      } catch {
        this.fault = {
          code: 'unsupported-format',
          reason: `no memory for the window of ${this.windowBytes} bytes that the zstd data needs`,
        };
        return false;
      }
      if (this.output.length - this.outputEnd >= MAX_BLOCK_BYTES) return true;
    }
    const keep = Math.min(this.windowBytes, this.outputEnd - this.frameStart);
    const shift = this.outputEnd - keep;
    this.output.copyWithin(0, shift, this.outputEnd);
    this.outputEnd = keep;
    this.frameStart = Math.max(0, this.frameStart - shift);
    return true;
  }

  private readChecksum(): 'go-on' | 'more-input' {
    if (this.hasChecksum) {
      if (this.available < 4) return 'more-input';
      if (this.view.getUint32(this.inputStart, true) !== this.checksum.digestLow() && this.warnings.length === 0) {
        this.warnings.push({
          code: 'corrupt',
          reason: `the checksum of the zstd data at byte ${this.offset} is wrong: it was read all the same`,
        });
      }
      this.inputStart += 4;
    }
    this.frames++;
    this.state = 'frame';
    return 'go-on';
  }

  private endInput(): void {
    if (this.state === 'garbage') return;
    if (this.state === 'frame' && this.frames > 0) {
      if (this.available > 0)
        this.warnings.push({ code: 'corrupt', reason: `bytes after the end of the zstd data are ignored, from byte ${this.offset} on` });
      return;
    }
    const place =
      this.state === 'block'
        ? 'a frame'
        : this.state === 'frame'
          ? 'a frame header'
          : this.state === 'skip'
            ? 'a skippable frame'
            : 'a checksum';
    this.fault = { code: 'truncated', reason: `the zstd data ends early inside ${place}, after ${this.appendedBytes} bytes` };
  }
}

/** Content size field (RFC 8878, 3.1.1.1.4): little-endian; of two bytes, 256 less than meant. */
function readSize(view: DataView, at: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  if (bytes === 4) return view.getUint32(at, true);
  return view.getUint32(at + 4, true) * 4294967296 + view.getUint32(at, true);
}
