/** ISO 8601 UTC with nine decimals of seconds and nanoseconds since 1970. */
export function formatTime(seconds: number, nanos: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(nanos).padStart(9, '0')}Z`;
}

/** The same for milliseconds on a LAG's axis, which counts from `originSeconds`. */
export function formatAxisTime(originSeconds: number, ms: number): string {
  let seconds = originSeconds + Math.floor(ms / 1000);
  let nanos = Math.round((ms - Math.floor(ms / 1000) * 1000) * 1e6);
  if (nanos >= 1e9) {
    nanos -= 1e9;
    seconds++;
  }
  return formatTime(Math.max(seconds, 0), nanos);
}
