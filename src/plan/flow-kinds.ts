import type { PlanTraffic } from './plan-traffic.ts';

/** Windows in which flows are weighed: what counters show, and one flow's bursts level out in. */
const WINDOW_MS = 1000;

/**
 * What the flows of a direction are like while they last: for every window the rates of those that were there. Flows of one
 * moment stay together, since all of them are slow or fast at once.
 */
export interface FlowKinds {
  /** Windows in which there was any flow, in order of time. */
  readonly windows: number;
  /** Flows that lasted in window w, silent ones included. */
  readonly present: Uint32Array;
  /** Rates in bits per second of those that sent, from `from[w]` to `from[w + 1]`. */
  readonly from: Uint32Array;
  readonly rates: Float64Array;
}

/** `fromMs`, `toMs`: the part of the time that is looked at, on the LAG's axis. A flow lasts from its first window with frames to its last. */
export function flowKinds({ list, slices, binMs }: PlanTraffic, fromMs = -Infinity, toMs = Infinity): FlowKinds {
  const windowMs = Math.max(WINDOW_MS, binMs);
  const sent = new Map<number, Map<number, number>>();
  const first = new Float64Array(list.length).fill(Infinity);
  const last = new Float64Array(list.length).fill(-Infinity);
  for (let s = 0; s < slices.count; s++) {
    if (slices.ms[s] < fromMs || slices.ms[s] >= toMs) continue;
    const window = Math.floor(slices.ms[s] / windowMs);
    const p = slices.place[s];
    let bytes = sent.get(window);
    if (bytes === undefined) sent.set(window, (bytes = new Map()));
    bytes.set(p, (bytes.get(p) ?? 0) + slices.bytes[s]);
    if (window < first[p]) first[p] = window;
    if (window > last[p]) last[p] = window;
  }
  // Begins and ends, from which follows how many last at a time.
  const changes = new Map<number, number>();
  const change = (window: number, by: number): void => void changes.set(window, (changes.get(window) ?? 0) + by);
  for (let p = 0; p < list.length; p++) {
    if (last[p] < first[p]) continue;
    change(first[p], 1);
    change(last[p] + 1, -1);
  }
  const present: number[] = [];
  const from = [0];
  const rates: number[] = [];
  const edges = [...changes.keys()].sort((x, y) => x - y);
  let count = 0;
  for (let e = 0; e + 1 < edges.length; e++) {
    count += changes.get(edges[e]) ?? 0;
    for (let window = edges[e]; count > 0 && window < edges[e + 1]; window++) {
      for (const bytes of sent.get(window)?.values() ?? []) rates.push((bytes * 8000) / windowMs);
      present.push(count);
      from.push(rates.length);
    }
  }
  return { windows: present.length, present: Uint32Array.from(present), from: Uint32Array.from(from), rates: Float64Array.from(rates) };
}

/** Flows that were all there at one moment, of the rates given. */
export function steadyKinds(rates: Float64Array): FlowKinds {
  return {
    windows: rates.length > 0 ? 1 : 0,
    present: Uint32Array.of(rates.length),
    from: Uint32Array.of(0, rates.length),
    rates,
  };
}
