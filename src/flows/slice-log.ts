import { growUint32 } from '../base/growable.ts';
import { STAT_OPEN_PACKETS, STAT_OPEN_WINDOW } from './flow-row.ts';
import { sortSlices } from './slice-columns.ts';
import type { SliceColumns } from './slice-columns.ts';

export type { SliceColumns } from './slice-columns.ts';

/**
 * Window widths in milliseconds. Each divides the next and all up to 1000 divide a second, so slices of different
 * captures can be added up at the wider of their widths, and loads at 10 ms, 100 ms and 1 s follow exactly.
 */
export const WINDOW_WIDTHS_MS = [1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000, 500_000, 1_000_000, 5_000_000] as const;

/** Changes of window at most, over all flows, before the windows are widened. */
const MOST_CHANGES = 3 << 18;
/** From WIDE_MS on so many times more: wider windows would blur the epochs of captures that still fit the memory. */
const WIDE_SHARE = 2;
const WIDE_MS = 1_000;
/** One flow in so many (a power of two) is looked at to guess a width. */
const SAMPLED_FLOWS = 16;
/** Windows are counted from a second that is a multiple of this, so that the widths up to 10^5 s line up between captures. */
export const ORIGIN_ALIGN_SECONDS = 1_000_000;

/** No window: `window` numbers end below. */
const NO_WINDOW = 0xffffffff;

/** The rows whose open slices follow those of a log: flow n has its row at `starts[n]`. */
export interface OpenSlices {
  readonly flows: number;
  readonly rows: Uint32Array;
  readonly starts: Uint32Array;
}

/**
 * Log of slices. The slice that a flow is filling lies in the flow's row; it comes here once a frame of another window is
 * seen. Where flows changed their windows too often the windows widen and neighbours of one flow become one, so memory
 * follows the number of flows and never the length of the capture.
 *
 * The width is the narrowest at which the frames, in their order, change windows at most so often: a wider width never
 * has more changes and a longer capture never fewer. So it depends on the frames alone, not on how they came: parts of
 * a capture that were counted apart and then joined give what one pass gives.
 */
export class SliceLog {
  /** The slices so far, as in SliceColumns: who counts frames writes them here, after `reserve`. */
  flow = new Uint32Array(1 << 12);
  window = new Uint32Array(1 << 12);
  packets = new Uint32Array(1 << 12);
  bytes = new Uint32Array(1 << 12);
  count = 0;
  /** Slices followed by one of the same flow in another window. */
  changes = 0;
  /** True once a frame lay outside of all windows: before the origin, or too far behind it. */
  isClamped = false;
  readonly #mostChanges: number;
  #level = 0;
  #widthMs: number = WINDOW_WIDTHS_MS[0];
  #originSeconds = -1;

  constructor(mostChanges: number = MOST_CHANGES) {
    this.#mostChanges = mostChanges;
  }

  /** -1 before the first frame. */
  get originSeconds(): number {
    return this.#originSeconds;
  }

  get widthMs(): number {
    return this.#widthMs;
  }

  setOrigin(seconds: number): void {
    this.#originSeconds = seconds;
  }

  /** Writes the window numbers of rows `picked[from..to)` to `windows`. Hot path. */
  findWindows(seconds: Uint32Array, nanos: Uint32Array, picked: Uint32Array, from: number, to: number, windows: Uint32Array): void {
    if (this.#originSeconds < 0) this.#originSeconds = seconds[picked[from]] - (seconds[picked[from]] % ORIGIN_ALIGN_SECONDS);
    const origin = this.#originSeconds;
    const width = this.#widthMs;
    let second = -1;
    let nanosFrom = 0;
    let nanosTo = 0;
    let window = 0;
    for (let n = from; n < to; n++) {
      const i = picked[n];
      const ns = nanos[i];
      if (seconds[i] !== second || ns < nanosFrom || ns >= nanosTo) {
        second = seconds[i];
        const ms = (second - origin) * 1000 + Math.floor(ns / 1e6);
        // Times before the origin or beyond 2^32 windows (clocks that jump, damaged records) share the outermost window.
        window = Math.min(Math.max(Math.floor(ms / width), 0), NO_WINDOW - 1);
        if (ms < 0 || window === NO_WINDOW - 1) this.isClamped = true;
        // The part of this window that lies in this second; all widths up to 1000 divide a second.
        const wholeMs = Math.floor(ns / 1e6);
        nanosFrom = width >= 1000 ? 0 : (wholeMs - (wholeMs % width)) * 1e6;
        nanosTo = width >= 1000 ? NO_WINDOW : nanosFrom + width * 1e6;
      }
      windows[n - from] = window;
    }
  }

  /** Adds a slice that is complete. Hot path. */
  append(flow: number, window: number, packets: number, bytes: number): void {
    const slice = this.count;
    if (slice === this.flow.length) this.#grow(slice + 1);
    this.flow[slice] = flow;
    this.window[slice] = window;
    this.packets[slice] = packets;
    this.bytes[slice] = bytes;
    this.count = slice + 1;
  }

  /** Makes room for that many slices more. */
  reserve(slices: number): void {
    if (this.count + slices > this.flow.length) this.#grow(this.count + slices);
  }

  #grow(needed: number): void {
    this.flow = growUint32(this.flow, needed);
    this.window = growUint32(this.window, needed);
    this.packets = growUint32(this.packets, needed);
    this.bytes = growUint32(this.bytes, needed);
  }

