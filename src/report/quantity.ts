/** Numbers with units, the same in every host. SI prefixes: 1 kB = 1000 bytes, as link speeds count. */

const PREFIXES = ['', 'k', 'M', 'G', 'T', 'P'] as const;

/** Three significant digits with an SI prefix: 1.23 MB, 45.6 Gbit/s, 812 B. */
export function formatSi(value: number, unit: string): string {
  if (!Number.isFinite(value)) return `– ${unit}`;
  let scaled = Math.abs(value);
  let step = 0;
  while (scaled >= 999.5 && step < PREFIXES.length - 1) {
    scaled /= 1000;
    step++;
  }
  const sign = value < 0 ? '-' : '';
  return `${sign}${significant(scaled, step === 0)} ${PREFIXES[step]}${unit}`;
}

function significant(value: number, whole: boolean): string {
  if (value === 0) return '0';
  if (whole && Number.isInteger(value)) return String(value);
  if (value >= 99.95) return value.toFixed(0);
  if (value >= 9.995) return value.toFixed(1);
  return value.toFixed(2);
}

export function formatBytes(bytes: number): string {
  return formatSi(bytes, 'B');
}

export function formatBitRate(bitsPerSecond: number): string {
  return formatSi(bitsPerSecond, 'bit/s');
}

/** 12,345 */
export function formatCount(count: number): string {
  const digits = String(Math.round(Math.abs(count)));
  return (count < 0 ? '-' : '') + digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** "1 flow", "12,345 flows" */
export function countNoun(count: number, noun: string, plural: string = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/**
 * A share (0 to 1) in per cent. Never rounds to 0 % or 100 % what is neither: "<0.1 %", ">99.9 %".
 */
export function formatShare(share: number, decimals: 0 | 1 = 1): string {
  if (!Number.isFinite(share)) return '–';
  if (share === 0) return '0 %';
  if (share === 1) return '100 %';
  const least = decimals === 0 ? 1 : 0.1;
  const percent = share * 100;
  if (percent < least / 2) return `<${least} %`;
  if (percent > 100 - least / 2 && percent < 100) return `>${decimals === 0 ? 99 : 99.9} %`;
  return `${percent.toFixed(decimals)} %`;
}

/** 12.3 s, 450 ms, 2 min 05 s, 3 h 12 min */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 0) return `-${formatDuration(-seconds)}`;
  if (seconds === 0) return '0 s';
  if (seconds < 1e-6) return `${significant(seconds * 1e9, false)} ns`;
  if (seconds < 1e-3) return `${significant(seconds * 1e6, false)} µs`;
  if (seconds < 0.9995) return `${significant(seconds * 1e3, false)} ms`;
  if (seconds < 99.95) return `${significant(seconds, false)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`;
}
