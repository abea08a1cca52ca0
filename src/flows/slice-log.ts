import { growUint32 } from '../base/growable.ts';

/**
 * Window widths in milliseconds. Each divides the next and all up to 1000 divide a second, so slices of different
 * captures can be added up at the wider of their widths, and loads at 10 ms, 100 ms and 1 s follow exactly.
 */
export const WINDOW_WIDTHS_MS = [1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000, 500_000, 1_000_000, 5_000_000] as const;

/** Complete slices kept before the windows are widened: this many, and one for each flow. */
const SLICE_BOUND = 1 << 20;
/** The same from this width on: wider windows would blur the epochs of captures that still fit the memory. */
const WIDE_SLICE_BOUND = 3 << 19;
const WIDE_MS = 1_000;
/** From so many flows on only one in SAMPLED_FLOWS (a power of two) is looked at to choose a width. */
const MANY_FLOWS = 1 << 12;
const SAMPLED_FLOWS = 8;
/** Windows are counted from a second that is a multiple of this, so that the widths up to 10^5 s line up between captures. */
export const ORIGIN_ALIGN_SECONDS = 1_000_000;

/** Slices of one table: packets and bytes of one flow in one time window. Few windows of a flow have more than one slice. */
export interface SliceColumns {
  readonly count: number;
  /** Number of the flow in its table: index into `starts`. */
  readonly flow: Uint32Array<ArrayBuffer>;
  /** Window number, counted from `originSeconds` in units of `widthMs`. */
  readonly window: Uint32Array<ArrayBuffer>;
  readonly packets: Uint32Array<ArrayBuffer>;
  readonly bytes: Uint32Array<ArrayBuffer>;
  readonly originSeconds: number;
  readonly widthMs: number;
}

/** No window: `window` numbers end below. */
const NO_WINDOW = 0xffffffff;

/**
 * Append-only log of slices. The slice that a flow is filling lies in the flow's row; it comes here once a frame of
 * another window is seen. When the log is full the windows widen and neighbours of one flow become one, so memory
 * follows the number of flows and never the length of the capture.
 */
export class SliceLog {
  /** The slices so far, as in SliceColumns: who counts frames writes them here, after `reserve`. */
  flow = new Uint32Array(1 << 12);
  window = new Uint32Array(1 << 12);
  packets = new Uint32Array(1 << 12);
  bytes = new Uint32Array(1 << 12);
  count = 0;
  #level = 0;
  #widthMs: number = WINDOW_WIDTHS_MS[0];
  #originSeconds = -1;

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

  isFull(flows: number): boolean {
    return this.count > this.#bound() + flows;
  }

  #bound(): number {
    return this.#widthMs < WIDE_MS ? SLICE_BOUND : WIDE_SLICE_BOUND;
  }

  /** Widens the windows until about half of the bound is left. Returns how many of the old windows make one new one. */
  widen(flows: number): number {
    if (this.#level + 1 === WINDOW_WIDTHS_MS.length) return 1;
    const merging = this.#countMerging(flows);
    const target = (this.#bound() + flows) / 2;
    const widestMs = this.#widthMs < WIDE_MS ? WIDE_MS : Infinity;
    let level = this.#level + 1;
    let left = this.count - merging[level];
    while (level + 1 < WINDOW_WIDTHS_MS.length && WINDOW_WIDTHS_MS[level] < widestMs && left > target) left -= merging[++level];
    const factor = WINDOW_WIDTHS_MS[level] / this.#widthMs;
    const count = this.count;
    const [flow, window, packets, bytes] = [this.flow, this.window, this.packets, this.bytes];
    const newest = new Uint32Array(flows);
    const newestWindow = new Uint32Array(flows).fill(NO_WINDOW);
    let kept = 0;
    for (let s = 0; s < count; s++) {
      const f = flow[s];
      const wide = Math.floor(window[s] / factor);
      if (newestWindow[f] === wide) {
        const at = newest[f];
        if (bytes[at] + bytes[s] <= 0xffffffff) {
          packets[at] += packets[s];
          bytes[at] += bytes[s];
          continue;
        }
      }
      flow[kept] = f;
      window[kept] = wide;
      packets[kept] = packets[s];
      bytes[kept] = bytes[s];
      newestWindow[f] = wide;
      newest[f] = kept++;
    }
    this.count = kept;
    this.#level = level;
    this.#widthMs = WINDOW_WIDTHS_MS[level];
    return factor;
  }

  /** Slices that become one with the slice of their flow before, by the first level at which they do. */
  #countMerging(flows: number): Float64Array {
    const merging = new Float64Array(WINDOW_WIDTHS_MS.length + 1);
    const factors = Float64Array.from(WINDOW_WIDTHS_MS, (width) => width / this.#widthMs);
    const [flow, window] = [this.flow, this.window];
    const newestWindow = new Uint32Array(flows).fill(NO_WINDOW);
    // Of many flows some stand for all.
    const sampled = flows < MANY_FLOWS ? 1 : SAMPLED_FLOWS;
    for (let s = 0; s < this.count; s++) {
      const f = flow[s];
      if ((f & (sampled - 1)) !== 0) continue;
      const before = newestWindow[f];
      const after = window[s];
      newestWindow[f] = after;
      if (before === NO_WINDOW) continue;
      const gap = after > before ? after - before : before - after;
      let level = this.#level + 1;
      while (
        level < factors.length &&
        (gap >= factors[level] || Math.floor(before / factors[level]) !== Math.floor(after / factors[level]))
      )
        level++;
      merging[level] += sampled;
    }
    return merging;
  }

  /** Hands the columns over; the log must not be used afterwards. */
  take(): SliceColumns {
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
