import { growUint32 } from '../base/growable.ts';
import { HEAD_LENGTH_MASK } from '../decoder/flow-key.ts';
import type { PacketBatch } from '../decoder/packet-batch.ts';
import { SliceLog, NO_SLICE } from './slice-log.ts';
import type { SliceColumns } from './slice-log.ts';

/**
 * Layout of a row: STAT_WORDS words of counters, then the flow key row (flow-key.ts). One row is one or two cache
 * lines, so a known flow costs one miss.
 */
export const STAT_PACKETS = 0;
/** Bytes: low 32 bits; bits 32..47 in the low half of the next word, whose high half holds the ROW_* flags seen. */
export const STAT_BYTES_LOW = 1;
export const STAT_BYTES_HIGH = 2;
export const STAT_FIRST_SECONDS = 3;
export const STAT_FIRST_NANOS = 4;
export const STAT_LAST_SECONDS = 5;
export const STAT_LAST_NANOS = 6;
/** Newest slice of the flow, or NO_SLICE. */
export const STAT_LAST_SLICE = 7;
/** After the merge the same word holds the flow's index (or NO_FLOW): slices find their flow through it. */
export const STAT_FLOW = STAT_LAST_SLICE;
export const NO_FLOW = 0xffffffff;
/** Record number of the flow's first frame. */
export const STAT_FIRST_FRAME = 8;
export const STAT_WORDS = 9;

/** The flows of one source as plain columns: what a scan hands over. */
export interface FlowTableColumns {
  readonly flows: number;
  /** Rows one after another, `rowWords` words in use. */
  readonly rows: Uint32Array<ArrayBuffer>;
  readonly rowWords: number;
  /** Start of each row in `rows`, in order of first frame. */
  readonly starts: Uint32Array<ArrayBuffer>;
  readonly slices: SliceColumns;
}

/** Longest run of occupied slots before the table grows, whatever its load: keeps hostile keys from making it slow. */
const MAX_PROBE = 64;

/**
 * Flows of one source: open addressing, linear probing, load at most 1/2, hash and row start in the slots.
 * Keys are compared without the direction hint's meaning: the hint is part of the row and of the comparison here,
 * and is taken out when tables are merged.
 */
export class FlowTable {
  #rows = new Uint32Array(1 << 14);
  #rowWords = 0;
  #starts = new Uint32Array(1 << 10);
  #flows = 0;
  /** Pairs: hash, row start + 1 (0: free). */
  #slots = new Uint32Array(1 << 12);
  #mask = (1 << 11) - 1;
  readonly #seed: number;
  readonly #slices = new SliceLog();
  readonly #hashes = new Uint32Array(4096);

  constructor(seed: number) {
    this.#seed = seed >>> 0;
  }

  get flows(): number {
    return this.#flows;
  }

