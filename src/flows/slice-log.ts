import { nextCapacity } from '../base/growable.ts';
import type { ScanMemory } from '../wasm/scan-memory.ts';
import type { FlowColumns } from './flow-columns.ts';
import {
  NO_ORIGIN,
  NO_WINDOW,
  STATE_CHANGES,
  STATE_CLAMPED,
  STATE_FLOWS,
  STATE_MOST_CHANGES,
  STATE_ORIGIN,
  STATE_SLICES,
  STATE_WIDTH_MS,
} from './flow-columns.ts';
import { sortSlices } from './slice-columns.ts';
import type { SortColumns } from './sort-loops.ts';
import type { SliceColumns } from './slice-columns.ts';
import { countMergers, widenWindows, type WidenColumns } from './widen-loops.ts';

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
  readonly #columns: FlowColumns;
  readonly #memory: ScanMemory;
  readonly #mostChanges: number;
  readonly #loops: { readonly widenWindows: typeof widenWindows; readonly countMergers: typeof countMergers };
  #level = 0;
  /** The slices by flow, once they are sorted. */
  #sorted: SortColumns | null = null;

  /** The log in the columns of a table; `mostChanges`: where not as many as usual. */
  constructor(columns: FlowColumns, memory: ScanMemory, mostChanges: number = MOST_CHANGES) {
    this.#columns = columns;
    this.#memory = memory;
    this.#mostChanges = mostChanges;
    this.#loops = memory.compile({ widenWindows, countMergers });
    columns.state[STATE_ORIGIN] = NO_ORIGIN;
    this.#setLevel(0);
  }

  /** -1 before the first frame. */
  get originSeconds(): number {
    const origin = this.#columns.state[STATE_ORIGIN];
    return origin === NO_ORIGIN ? -1 : origin;
  }

  get widthMs(): number {
    return WINDOW_WIDTHS_MS[this.#level];
  }

  /** True once a frame lay outside of all windows: before the origin, or too far behind it. */
  get isClamped(): boolean {
    return this.#columns.state[STATE_CLAMPED] !== 0;
  }

  setOrigin(seconds: number): void {
    this.#columns.state[STATE_ORIGIN] = seconds;
  }

  /** Makes room for that many slices more. */
  reserve(slices: number): void {
    const needed = this.#columns.state[STATE_SLICES] + slices;
    const { length } = this.#columns.sliceFlow;
    if (needed <= length) return;
    const grown = nextCapacity(length, needed);
    for (const key of ['sliceFlow', 'sliceWindow', 'slicePackets', 'sliceBytes']) this.#memory.resize(this.#columns, key, grown);
  }

  #setLevel(level: number): void {
    const { state } = this.#columns;
    this.#level = level;
    state[STATE_WIDTH_MS] = WINDOW_WIDTHS_MS[level];
    state[STATE_MOST_CHANGES] = level + 1 < WINDOW_WIDTHS_MS.length ? this.#mostAt(level) : 0xffffffff;
  }

  get isFull(): boolean {
    const { state } = this.#columns;
    return state[STATE_CHANGES] > state[STATE_MOST_CHANGES];
  }

  /** Rises with the level: the width could not be told from the frames otherwise. */
  #mostAt(level: number): number {
    return WINDOW_WIDTHS_MS[level] < WIDE_MS ? this.#mostChanges : this.#mostChanges * WIDE_SHARE;
  }

  /** Widens the windows of a full log, those of the open slices too, until it is not full. */
  widen(): void {
    // Some flows tell whether the next width will probably do. If they are wrong nothing but time is lost.
    const guess = this.#level + 1;
    if (this.#findLevel(SAMPLED_FLOWS) <= guess) this.#widenTo(guess);
    if (this.isFull) this.#widenTo(this.#findLevel(1));
  }

  /** Widens the windows to a width that is one of WINDOW_WIDTHS_MS and not narrower than now. */
  widenToWidth(widthMs: number): void {
    const level = WINDOW_WIDTHS_MS.findIndex((width) => width >= widthMs);
    if (level > this.#level) this.#widenTo(level);
  }

  /** Slices of one flow that follow each other and fall into one window of the new width become one. */
  #widenTo(level: number): void {
    const factor = WINDOW_WIDTHS_MS[level] / this.widthMs;
    this.#withRoom((widening) => this.#loops.widenWindows(this.#columns, widening, factor));
    this.#setLevel(level);
  }

  /** The narrowest level at which the log would not be full, or the widest; to go by every `sampled`th flow (a power of two). */
  #findLevel(sampled: number): number {
    const widths = WINDOW_WIDTHS_MS.length;
    const next = this.#level + 1;
    const merging = this.#withRoom((widening) => {
      for (let level = next; level < widths; level++) widening.factors[level] = WINDOW_WIDTHS_MS[level] / this.widthMs;
      this.#loops.countMergers(this.#columns, widening, next, widths, sampled);
      return widening.merging.slice();
    });
    let level = this.#level;
    let left = this.#columns.state[STATE_CHANGES];
    while (level + 1 < widths && left > this.#mostAt(level)) left -= merging[++level];
    return level;
  }

  /** Gives what `work` makes of room for widening. */
  #withRoom<Answer>(work: (widening: WidenColumns) => Answer): Answer {
    const room = {};
    this.#memory.own(room, {
      newest: [Uint32Array, 2 * this.#columns.state[STATE_FLOWS]],
      factors: [Uint32Array, WINDOW_WIDTHS_MS.length + 1],
      merging: [Uint32Array, WINDOW_WIDTHS_MS.length + 1],
    });
    const widening = room as WidenColumns;
    widening.newest.fill(NO_WINDOW);
    const answer = work(widening);
    this.#memory.release(room);
    return answer;
  }

  /** Sorts the slices by flow; none can be added any more. */
  sort(): void {
    this.#sorted = sortSlices(this.#columns, this.#memory);
  }

  /** Hands the columns over, sorted or in the order in which the slices were closed. */
  take(): SliceColumns {
    const { sliceFlow, sliceWindow, slicePackets, sliceBytes, state } = this.#columns;
    const { window, packets, bytes } = this.#sorted ?? { window: sliceWindow, packets: slicePackets, bytes: sliceBytes };
    return {
      count: state[STATE_SLICES],
      flow: sliceFlow,
      window,
      packets,
      bytes,
      originSeconds: Math.max(this.originSeconds, 0),
      widthMs: this.widthMs,
    };
  }
}
