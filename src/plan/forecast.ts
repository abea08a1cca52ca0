import { STAT_FIRST_NANOS, STAT_FIRST_SECONDS, STAT_LAST_NANOS, STAT_LAST_SECONDS } from '../flows/flow-table.ts';
import type { PlanTraffic } from './plan-traffic.ts';
import { randomSource } from './random.ts';

/** What more traffic of the same kind would do, whatever the addresses: an ideal hash places it. */
export interface Forecast {
  readonly flows: number;
  readonly memberCount: number;
  /** Load that is asked for, as a share of the link. */
  readonly threshold: number;
  /** Probability that some link is above it. */
  readonly probability: number;
  /** 5th and 95th percentile over what the captured flows leave uncertain about their kind. */
  readonly low: number;
  readonly high: number;
  /** Load of the busiest link: 5th, 50th and 95th percentile. */
  readonly busiest: { readonly low: number; readonly middle: number; readonly high: number };
}

/** Samples of the captured flows, and placements of each. */
const RESAMPLED = 60;
const DRAWS = 200;
/** Rates of shorter flows would be those of single packets. */
const LEAST_SECONDS = 1;
const SEED = 0x0f0ca57;

/** Mean rate of each flow while it lasted, in bits per second. */
export function flowRates({ flows, list, bytes }: PlanTraffic): Float64Array {
  const { merged } = flows;
  return Float64Array.from(list, (f, p) => {
    let first = Infinity;
    let last = -Infinity;
    for (let e = merged.entryFrom[f]; e < merged.entryFrom[f + 1]; e++) {
      const { rows } = merged.tables[merged.entryTable[e]].columns;
      const at = merged.entryRow[e];
      first = Math.min(first, rows[at + STAT_FIRST_SECONDS] + rows[at + STAT_FIRST_NANOS] / 1e9);
      last = Math.max(last, rows[at + STAT_LAST_SECONDS] + rows[at + STAT_LAST_NANOS] / 1e9);
    }
    return (bytes[p] * 8) / Math.max(last - first, LEAST_SECONDS);
  });
}

/** `count` flows at a time of the kind of `rates`, each on a random one of `members` links of `capacityBps`. */
export function forecastLoad(rates: Float64Array, count: number, members: number, capacityBps: number, threshold: number): Forecast | null {
  if (rates.length === 0 || count < 1 || members < 1 || !(capacityBps > 0)) return null;
  const random = randomSource(SEED);
  const load = new Float64Array(members);
  const sample = new Float64Array(rates.length);
  const chances = new Float64Array(RESAMPLED);
  const peaks = new Float64Array(RESAMPLED * DRAWS);
  for (let r = 0; r < RESAMPLED; r++) {
    // The captured flows are themselves a sample: drawn again with replacement, they vary as another capture would.
    for (let i = 0; i < sample.length; i++) sample[i] = rates[Math.floor(random() * rates.length)];
    let above = 0;
    for (let d = 0; d < DRAWS; d++) {
      load.fill(0);
      for (let f = 0; f < count; f++) load[Math.floor(random() * members)] += sample[Math.floor(random() * sample.length)];
      let most = 0;
      for (let m = 0; m < members; m++) if (load[m] > most) most = load[m];
      peaks[r * DRAWS + d] = most / capacityBps;
      if (most > threshold * capacityBps) above++;
    }
    chances[r] = above / DRAWS;
  }
  const mean = chances.reduce((sum, x) => sum + x, 0) / RESAMPLED;
  return {
    flows: count,
    memberCount: members,
    threshold,
    probability: mean,
    low: percentile(chances, 0.05),
    high: percentile(chances, 0.95),
    busiest: { low: percentile(peaks, 0.05), middle: percentile(peaks, 0.5), high: percentile(peaks, 0.95) },
  };
}

function percentile(values: Float64Array, q: number): number {
  const sorted = values.slice().sort();
  return sorted[Math.round(q * (sorted.length - 1))];
}
