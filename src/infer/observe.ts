import { hashFlows } from '../flows/hash-flows.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { NO_FLOW } from '../flows/flow-table.ts';
import { sliceTables } from '../flows/lag-flows.ts';
import { FIELD_SETS, FRAME_KIND } from './field-sets.ts';

/** Flows looked at, at most: enough to separate what can be separated, few enough to take milliseconds. */
const MAX_FLOWS = 6_000;

export interface ObserveRequest {
  readonly flows: LagFlows;
  /** Hashed flows of the direction. */
  readonly list: Uint32Array;
  readonly isData: (flow: number) => boolean;
  /** True at moments when all of `members` were in use as far as anybody knows. */
  readonly isSteady: (ms: number) => boolean;
  /** Members that carried data or could have, ascending. */
  readonly members: readonly number[];
  /** True for frames that a member sent for itself under its own address: no rule places them. */
  readonly isOwnFrame?: (flow: number, member: number) => boolean;
}

/** Where a sample of a direction's flows went while all members were in use. Rows belong to `sample`. */
export interface Observation {
  readonly flows: LagFlows;
  readonly members: readonly number[];
  /** Flow numbers; only those with frames at steady moments. */
  readonly sample: Uint32Array<ArrayBuffer>;
  /** Member with most packets. */
  readonly member: Int16Array<ArrayBuffer>;
  /** Packets by flow and member: row * memberCount + member. */
  readonly packets: Float64Array<ArrayBuffer>;
  /** Kind of frame (`field-sets.ts`). */
  readonly kind: Uint32Array<ArrayBuffer>;
  /** Per field set: equal where the fields are equal. */
  readonly fields: readonly Uint32Array<ArrayBuffer>[];
}

export function observe(request: ObserveRequest): Observation {
  const { flows, members } = request;
  const { memberCount } = flows;
  const drawn = sampleFlows(request.list);
  const place = new Int32Array(flows.merged.count).fill(-1);
  for (let i = 0; i < drawn.length; i++) place[drawn[i]] = i;
  const counts = new Float64Array(drawn.length * memberCount);
  for (const { slices, flowOf, member, shiftMs } of sliceTables(flows, 'frames')) {
    const { count, flow: number, window, packets: frames, widthMs } = slices;
    for (let s = 0; s < count; s++) {
      const flow = flowOf[number[s]];
      if (flow === NO_FLOW || place[flow] < 0) continue;
      if (!request.isData(flow) || !request.isSteady(shiftMs + window[s] * widthMs) || request.isOwnFrame?.(flow, member) === true)
        continue;
      counts[place[flow] * memberCount + member] += frames[s];
    }
  }
  const used = new Uint8Array(memberCount);
  for (const m of members) used[m] = 1;
  const kept: number[] = [];
  const most = new Int16Array(drawn.length).fill(-1);
  for (let i = 0; i < drawn.length; i++) {
    let top = 0;
    for (let m = 0; m < memberCount; m++) {
      if (used[m] === 1 && counts[i * memberCount + m] > top) {
        top = counts[i * memberCount + m];
        most[i] = m;
      }
    }
    if (most[i] >= 0) kept.push(i);
  }
  const sample = Uint32Array.from(kept, (i) => drawn[i]);
  const packets = new Float64Array(sample.length * memberCount);
  kept.forEach((i, k) => packets.set(counts.subarray(i * memberCount, (i + 1) * memberCount), k * memberCount));
  const context = { variant: '', basis: 0, memberCount };
  const columns = hashFlows(
    flows.merged,
    sample,
    [FRAME_KIND, ...FIELD_SETS].map((policy) => ({ policy, context })),
    false,
  );
  return {
    flows,
    members,
    sample,
    member: Int16Array.from(kept, (i) => most[i]),
    packets,
    kind: columns[0].hash,
    fields: columns.slice(1).map((c) => c.hash),
  };
}

/** Some rows of an observation, as if no other flow had been captured. */
export function selectRows(seen: Observation, rows: readonly number[]): Observation {
  const { memberCount } = seen.flows;
  const packets = new Float64Array(rows.length * memberCount);
  rows.forEach((row, k) => packets.set(seen.packets.subarray(row * memberCount, (row + 1) * memberCount), k * memberCount));
  return {
    ...seen,
    sample: Uint32Array.from(rows, (row) => seen.sample[row]),
    member: Int16Array.from(rows, (row) => seen.member[row]),
    packets,
    kind: Uint32Array.from(rows, (row) => seen.kind[row]),
    fields: seen.fields.map((column) => Uint32Array.from(rows, (row) => column[row])),
  };
}

/** Evenly over the list, so that early and late flows have their share. */
function sampleFlows(list: Uint32Array): Uint32Array {
  if (list.length <= MAX_FLOWS) return list;
  const sample = new Uint32Array(MAX_FLOWS);
  for (let i = 0; i < MAX_FLOWS; i++) sample[i] = list[Math.floor((i * list.length) / MAX_FLOWS)];
  return sample;
}
