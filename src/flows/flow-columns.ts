/**
 * Everything that the loops over frames need of a flow table: arrays alone, so that they can lie in the memory of compiled
 * loops (`scripts/loops/`). Who adds rows or slices sees to it that there is room (`makeRoom` of the table).
 */
export interface FlowColumns {
  /** Rows one after another (`flow-row.ts`). */
  rows: Uint32Array<ArrayBuffer>;
  /** Start of each row in `rows`, by number of the flow. */
  starts: Uint32Array<ArrayBuffer>;
  /** Pairs: hash, row start + 1 (0: free). Open addressing, linear probing. */
  slots: Int32Array<ArrayBuffer>;
  /** The log of slices (`slice-log.ts`). */
  sliceFlow: Uint32Array<ArrayBuffer>;
  sliceWindow: Uint32Array<ArrayBuffer>;
  slicePackets: Uint32Array<ArrayBuffer>;
  sliceBytes: Uint32Array<ArrayBuffer>;
  /** Of the block at hand: hash, window and row of each frame. */
  hashes: Int32Array<ArrayBuffer>;
  windows: Uint32Array<ArrayBuffer>;
  found: Int32Array<ArrayBuffer>;
  /** Single numbers, at the places below. */
  state: Uint32Array<ArrayBuffer>;
}

/** Flows in the table. */
export const STATE_FLOWS = 0;
/** Words of `rows` in use. */
export const STATE_ROW_WORDS = 1;
/** Number of slots less one: a power of two less one. */
export const STATE_MASK = 2;
/** Seed of the hash. */
export const STATE_SEED = 3;
/** Frames counted, modulo 2^30. */
export const STATE_COUNTED = 4;
/** Not 0: keys crowd together, the slots are to grow. */
export const STATE_CROWDED = 5;
/** Words of rows that the next block may need. */
export const STATE_NEEDED = 6;
/** Of no meaning: keeps the loads that warm the cache from being optimised away. */
export const STATE_TOUCHED = 7;
/** Slices in the log. */
export const STATE_SLICES = 8;
/** Slices followed by one of the same flow in another window, and how many there may be before the windows widen. */
export const STATE_CHANGES = 9;
export const STATE_MOST_CHANGES = 10;
/** Second from which windows are counted, or NO_ORIGIN. */
export const STATE_ORIGIN = 11;
/** Width of a window in milliseconds. */
export const STATE_WIDTH_MS = 12;
/** Not 0 once a frame lay outside of all windows: before the origin, or too far behind it. */
export const STATE_CLAMPED = 13;
export const STATE_WORDS = 16;

/** Before the first frame. */
export const NO_ORIGIN = 0xffffffff;
/** No window: `window` numbers end below. */
export const NO_WINDOW = 0xffffffff;
/** Windows are counted from a second that is a multiple of this, so that the widths up to 10^5 s line up between captures. */
export const ORIGIN_ALIGN_SECONDS = 1_000_000;
