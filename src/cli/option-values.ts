import { usageError } from './exit-codes.ts';

/** Decimal or 0x… whole number from 0 to `max`, else null. */
export function parseWholeNumber(text: string, max: number): number | null {
  if (!/^(\d{1,16}|0[xX][0-9a-fA-F]{1,8})$/.test(text)) return null;
  const value = Number(text);
  return value <= max ? value : null;
}

/** A whole number from `min` to `max`, or wrong usage. */
export function requireWholeNumber(option: string, text: string, min: number, max: number): number {
  const value = parseWholeNumber(text, max);
  if (value === null || value < min) throw usageError(`${option} ${text}: expected a whole number, ${min} to ${max}`);
  return value;
}

/** MAC address in any common spelling (02:…, 02-…, 0200.5e00.0001, bare digits), as lower case with colons; null if it is none. */
export function normalizeMac(text: string): string | null {
  if (!/^([0-9a-f]{1,2}([:-])[0-9a-f]{1,2}(\2[0-9a-f]{1,2}){4}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}|[0-9a-f]{12})$/i.test(text))
    return null;
  const octets = /[:-]/.test(text) ? text.split(/[:-]/) : (text.replaceAll('.', '').match(/../g) as string[]);
  return octets.map((octet) => octet.toLowerCase().padStart(2, '0')).join(':');
}

/** Comma-separated names: at least one, none empty, none twice. */
export function requireNames(option: string, text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw usageError(`${option} '${text}': a name is missing; expected NAME,NAME,…`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw usageError(`${option}: '${twice}' stands there twice`);
  return names;
}
