/** Values as users and JSON Lines give them. */

export function isMissing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** A whole number given as number or as decimal or 0x text, else -1. */
export function asNumber(value: unknown): number {
  if (typeof value === 'number') return Number.isInteger(value) ? value : -1;
  if (typeof value !== 'string' || !/^(0x[0-9a-f]{1,12}|[0-9]{1,15})$/i.test(value)) return -1;
  return Number(value);
}

/** A list, an empty one where the field is missing, null for anything else. */
export function asList(value: unknown): readonly unknown[] | null {
  if (isMissing(value)) return NONE;
  return Array.isArray(value) ? value : null;
}

const NONE: readonly unknown[] = [];
