/** Where the slices of one flow lie: a list that scrolls asks for some dozens of flows out of a million. */
import { NO_FLOW } from '../flows/flow-table.ts';
import { sliceTables, type LagFlows, type SliceTable } from '../flows/lag-flows.ts';

export interface SliceIndex {
  readonly tables: readonly SliceTable[];
  /** By flow: its first place in `places`; one more than there are flows. */
  readonly starts: Uint32Array;
  /** Number of a slice, those of all tables counted on. */
  readonly places: Uint32Array;
}

const known = new WeakMap<LagFlows, SliceIndex>();

/** The index over the slices of frames of a LAG; made once (8 bytes a flow or slice at most), then kept as long as its flows. */
export function sliceIndex(flows: LagFlows): SliceIndex {
  const index = known.get(flows) ?? build(flows);
  known.set(flows, index);
  return index;
}

function build(flows: LagFlows): SliceIndex {
  const tables = sliceTables(flows, 'frames');
  const starts = new Uint32Array(flows.merged.count + 1);
  let total = 0;
  for (const { slices, flowOf } of tables) {
    const { count, flow: number } = slices;
    for (let s = 0; s < count; s++) {
      const flow = flowOf[number[s]];
      if (flow === NO_FLOW) continue;
      starts[flow + 1]++;
      total++;
    }
  }
  for (let flow = 0; flow < flows.merged.count; flow++) starts[flow + 1] += starts[flow];
  const places = new Uint32Array(total);
  const next = starts.slice(0, flows.merged.count);
  let offset = 0;
  for (const { slices, flowOf } of tables) {
    const { count, flow: number } = slices;
    for (let s = 0; s < count; s++) {
      const flow = flowOf[number[s]];
      if (flow !== NO_FLOW) places[next[flow]++] = offset + s;
    }
    offset += count;
  }
  return { tables, starts, places };
}

/** Visits the slices of one flow, table by table in order of capture. */
export function visitSlicesOf(
  { tables, starts, places }: SliceIndex,
  flow: number,
  visit: (ms: number, packets: number, bytes: number) => void,
): void {
  let [table, offset] = [0, 0];
  for (let i = starts[flow]; i < starts[flow + 1]; i++) {
    while (places[i] - offset >= tables[table].slices.count) offset += tables[table++].slices.count;
    const { slices, shiftMs } = tables[table];
    const s = places[i] - offset;
    visit(shiftMs + slices.window[s] * slices.widthMs, slices.packets[s], slices.bytes[s]);
  }
}
