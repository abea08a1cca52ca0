import type { LagFlows } from '../flows/lag-flows.ts';
import { visitSlices } from '../flows/lag-flows.ts';
import { WINDOW_WIDTHS_MS } from '../flows/slice-log.ts';

/** A member that was full while the LAG was not. */
export interface Microburst {
  readonly member: number;
  readonly windowMs: number;
  /** Full windows, the first of them, and the time they last together. */
  readonly windows: number;
  readonly fromMs: number;
  readonly totalMs: number;
  /** Load of the fullest window, and of all members in it, as shares of what they can carry. */
  readonly peak: number;
  readonly lagLoad: number;
  /** Load of the LAG over the whole capture. */
  readonly meanLoad: number;
  /** Flows with most bytes in the full windows, heaviest first. */
  readonly flows: readonly number[];
}

/** Windows wider than a frame of segmentation offload (64 KiB at 100 Mbit/s takes 5 ms), which leaves the host in one piece. */
const LEAST_WINDOW_MS = 10;
/** Wider ones hide what a queue of a switch feels. */
const MOST_WINDOW_MS = 100;
const FULL = 0.95;
/** The LAG in a full window: with more, another distribution would not have helped. */
const MOST_LAG_LOAD = 0.6;
/** One window may be two frames that were put to the wrong side of its edge. */
const LEAST_WINDOWS = 2;
const MOST_BINS = 1 << 22;
const LISTED_FLOWS = 3;
/** Preamble, checksum and gap that each frame takes on the wire (IEEE 802.3, 4.2.3.2 and 3.1.1), in bytes. */
const WIRE_OVERHEAD = 24;

/** `isListed`: 1 for flows of the direction. `speeds` in Mbit/s by member, null where not known: then nothing is full. */
export function findMicrobursts(flows: LagFlows, isListed: Uint8Array, speeds: readonly (number | null)[]): Microburst[] {
  const known = speeds.filter((speed) => speed !== null && speed > 0);
  const windowMs = WINDOW_WIDTHS_MS.find((width) => width >= Math.max(LEAST_WINDOW_MS, flows.widthMs)) ?? Infinity;
  if (known.length < 2 || known.length < speeds.length || windowMs > MOST_WINDOW_MS) return [];
  const firstBin = Math.floor(flows.firstMs / windowMs);
  const bins = Math.floor(flows.lastMs / windowMs) - firstBin + 1;
  const { memberCount } = flows;
  if (bins < 1 || bins * memberCount > MOST_BINS) return [];
  const load = new Float64Array(bins * memberCount);
  const binOf = (ms: number): number => Math.min(bins - 1, Math.max(0, Math.floor(ms / windowMs) - firstBin));
  let allBytes = 0;
  visitSlices(flows, 'frames', (flow, member, ms, packets, bytes) => {
    if (isListed[flow] === 0) return;
    const wire = bytes + packets * WIRE_OVERHEAD;
    load[member * bins + binOf(ms)] += wire;
    allBytes += wire;
  });
  const capacity = speeds.map((speed) => ((speed ?? 0) * 1000 * windowMs) / 8);
  const lagCapacity = capacity.reduce((sum, bytes) => sum + bytes, 0);
  const bursts: Microburst[] = [];
  for (let member = 0; member < memberCount; member++) {
    const full: number[] = [];
    let peak = 0;
    let lagLoad = 0;
    for (let bin = 0; bin < bins; bin++) {
      const share = load[member * bins + bin] / capacity[member];
      if (share < FULL) continue;
      let all = 0;
      for (let m = 0; m < memberCount; m++) all += load[m * bins + bin];
      if (all > MOST_LAG_LOAD * lagCapacity) continue;
      full.push(bin);
      if (share > peak) [peak, lagLoad] = [share, all / lagCapacity];
    }
    if (full.length < LEAST_WINDOWS) continue;
    bursts.push({
      member,
      windowMs,
      windows: full.length,
      fromMs: (firstBin + full[0]) * windowMs,
      totalMs: full.length * windowMs,
      peak,
      lagLoad,
      meanLoad: allBytes / (lagCapacity * bins),
      flows: heaviestIn(flows, isListed, member, new Set(full), binOf),
    });
  }
  return bursts;
}

function heaviestIn(
  flows: LagFlows,
  isListed: Uint8Array,
  member: number,
  windows: ReadonlySet<number>,
  binOf: (ms: number) => number,
): number[] {
  const bytes = new Map<number, number>();
  visitSlices(flows, 'frames', (flow, m, ms, _packets, size) => {
    if (m === member && isListed[flow] === 1 && windows.has(binOf(ms))) bytes.set(flow, (bytes.get(flow) ?? 0) + size);
  });
  return [...bytes]
    .sort((x, y) => y[1] - x[1])
    .slice(0, LISTED_FLOWS)
    .map(([flow]) => flow);
}