  get isFull(): boolean {
    return this.changes > this.#mostAt(this.#level) && this.#level + 1 < WINDOW_WIDTHS_MS.length;
  }

  /** Rises with the level: the width could not be told from the frames otherwise. */
  #mostAt(level: number): number {
    return WINDOW_WIDTHS_MS[level] < WIDE_MS ? this.#mostChanges : this.#mostChanges * WIDE_SHARE;
  }

  /** Widens the windows of a full log, those of the open slices too, until it is not full. */
  widen(open: OpenSlices): void {
    // Some flows tell whether the next width will probably do. If they are wrong nothing but time is lost.
    const guess = this.#level + 1;
    if (this.#findLevel(open, SAMPLED_FLOWS) <= guess) this.#widenTo(guess, open);
    if (this.isFull) this.#widenTo(this.#findLevel(open, 1), open);
  }

  /** Widens the windows to a width that is one of WINDOW_WIDTHS_MS and not narrower than now. */
  widenToWidth(widthMs: number, open: OpenSlices): void {
    const level = WINDOW_WIDTHS_MS.findIndex((width) => width >= widthMs);
    if (level > this.#level) this.#widenTo(level, open);
  }

  /** Slices of one flow that follow each other and fall into one window of the new width become one. */
  #widenTo(level: number, { flows, rows, starts }: OpenSlices): void {
    const factor = WINDOW_WIDTHS_MS[level] / this.#widthMs;
    const count = this.count;
    const [flow, window, packets, bytes] = [this.flow, this.window, this.packets, this.bytes];
    // Per flow the window of its newest slice and where that is, side by side: mostly both are needed.
    const newest = new Uint32Array(flows * 2).fill(NO_WINDOW);
    let kept = 0;
    let changes = 0;
    for (let s = 0; s < count; s++) {
      const f = flow[s] * 2;
      const wide = Math.floor(window[s] / factor);
      if (newest[f] === wide) {
        const at = newest[f + 1];
        if (bytes[at] + bytes[s] <= 0xffffffff) {
          packets[at] += packets[s];
          bytes[at] += bytes[s];
          continue;
        }
      } else if (newest[f] !== NO_WINDOW) changes++;
      flow[kept] = flow[s];
      window[kept] = wide;
      packets[kept] = packets[s];
      bytes[kept] = bytes[s];
      newest[f] = wide;
      newest[f + 1] = kept++;
    }
    for (let n = 0; n < flows; n++) {
      const row = starts[n];
      const wide = Math.floor(rows[row + STAT_OPEN_WINDOW] / factor);
      rows[row + STAT_OPEN_WINDOW] = wide;
      const before = newest[n * 2];
      if (before !== NO_WINDOW && before !== wide && rows[row + STAT_OPEN_PACKETS] !== 0) changes++;
    }
    this.count = kept;
    this.changes = changes;
    this.#level = level;
    this.#widthMs = WINDOW_WIDTHS_MS[level];
  }

  /** The narrowest level at which the log would not be full, or the widest; to go by every `sampled`th flow (a power of two). */
  #findLevel({ flows, rows, starts }: OpenSlices, sampled: number): number {
    const merging = new Float64Array(WINDOW_WIDTHS_MS.length + 1);
    const factors = Float64Array.from(WINDOW_WIDTHS_MS, (width) => width / this.#widthMs);
    const { flow, window, count } = this;
    const next = this.#level + 1;
    const newestWindow = new Uint32Array(flows).fill(NO_WINDOW);
    for (let s = 0; s < count; s++) {
      const f = flow[s];
      if ((f & (sampled - 1)) !== 0) continue;
      const before = newestWindow[f];
      const after = window[s];
      newestWindow[f] = after;
      if (before !== NO_WINDOW && before !== after) merging[firstJoint(factors, next, before, after)] += sampled;
    }
    for (let n = 0; n < flows; n += sampled) {
      const before = newestWindow[n];
      const after = rows[starts[n] + STAT_OPEN_WINDOW];
      if (before === NO_WINDOW || before === after || rows[starts[n] + STAT_OPEN_PACKETS] === 0) continue;
      merging[firstJoint(factors, next, before, after)] += sampled;
    }
    let level = this.#level;
    let left = this.changes;
    while (level + 1 < WINDOW_WIDTHS_MS.length && left > this.#mostAt(level)) left -= merging[++level];
    return level;
  }

  /** Hands the columns over, sorted by flow; the log must not be used afterwards. */
  take(flows: number): SliceColumns {
    return sortSlices(this.takeUnsorted(), flows);
  }

  /** The same in the order in which the slices were closed. */
  takeUnsorted(): SliceColumns {
    return {
      count: this.count,
      flow: this.flow,
      window: this.window,
      packets: this.packets,
      bytes: this.bytes,
      originSeconds: Math.max(this.#originSeconds, 0),
      widthMs: this.#widthMs,
    };
  }
}

/** The first level from `level` on at which two windows are one; `factors.length` if there is none. Hot path. */
function firstJoint(factors: Float64Array, level: number, before: number, after: number): number {
  const gap = after > before ? after - before : before - after;
  let joint = level;
  while (joint < factors.length && (gap >= factors[joint] || Math.floor(before / factors[joint]) !== Math.floor(after / factors[joint])))
    joint++;
  return joint;
}
