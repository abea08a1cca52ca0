import { sliceTables } from '../flows/lag-flows.ts';
import { NO_FLOW } from '../flows/flow-table.ts';
import type { LagFlows } from '../flows/lag-flows.ts';

/** Largest mean size of frames, in bytes without FCS, that any flow shows in one slice of time: some frame is at least as long. */
export function largestFrames(flows: LagFlows): number {
  let largest = 0;
  for (const { slices, flowOf } of sliceTables(flows, 'frames')) {
    const { count, flow, packets, bytes } = slices;
    for (let s = 0; s < count; s++) if (bytes[s] > largest * packets[s] && flowOf[flow[s]] !== NO_FLOW) largest = bytes[s] / packets[s];
  }
  return Math.ceil(largest);
}
