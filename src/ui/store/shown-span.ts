/** The range of time on view as all views ask for it, and the LAG with the loads of that range. */
import { computed, effect, signal } from '@preact/signals';
import type { SpanBalance } from '../../pipeline/flows-analysis.ts';
import type { TimeSpan } from '../../pipeline/time-span.ts';
import type { Lag } from '../../report/document.ts';
import { addSeconds, secondsBetween } from '../../report/iso-time.ts';
import { analysisService, generation, lag, resultDocument } from './analysis-store.ts';
import { fragment } from './fragment.ts';
import { firstFrameTime, parseRange } from './time-range.ts';

export interface ShownSpan extends TimeSpan {
  readonly seconds: number;
  /** Seconds of all captures together. */
  readonly wholeSeconds: number;
}

/** The chosen range; null where all of the time is on view. */
export const shownSpan = computed<ShownSpan | null>(() => {
  const range = parseRange(fragment.range.value);
  const origin = firstFrameTime();
  if (range === null || origin === null) return null;
  const last = (resultDocument.value?.inputs ?? [])
    .map((input) => input.lastTime)
    .reduce((max, time) => (time !== null && (max === null || time > max) ? time : max), null);
  return {
    fromTime: addSeconds(origin, range[0]),
    toTime: addSeconds(origin, range[1]),
    seconds: range[1] - range[0],
    wholeSeconds: Math.max(range[1] - range[0], last === null ? 0 : secondsBetween(origin, last)),
  };
});

const balance = signal<{ readonly key: string; readonly directions: readonly SpanBalance[] } | null>(null);
const keyOf = (lagId: string | undefined, span: TimeSpan | null): string =>
  `${generation.value} ${lagId ?? ''} ${span?.fromTime ?? ''} ${span?.toTime ?? ''}`;

/** Asks for the loads of the range where a view shows them. */
export function connectShownSpan(): () => void {
  return effect(() => {
    const span = shownSpan.value;
    const lagId = lag.value?.id;
    if (span === null || !lagId || fragment.view.value === 'time') return;
    const key = keyOf(lagId, span);
    void analysisService()
      .spanBalance(lagId, { fromTime: span.fromTime, toTime: span.toTime })
      .then((directions) => (balance.value = { key, directions }));
  });
}

/** The LAG with totals, agreement and loads of the range on view; until they are there, and without a range, of all of the time. */
export const shownLag = computed<Lag | null>(() => {
  const whole = lag.value;
  const part = balance.value;
  if (whole === null || shownSpan.value === null || part?.key !== keyOf(whole.id, shownSpan.value)) return whole;
  return {
    ...whole,
    directions: whole.directions.map((direction) => {
      const own = part.directions.find(({ from }) => from === direction.from);
      return own ? { ...direction, totals: own.totals, agreement: own.agreement, members: own.members } : direction;
    }),
  };
});
