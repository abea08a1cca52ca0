/** Parts of header fields that switches hash in place of whole fields: their lowest bits, every other bit. */
import type { KeyField, KeyFieldId } from './key-fields.ts';

/** Bits that enter, by byte of a field, the first one first. */
export type FieldMask = Uint8Array;

/** Makes the mask of a field of so many bytes. */
type MaskRule = (bytes: number) => FieldMask;

const lowBits =
  (count: number): MaskRule =>
  (bytes) =>
    Uint8Array.from({ length: bytes }, (_, n) => {
      const wanted = count - (bytes - 1 - n) * 8;
      return wanted >= 8 ? 0xff : wanted <= 0 ? 0 : (1 << wanted) - 1;
    });
const everyByte =
  (bits: number): MaskRule =>
  (bytes) =>
    new Uint8Array(bytes).fill(bits);
const withoutLow =
  (count: number): MaskRule =>
  (bytes) =>
    lowBits(count)(bytes).map((bits) => ~bits);
const firstByte: MaskRule = (bytes) => Uint8Array.from({ length: bytes }, (_, n) => (n === 0 ? 0xff : 0));

export const WHOLE: MaskRule = everyByte(0xff);

/** The lowest 8, 16 and 4 bits; bits of even and of odd place. */
const USUAL_RULES: readonly MaskRule[] = [lowBits(8), lowBits(16), lowBits(4), everyByte(0x55), everyByte(0xaa)];
/** More of the lowest bits (32 and 64 of IPv6); all but the lowest, as of a network; the first byte. */
const RULES: readonly MaskRule[] = [
  ...USUAL_RULES,
  ...[12, 24].map(lowBits),
  ...[1, 2, 3, 4, 8].map(withoutLow),
  firstByte,
  ...[32, 64].map(lowBits),
];

/** Fields that are masked alike. */
const GROUPS: readonly (readonly KeyFieldId[])[] = [
  ['src', 'dst'],
  ['srcPort', 'dstPort'],
  ['srcMac', 'dstMac'],
];

/** Masks of a key's fields, one for each field of it. */
export type KeyMasks = readonly FieldMask[];

const masksOfFields = new WeakMap<KeyField, Map<string, FieldMask>>();

/** The one object for a mask of a field. */
function interned(field: KeyField, mask: FieldMask): FieldMask {
  let masks = masksOfFields.get(field);
  if (masks === undefined) masksOfFields.set(field, (masks = new Map()));
  const name = mask.join();
  const known = masks.get(name);
  if (known === undefined) masks.set(name, mask);
  return known ?? mask;
}

/** Masks that leave every bit of the key's fields. */
export function wholeKey(key: readonly KeyField[]): KeyMasks {
  return key.map((field) => interned(field, WHOLE(field.bytes)));
}

/** Masks of parts of fields, such that rows differ in other bits than with all masks before. */
export function partialMasks(key: readonly KeyField[]): KeyMasks[] {
  const whole = wholeKey(key);
  const seen = new Set([nameOf(key, whole)]);
  const found: KeyMasks[] = [];
  const add = (masks: KeyMasks): void => {
    const name = nameOf(key, masks);
    if (seen.has(name)) return;
    seen.add(name);
    if (masks.some((mask, f) => mask.some((bits, n) => (bits & key[f].varying[n]) !== 0))) found.push(masks);
  };
  const masked = (masks: KeyMasks, group: readonly KeyFieldId[], rule: MaskRule): KeyMasks =>
    masks.map((mask, f) => (group.includes(key[f].id) ? interned(key[f], rule(key[f].bytes)) : mask));
  for (const group of GROUPS) for (const rule of RULES) add(masked(whole, group, rule));
  const [addresses, ports] = GROUPS;
  for (const first of USUAL_RULES) for (const second of USUAL_RULES) add(masked(masked(whole, addresses, first), ports, second));
  return found;
}

/** Equal for masks that take the same of what varies. */
function nameOf(key: readonly KeyField[], masks: KeyMasks): string {
  return masks.map((mask, f) => Array.from(mask, (bits, n) => bits & key[f].varying[n]).join('.')).join();
}
