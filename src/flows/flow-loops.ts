/*
 * The loops over frames, in the subset of TypeScript that `scripts/loops/` compiles to WebAssembly. They run as they are, too.
 */
import { HEAD_LENGTH_MASK, MAX_KEY_WORDS } from '../decoder/flow-key.ts';
import type { PacketBatch } from '../decoder/packet-batch.ts';
import type { Unsigned } from '../base/unsigned.ts';
import type { FlowColumns } from './flow-columns.ts';
import {
  NO_ORIGIN,
  NO_WINDOW,
  ORIGIN_ALIGN_SECONDS,
  STATE_CHANGES,
  STATE_CLAMPED,
  STATE_COUNTED,
  STATE_CROWDED,
  STATE_FLOWS,
  STATE_MASK,
  STATE_MOST_CHANGES,
  STATE_NEEDED,
  STATE_ORIGIN,
  STATE_ROW_WORDS,
  STATE_SEED,
  STATE_SLICES,
  STATE_TOUCHED,
  STATE_WIDTH_MS,
} from './flow-columns.ts';
import {
  STAT_BYTES_HIGH,
  STAT_BYTES_LOW,
  STAT_FIRST_FRAME,
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

/** Rows counted at a time: what a block touches stays in the first-level cache. A power of two. */
export const BLOCK_ROWS = 128;
/** Words behind the last row that may be looked at before it is known whose they are. */
const TOUCHED_WORDS = 32;
/** Words of a key that are hashed and compared without a loop. */
const HEAD_WORDS = 8;
/** Odd numbers with many bits, as 32-bit patterns. */
const MULTIPLIER_A = 0x9e3779b1 | 0;
const MULTIPLIER_B = 0xc2b2ae35 | 0;
const MULTIPLIER_C = 0x85ebca6b | 0;
/** Longest run of occupied slots before the table grows, whatever its load: keeps hostile keys from making it slow. */
const MAX_PROBE = 64;
/** Below a load of one in 2^this a long run is no crowd but one hash value, which no table is large enough for. */
const LEAST_LOAD_SHIFT = 5;
const NANOS_PER_MS = 1_000_000;
const NANOS_PER_SECOND = 1_000_000_000;

/**
 * Counts the rows `picked[from..count)` of the batch, block by block; returns where it stopped: at the end, or before a block
 * for which there is no room, or behind one after which the windows have to widen. Blocks end, and the log is looked at,
 * after the same frames however the capture came in. Hot path; guarded by `bench/` (10 k to 1 M flows).
 */
export function countBlocks(batch: PacketBatch, picked: Uint32Array, from: number, count: number, columns: FlowColumns): number {
  const { state } = columns;
  let n = from;
  while (n < count) {
    const inBlock = state[STATE_COUNTED] & (BLOCK_ROWS - 1);
    let to = (n + BLOCK_ROWS - inBlock) | 0;
    if (to > count) to = count;
    if (hasRoom(batch, picked, n, to, columns) === 0) return n;
    findWindows(batch, picked, n, to, columns);
    findRows(batch, picked, n, to, columns);
    countRows(batch, picked, n, to, columns);
    state[STATE_COUNTED] = (state[STATE_COUNTED] + (to - n)) & 0x3fffffff;
    n = to;
    if ((state[STATE_COUNTED] & (BLOCK_ROWS - 1)) === 0 && state[STATE_CHANGES] > state[STATE_MOST_CHANGES]) return n;
  }
  return n;
}

/** 1 if rows, slots and log have room for a block, else 0; STATE_NEEDED tells the words of rows. */
export function hasRoom(batch: PacketBatch, picked: Uint32Array, from: number, to: number, columns: FlowColumns): number {
  const { keys, keyStart } = batch;
  const { rows, starts, sliceFlow, state } = columns;
  const count = (to - from) | 0;
  // Mostly there is room for the longest rows; else they are measured.
  let words = (TOUCHED_WORDS + Math.imul(count, STAT_WORDS + MAX_KEY_WORDS)) | 0;
  if ((state[STATE_ROW_WORDS] + words) >>> 0 > rows.length) {
    words = (TOUCHED_WORDS + Math.imul(count, STAT_WORDS)) | 0;
    for (let n = from; n < to; n++) words = (words + (keys[keyStart[picked[n]]] & HEAD_LENGTH_MASK)) | 0;
  }
  state[STATE_NEEDED] = words;
  const flows = (state[STATE_FLOWS] + count) >>> 0;
  if ((state[STATE_ROW_WORDS] + words) >>> 0 > rows.length || flows > starts.length) return 0;
  if ((flows << 1) >>> 0 > state[STATE_MASK] || state[STATE_CROWDED] !== 0) return 0;
  return (state[STATE_SLICES] + count) >>> 0 > sliceFlow.length ? 0 : 1;
}

/** Writes the window number of each frame to `windows`. */
function findWindows(batch: PacketBatch, picked: Uint32Array, from: number, to: number, columns: FlowColumns): void {
  const { seconds, nanos } = batch;
  const { windows, state } = columns;
  if (state[STATE_ORIGIN] === NO_ORIGIN) {
    const first = seconds[picked[from]];
    state[STATE_ORIGIN] = first - (first % ORIGIN_ALIGN_SECONDS);
  }
  const origin = state[STATE_ORIGIN];
  const width = state[STATE_WIDTH_MS];
  // All widths up to 1000 divide a second, all above are whole seconds.
  const perSecond: Unsigned = width < 1000 ? Math.floor(1000 / width) : 1;
  const perWindow: Unsigned = width < 1000 ? 1 : Math.floor(width / 1000);
  const mostSeconds = (Math.floor(NO_WINDOW / perSecond) - 8) >>> 0;
  let second: Unsigned = NO_WINDOW;
  let nanosFrom: Unsigned = 1;
  let nanosTo: Unsigned = 0;
  let window: Unsigned = 0;
  for (let n = from; n < to; n++) {
    const i = picked[n];
    const ns = nanos[i];
    if (seconds[i] !== second || ns < nanosFrom || ns >= nanosTo) {
      second = seconds[i];
      const gap = (second - origin) >>> 0;
      const ms = Math.floor(ns / NANOS_PER_MS);
      nanosFrom = 0;
      nanosTo = NO_WINDOW;
      // Times before the origin or beyond 2^32 windows (clocks that jump, damaged records) share the outermost window.
      if (second < origin) {
        window = 0;
        state[STATE_CLAMPED] = 1;
      } else if (gap > mostSeconds) {
        window = NO_WINDOW - 1;
        state[STATE_CLAMPED] = 1;
      } else if (width < 1000) {
        window = (Math.imul(gap, perSecond) + Math.floor(ms / width)) >>> 0;
        // The part of this window that lies in this second.
        nanosFrom = Math.imul(ms - (ms % width), NANOS_PER_MS) >>> 0;
        nanosTo = (nanosFrom + Math.imul(width, NANOS_PER_MS)) >>> 0;
        if (nanosTo > NANOS_PER_SECOND) nanosTo = NANOS_PER_SECOND;
      } else window = Math.floor(gap / perWindow);
    }
    windows[n - from] = window;
  }
}

/** Writes the row of each frame's flow to `found`; flows not yet there are appended. There is room for all of the block. */
export function findRows(batch: PacketBatch, picked: Uint32Array, from: number, to: number, columns: FlowColumns): void {
  hashKeys(batch, picked, from, to, columns);
  touchRows(columns, (to - from) | 0);
  lookUpRows(batch, picked, from, to, columns);
}

function hashKeys(batch: PacketBatch, picked: Uint32Array, from: number, to: number, columns: FlowColumns): void {
  const { keys, keyStart } = batch;
  const { hashes, state } = columns;
  const seed = state[STATE_SEED] | 0;
  const second = Math.imul(seed, MULTIPLIER_C);
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
    if (words !== HEAD_WORDS) {
      let w = HEAD_WORDS;
      if (words < HEAD_WORDS) w = 4;
      for (; w < words; w++) {
        h = Math.imul(h ^ keys[start + w], MULTIPLIER_A);
        h ^= h >>> 15;
      }
    }
    h = Math.imul(h ^ (h >>> 13), MULTIPLIER_C) ^ seed;
    h = Math.imul(h ^ g ^ (h >>> 15), MULTIPLIER_A);
    hashes[n - from] = h ^ (h >>> 16);
  }
}

