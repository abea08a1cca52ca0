import { nextCapacity } from '../base/growable.ts';
import { createPacketBatch } from '../decoder/create-packet-batch.ts';
import type { PacketBatch } from '../decoder/packet-batch.ts';
import { ScanMemory } from '../wasm/scan-memory.ts';
import type { FlowColumns } from './flow-columns.ts';
import {
  STATE_COUNTED,
  STATE_CROWDED,
  STATE_FLOWS,
  STATE_MASK,
  STATE_NEEDED,
  STATE_ROW_WORDS,
  STATE_SEED,
  STATE_WORDS,
} from './flow-columns.ts';
import { BLOCK_ROWS, closeSlices, countBlocks, hasRoom, moveSlots } from './flow-loops.ts';
import { JOIN_SLICES, joinRows, joinSlices, type PartColumns } from './join-loops.ts';
import { STAT_FIRST_NANOS, STAT_FIRST_SECONDS, STAT_WORDS } from './flow-row.ts';
import { SliceLog } from './slice-log.ts';
import type { SliceColumns } from './slice-log.ts';

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

/** A table to begin with: rows of some hundred flows, a slot for each of two blocks. */
const FIRST_ROW_WORDS = 1 << 13;
const FIRST_FLOWS = 1 << 9;
const FIRST_SLOTS = 1 << 9;

/**
 * Flows of one source: open addressing, linear probing, load at most 1/2, hash and row start in the slots.
 * Keys are compared without the direction hint's meaning: the hint is part of the row and of the comparison here,
 * and is taken out when tables are merged.
 */
