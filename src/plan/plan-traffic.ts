import { rowBytes } from '../flows/flow-table.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { visitSlices } from '../flows/lag-flows.ts';
import type { MergedFlows } from '../flows/merge.ts';
import { WINDOW_WIDTHS_MS } from '../flows/slice-log.ts';

/** More bins than this say nothing more and cost much: peaks are then known for wider windows only. */
const MAX_BINS = 1 << 18;
/** No member. */
export const NOWHERE = 255;

/**
 * The data of one direction as columns, for any number of replays. A *place* is a position in `list`; flow columns are
 * indexed by place, slice columns by slice.
 */
export interface PlanTraffic {
  readonly flows: LagFlows;
  /** Flow indices of the LAG, ascending. */
  readonly list: Uint32Array;
  readonly packets: Float64Array;
  readonly bytes: Float64Array;
  /** Member that carried most of the flow's packets. */
  readonly home: Uint8Array;
  readonly totalPackets: number;
  readonly totalBytes: number;
  readonly slices: PlanSlices;
  /** The same flows with other values where the input told none: a hash that differs there is not known. Null for captures. */
  readonly shadow: MergedFlows | null;
  /** False for records without times: shares only. */
  readonly hasTimes: boolean;
  /** Width of the time bins in milliseconds, a multiple of every slice's width; bins lie on multiples of it since 1970. */
  readonly binMs: number;
  readonly bins: number;
  /** Left edge of bin 0 on the LAG's axis. */
  readonly fromMs: number;
  /** First to last frame in milliseconds. */
  readonly spanMs: number;
}

export interface PlanSlices {
  readonly count: number;
  readonly place: Uint32Array;
  /** The member that carried it. */
  readonly member: Uint8Array;
  readonly ms: Float64Array;
  readonly bin: Uint32Array;
  readonly packets: Uint32Array;
  readonly bytes: Uint32Array;
}

/** Gathers the hashed data of a direction: `list` holds its flows, ascending. */
export function gatherTraffic(flows: LagFlows, list: Uint32Array, shadow: MergedFlows | null = null, hasTimes = true): PlanTraffic {
  const { merged, memberCount } = flows;
  const packets = new Float64Array(list.length);
  const bytes = new Float64Array(list.length);
  const home = new Uint8Array(list.length).fill(NOWHERE);
  const placeOf = new Int32Array(merged.count).fill(-1);
  const onMember = new Float64Array(memberCount);
  let totalPackets = 0;
  let totalBytes = 0;
  for (let p = 0; p < list.length; p++) {
    const f = list[p];
    placeOf[f] = p;
    onMember.fill(0);
    let most = 0;
    for (let e = merged.entryFrom[f]; e < merged.entryFrom[f + 1]; e++) {
      const t = merged.entryTable[e];
      if (merged.tables[t].kind !== 'frames') continue;
      const { rows } = merged.tables[t].columns;
      const row = merged.entryRow[e];
      const m = flows.memberOfTable[t];
      packets[p] += rows[row];
      bytes[p] += rowBytes(rows, row);
      onMember[m] += rows[row];
      if (onMember[m] > most) {
        most = onMember[m];
        home[p] = m;
      }
    }
    totalPackets += packets[p];
    totalBytes += bytes[p];
  }
  const spanMs = Math.max(flows.lastMs - flows.firstMs, 0);
  const binMs = WINDOW_WIDTHS_MS.find((w) => w >= flows.widthMs && spanMs / w <= MAX_BINS) ?? 5_000_000;
  const fromMs = Math.floor(flows.firstMs / binMs) * binMs;
  const bins = Math.floor((flows.lastMs - fromMs) / binMs) + 1;
  return {
    flows,
    list,
    packets,
    bytes,
    home,
    totalPackets,
    totalBytes,
    slices: gatherSlices(flows, placeOf, fromMs, binMs, bins),
    shadow,
    hasTimes,
    binMs,
    bins,
    fromMs,
    spanMs,
  };
}

function gatherSlices(flows: LagFlows, placeOf: Int32Array, fromMs: number, binMs: number, bins: number): PlanSlices {
  let count = 0;
  visitSlices(flows, 'frames', (flow) => {
    if (placeOf[flow] >= 0) count++;
  });
  const slices = {
    count,
    place: new Uint32Array(count),
    member: new Uint8Array(count),
    ms: new Float64Array(count),
    bin: new Uint32Array(count),
    packets: new Uint32Array(count),
    bytes: new Uint32Array(count),
  };
  let s = 0;
  visitSlices(flows, 'frames', (flow, member, ms, packets, bytes) => {
    if (placeOf[flow] < 0) return;
    slices.place[s] = placeOf[flow];
    slices.member[s] = member;
    slices.ms[s] = ms;
    // Clocks that jump put single slices outside of the axis.
    slices.bin[s] = Math.min(Math.max(Math.floor((ms - fromMs) / binMs), 0), bins - 1);
    slices.packets[s] = packets;
    slices.bytes[s] = bytes;
    s++;
  });
  return slices;
}
