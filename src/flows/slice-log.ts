import { growFloat64, growUint32 } from '../base/growable.ts';

/** No slice yet. */
export const NO_SLICE = 0xffffffff;

/**
 * Window widths in milliseconds. Each divides the next and all up to 1000 divide a second, so slices of different
 * captures can be added up at the wider of their widths, and loads at 10 ms, 100 ms and 1 s follow exactly.
 */
export const WINDOW_WIDTHS_MS = [1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000, 500_000, 1_000_000, 5_000_000] as const;

/** Slices kept before the windows are widened: this many, and two for each flow. */
const SLICE_BOUND = 1 << 20;
/** Windows are counted from a second that is a multiple of this, so that the widths up to 10^5 s line up between captures. */
export const ORIGIN_ALIGN_SECONDS = 1_000_000;

/** Slices of one table: packets and bytes of one flow in one time window. */
export interface SliceColumns {
  readonly count: number;
  /** Start of the flow's row in the table's `rows`. */
  readonly row: Uint32Array<ArrayBuffer>;
  /** Window number, counted from `originSeconds` in units of `widthMs`. */
  readonly window: Uint32Array<ArrayBuffer>;
  readonly packets: Uint32Array<ArrayBuffer>;
  readonly bytes: Float64Array<ArrayBuffer>;
  readonly originSeconds: number;
  readonly widthMs: number;
}

/**
 * Append-only log of slices. A flow's row remembers its newest slice; a frame in the same window adds to it, any
 * other appends. When the log is full the windows widen and neighbours of one flow become one, so memory follows
 * the number of flows and never the length of the capture.
 */
export class SliceLog {
  #row = new Uint32Array(1 << 12);
  #window = new Uint32Array(1 << 12);
  #packets = new Uint32Array(1 << 12);
  #bytes = new Float64Array(1 << 12);
  #count = 0;
  #level = 0;
  #widthMs: number = WINDOW_WIDTHS_MS[0];
  #originSeconds = -1;
  /** The window of the frame before, as [first, last) milliseconds after the origin, and its number. */
  #windowFromMs = 0;
  #windowToMs = 0;
  #windowNumber = 0;
  /** Slices that follow another of their flow after a gap of less than WINDOW_WIDTHS_MS[level]: tells how far to widen. */
  readonly #gaps = new Float64Array(WINDOW_WIDTHS_MS.length + 1);

  /** Counts one frame; `newest` is the flow's newest slice. Returns the slice it went into. Hot path. */
  add(newest: number, row: number, seconds: number, nanos: number, length: number): number {
    if (this.#originSeconds < 0) this.#originSeconds = seconds - (seconds % ORIGIN_ALIGN_SECONDS);
    const ms = (seconds - this.#originSeconds) * 1000 + ((nanos / 1e6) | 0);
    if (ms < this.#windowFromMs || ms >= this.#windowToMs) this.#moveWindow(ms);
    const window = this.#windowNumber;
    if (newest !== NO_SLICE) {
      const before = this.#window[newest];
      if (before === window) {
        this.#packets[newest]++;
        this.#bytes[newest] += length;
        return newest;
      }
      this.#gaps[levelOfGap((window > before ? window - before : before - window) * this.#widthMs)]++;
    }
    const slice = this.#count;
    if (slice === this.#row.length) this.#grow();
    this.#row[slice] = row;
    this.#window[slice] = window;
    this.#packets[slice] = 1;
    this.#bytes[slice] = length;
    this.#count = slice + 1;
    return slice;
  }

  #moveWindow(ms: number): void {
    // Times before the origin or beyond 2^32 windows (clocks that jump, damaged records) share the outermost window.
    const number = Math.min(Math.max(Math.floor(ms / this.#widthMs), 0), 0xfffffffe);
    this.#windowNumber = number;
    this.#windowFromMs = number * this.#widthMs;
    this.#windowToMs = this.#windowFromMs + this.#widthMs;
    if (ms < this.#windowFromMs || ms >= this.#windowToMs) {
      this.#windowFromMs = ms;
      this.#windowToMs = ms + 1;
    }
  }

  #grow(): void {
    const needed = this.#count + 1;
    this.#row = growUint32(this.#row, needed);
    this.#window = growUint32(this.#window, needed);
    this.#packets = growUint32(this.#packets, needed);
    this.#bytes = growFloat64(this.#bytes, needed);
  }

  isFull(flows: number): boolean {
    return this.#count > SLICE_BOUND + 2 * flows;
  }

  /** Widens the windows until about half of the bound is left. `newestWord`: place of the newest slice in a flow's row. */
  widen(rows: Uint32Array, newestWord: number, flows: number): void {
    let left = this.#count;
    let level = this.#level;
    const target = SLICE_BOUND / 2 + flows;
    while (level + 1 < WINDOW_WIDTHS_MS.length && (left > target || level === this.#level)) {
      level++;
      left -= this.#gaps[level];
      this.#gaps[level] = 0;
    }
    if (level === this.#level) return;
    const factor = WINDOW_WIDTHS_MS[level] / this.#widthMs;
    const count = this.#count;
    const [row, window, packets, bytes] = [this.#row, this.#window, this.#packets, this.#bytes];
    for (let s = 0; s < count; s++) rows[row[s] + newestWord] = NO_SLICE;
    let kept = 0;
    for (let s = 0; s < count; s++) {
      const wide = Math.floor(window[s] / factor);
      const at = row[s] + newestWord;
      const newest = rows[at];
      if (newest !== NO_SLICE && window[newest] === wide) {
        packets[newest] += packets[s];
        bytes[newest] += bytes[s];
        continue;
      }
      row[kept] = row[s];
      window[kept] = wide;
      packets[kept] = packets[s];
      bytes[kept] = bytes[s];
      rows[at] = kept++;
    }
    this.#count = kept;
    this.#level = level;
    this.#widthMs = WINDOW_WIDTHS_MS[level];
    this.#windowFromMs = 0;
    this.#windowToMs = 0;
  }

  take(): SliceColumns {
    return {
      count: this.#count,
      row: this.#row,
      window: this.#window,
      packets: this.#packets,
      bytes: this.#bytes,
      originSeconds: Math.max(this.#originSeconds, 0),
      widthMs: this.#widthMs,
    };
  }
}

/** Level at which two frames this far apart are sure to share no more than one window boundary: the first width above the gap. */
function levelOfGap(gapMs: number): number {
  let level = 0;
  while (level < WINDOW_WIDTHS_MS.length && WINDOW_WIDTHS_MS[level] < gapMs) level++;
  return level;
}