export class FlowTable {
  readonly #columns: FlowColumns;
  readonly #slices: SliceLog;
  readonly #memory: ScanMemory;
  #isClosed = false;
  readonly #loops: {
    readonly countBlocks: typeof countBlocks;
    readonly moveSlots: typeof moveSlots;
    readonly closeSlices: typeof closeSlices;
  };

  /** `memory`: that of the batches that are counted. `mostChanges`: of slices, where not as many as usual. */
  constructor(seed: number, memory: ScanMemory = new ScanMemory(false), mostChanges?: number) {
    const columns = {};
    memory.own(columns, {
      hashes: [Int32Array, BLOCK_ROWS],
      windows: [Uint32Array, BLOCK_ROWS],
      found: [Int32Array, BLOCK_ROWS],
      state: [Uint32Array, STATE_WORDS],
      starts: [Uint32Array, FIRST_FLOWS],
      slots: [Int32Array, 2 * FIRST_SLOTS],
      sliceFlow: [Uint32Array, FIRST_FLOWS],
      sliceWindow: [Uint32Array, FIRST_FLOWS],
      slicePackets: [Uint32Array, FIRST_FLOWS],
      sliceBytes: [Uint32Array, FIRST_FLOWS],
      rows: [Uint32Array, FIRST_ROW_WORDS],
    });
    this.#columns = columns as FlowColumns;
    this.#columns.state[STATE_SEED] = seed;
    this.#columns.state[STATE_MASK] = FIRST_SLOTS - 1;
    this.#memory = memory;
    this.#loops = memory.compile({ countBlocks, moveSlots, closeSlices });
    this.#slices = new SliceLog(this.#columns, memory, mostChanges);
  }

  get flows(): number {
    return this.#columns.state[STATE_FLOWS];
  }

  /** Counts the first `count` rows that are listed in the batch's `allRows` or `pickedRows`. Hot path; guarded by `bench/` (10 k to 1 M flows). */
  addRows(batch: PacketBatch, list: 'allRows' | 'pickedRows', count: number): void {
    const columns = this.#columns;
    const slices = this.#slices;
    let from = 0;
    for (;;) {
      from = this.#loops.countBlocks(batch, batch[list], from, count, columns);
      if ((columns.state[STATE_COUNTED] & (BLOCK_ROWS - 1)) === 0 && slices.isFull) slices.widen();
      if (from === count) return;
      const inBlock = columns.state[STATE_COUNTED] & (BLOCK_ROWS - 1);
      const to = Math.min(from + BLOCK_ROWS - inBlock, count);
      if (hasRoom(batch, batch[list], from, to, columns) === 0) this.#makeRoom(to - from, columns.state[STATE_NEEDED]);
    }
  }

  /** Room for that many flows and slices more, whose rows have so many words at most. */
  #makeRoom(count: number, words: number): void {
    const columns = this.#columns;
    const flows = columns.state[STATE_FLOWS] + count;
    if (flows > columns.starts.length) this.#memory.resize(columns, 'starts', nextCapacity(columns.starts.length, flows));
    const needed = columns.state[STATE_ROW_WORDS] + words;
    if (needed > columns.rows.length) this.#memory.resize(columns, 'rows', nextCapacity(columns.rows.length, needed));
    this.#slices.reserve(count);
    while (columns.state[STATE_CROWDED] !== 0 || flows * 2 > columns.state[STATE_MASK]) this.#growSlots();
  }

  #growSlots(): void {
    const columns = this.#columns;
    const memory = this.#memory;
    const slots = columns.slots.length / 2;
    const old = {} as { slots: Int32Array };
    memory.own(old, { slots: [Int32Array, slots * 2] });
    old.slots.set(columns.slots);
    memory.resize(columns, 'slots', slots * 4);
    columns.slots.fill(0);
    columns.state[STATE_MASK] = slots * 2 - 1;
    columns.state[STATE_CROWDED] = 0;
    this.#loops.moveSlots(old.slots, slots, columns);
    memory.release(old);
  }

  /**
   * Ends the counting: nothing can be added any more. Columns may move, those of other tables in the same memory too, so all
   * tables are closed before the first is taken. `isSorted`: slices by flow, as `take` gives them.
   */
  close(isSorted: boolean): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const slices = this.#slices;
    if (isSorted && slices.isFull) slices.widen();
    slices.reserve(this.flows);
    this.#loops.closeSlices(this.#columns);
    if (isSorted) slices.sort();
  }

  /** Hands the columns over, slices sorted by flow. */
  take(): FlowTableColumns {
    this.close(true);
    const { rows, starts, state } = this.#columns;
    return { flows: state[STATE_FLOWS], rows, rowWords: state[STATE_ROW_WORDS], starts, slices: this.#slices.take() };
  }

  /** Hands over the columns of a part of a capture, for `absorb`. */
  takePart(): FlowTablePart {
    this.close(false);
    const { isClamped, originSeconds } = this.#slices;
    return { ...this.take(), isWhole: !isClamped, originSeconds };
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
    const memory = this.#memory;
    const block = {};
    memory.own(block, {
      rowOf: [Int32Array, part.flows],
      flow: [Uint32Array, JOIN_SLICES],
      window: [Uint32Array, JOIN_SLICES],
      packets: [Uint32Array, JOIN_SLICES],
      bytes: [Uint32Array, JOIN_SLICES],
    });
    const columns = block as PartColumns;
    this.#joinRows(part, framesBefore, columns);
    this.#joinSlices(part.slices, columns);
    memory.release(block);
  }

  /** Finds or adds the part's flows, and adds their times and flags. Writes the row of each to `into`. */
  #joinRows({ flows, rows, rowWords, starts }: FlowTablePart, framesBefore: number, into: PartColumns): void {
    const memory = this.#memory;
    // Rows are longer than keys.
    const batch = createPacketBatch(2 * BLOCK_ROWS, memory);
    const loops = memory.compile({ joinRows });
    for (let from = 0; from < flows; from += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, flows - from);
      const first = starts[from];
      const end = from + count < flows ? starts[from + count] : rowWords;
      this.#makeRoom(count, end - first + BLOCK_ROWS);
      batch.keys.set(rows.subarray(first, end));
      for (let i = 0; i < count; i++) {
        const row = starts[from + i];
        batch.keyStart[i] = row - first + STAT_WORDS;
        batch.seconds[i] = rows[row + STAT_FIRST_SECONDS];
        batch.nanos[i] = rows[row + STAT_FIRST_NANOS];
      }
      loops.joinRows(batch, batch.allRows, count, this.#columns, into, from, framesBefore);
    }
    memory.release(batch);
  }

  /** Adds the part's slices as if each were a frame. */
  #joinSlices(part: SliceColumns, into: PartColumns): void {
    const slices = this.#slices;
    const loops = this.#memory.compile({ joinSlices });
    slices.widenToWidth(part.widthMs);
    for (let from = 0; from < part.count; from += JOIN_SLICES) {
      const to = Math.min(from + JOIN_SLICES, part.count);
      slices.reserve(to - from);
      into.flow.set(part.flow.subarray(from, to));
      into.window.set(part.window.subarray(from, to));
      into.packets.set(part.packets.subarray(from, to));
      into.bytes.set(part.bytes.subarray(from, to));
      loops.joinSlices(into, to - from, slices.widthMs / part.widthMs, this.#columns);
      if (slices.isFull) slices.widen();
    }
  }
}

/** The same table in buffers of its own, which a worker may transfer, and the list of them. */
export function detachTable<Table extends FlowTableColumns>(table: Table): { readonly table: Table; readonly buffers: ArrayBuffer[] } {
  const { rows, rowWords, starts, flows, slices } = table;
  const own = {
    ...table,
    rows: rows.slice(0, rowWords),
    starts: starts.slice(0, flows),
    slices: {
      ...slices,
      flow: slices.flow.slice(0, slices.count),
      window: slices.window.slice(0, slices.count),
      packets: slices.packets.slice(0, slices.count),
      bytes: slices.bytes.slice(0, slices.count),
    },
  };
  const { flow, window, packets, bytes } = own.slices;
  return { table: own, buffers: [own.rows, own.starts, flow, window, packets, bytes].map(({ buffer }) => buffer) };
}
