/** Times of the document (ISO 8601 UTC, nine decimals) as numbers, for differences and axes. */

/** Whole seconds since 1970 and nanoseconds, or null for what is not such a time. */
export function splitIsoTime(time: string): { seconds: number; nanos: number } | null {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(time);
  if (!match) return null;
  const milliseconds = Date.parse(`${match[1]}Z`);
  if (Number.isNaN(milliseconds)) return null;
  return { seconds: milliseconds / 1000, nanos: Number((match[2] ?? '').padEnd(9, '0')) };
}

/** Seconds from `from` to `to`, exact to the nanosecond for spans below some weeks; NaN where one is no time. */
export function secondsBetween(from: string, to: string): number {
  const start = splitIsoTime(from);
  const end = splitIsoTime(to);
  if (!start || !end) return Number.NaN;
  return end.seconds - start.seconds + (end.nanos - start.nanos) / 1e9;
}

/** The time `offsetSeconds` after `from`, as ISO 8601 UTC with nine decimals. */
export function addSeconds(from: string, offsetSeconds: number): string {
  const start = splitIsoTime(from);
  if (!start) return from;
  let seconds = start.seconds + Math.floor(offsetSeconds);
  let nanos = start.nanos + Math.round((offsetSeconds - Math.floor(offsetSeconds)) * 1e9);
  if (nanos >= 1e9) {
    nanos -= 1e9;
    seconds++;
  }
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(nanos).padStart(9, '0')}Z`;
}

/** "08:01:32.120" of a time of the document; `decimals` of the second. */
export function clockTime(time: string, decimals = 3): string {
  const clock = time.slice(11, 19);
  const fraction = /\.(\d+)Z$/.exec(time)?.[1] ?? '';
  return decimals > 0 ? `${clock}.${fraction.padEnd(decimals, '0').slice(0, decimals)}` : clock;
}
