import { growUint32 } from '../base/growable.ts';
import { HEAD_LENGTH_MASK } from '../decoder/flow-key.ts';
import type { PacketBatch } from '../decoder/packet-batch.ts';
import { SliceLog } from './slice-log.ts';
import type { SliceColumns } from './slice-log.ts';

/**
 * Layout of a row: STAT_WORDS words of counters, then the flow key row (flow-key.ts). What each frame touches lies
 * next to the key, so a known flow costs one or two cache misses.
 */
export const STAT_PACKETS = 0;
/** Bytes: low 32 bits; bits 32..47 in the low half of the second word, whose high half holds the ROW_* flags seen. */
export const STAT_BYTES_LOW = 1;
export const STAT_BYTES_HIGH = 6;
export const STAT_FIRST_SECONDS = 2;
export const STAT_FIRST_NANOS = 3;
/** Record number of the flow's first frame. */
export const STAT_FIRST_FRAME = 4;
/** Number of the flow in its table: index into `starts`, and what slices name it by. */
export const STAT_NUMBER = 5;
export const STAT_LAST_SECONDS = 7;
export const STAT_LAST_NANOS = 8;
/** The slice that is being filled: its window, packets and bytes. Packets and bytes above lack it until the table is taken. */
const STAT_OPEN_WINDOW = 9;
const STAT_OPEN_PACKETS = 10;
const STAT_OPEN_BYTES = 11;
/** After the merge the word of the open slice holds the flow's index (or NO_FLOW). */
export const STAT_FLOW = STAT_OPEN_WINDOW;
export const NO_FLOW = 0xffffffff;
export const STAT_WORDS = 12;

/** Below a load of one in this many a long run is no crowd but one hash value, which no table is large enough for. */
const LEAST_LOAD = 32;

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
 * Rows counted at a time: what a block touches stays in the first-level cache, and the loops are so short that V8
 * compiles the functions whole instead of replacing them in the middle of a loop, which it would have to do again.
 */
