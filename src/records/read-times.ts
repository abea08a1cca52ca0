/** Seconds since 1970 from what collectors print: ISO 8601, `2026-11-21 04:33:38.238` (taken as UTC), epoch seconds or milliseconds; null for anything else. */
export function readTime(text: string | undefined): number | null {
  const trimmed = (text ?? '').trim();
  if (trimmed === '' || trimmed === '-') return null;
  if (/^\d+(\.\d+)?$/.test(trimmed)) {
    const value = Number(trimmed);
    // Milliseconds since 1970 have twelve digits at least from 1973 on; seconds have so many in 33,000 years.
    return value >= 1e11 ? value / 1000 : value;
  }
  const match = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/.exec(trimmed);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const zone = match[8] ?? 'Z';
  const shift = zone === 'Z' ? 0 : (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(-2)) * 60);
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  return Number.isNaN(ms) ? null : ms / 1000 + Number(match[7] ?? 0) - shift;
}
