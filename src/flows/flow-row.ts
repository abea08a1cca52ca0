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
export const STAT_OPEN_WINDOW = 9;
export const STAT_OPEN_PACKETS = 10;
export const STAT_OPEN_BYTES = 11;
/** After the merge the word of the open slice holds the flow's index (or NO_FLOW). */
export const STAT_FLOW = STAT_OPEN_WINDOW;
export const NO_FLOW = 0xffffffff;
export const STAT_WORDS = 12;

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