const BLOCK_ROWS = 128;
/** Words behind the last row that may be looked at before it is known whose they are. */
const TOUCHED_WORDS = 32;

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
  #slots = new Uint32Array(1 << 4);
  // Small at first, so that growing is nothing new to a compiled loop.
  #mask = (1 << 3) - 1;
  readonly #seed: number;
  readonly #slices = new SliceLog();
  readonly #hashes = new Uint32Array(BLOCK_ROWS);
  readonly #windows = new Uint32Array(BLOCK_ROWS);
  readonly #guesses = new Uint32Array(BLOCK_ROWS);
  /** Of no meaning: keeps the loads that warm the cache from being optimised away. */
  touched = 0;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
  }

  get flows(): number {
    return this.#flows;
  }

  /** Counts `count` rows of `batch`, those listed in `picked`. Hot path; guarded by `bench/` (10 k to 1 M flows). */
  addRows(batch: PacketBatch, picked: Uint32Array, count: number): void {
    const slices = this.#slices;
    for (let from = 0; from < count; from += BLOCK_ROWS) {
      const to = Math.min(from + BLOCK_ROWS, count);
      slices.findWindows(batch.seconds, batch.nanos, picked, from, to, this.#windows);
      this.#hashBlock(batch, picked, from, to);
      this.#touchBlock(to - from);
      this.#addBlock(batch, picked, from, to);
    }
    if (slices.isFull(this.#flows)) this.#widen();
  }

  #hashBlock(batch: PacketBatch, picked: Uint32Array, from: number, to: number): void {
    const { keys, keyStart } = batch;
    const hashes = this.#hashes;
    const seed = this.#seed;
    const second = Math.imul(seed, 0x85ebca6b);
    for (let n = from; n < to; n++) {
      const start = keyStart[picked[n]];
      const words = keys[start] & HEAD_LENGTH_MASK;
      // Two chains, since each step waits for the one before; a key has four words at least.
      let h = seed;
      let g = second;
      let w = start;
      for (const end = start + (words & ~1); w < end; w += 2) {
        h = Math.imul(h ^ keys[w], 0x9e3779b1);
        g = Math.imul(g ^ keys[w + 1], 0xc2b2ae35);
        h ^= h >>> 15;
        g ^= g >>> 15;
      }
      if ((words & 1) !== 0) h ^= keys[w];
      h = Math.imul(h ^ (h >>> 13), 0x85ebca6b) ^ seed;
      h = Math.imul(h ^ g ^ (h >>> 15), 0x9e3779b1);
      hashes[n - from] = h ^ (h >>> 16);
    }
  }

  /** Reads the slots and the rows that the block will probably need, without waiting for one before asking for the next. */
  #touchBlock(count: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    const rows = this.#rows;
    const hashes = this.#hashes;
    const guesses = this.#guesses;
    for (let n = 0; n < count; n++) guesses[n] = slots[((hashes[n] & mask) << 1) | 1];
    let touched = 0;
    for (let n = 0; n < count; n++) {
      const row = guesses[n];
      touched ^= rows[row + STAT_BYTES_HIGH] ^ rows[row + STAT_WORDS + 7];
    }
    this.touched = touched;
  }

  #addBlock(batch: PacketBatch, picked: Uint32Array, from: number, to: number): void {
    const { keys, keyStart, seconds, nanos, frameBytes, flags, firstFrame } = batch;
    const hashes = this.#hashes;
    const windows = this.#windows;
    const slices = this.#slices;
    let slots = this.#slots;
    let mask = this.#mask;
    let rows = this.#rows;
    for (let n = from; n < to; n++) {
      const i = picked[n];
      const start = keyStart[i];
      const words = keys[start] & HEAD_LENGTH_MASK;
      const hash = hashes[n - from];
      let at = hash & mask;
      let row = -1;
      let probes = 0;
      for (;;) {
        const slotRow = slots[(at << 1) | 1];
        if (slotRow === 0) break;
        if (slots[at << 1] === hash) {
          const candidate = slotRow - 1 + STAT_WORDS;
          // Almost always the same key: compared without a branch for each word.
          let w = 4;
          let differs =
            (rows[candidate] ^ keys[start]) |
            (rows[candidate + 1] ^ keys[start + 1]) |
            (rows[candidate + 2] ^ keys[start + 2]) |
            (rows[candidate + 3] ^ keys[start + 3]);
          if (words >= 8) {
            w = 8;
            differs |=
              (rows[candidate + 4] ^ keys[start + 4]) |
              (rows[candidate + 5] ^ keys[start + 5]) |
              (rows[candidate + 6] ^ keys[start + 6]) |
              (rows[candidate + 7] ^ keys[start + 7]);
          }
          for (; w < words; w++) differs |= rows[candidate + w] ^ keys[start + w];
          if (differs === 0) {
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
      const window = windows[n - from];
      if (row < 0) {
        row = this.#append(keys, start, words, sec, ns, firstFrame + i, window);
        rows = this.#rows;
        slots[at << 1] = hash;
        slots[(at << 1) | 1] = row + 1;
        if (this.#flows * 2 > mask || (probes > MAX_PROBE && this.#flows * LEAST_LOAD > mask)) {
          this.#growSlots();
          slots = this.#slots;
          mask = this.#mask;
        }
      } else {
        const lastSec = rows[row + STAT_LAST_SECONDS];
        if (sec > lastSec || (sec === lastSec && ns > rows[row + STAT_LAST_NANOS])) {
          rows[row + STAT_LAST_SECONDS] = sec;
          rows[row + STAT_LAST_NANOS] = ns;
        } else if (sec < rows[row + STAT_FIRST_SECONDS] || (sec === rows[row + STAT_FIRST_SECONDS] && ns < rows[row + STAT_FIRST_NANOS])) {
          rows[row + STAT_FIRST_SECONDS] = sec;
          rows[row + STAT_FIRST_NANOS] = ns;
        }
        // Bytes of a slice stay below 2^32: with the upper bit set on either side the next slice begins.
        if (rows[row + STAT_OPEN_WINDOW] !== window || (rows[row + STAT_OPEN_BYTES] | length) < 0) {
          closeSlice(rows, row, slices);
          rows[row + STAT_OPEN_WINDOW] = window;
        }
      }
      rows[row + STAT_OPEN_PACKETS]++;
      rows[row + STAT_OPEN_BYTES] += length;
      rows[row + STAT_BYTES_HIGH] |= flags[i] << 16;
    }
  }

  #widen(): void {
    const factor = this.#slices.widen(this.#flows);
    if (factor === 1) return;
    const rows = this.#rows;
    const starts = this.#starts;
    for (let n = 0; n < this.#flows; n++) {
      const at = starts[n] + STAT_OPEN_WINDOW;
      rows[at] = Math.floor(rows[at] / factor);
    }
  }

  #append(keys: Uint32Array, start: number, words: number, sec: number, ns: number, frame: number, window: number): number {
    const row = this.#rowWords;
    const end = row + STAT_WORDS + words;
    if (end + TOUCHED_WORDS > this.#rows.length) this.#rows = growUint32(this.#rows, end + TOUCHED_WORDS);
    const rows = this.#rows;
    rows[row + STAT_FIRST_SECONDS] = sec;
    rows[row + STAT_FIRST_NANOS] = ns;
    rows[row + STAT_LAST_SECONDS] = sec;
    rows[row + STAT_LAST_NANOS] = ns;
    rows[row + STAT_FIRST_FRAME] = frame;
    rows[row + STAT_NUMBER] = this.#flows;
    rows[row + STAT_OPEN_WINDOW] = window;
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
    this.#slots = new Uint32Array(0);
    for (let n = 0; n < this.#flows; n++) closeSlice(this.#rows, this.#starts[n], this.#slices);
    const columns: FlowTableColumns = {
      flows: this.#flows,
      rows: this.#rows,
      rowWords: this.#rowWords,
      starts: this.#starts,
      slices: this.#slices.take(),
    };
    return columns;
  }
}

/** Moves the open slice of a row into the log and into the flow's counters. Hot path where frames of a flow are far apart. */
function closeSlice(rows: Uint32Array, row: number, slices: SliceLog): void {
  const packets = rows[row + STAT_OPEN_PACKETS];
  const bytes = rows[row + STAT_OPEN_BYTES];
  slices.append(rows[row + STAT_NUMBER], rows[row + STAT_OPEN_WINDOW], packets, bytes);
  rows[row + STAT_PACKETS] += packets;
  const low = (rows[row + STAT_BYTES_LOW] + bytes) >>> 0;
  rows[row + STAT_BYTES_LOW] = low;
  if (low < bytes) rows[row + STAT_BYTES_HIGH]++;
  rows[row + STAT_OPEN_PACKETS] = 0;
  rows[row + STAT_OPEN_BYTES] = 0;
}

/** Buffers of a table that a worker may transfer instead of copying. */
export function flowTableTransferList(columns: FlowTableColumns): ArrayBuffer[] {
  const { flow, window, packets, bytes } = columns.slices;
  return [columns.rows.buffer, columns.starts.buffer, flow.buffer, window.buffer, packets.buffer, bytes.buffer];
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