/** Reads the slots and rows that the block will probably need, without waiting for one before asking for the next. */
function touchRows(columns: FlowColumns, count: number): void {
  const { rows, slots, hashes, found, state } = columns;
  const mask = state[STATE_MASK];
  for (let n = 0; n < count; n++) found[n] = slots[((hashes[n] & mask) << 1) | 1];
  let touched = 0;
  for (let n = 0; n < count; n++) touched ^= rows[found[n] + STAT_BYTES_HIGH] ^ rows[found[n] + (STAT_WORDS + 7)];
  state[STATE_TOUCHED] ^= touched;
}

function lookUpRows(batch: PacketBatch, picked: Uint32Array, from: number, to: number, columns: FlowColumns): void {
  const { keys, keyStart } = batch;
  const { rows, slots, hashes, found, state } = columns;
  const mask = state[STATE_MASK];
  for (let n = from; n < to; n++) {
    const hash = hashes[n - from];
    const start = keyStart[picked[n]];
    const words = keys[start] & HEAD_LENGTH_MASK;
    let at = hash & mask;
    let probes = 0;
    let row = (slots[(at << 1) | 1] - 1) | 0;
    while (row >= 0) {
      if (slots[at << 1] === hash) {
        // Almost always the key is the same, so words are compared without a branch for each.
        let differs =
          (rows[row + STAT_WORDS] ^ keys[start]) |
          (rows[row + (STAT_WORDS + 1)] ^ keys[start + 1]) |
          (rows[row + (STAT_WORDS + 2)] ^ keys[start + 2]) |
          (rows[row + (STAT_WORDS + 3)] ^ keys[start + 3]);
        let w = 4;
        if (words >= HEAD_WORDS) {
          differs |=
            (rows[row + (STAT_WORDS + 4)] ^ keys[start + 4]) |
            (rows[row + (STAT_WORDS + 5)] ^ keys[start + 5]) |
            (rows[row + (STAT_WORDS + 6)] ^ keys[start + 6]) |
            (rows[row + (STAT_WORDS + 7)] ^ keys[start + 7]);
          w = HEAD_WORDS;
        }
        for (; w < words; w++) differs |= rows[row + w + STAT_WORDS] ^ keys[start + w];
        if (differs === 0) break;
      }
      at = (at + 1) & mask;
      row = (slots[(at << 1) | 1] - 1) | 0;
      probes++;
    }
    if (row < 0) {
      row = appendRow(batch, picked[n] | 0, columns);
      slots[at << 1] = hash;
      slots[(at << 1) | 1] = row + 1;
      if (probes > MAX_PROBE && (state[STATE_FLOWS] << LEAST_LOAD_SHIFT) >>> 0 > mask) state[STATE_CROWDED] = 1;
    }
    found[n - from] = row;
  }
}

