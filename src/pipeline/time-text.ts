/** Texts of seconds written last, each at its number modulo their count (a power of two): flows share few seconds. */
const RECENT = 64;
const recentSeconds = new Float64Array(RECENT).fill(-1);
const recentTexts: string[] = Array.from({ length: RECENT }, () => '');

/** ISO 8601 UTC with nine decimals of seconds and nanoseconds since 1970. */
export function formatTime(seconds: number, nanos: number): string {
  const at = seconds & (RECENT - 1);
  if (recentSeconds[at] !== seconds) {
    recentTexts[at] = new Date(seconds * 1000).toISOString().slice(0, 19);
    recentSeconds[at] = seconds;
  }
  return `${recentTexts[at]}.${String(nanos).padStart(9, '0')}Z`;
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
