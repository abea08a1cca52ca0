/** Parts of a capture's time, as fine as the slices of its flows. */
import type { LagFlows } from '../flows/lag-flows.ts';
import { toMs, visitSlices } from '../flows/lag-flows.ts';
import { WINDOW_WIDTHS_MS } from '../flows/slice-log.ts';
import { splitIsoTime } from '../report/iso-time.ts';

/** From `fromTime` on, before `toTime` (ISO 8601 UTC). */
export interface TimeSpan {
  readonly fromTime: string;
  readonly toTime: string;
}

/** What each flow of a LAG sent in a span. */
export interface SpanSums {
  readonly packets: Float64Array;
  readonly bytes: Float64Array;
}

/** The span in milliseconds on the LAG's axis, widened to whole slices; all of the capture where it is none. */
export function spanOnAxis(flows: LagFlows, span: TimeSpan | undefined): { fromMs: number; toMs: number } {
  const from = span && splitIsoTime(span.fromTime);
  const to = span && splitIsoTime(span.toTime);
  const { widthMs, originSeconds } = flows;
  if (!from || !to) return { fromMs: Math.floor(flows.firstMs / widthMs) * widthMs, toMs: flows.lastMs + 1e-6 };
  const fromMs = Math.floor(toMs(from.seconds, from.nanos, originSeconds) / widthMs) * widthMs;
  return { fromMs, toMs: toMs(to.seconds, to.nanos, originSeconds) };
}

export function sumSpan(flows: LagFlows, span: TimeSpan): SpanSums {
  const sums = { packets: new Float64Array(flows.merged.count), bytes: new Float64Array(flows.merged.count) };
  const { fromMs, toMs: endMs } = spanOnAxis(flows, span);
  visitSlices(flows, 'frames', (flow, _member, ms, packets, bytes) => {
    if (ms < fromMs || ms >= endMs) return;
    sums.packets[flow] += packets;
    sums.bytes[flow] += bytes;
  });
  return sums;
}

/** Steps of equal width over the whole capture, at most `steps`: as narrow as slices and standard widths allow. */
export interface TimeSteps {
  readonly stepMs: number;
  /** Left edge of the first step on the LAG's axis. */
  readonly fromMs: number;
  readonly count: number;
}

export function chooseSteps(flows: LagFlows, spanMs: number, steps: number): TimeSteps {
  const span = Math.max(spanMs, 1);
  const stepMs = WINDOW_WIDTHS_MS.find((w) => w >= flows.widthMs && span / w <= steps) ?? Math.ceil(span / steps);
  const fromMs = Math.floor(flows.firstMs / stepMs) * stepMs;
  return { stepMs, fromMs, count: Math.floor((flows.lastMs - fromMs) / stepMs) + 1 };
}
