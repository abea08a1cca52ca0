/** The range of time on view, shared by all views: in the fragment as "start,end", seconds from the first frame of all captures. */
import { secondsBetween } from '../../report/iso-time.ts';
import { resultDocument } from './analysis-store.ts';
import { fragment } from './fragment.ts';

export function firstFrameTime(): string | null {
  const times = (resultDocument.value?.inputs ?? []).map((input) => input.firstTime).filter((time) => time !== null);
  return times.length > 0 ? times.reduce((first, time) => (time < first ? time : first)) : null;
}

export function parseRange(text: string): readonly [number, number] | null {
  const [from, to] = text.split(',').map(Number);
  return Number.isFinite(from) && Number.isFinite(to) && to > from ? [from, to] : null;
}

/** Shows this much time around a moment. */
export function rangeAround(time: string, halfSeconds: number): string {
  const origin = firstFrameTime();
  if (origin === null) return '';
  const at = secondsBetween(origin, time);
  return Number.isFinite(at) ? [Math.max(0, at - halfSeconds), at + halfSeconds].map((s) => s.toPrecision(9)).join(',') : '';
}

/** The range of the fragment, counted from `fromTime` instead, and back. */
export function rangeFrom(fromTime: string): readonly [number, number] | null {
  const fixed = parseRange(fragment.range.value);
  const shift = secondsBetween(fromTime, firstFrameTime() ?? fromTime);
  return fixed && [fixed[0] + shift, fixed[1] + shift];
}

export function setRangeFrom(fromTime: string, range: readonly [number, number] | null): void {
  const shift = secondsBetween(fromTime, firstFrameTime() ?? fromTime);
  fragment.range.value = range ? range.map((seconds) => (seconds - shift).toPrecision(9)).join(',') : '';
}
