import { HEAD_LENGTH_MASK } from '../decoder/flow-key.ts';
import type { PacketBatch } from '../decoder/packet-batch.ts';
import {
  STAT_BYTES_HIGH,
  STAT_BYTES_LOW,
  STAT_FIRST_NANOS,
  STAT_FIRST_SECONDS,
  STAT_LAST_NANOS,
  STAT_LAST_SECONDS,
  STAT_NUMBER,
  STAT_OPEN_BYTES,
  STAT_OPEN_PACKETS,
  STAT_OPEN_WINDOW,
  STAT_PACKETS,
  STAT_WORDS,
} from './flow-row.ts';
import type { SliceLog } from './slice-log.ts';

/**
 * Rows counted at a time: what a block touches stays in the first-level cache, and the loops are so short that V8
 * compiles the functions whole instead of replacing them in the middle of a loop, which it would have to do again.
 */
export const BLOCK_ROWS = 128;
/**
 * Of the block at hand: hash, window and row (or NOT_FOUND) of each frame, and the frames with keys beyond HEAD_WORDS.
 * Constants of the module, since V8 then knows where they lie and checks nothing else of them.
 */
export const hashes = new Int32Array(BLOCK_ROWS);
export const windows = new Uint32Array(BLOCK_ROWS);
export const found = new Int32Array(BLOCK_ROWS);
const long = new Int32Array(BLOCK_ROWS);
/** Words of a key that are hashed and compared without a loop. */
const HEAD_WORDS = 8;
/** No row: the flow is new. */
const NOT_FOUND = -1;
/** Odd numbers with many bits, as 32-bit patterns. */
const MULTIPLIER_A = 0x9e3779b1 | 0;
const MULTIPLIER_B = 0xc2b2ae35 | 0;
const MULTIPLIER_C = 0x85ebca6b | 0;

/*
 * The loops over a block. Each is short, has no other loop in it and calls nothing: V8 then takes the checks of its arrays
 * out of it. What is rare (long keys, slots taken by another flow, new flows) is left to a loop of its own.
 */

/** Hashes the first words of each key into `hashes`; lists the rows with more in `long` and returns their number. Hot path. */
export function hashHeads(batch: PacketBatch, picked: Uint32Array, from: number, to: number, seed: number): number {
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
export function hashTails(batch: PacketBatch, picked: Uint32Array, from: number, longKeys: number): void {
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
export function touchRows(slots: Int32Array, mask: number, rows: Uint32Array, count: number): number {
  for (let n = 0; n < count; n++) found[n] = slots[((hashes[n] & mask) << 1) | 1];
  let touched = 0;
  for (let n = 0; n < count; n++) touched ^= rows[found[n] + STAT_BYTES_HIGH] ^ rows[found[n] + STAT_WORDS + 7];
  return touched;
}

/**
 * Looks into the slot that each hash names and compares the first words of the key; `found` gets the row or NOT_FOUND.
 * Most flows lie there; the others go to `#findOrAppend`. Hot path.
 */
export function guessRows(
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
export function compareTails(batch: PacketBatch, picked: Uint32Array, from: number, longKeys: number, rows: Uint32Array): void {
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
export function findUnknown(first: number, count: number): number {
  let n = first;
  while (n < count && found[n] >= 0) n++;
  return n;
}

/** Counts the frames [first, to), whose rows are in `found`. The log has room for as many slices. Hot path. */
export function countRows(
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
  let changes = slices.changes;
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
        if (openWindow !== window) changes++;
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
  slices.changes = changes;
}
