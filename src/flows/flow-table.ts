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
/**
 * Of the block at hand: hash, window and row (or NOT_FOUND) of each frame, and the frames with keys beyond HEAD_WORDS.
 * Constants of the module, since V8 then knows where they lie and checks nothing else of them.
 */
const hashes = new Int32Array(BLOCK_ROWS);
const windows = new Uint32Array(BLOCK_ROWS);
const found = new Int32Array(BLOCK_ROWS);
const long = new Int32Array(BLOCK_ROWS);
/** Words of a key that are hashed and compared without a loop. */
const HEAD_WORDS = 8;
/** No row: the flow is new. */
const NOT_FOUND = -1;
/** Odd numbers with many bits, as 32-bit patterns. */
const MULTIPLIER_A = 0x9e3779b1 | 0;
const MULTIPLIER_B = 0xc2b2ae35 | 0;
const MULTIPLIER_C = 0x85ebca6b | 0;
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
  /** Frames counted, modulo 2^30. */
  #counted = 0;
  /** Pairs: hash, row start + 1 (0: free). Signed like all that is computed with here: unsigned words would be doubles to V8. */
  #slots = new Int32Array(1 << 4);
  // Small at first, so that growing is nothing new to a compiled loop.
  #mask = (1 << 3) - 1;
  readonly #seed: number;
  readonly #slices = new SliceLog();
  /** Of no meaning: keeps the loads that warm the cache from being optimised away. */
  touched = 0;

  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  get flows(): number {
    return this.#flows;
  }

  /** Counts `count` rows of `batch`, those listed in `picked`. Hot path; guarded by `bench/` (10 k to 1 M flows). */
  addRows(batch: PacketBatch, picked: Uint32Array, count: number): void {
    const slices = this.#slices;
    for (let from = 0, to = 0; from < count; from = to) {
      // Blocks end, and the log is looked at, after the same frames however the capture came in.
      to = Math.min(from + BLOCK_ROWS - (this.#counted & (BLOCK_ROWS - 1)), count);
      this.#counted = (this.#counted + to - from) & 0x3fffffff;
      slices.findWindows(batch.seconds, batch.nanos, picked, from, to, windows);
      const longKeys = hashHeads(batch, picked, from, to, this.#seed);
      if (longKeys > 0) hashTails(batch, picked, from, longKeys);
      this.touched ^= touchRows(this.#slots, this.#mask, this.#rows, to - from);
      guessRows(batch, picked, from, to, this.#slots, this.#mask, this.#rows);
      if (longKeys > 0) compareTails(batch, picked, from, longKeys, this.#rows);
      slices.reserve(to - from);
      for (let n = from; n < to;) {
        const known = findUnknown(n - from, to - from) + from;
        countRows(batch, picked, from, n, known, this.#rows, slices);
        if (known < to) found[known - from] = this.#findOrAppend(batch, picked[known], hashes[known - from], windows[known - from]);
        n = known;
      }
      if ((this.#counted & (BLOCK_ROWS - 1)) === 0 && slices.isFull(this.#flows)) this.#widen();
    }
  }

  /** Row of a flow that was not there before the block: new, unless a frame of the block came first. */
  #findOrAppend(batch: PacketBatch, i: number, hash: number, window: number): number {
    const { keys, keyStart } = batch;
    const start = keyStart[i];
    const words = keys[start] & HEAD_LENGTH_MASK;
    const slots = this.#slots;
    const mask = this.#mask;
    let at = hash & mask;
    let probes = 0;
    for (;;) {
      const slotRow = slots[(at << 1) | 1];
      if (slotRow === 0) break;
      if (slots[at << 1] === hash && sameWords(this.#rows, slotRow - 1 + STAT_WORDS, keys, start, words)) return slotRow - 1;
      at = (at + 1) & mask;
      probes++;
    }
    const row = this.#append(keys, start, words, batch.seconds[i], batch.nanos[i], batch.firstFrame + i, window);
    slots[at << 1] = hash;
    slots[(at << 1) | 1] = row + 1;
    if (this.#flows * 2 > mask || (probes > MAX_PROBE && this.#flows * LEAST_LOAD > mask)) this.#growSlots();
    return row;
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
    const slots = new Int32Array(size * 2);
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
    this.#slots = new Int32Array(0);
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

/*
 * The loops over a block. Each is short, has no other loop in it and calls nothing: V8 then takes the checks of its arrays
 * out of it. What is rare (long keys, slots taken by another flow, new flows) is left to a loop of its own.
 */

/** Hashes the first words of each key into `hashes`; lists the rows with more in `long` and returns their number. Hot path. */
function hashHeads(batch: PacketBatch, picked: Uint32Array, from: number, to: number, seed: number): number {
  const { keys, keyStart } = batch;
  const second = Math.imul(seed, MULTIPLIER_C);
  let longKeys = 0;
  for (let n = from; n < to; n++) {
    const start = keyStart[picked[n]];
    const head = keys[start];
    const words = head & HEAD_LENGTH_MASK;
    // Two chains, since each step waits for the one before; a key has four words at least.
    let h = Math.imul(seed ^ head, MULTIPLIER_A);
    let g = Math.imul(second ^ keys[start + 1], MULTIPLIER_B);
    h = Math.imul(h ^ (h >>> 15) ^ keys[start + 2], MULTIPLIER_A);
    g = Math.imul(g ^ (g >>> 15) ^ keys[start + 3], MULTIPLIER_B);
    if (words >= HEAD_WORDS) {
      h = Math.imul(h ^ (h >>> 15) ^ keys[start + 4], MULTIPLIER_A);
      g = Math.imul(g ^ (g >>> 15) ^ keys[start + 5], MULTIPLIER_B);
      h = Math.imul(h ^ (h >>> 15) ^ keys[start + 6], MULTIPLIER_A);
      g = Math.imul(g ^ (g >>> 15) ^ keys[start + 7], MULTIPLIER_B);
    }
    h = Math.imul(h ^ (h >>> 13), MULTIPLIER_C) ^ seed;
    h = Math.imul(h ^ g ^ (h >>> 15), MULTIPLIER_A);
    hashes[n - from] = h ^ (h >>> 16);
    if (words !== HEAD_WORDS) long[longKeys++] = n - from;
  }
  return longKeys;
}

/** Hashes the words of the keys in `long` that `hashHeads` left. */
function hashTails(batch: PacketBatch, picked: Uint32Array, from: number, longKeys: number): void {
  const { keys, keyStart } = batch;
  for (let k = 0; k < longKeys; k++) {
    const start = keyStart[picked[from + long[k]]];
    const words = keys[start] & HEAD_LENGTH_MASK;
    let h = hashes[long[k]];
    for (let w = words < HEAD_WORDS ? 4 : HEAD_WORDS; w < words; w++) {
      h = Math.imul(h ^ keys[start + w], MULTIPLIER_A);
      h ^= h >>> 15;
    }
    h = Math.imul(h ^ (h >>> 13), MULTIPLIER_C);
    hashes[long[k]] = h ^ (h >>> 16);
  }
}

/** Reads the slots and rows that the block will probably need, without waiting for one before asking for the next. Hot path. */
function touchRows(slots: Int32Array, mask: number, rows: Uint32Array, count: number): number {
  for (let n = 0; n < count; n++) found[n] = slots[((hashes[n] & mask) << 1) | 1];
  let touched = 0;
  for (let n = 0; n < count; n++) touched ^= rows[found[n] + STAT_BYTES_HIGH] ^ rows[found[n] + STAT_WORDS + 7];
  return touched;
}

/**
 * Looks into the slot that each hash names and compares the first words of the key; `found` gets the row or NOT_FOUND.
 * Most flows lie there; the others go to `#findOrAppend`. Hot path.
 */
function guessRows(
  batch: PacketBatch,
  picked: Uint32Array,
  from: number,
  to: number,
  slots: Int32Array,
  mask: number,
  rows: Uint32Array,
): void {
  const { keys, keyStart } = batch;
  for (let n = from; n < to; n++) {
    const hash = hashes[n - from];
    const at = (hash & mask) << 1;
    const row = slots[at | 1] - 1;
    let answer = NOT_FOUND;
    if (row >= 0 && slots[at] === hash) {
      const start = keyStart[picked[n]];
      const candidate = row + STAT_WORDS;
      // Almost always the same key: compared without a branch for each word.
      let differs =
        (rows[candidate] ^ keys[start]) |
        (rows[candidate + 1] ^ keys[start + 1]) |
        (rows[candidate + 2] ^ keys[start + 2]) |
        (rows[candidate + 3] ^ keys[start + 3]);
      if ((keys[start] & HEAD_LENGTH_MASK) >= HEAD_WORDS) {
        differs |=
          (rows[candidate + 4] ^ keys[start + 4]) |
          (rows[candidate + 5] ^ keys[start + 5]) |
          (rows[candidate + 6] ^ keys[start + 6]) |
          (rows[candidate + 7] ^ keys[start + 7]);
      }
      if (differs === 0) answer = row;
    }
    found[n - from] = answer;
  }
}

/** Compares the words of the keys in `long` that `guessRows` left. */
function compareTails(batch: PacketBatch, picked: Uint32Array, from: number, longKeys: number, rows: Uint32Array): void {
  const { keys, keyStart } = batch;
  for (let k = 0; k < longKeys; k++) {
    const row = found[long[k]];
    if (row === NOT_FOUND) continue;
    const start = keyStart[picked[from + long[k]]];
    const words = keys[start] & HEAD_LENGTH_MASK;
    const candidate = row + STAT_WORDS;
    let differs = 0;
    for (let w = words < HEAD_WORDS ? 4 : HEAD_WORDS; w < words; w++) differs |= rows[candidate + w] ^ keys[start + w];
    if (differs !== 0) found[long[k]] = NOT_FOUND;
  }
}

/** The first frame of the block from `first` on whose flow is not known, or `count`. */
function findUnknown(first: number, count: number): number {
  let n = first;
  while (n < count && found[n] >= 0) n++;
  return n;
}

/** Counts the frames [first, to), whose rows are in `found`. The log has room for as many slices. Hot path. */
function countRows(
  batch: PacketBatch,
  picked: Uint32Array,
  from: number,
  first: number,
  to: number,
  rows: Uint32Array,
  slices: SliceLog,
): void {
  const { seconds, nanos, frameBytes, flags } = batch;
  const { flow: sliceFlow, window: sliceWindow, packets: slicePackets, bytes: sliceBytes } = slices;
  let slice = slices.count;
  for (let n = first; n < to; n++) {
    const row = found[n - from];
    const i = picked[n];
    const sec = seconds[i];
    const ns = nanos[i];
    const length = frameBytes[i];
    const window = windows[n - from];
    const lastSec = rows[row + STAT_LAST_SECONDS];
    if (sec > lastSec || (sec === lastSec && ns > rows[row + STAT_LAST_NANOS])) {
      rows[row + STAT_LAST_SECONDS] = sec;
      rows[row + STAT_LAST_NANOS] = ns;
    } else if (sec < rows[row + STAT_FIRST_SECONDS] || (sec === rows[row + STAT_FIRST_SECONDS] && ns < rows[row + STAT_FIRST_NANOS])) {
      rows[row + STAT_FIRST_SECONDS] = sec;
      rows[row + STAT_FIRST_NANOS] = ns;
    }
    const openPackets = rows[row + STAT_OPEN_PACKETS];
    const openBytes = rows[row + STAT_OPEN_BYTES];
    const openWindow = rows[row + STAT_OPEN_WINDOW];
    // Bytes of a slice stay below 2^32: with the upper bit set on either side the next slice begins.
    if (openWindow === window && (openBytes | length) >= 0) {
      rows[row + STAT_OPEN_PACKETS] = openPackets + 1;
      rows[row + STAT_OPEN_BYTES] = openBytes + length;
    } else {
      // As `closeSlice`. A row that was just appended has nothing to close.
      if (openPackets !== 0) {
        sliceFlow[slice] = rows[row + STAT_NUMBER];
        sliceWindow[slice] = openWindow;
        slicePackets[slice] = openPackets;
        sliceBytes[slice] = openBytes;
        slice++;
        rows[row + STAT_PACKETS] += openPackets;
        const low = (rows[row + STAT_BYTES_LOW] + openBytes) >>> 0;
        rows[row + STAT_BYTES_LOW] = low;
        if (low < openBytes) rows[row + STAT_BYTES_HIGH]++;
      }
      rows[row + STAT_OPEN_WINDOW] = window;
      rows[row + STAT_OPEN_PACKETS] = 1;
      rows[row + STAT_OPEN_BYTES] = length;
    }
    if (flags[i] !== 0) rows[row + STAT_BYTES_HIGH] |= flags[i] << 16;
  }
  slices.count = slice;
}

function sameWords(rows: Uint32Array, at: number, keys: Uint32Array, start: number, words: number): boolean {
  for (let w = 0; w < words; w++) if (rows[at + w] !== keys[start + w]) return false;
  return true;
}

/** Moves the open slice of a row into the log and into the flow's counters. */
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
