import type { ScanMemory } from '../wasm/scan-memory.ts';
import { STATE_FLOWS, STATE_SLICES, type FlowColumns } from './flow-columns.ts';
import { joinNeighbours, scatterSlices, SORTED_FLOW, SORTED_KEPT, SORTED_SLICE, type SortColumns } from './sort-loops.ts';

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

const MOST_BYTES = 0xffffffff;
/** Of logs with so many slices the unsorted columns are given back. */
const LARGE_LOG = 1 << 16;

/**
 * Sorts the slices of a log by flow, those of one flow as they follow each other; neighbours in one window become one. The
 * order in which flows closed their slices is lost, and with it all that tells whether the capture was read in one piece.
 * Windows, packets and bytes then lie in what is returned, flows in the log's own column.
 */
export function sortSlices(columns: FlowColumns, memory: ScanMemory): SortColumns {
  const count = columns.state[STATE_SLICES];
  const flows = columns.state[STATE_FLOWS];
  const room = {};
  memory.own(room, {
    next: [Uint32Array, flows + 1],
    window: [Uint32Array, count],
    packets: [Uint32Array, count],
    bytes: [Uint32Array, count],
    progress: [Uint32Array, 4],
  });
  const sorted = room as SortColumns;
  const loops = memory.compile({ scatterSlices, joinNeighbours });
  loops.scatterSlices(columns, sorted);
  for (;;) {
    loops.joinNeighbours(columns, sorted);
    if (sorted.progress[SORTED_FLOW] === flows) break;
    splitRun(columns, sorted);
  }
  columns.state[STATE_SLICES] = sorted.progress[SORTED_KEPT];
  if (count >= LARGE_LOG) for (const key of ['sliceWindow', 'slicePackets', 'sliceBytes']) memory.resize(columns, key, 0);
  return sorted;
}

/** More bytes than a slice holds lie in as few slices as can be: each frame has less than 2^32, so the frames suffice. */
function splitRun({ sliceFlow }: FlowColumns, { next, window, packets, bytes, progress }: SortColumns): void {
  const flow = progress[SORTED_FLOW];
  const first = progress[SORTED_SLICE];
  const ofWindow = window[first];
  let leftPackets = 0;
  let leftBytes = 0;
  let end = first;
  for (; end < next[flow] && window[end] === ofWindow; end++) {
    leftPackets += packets[end];
    leftBytes += bytes[end];
  }
  let at = progress[SORTED_KEPT];
  for (let pieces = Math.ceil(leftBytes / MOST_BYTES); pieces > 0; pieces--) {
    sliceFlow[at] = flow;
    window[at] = ofWindow;
    packets[at] = Math.floor(leftPackets / pieces);
    bytes[at] = Math.min(leftBytes, MOST_BYTES);
    leftPackets -= packets[at];
    leftBytes -= bytes[at++];
  }
  progress[SORTED_KEPT] = at;
  progress[SORTED_SLICE] = end;
}
