import type { LagFlows } from '../flows/lag-flows.ts';
import { NO_FLOW } from '../flows/flow-table.ts';
import { sliceTables } from '../flows/lag-flows.ts';
import { sortByTime } from './slice-order.ts';
import type { SliceSequence } from './slice-order.ts';

/** Slices looked at, at most: to see how frames follow each other takes no more. */
const MOST_SLICES = 200_000;
const BINS = 2_048;

/** Frames of one direction in order of time, from the first on: all of them, or as many as fit. */
export function sequenceStart(flows: LagFlows, isData: (flow: number) => boolean): SliceSequence {
  const spanMs = Math.max(flows.lastMs - flows.firstMs, 1) + 1;
  const perBin = new Uint32Array(BINS);
  const binOf = (ms: number): number => Math.min(Math.max(Math.floor(((ms - flows.firstMs) / spanMs) * BINS), 0), BINS - 1);
  const tables = sliceTables(flows, 'frames');
  for (const { slices, flowOf, shiftMs } of tables) {
    const { count, flow: number, window, widthMs } = slices;
    for (let s = 0; s < count; s++) {
      const f = flowOf[number[s]];
      if (f !== NO_FLOW && isData(f)) perBin[binOf(shiftMs + window[s] * widthMs)]++;
    }
  }
  let lastBin = 0;
  let count = perBin[0];
  while (lastBin + 1 < BINS && count + perBin[lastBin + 1] <= MOST_SLICES) count += perBin[++lastBin];
  const flow = new Uint32Array(count);
  const member = new Uint8Array(count);
  const ms = new Float64Array(count);
  const packets = new Uint32Array(count);
  let at = 0;
  for (const { slices, flowOf, member: own, shiftMs } of tables) {
    const { flow: number, window, packets: frames, widthMs } = slices;
    for (let s = 0; s < slices.count && at < count; s++) {
      const f = flowOf[number[s]];
      const time = shiftMs + window[s] * widthMs;
      if (f === NO_FLOW || !isData(f) || binOf(time) > lastBin) continue;
      flow[at] = f;
      member[at] = own;
      ms[at] = time;
      packets[at++] = frames[s];
    }
  }
  return sortByTime({ count, flow, member, ms, packets });
}
