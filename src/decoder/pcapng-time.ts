/**
 * Time stamps of pcapng: 64-bit counts of a unit that each interface chooses (if_tsresol: 10^-n or 2^-n seconds),
 * plus an offset (if_tsoffset). Split without rounding into seconds and nanoseconds, both rounded down.
 */
export interface TimeScale {
  readonly kind: 'decimal' | 'binary' | 'wide';
  /** decimal, wide: units per second. binary: 0. */
  readonly unitsPerSecond: number;
  /** binary: n of 2^-n. */
  readonly shift: number;
  /** if_tsoffset, whole seconds. */
  readonly offsetSeconds: number;
  /** wide: units per second where they do not fit a double's 53 bits. */
  readonly wideUnits: bigint;
}

/** Last value that is a time: 0xffffffff stands for "none". */
const MAX_SECONDS = 0xfffffffe;

/** Scale of an if_tsresol byte (default 6: microseconds). `offsetSeconds` may be negative. */
export function makeTimeScale(resolution: number, offsetSeconds: number): TimeScale {
  const exponent = resolution & 0x7f;
  const binary = (resolution & 0x80) !== 0;
  const none = { unitsPerSecond: 0, shift: 0, offsetSeconds, wideUnits: 0n };
  if (binary && exponent <= 32) return { ...none, kind: 'binary', shift: exponent };
  // Remainders below 10^11 times 2^16 stay below 2^53: see splitTime.
  if (!binary && exponent <= 11) return { ...none, kind: 'decimal', unitsPerSecond: 10 ** exponent };
  return { ...none, kind: 'wide', wideUnits: (binary ? 2n : 10n) ** BigInt(exponent) };
}

/** Splits high * 2^32 + low units; writes seconds to out[0] (clamped to 0 .. 2^32 - 2) and nanoseconds to out[1]. */
export function splitTime(scale: TimeScale, high: number, low: number, out: Float64Array): void {
  let seconds: number;
  let nanos: number;
  if (scale.kind === 'decimal') {
    // Long division in base 2^16: every intermediate value is an integer below 2^53.
    const units = scale.unitsPerSecond;
    const first = Math.floor(high / units);
    const second = (high - first * units) * 65536 + (low >>> 16);
    const secondQuotient = Math.floor(second / units);
    const third = (second - secondQuotient * units) * 65536 + (low & 0xffff);
    const thirdQuotient = Math.floor(third / units);
    const rest = third - thirdQuotient * units;
    seconds = first * 4294967296 + secondQuotient * 65536 + thirdQuotient;
    nanos = units <= 1e9 ? rest * (1e9 / units) : Math.floor(rest / (units / 1e9));
  } else if (scale.kind === 'binary') {
    const shift = scale.shift;
    const divisor = 2 ** shift;
    const fraction = shift === 32 ? low : low % divisor;
    seconds = high * 2 ** (32 - shift) + Math.floor(low / divisor);
    nanos = shift <= 16 ? Math.floor((fraction * 1e9) / divisor) : scaleFraction(fraction, shift);
  } else {
    const total = (BigInt(high) << 32n) | BigInt(low);
    const whole = total / scale.wideUnits;
    seconds = Number(whole);
    nanos = Number(((total - whole * scale.wideUnits) * 1_000_000_000n) / scale.wideUnits);
  }
  seconds += scale.offsetSeconds;
  out[0] = seconds < 0 ? 0 : seconds > MAX_SECONDS ? MAX_SECONDS : seconds;
  out[1] = nanos;
}

/** floor(fraction * 10^9 / 2^shift) for a fraction below 2^32 and shift > 16. */
function scaleFraction(fraction: number, shift: number): number {
  const lowPart = Math.floor(((fraction & 0xffff) * 1e9) / 65536);
  return Math.floor(((fraction >>> 16) * 1e9 + lowPart) / 2 ** (shift - 16));
}
