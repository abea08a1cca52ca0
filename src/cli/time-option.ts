import type { TimeOption } from '../pipeline/analysis-options.ts';

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|z|[+-]\d\d:?\d\d)?)?$/;
const SECONDS = /^(\+?)(\d{1,10})(?:\.(\d{1,9}))?$/;

/** ISO 8601 (UTC unless it names an offset), epoch seconds with up to nine decimals, or `+SECONDS` from the first frame; null if none of these. */
export function parseTimeOption(text: string): TimeOption | null {
  const plain = SECONDS.exec(text);
  if (plain !== null) {
    const seconds = Number(plain[2]);
    if (seconds > 0xffffffff) return null;
    return { kind: plain[1] === '+' ? 'relative' : 'absolute', seconds, nanos: nanosOf(plain[3]) };
  }
  const iso = ISO.exec(text);
  if (iso === null) return null;
  const [year, month, day, hour, minute, second] = iso.slice(1, 7).map((part) => Number(part ?? 0));
  const millis = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(millis);
  // Date.UTC carries 31 April over into May: refuse instead. A leap second (60) is not carried either.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) return null;
  const seconds = millis / 1000 - offsetSeconds(iso[8]);
  return seconds < 0 || seconds > 0xffffffff ? null : { kind: 'absolute', seconds, nanos: nanosOf(iso[7]) };
}

function nanosOf(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Number(fraction.padEnd(9, '0'));
}

function offsetSeconds(zone: string | undefined): number {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const digits = zone.slice(1).replace(':', '');
  const seconds = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2)) * 60;
  return zone.startsWith('-') ? -seconds : seconds;
}

/** True if both are of one kind and `a` is after `b`. */
export function isAfter(a: TimeOption, b: TimeOption): boolean {
  return a.kind === b.kind && (a.seconds > b.seconds || (a.seconds === b.seconds && a.nanos > b.nanos));
}
