import { growUint32 } from '../base/growable.ts';
import { HEAD_LENGTH_MASK } from '../decoder/flow-key.ts';
import type { PacketBatch } from '../decoder/packet-batch.ts';
import { createPacketBatch } from '../decoder/packet-batch.ts';
import {
  BLOCK_ROWS,
  compareTails,
  countRows,
  findUnknown,
  found,
  guessRows,
  hashes,
  hashHeads,
  hashTails,
  touchRows,
  windows,
} from './flow-block.ts';
import {
  STAT_FIRST_FRAME,
  STAT_FIRST_NANOS,
  STAT_FIRST_SECONDS,
  STAT_LAST_NANOS,
  STAT_LAST_SECONDS,
  STAT_NUMBER,
  STAT_OPEN_WINDOW,
  STAT_WORDS,
} from './flow-row.ts';
import { addSlices, addTimes, closeSlice } from './join-rows.ts';
import { SliceLog } from './slice-log.ts';
import type { OpenSlices, SliceColumns } from './slice-log.ts';

export {
  keyOfRow,
  NO_FLOW,
  rowBytes,
  rowFlags,
  STAT_BYTES_HIGH,
  STAT_BYTES_LOW,
  STAT_FIRST_FRAME,
  STAT_FIRST_NANOS,
  STAT_FIRST_SECONDS,
  STAT_FLOW,
  STAT_LAST_NANOS,
  STAT_LAST_SECONDS,
  STAT_NUMBER,
  STAT_PACKETS,
  STAT_WORDS,
} from './flow-row.ts';

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

/** The flows of a part of a source: its slices in the order in which they were closed. */
export interface FlowTablePart extends FlowTableColumns {
  /** Seconds from which windows are counted, -1 without frames. */
  readonly originSeconds: number;
  /** No frame lay outside of all windows. */
  readonly isWhole: boolean;
}

/** Longest run of occupied slots before the table grows, whatever its load: keeps hostile keys from making it slow. */
const MAX_PROBE = 64;

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
  readonly #slices: SliceLog;
  /** Of no meaning: keeps the loads that warm the cache from being optimised away. */
  touched = 0;

  /** `mostChanges`: of slices, where not as many as usual. */
  constructor(seed: number, mostChanges?: number) {
    this.#seed = seed | 0;
    this.#slices = new SliceLog(mostChanges);
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
      if ((this.#counted & (BLOCK_ROWS - 1)) === 0 && slices.isFull) slices.widen(this.#open());
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

  #open(): OpenSlices {
    return { flows: this.#flows, rows: this.#rows, starts: this.#starts };
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

  /** Hands the columns over, slices sorted by flow; the table must not be used afterwards. */
  take(): FlowTableColumns {
    if (this.#slices.isFull) this.#slices.widen(this.#open());
    return this.#hand((slices) => slices.take(this.#flows));
  }

  /** Hands over the columns of a part of a capture, for `absorb`. Nothing is copied. */
  takePart(): FlowTablePart {
    const { isClamped, originSeconds } = this.#slices;
    return { ...this.#hand((slices) => slices.takeUnsorted()), isWhole: !isClamped, originSeconds };
  }

  #hand(takeSlices: (slices: SliceLog) => SliceColumns): FlowTableColumns {
    this.#slots = new Int32Array(0);
    for (let n = 0; n < this.#flows; n++) closeSlice(this.#rows, this.#starts[n], this.#slices);
    return { flows: this.#flows, rows: this.#rows, rowWords: this.#rowWords, starts: this.#starts, slices: takeSlices(this.#slices) };
  }

  /** Whether `absorb` gives exactly what counting the part's frames would. */
  canAbsorb(part: FlowTablePart): boolean {
    const { originSeconds } = this.#slices;
    return part.flows === 0 || (part.isWhole && (originSeconds < 0 || originSeconds === part.originSeconds));
  }

  /**
   * Adds the part of the capture that follows what was counted: the table is then as if it had counted the part's frames.
   * `framesBefore`: records before the part.
   */
  absorb(part: FlowTablePart, framesBefore: number): void {
    if (part.flows === 0) return;
    if (this.#slices.originSeconds < 0) this.#slices.setOrigin(part.originSeconds);
    const rowOf = this.#absorbRows(part, framesBefore);
    this.#absorbSlices(part.slices, rowOf);
  }

  /** Finds or adds the part's flows, and adds their times and flags. Gives the row of each. */
  #absorbRows({ flows, rows: partRows, starts }: FlowTablePart, framesBefore: number): Int32Array {
    const rowOf = new Int32Array(flows);
    const batch = { ...createPacketBatch(BLOCK_ROWS), keys: partRows };
    const picked = Uint32Array.from({ length: BLOCK_ROWS }, (_, i) => i);
    for (let from = 0; from < flows; from += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, flows - from);
      for (let i = 0; i < count; i++) batch.keyStart[i] = starts[from + i] + STAT_WORDS;
      const longKeys = hashHeads(batch, picked, 0, count, this.#seed);
      if (longKeys > 0) hashTails(batch, picked, 0, longKeys);
      this.touched ^= touchRows(this.#slots, this.#mask, this.#rows, count);
      guessRows(batch, picked, 0, count, this.#slots, this.#mask, this.#rows);
      if (longKeys > 0) compareTails(batch, picked, 0, longKeys, this.#rows);
      for (let i = 0; i < count; i++) {
        const other = starts[from + i];
        const known = this.#flows;
        if (found[i] < 0) {
          batch.firstFrame = framesBefore + partRows[other + STAT_FIRST_FRAME] - i;
          batch.seconds[i] = partRows[other + STAT_FIRST_SECONDS];
          batch.nanos[i] = partRows[other + STAT_FIRST_NANOS];
          found[i] = this.#findOrAppend(batch, i, hashes[i], 0);
        }
        rowOf[from + i] = found[i];
        addTimes(this.#rows, found[i], partRows, other, known < this.#flows);
      }
    }
    return rowOf;
  }

  /** Adds the part's slices as if each were a frame. */
  #absorbSlices(part: SliceColumns, rowOf: Int32Array): void {
    const slices = this.#slices;
    slices.widenToWidth(part.widthMs, this.#open());
    for (let from = 0; from < part.count; from += BLOCK_ROWS) {
      const to = Math.min(from + BLOCK_ROWS, part.count);
      addSlices(part, from, to, slices.widthMs / part.widthMs, rowOf, this.#rows, slices);
      if (slices.isFull) slices.widen(this.#open());
    }
  }
}

function sameWords(rows: Uint32Array, at: number, keys: Uint32Array, start: number, words: number): boolean {
  for (let w = 0; w < words; w++) if (rows[at + w] !== keys[start + w]) return false;
  return true;
}

/** Buffers of a table that a worker may transfer instead of copying. */
export function flowTableTransferList(columns: FlowTableColumns): ArrayBuffer[] {
  const { flow, window, packets, bytes } = columns.slices;
  return [columns.rows.buffer, columns.starts.buffer, flow.buffer, window.buffer, packets.buffer, bytes.buffer];
}
