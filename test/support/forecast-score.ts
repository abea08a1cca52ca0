/** Forecasts held against what came later: from one half of a capture, for the seconds of the other. */
import { openInputs } from '../../src/cli/input-arguments.ts';
import { analyzeCaptures } from '../../src/pipeline/analyze-captures.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { PlanDirectionTables } from '../../src/pipeline/plan-direction.ts';
import { flowKinds } from '../../src/plan/flow-kinds.ts';
import { forecastLoad } from '../../src/plan/forecast.ts';
import type { PlanTraffic } from '../../src/plan/plan-traffic.ts';

/** Windows of a direction, and those whose busiest link was where the forecast said. */
export interface ForecastScore {
  /** Windows that the forecast was made from. */
  readonly known: number;
  readonly windows: number;
  readonly below: number;
  readonly inside: number;
  readonly above: number;
  /** Sum of the probabilities that some link is above the middle of what was seen, and windows in which one was. */
  readonly expected: number;
  readonly seen: number;
}

const LEAST_FLOWS = 100;
const LEAST_AT_A_TIME = 5;
const WINDOW_MS = 1000;
/** Many forecasts are made, of which the ends of the ranges are all that counts. */
const PLACED = 500_000;

/** Both directions of a run's LAGs that hash over two members or more, each half forecast from the other. */
export async function scoreForecasts(files: readonly string[]): Promise<ForecastScore[]> {
  const { lags } = await analyzeCaptures(openInputs(files.map((path) => ({ path }))), DEFAULT_ANALYSIS_OPTIONS, {});
  return lags.flatMap((lag) =>
    ([0, 1] as const).flatMap((side) => {
      const tables = new PlanDirectionTables(lag, side);
      if (tables.rule === null || tables.inUse.length < 2 || tables.direction.list.length < LEAST_FLOWS) return [];
      const { traffic, inUse } = tables;
      const middle = traffic.fromMs + traffic.spanMs / 2;
      const end = traffic.fromMs + traffic.spanMs;
      return [
        scoreHalf(traffic, inUse, [-Infinity, middle], [middle, end]),
        scoreHalf(traffic, inUse, [middle, Infinity], [traffic.fromMs, middle]),
      ];
    }),
  );
}

type Span = readonly [fromMs: number, toMs: number];

function scoreHalf(traffic: PlanTraffic, members: readonly number[], known: Span, asked: Span): ForecastScore {
  const { slices } = traffic;
  const kinds = flowKinds(traffic, ...known);
  const first = Math.ceil(asked[0] / WINDOW_MS);
  const count = Math.max(Math.floor(asked[1] / WINDOW_MS) - first, 0);
  const load = new Float64Array(count * 256);
  const lasts = new Map<number, [number, number]>();
  for (let s = 0; s < slices.count; s++) {
    const window = Math.floor(slices.ms[s] / WINDOW_MS) - first;
    if (window < 0 || window >= count) continue;
    load[window * 256 + slices.member[s]] += (slices.bytes[s] * 8000) / WINDOW_MS;
    const span = lasts.get(slices.place[s]) ?? [window, window];
    lasts.set(slices.place[s], [Math.min(span[0], window), Math.max(span[1], window)]);
  }
  const present = new Uint32Array(count);
  for (const [from, to] of lasts.values()) for (let w = from; w <= to; w++) present[w]++;
  const busiest = Float64Array.from({ length: count }, (_, w) => Math.max(...members.map((m) => load[w * 256 + m])));
  const counted = Array.from(present.keys()).filter((w) => present[w] >= LEAST_AT_A_TIME);
  const sorted = counted.map((w) => busiest[w]).sort((x, y) => x - y);
  const limit = sorted[sorted.length >> 1] ?? 1;
  const forecasts = new Map<number, ReturnType<typeof forecastLoad>>();
  const score = { known: kinds.windows, windows: 0, below: 0, inside: 0, above: 0, expected: 0, seen: 0 };
  for (const w of counted) {
    // Two digits are enough of how many there are.
    const scale = 10 ** Math.max(Math.floor(Math.log10(present[w])) - 1, 0);
    const flows = Math.round(present[w] / scale) * scale;
    const forecast = forecasts.get(flows) ?? forecastLoad(kinds, flows, members.length, Math.max(limit, 1), 1, PLACED);
    forecasts.set(flows, forecast);
    if (forecast === null) continue;
    const at = busiest[w] / Math.max(limit, 1);
    score.windows++;
    if (at < forecast.busiest.low) score.below++;
    else if (at > forecast.busiest.high) score.above++;
    else score.inside++;
    score.expected += forecast.probability;
    if (busiest[w] > limit) score.seen++;
  }
  return score;
}