/** A row for the flow of row `i` of the batch; returns its start. Its counters are 0, nothing of it was counted. */
function appendRow(batch: PacketBatch, i: number, columns: FlowColumns): number {
  const { seconds, nanos, keys, keyStart } = batch;
  const { rows, starts, state } = columns;
  const row = state[STATE_ROW_WORDS] | 0;
  const start = keyStart[i];
  const words = keys[start] & HEAD_LENGTH_MASK;
  rows[row + STAT_FIRST_SECONDS] = seconds[i];
  rows[row + STAT_FIRST_NANOS] = nanos[i];
  rows[row + STAT_LAST_SECONDS] = seconds[i];
  rows[row + STAT_LAST_NANOS] = nanos[i];
  rows[row + STAT_FIRST_FRAME] = batch.firstFrame + i;
  rows[row + STAT_NUMBER] = state[STATE_FLOWS];
  rows[row + STAT_OPEN_WINDOW] = NO_WINDOW;
  rows[row + STAT_PACKETS] = 0;
  rows[row + STAT_BYTES_LOW] = 0;
  rows[row + STAT_BYTES_HIGH] = 0;
  rows[row + STAT_OPEN_PACKETS] = 0;
  rows[row + STAT_OPEN_BYTES] = 0;
  for (let w = 0; w < words; w++) rows[row + w + STAT_WORDS] = keys[start + w];
  starts[state[STATE_FLOWS]] = row;
  state[STATE_FLOWS]++;
  state[STATE_ROW_WORDS] = row + words + STAT_WORDS;
  return row;
}

