import type { FlowKinds } from './flow-kinds.ts';
import { normal, randomSource } from './random.ts';

/** What more traffic of the same kind would do, whatever the addresses: an ideal hash places it. */
export interface Forecast {
  readonly flows: number;
  readonly memberCount: number;
  /** Windows of a second in which the captures show such flows. Of fewer than `ENOUGH_WINDOWS` the ranges promise too much. */
  readonly windows: number;
  /** Load that is asked for, as a share of the link. */
  readonly threshold: number;
  /** Probability that some link is above it, in any one window. */
  readonly probability: number;
  /** 5th and 95th percentile over what the captured flows leave uncertain about their kind. */
  readonly low: number;
  readonly high: number;
  /** Load of the busiest link in any one window: 5th, 50th and 95th percentile. */
  readonly busiest: { readonly low: number; readonly middle: number; readonly high: number };
}

/** Of fewer windows nobody can tell what happens in one of twenty. */
export const ENOUGH_WINDOWS = 20;
/** Samples of the captured flows, and placements of each at most. */
const RESAMPLED = 60;
const MOST_DRAWS = 200;
/** Flows placed in all: more of them at a time are placed less often. */
const MOST_PLACED = 8_000_000;
/** From so many flows on their sums are normal. */
const MANY_FLOWS = 4096;
const SEED = 0x0f0ca57;

/** All steps of a forecast at once. */
export function forecastLoad(...asked: Parameters<typeof forecastSteps>): Forecast | null {
  const steps = forecastSteps(...asked);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * `count` flows at a time of these kinds, each on a random one of `members` links of `capacityBps`. `mostPlaced`: flows
 * placed in all. It stops after each sample.
 */
export function* forecastSteps(
  kinds: FlowKinds,
  count: number,
  members: number,
  capacityBps: number,
  threshold: number,
  mostPlaced = MOST_PLACED,
): Generator<null, Forecast | null> {
  if (kinds.windows === 0 || count < 1 || members < 1 || !(capacityBps > 0)) return null;
  const random = randomSource(SEED);
  const draws = count > MANY_FLOWS ? MOST_DRAWS : Math.min(MOST_DRAWS, Math.ceil(mostPlaced / (RESAMPLED * count)));
  const load = new Float64Array(members);
  const chances = new Float64Array(RESAMPLED);
  const peaks = new Float64Array(RESAMPLED * draws);
  const place = count > MANY_FLOWS ? placeMany : placeEach;
  const windows = new Uint32Array(kinds.windows);
  for (let r = 0; r < RESAMPLED; r++) {
    drawWindows(windows, random);
    const flows = drawFlows(kinds, random);
    let above = 0;
    for (let d = 0; d < draws; d++) {
      place(flows, windows[Math.floor(random() * windows.length)], load, count, random);
      let most = 0;
      for (let m = 0; m < members; m++) if (load[m] > most) most = load[m];
      peaks[r * draws + d] = most / capacityBps;
      if (most > threshold * capacityBps) above++;
    }
    chances[r] = above / draws;
    yield null;
  }
  chances.sort();
  peaks.sort();
  return {
    flows: count,
    memberCount: members,
    windows: kinds.windows,
    threshold,
    probability: chances.reduce((sum, x) => sum + x, 0) / RESAMPLED,
    low: percentile(chances, 0.05),
    high: percentile(chances, 0.95),
    busiest: { low: percentile(peaks, 0.05), middle: percentile(peaks, 0.5), high: percentile(peaks, 0.95) },
  };
}

/** The captured time is itself a sample: drawn again in stretches, it varies as another capture would. */
function drawWindows(windows: Uint32Array, random: () => number): void {
  const count = windows.length;
  const stretch = Math.max(Math.round(Math.sqrt(count)), 1);
  for (let w = 0; w < count; w += stretch) {
    const start = Math.floor(random() * count);
    for (let i = 0; i < stretch && w + i < count; i++) windows[w + i] = (start + i) % count;
  }
}

/** So are the flows: of each window as many, drawn again with replacement. */
function drawFlows({ windows, present, from, rates }: FlowKinds, random: () => number): FlowKinds {
  const drawn = new Float64Array(rates.length);
  for (let w = 0; w < windows; w++) {
    const sent = from[w + 1] - from[w];
    for (let i = from[w]; i < from[w + 1]; i++) drawn[i] = rates[from[w] + Math.floor(random() * sent)];
  }
  return { windows, present, from, rates: drawn };
}

type Place = (kinds: FlowKinds, window: number, load: Float64Array, count: number, random: () => number) => void;

/** Puts `count` flows of one window on random links. */
const placeEach: Place = ({ present, from, rates }, window, load, count, random) => {
  const members = load.length;
  const range = members * present[window];
  const sent = from[window + 1] - from[window];
  const at = from[window];
  load.fill(0);
  for (let f = 0; f < count; f++) {
    const pick = Math.floor(random() * range);
    const flow = Math.floor(pick / members);
    if (flow < sent) load[pick % members] += rates[at + flow];
  }
};

/** The same for very many: the sum, and how it falls on the links, as normal deviates with the same means and covariances. */
const placeMany: Place = ({ present, from, rates }, window, load, count, random) => {
  const members = load.length;
  let mean = 0;
  let squares = 0;
  for (let i = from[window]; i < from[window + 1]; i++) {
    mean += rates[i] / present[window];
    squares += (rates[i] * rates[i]) / present[window];
  }
  const ofPlaces = Math.sqrt((count * squares) / members);
  let middle = 0;
  for (let m = 0; m < members; m++) middle += (load[m] = normal(random) * ofPlaces) / members;
  const even = (count * mean + normal(random) * Math.sqrt(count * Math.max(squares - mean * mean, 0))) / members;
  for (let m = 0; m < members; m++) load[m] = Math.max(load[m] - middle + even, 0);
};

function percentile(sorted: Float64Array, q: number): number {
  return sorted[Math.round(q * (sorted.length - 1))];
}
