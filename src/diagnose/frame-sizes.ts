import { visitSlices } from '../flows/lag-flows.ts';
import type { LagFlows } from '../flows/lag-flows.ts';

/** Largest mean size of frames, in bytes without FCS, that any flow shows in one slice of time: some frame is at least as long. */
export function largestFrames(flows: LagFlows): number {
  let largest = 0;
  visitSlices(flows, 'frames', (_flow, _member, _ms, packets, bytes) => {
    if (bytes > largest * packets) largest = bytes / packets;
  });
  return Math.ceil(largest);
}