  /**
   * Counts `count` rows of `batch`, those listed in `picked`. Hot path; guarded by `bench/` (10 k to 1 M flows).
   * Two loops: hash all keys first, so that the cache misses of the probes overlap.
   */
  addRows(batch: PacketBatch, picked: Uint32Array, count: number): void {
    const { keys, keyStart, seconds, nanos, frameBytes, flags, firstFrame } = batch;
    const hashes = this.#hashes;
    const seed = this.#seed;
    for (let n = 0; n < count; n++) {
      const start = keyStart[picked[n]];
      const end = start + (keys[start] & HEAD_LENGTH_MASK);
      let h = seed;
      for (let w = start; w < end; w++) {
        h = Math.imul(h ^ keys[w], 0x9e3779b1);
        h ^= h >>> 15;
      }
      h = Math.imul(h ^ (h >>> 13), 0x85ebca6b);
      hashes[n] = (h ^ (h >>> 16)) >>> 0;
    }
    let slots = this.#slots;
    let mask = this.#mask;
    let rows = this.#rows;
    const slices = this.#slices;
    for (let n = 0; n < count; n++) {
      const i = picked[n];
      const start = keyStart[i];
      const words = keys[start] & HEAD_LENGTH_MASK;
      const hash = hashes[n];
      let at = hash & mask;
      let row = -1;
      let probes = 0;
      for (;;) {
        const slotRow = slots[2 * at + 1];
        if (slotRow === 0) break;
        if (slots[2 * at] === hash) {
          const candidate = slotRow - 1 + STAT_WORDS;
          let w = 0;
          while (w < words && rows[candidate + w] === keys[start + w]) w++;
          if (w === words) {
            row = slotRow - 1;
            break;
          }
        }
        at = (at + 1) & mask;
        probes++;
      }
      const sec = seconds[i];
      const ns = nanos[i];
      const length = frameBytes[i];
      if (row < 0) {
        row = this.#append(keys, start, words, sec, ns, firstFrame + i);
        rows = this.#rows;
        slots[2 * at] = hash;
        slots[2 * at + 1] = row + 1;
        if (this.#flows * 2 > mask || probes > MAX_PROBE) {
          this.#growSlots();
          slots = this.#slots;
          mask = this.#mask;
        }
      }
      rows[row]++;
      const low = rows[row + STAT_BYTES_LOW] + length;
      rows[row + STAT_BYTES_LOW] = low;
      if (low > 0xffffffff) rows[row + STAT_BYTES_HIGH]++;
      rows[row + STAT_BYTES_HIGH] |= flags[i] << 16;
      if (sec > rows[row + STAT_LAST_SECONDS] || (sec === rows[row + STAT_LAST_SECONDS] && ns > rows[row + STAT_LAST_NANOS])) {
        rows[row + STAT_LAST_SECONDS] = sec;
        rows[row + STAT_LAST_NANOS] = ns;
      } else if (sec < rows[row + STAT_FIRST_SECONDS] || (sec === rows[row + STAT_FIRST_SECONDS] && ns < rows[row + STAT_FIRST_NANOS])) {
        rows[row + STAT_FIRST_SECONDS] = sec;
        rows[row + STAT_FIRST_NANOS] = ns;
      }
      rows[row + STAT_LAST_SLICE] = slices.add(rows[row + STAT_LAST_SLICE], row, sec, ns, length);
    }
    if (slices.isFull(this.#flows)) slices.widen(this.#rows, STAT_LAST_SLICE, this.#flows);
  }

  #append(keys: Uint32Array, start: number, words: number, sec: number, ns: number, frame: number): number {
    const row = this.#rowWords;
    const end = row + STAT_WORDS + words;
    if (end > this.#rows.length) this.#rows = growUint32(this.#rows, end);
    const rows = this.#rows;
    rows[row + STAT_FIRST_SECONDS] = sec;
    rows[row + STAT_FIRST_NANOS] = ns;
    rows[row + STAT_LAST_SECONDS] = sec;
    rows[row + STAT_LAST_NANOS] = ns;
    rows[row + STAT_LAST_SLICE] = NO_SLICE;
    rows[row + STAT_FIRST_FRAME] = frame;
    for (let w = 0; w < words; w++) rows[row + STAT_WORDS + w] = keys[start + w];
    this.#rowWords = end;
    if (this.#flows === this.#starts.length) this.#starts = growUint32(this.#starts, this.#flows + 1);
    this.#starts[this.#flows++] = row;
    return row;
  }

  #growSlots(): void {
    const old = this.#slots;
    const size = (this.#mask + 1) * 2;
    const slots = new Uint32Array(size * 2);
    const mask = size - 1;
    for (let s = 0; s < old.length; s += 2) {
      if (old[s + 1] === 0) continue;
      let at = old[s] & mask;
      while (slots[2 * at + 1] !== 0) at = (at + 1) & mask;
      slots[2 * at] = old[s];
      slots[2 * at + 1] = old[s + 1];
    }
    this.#slots = slots;
    this.#mask = mask;
  }

  /** Hands the columns over; the table must not be used afterwards. Nothing is copied. */
  take(): FlowTableColumns {
    const columns: FlowTableColumns = {
      flows: this.#flows,
      rows: this.#rows,
      rowWords: this.#rowWords,
      starts: this.#starts,
      slices: this.#slices.take(),
    };
    this.#slots = new Uint32Array(0);
    return columns;
  }
}

/** Buffers of a table that a worker may transfer instead of copying. */
export function flowTableTransferList(columns: FlowTableColumns): ArrayBuffer[] {
  const { row, window, packets, bytes } = columns.slices;
  return [columns.rows.buffer, columns.starts.buffer, row.buffer, window.buffer, packets.buffer, bytes.buffer];
}

/** First word of the key of the row at `start`. */
export function keyOfRow(start: number): number {
  return start + STAT_WORDS;
}

export function rowBytes(rows: Uint32Array, start: number): number {
  return rows[start + STAT_BYTES_LOW] + (rows[start + STAT_BYTES_HIGH] & 0xffff) * 0x1_0000_0000;
}

export function rowFlags(rows: Uint32Array, start: number): number {
  return rows[start + STAT_BYTES_HIGH] >>> 16;
}

