/** When a member was captured at all: before and after it nothing is known of the member, and no silence means anything. */
import { secondsApart } from './pdu-sequence.ts';

interface TimePoint {
  readonly seconds: number;
  readonly nanos: number;
}

/** From the first to the last frame of a capture. */
export interface ObservedSpan {
  readonly from: TimePoint;
  readonly to: TimePoint;
}

/** Captures of one member that follow each other this closely are one: a file that was full, and the next. */
const SEAM_SECONDS = 2;

/** The stretches in which some capture of a member ran, in order of time. */
export function joinSpans(spans: readonly ObservedSpan[]): ObservedSpan[] {
  const joined: ObservedSpan[] = [];
  for (const span of [...spans].sort((x, y) => secondsApart(y.from, x.from))) {
    const last = joined[joined.length - 1];
    if (last === undefined || secondsApart(last.to, span.from) > SEAM_SECONDS) joined.push(span);
    else if (secondsApart(last.to, span.to) > 0) joined[joined.length - 1] = { from: last.from, to: span.to };
  }
  return joined;
}

/** Whether all of the time from `from` to `to` was captured. */
export function isObserved(spans: readonly ObservedSpan[], from: TimePoint, to: TimePoint): boolean {
  return spans.some((span) => secondsApart(span.from, from) >= 0 && secondsApart(to, span.to) >= 0);
}

/** The last moment of which something is known; null without any. */
export function observedEnd(spans: readonly ObservedSpan[]): TimePoint | null {
  return spans.length === 0 ? null : spans[spans.length - 1].to;
}