/** Counts the frames of a block, whose rows are in `found`. The log has room for as many slices. */
function countRows(batch: PacketBatch, picked: Uint32Array, from: number, to: number, columns: FlowColumns): void {
  const { seconds, nanos, frameBytes, flags } = batch;
  const { rows, found, windows, state } = columns;
  for (let n = from; n < to; n++) {
    const row = found[n - from];
    const i = picked[n];
    const sec = seconds[i];
    const ns = nanos[i];
    const length = frameBytes[i];
    const window = windows[n - from];
    const lastSec = rows[row + STAT_LAST_SECONDS];
    const firstSec = rows[row + STAT_FIRST_SECONDS];
    if (sec > lastSec || (sec === lastSec && ns > rows[row + STAT_LAST_NANOS])) {
      rows[row + STAT_LAST_SECONDS] = sec;
      rows[row + STAT_LAST_NANOS] = ns;
    } else if (sec < firstSec || (sec === firstSec && ns < rows[row + STAT_FIRST_NANOS])) {
      rows[row + STAT_FIRST_SECONDS] = sec;
      rows[row + STAT_FIRST_NANOS] = ns;
    }
    const openBytes = rows[row + STAT_OPEN_BYTES];
    // Bytes of a slice stay below 2^32: with the upper bit set on either side the next slice begins.
    if (rows[row + STAT_OPEN_WINDOW] === window && (openBytes | length) >= 0) {
      rows[row + STAT_OPEN_PACKETS]++;
      rows[row + STAT_OPEN_BYTES] = openBytes + length;
    } else {
      // A row that was just appended has nothing to close.
      if (rows[row + STAT_OPEN_PACKETS] !== 0) {
        if (rows[row + STAT_OPEN_WINDOW] !== window) state[STATE_CHANGES]++;
        closeSlice(columns, row);
      }
      rows[row + STAT_OPEN_WINDOW] = window;
      rows[row + STAT_OPEN_PACKETS] = 1;
      rows[row + STAT_OPEN_BYTES] = length;
    }
    if (flags[i] !== 0) rows[row + STAT_BYTES_HIGH] |= flags[i] << 16;
  }
}

/** Moves the open slice of a row into the log, which has room, and into the flow's counters. */
export function closeSlice(columns: FlowColumns, row: number): void {
  const { rows, sliceFlow, sliceWindow, slicePackets, sliceBytes, state } = columns;
  const packets = rows[row + STAT_OPEN_PACKETS];
  const bytes = rows[row + STAT_OPEN_BYTES];
  const slice = state[STATE_SLICES];
  sliceFlow[slice] = rows[row + STAT_NUMBER];
  sliceWindow[slice] = rows[row + STAT_OPEN_WINDOW];
  slicePackets[slice] = packets;
  sliceBytes[slice] = bytes;
  state[STATE_SLICES]++;
  rows[row + STAT_PACKETS] += packets;
  const low = (rows[row + STAT_BYTES_LOW] + bytes) >>> 0;
  rows[row + STAT_BYTES_LOW] = low;
  if (low < bytes) rows[row + STAT_BYTES_HIGH]++;
  rows[row + STAT_OPEN_PACKETS] = 0;
  rows[row + STAT_OPEN_BYTES] = 0;
}

/** Closes the open slices of all flows, for which the log has room. */
export function closeSlices(columns: FlowColumns): void {
  const { starts, state } = columns;
  const flows = state[STATE_FLOWS];
  let n: Unsigned = 0;
  while (n < flows) {
    closeSlice(columns, starts[n] | 0);
    n++;
  }
}

/** Puts the rows of `old` slots into the larger table of `columns`, which is empty. */
export function moveSlots(old: Int32Array, oldSlots: number, columns: FlowColumns): void {
  const { slots, state } = columns;
  const mask = state[STATE_MASK];
  for (let s = 0; s < oldSlots; s++) {
    const row = old[(s << 1) | 1];
    if (row === 0) continue;
    const hash = old[s << 1];
    let at = hash & mask;
    while (slots[(at << 1) | 1] !== 0) at = (at + 1) & mask;
    slots[at << 1] = hash;
    slots[(at << 1) | 1] = row;
  }
}
