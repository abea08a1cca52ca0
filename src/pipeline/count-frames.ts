import { UNASSIGNED } from '../flows/direct-flows.ts';
import type { DirectedFlows } from '../flows/direct-flows.ts';
import { rowBytes, STAT_PACKETS } from '../flows/flow-table.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import type { FlowCounts, MemberLoad } from '../report/document.ts';

/** Frames of a LAG by what became of them. */
export interface FrameCounts {
  readonly totals: readonly [FlowCounts, FlowCounts];
  readonly control: readonly [FlowCounts, FlowCounts];
  readonly reflections: readonly [FlowCounts, FlowCounts];
  readonly unassigned: { packets: number; bytes: number };
  readonly duplicates: { packets: number; bytes: number };
  /** Per direction and member: hashed data. */
  readonly observed: readonly [MemberLoad[], MemberLoad[]];
}

/** Classes of flows: data of a and b, control of a and b, without direction. */
const DATA = 0;
const CONTROL = 2;
const NO_SIDE = 4;
const CLASSES = 5;

/** Flows, packets and bytes by some number: three columns. */
interface Sums {
  readonly flows: Float64Array;
  readonly packets: Float64Array;
  readonly bytes: Float64Array;
}

function createSums(length: number): Sums {
  return { flows: new Float64Array(length), packets: new Float64Array(length), bytes: new Float64Array(length) };
}

/** Adds up frames and bytes (of Ethernet frames, without FCS) by direction, and the data by member. */
export function countFrames(flows: LagFlows, directed: DirectedFlows): FrameCounts {
  const { memberCount } = flows;
  const { direction, control } = directed;
  const count = flows.merged.count;
  const classOf = new Uint8Array(count);
  for (let f = 0; f < count; f++) {
    const side = direction[f];
    classOf[f] = side === UNASSIGNED ? NO_SIDE : control[f] === 0 ? DATA + side : CONTROL + side;
  }
  const frames = createSums(CLASSES);
  const reflections = createSums(CLASSES);
  /** By class and member. */
  const loads = createSums(CLASSES * memberCount);
  const duplicates = { packets: 0, bytes: 0 };
  countData(flows, classOf, frames, loads);
  if (flows.merged.tables.some(({ kind }) => kind !== 'frames')) countCopies(flows, classOf, reflections, duplicates);
  const sumsOf = ({ flows: of, packets, bytes }: Sums, c: number): FlowCounts => ({ flows: of[c], packets: packets[c], bytes: bytes[c] });
  const both = (sums: Sums, of: number): [FlowCounts, FlowCounts] => [sumsOf(sums, of), sumsOf(sums, of + 1)];
  const observed = (side: 0 | 1): MemberLoad[] =>
    Array.from({ length: memberCount }, (_, m) => {
      const load = sumsOf(loads, (DATA + side) * memberCount + m);
      return { ...load, share: frames.bytes[DATA + side] > 0 ? load.bytes / frames.bytes[DATA + side] : 0 };
    });
  const reflected = (side: 0 | 1): FlowCounts => addCounts(sumsOf(reflections, DATA + side), sumsOf(reflections, CONTROL + side));
  return {
    totals: both(frames, DATA),
    control: both(frames, CONTROL),
    reflections: [reflected(0), reflected(1)],
    unassigned: {
      packets: frames.packets[NO_SIDE] + reflections.packets[NO_SIDE],
      bytes: frames.bytes[NO_SIDE] + reflections.bytes[NO_SIDE],
    },
    duplicates,
    observed: [observed(0), observed(1)],
  };
}

function addCounts(a: FlowCounts, b: FlowCounts): FlowCounts {
  return { flows: a.flows + b.flows, packets: a.packets + b.packets, bytes: a.bytes + b.bytes };
}

/** Frames that are no copies; a flow counts for the member with most of its packets. */
function countData({ merged, memberOfTable, memberCount }: LagFlows, classOf: Uint8Array, frames: Sums, loads: Sums): void {
  const { tables, count, entryFrom, entryTable, entryRow } = merged;
  const own = new Float64Array(memberCount);
  for (let f = 0; f < count; f++) {
    const c = classOf[f];
    const from = entryFrom[f];
    const end = entryFrom[f + 1];
    const base = c * memberCount;
    let all = 0;
    let most = -1;
    if (end > from + 1) own.fill(0);
    for (let e = from; e < end; e++) {
      const t = entryTable[e];
      const { kind, columns } = tables[t];
      if (kind !== 'frames') continue;
      const packets = columns.rows[entryRow[e] + STAT_PACKETS];
      const bytes = rowBytes(columns.rows, entryRow[e]);
      const member = memberOfTable[t];
      all += packets;
      frames.packets[c] += packets;
      frames.bytes[c] += bytes;
      loads.packets[base + member] += packets;
      loads.bytes[base + member] += bytes;
      if (packets > 0) most = member;
      if (end > from + 1) own[member] += packets;
    }
    if (all === 0) continue;
    frames.flows[c]++;
    if (end > from + 1) {
      most = 0;
      for (let m = 1; m < memberCount; m++) if (own[m] > own[most]) most = m;
    }
    loads.flows[base + most]++;
  }
}

/** Copies that were set apart. */
function countCopies({ merged }: LagFlows, classOf: Uint8Array, reflections: Sums, duplicates: { packets: number; bytes: number }): void {
  const { tables, count, entryFrom, entryTable, entryRow } = merged;
  for (let f = 0; f < count; f++) {
    let all = 0;
    for (let e = entryFrom[f]; e < entryFrom[f + 1]; e++) {
      const { kind, columns } = tables[entryTable[e]];
      if (kind === 'frames') continue;
      const packets = columns.rows[entryRow[e] + STAT_PACKETS];
      const bytes = rowBytes(columns.rows, entryRow[e]);
      if (kind === 'duplicates') {
        duplicates.packets += packets;
        duplicates.bytes += bytes;
        continue;
      }
      all += packets;
      reflections.packets[classOf[f]] += packets;
      reflections.bytes[classOf[f]] += bytes;
    }
    if (all > 0) reflections.flows[classOf[f]]++;
  }
}
