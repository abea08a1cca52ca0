/** CRCs byte by byte, without seed and final inversion: neither matters to what is made of them (see known-values.ts). */

export interface Polynomial {
  readonly width: 8 | 16 | 32;
  readonly polynomial: number;
}

/** Of the catalogue of parametrised CRC algorithms: CCITT, ARC, DNP, T10-DIF; CRC-32, C, K, Q; ATM and MAXIM. */
export const POLYNOMIALS: readonly Polynomial[] = [
  { width: 32, polynomial: 0x04c11db7 },
  { width: 16, polynomial: 0x1021 },
  { width: 16, polynomial: 0x8005 },
  { width: 32, polynomial: 0x1edc6f41 },
  { width: 16, polynomial: 0x3d65 },
  { width: 16, polynomial: 0x8bb7 },
  { width: 32, polynomial: 0x741b8cd7 },
  { width: 32, polynomial: 0x814141ab },
  { width: 8, polynomial: 0x07 },
  { width: 8, polynomial: 0x31 },
];

/** Contribution of one byte with so many bytes after it: index (after * 256 + byte). */
export function crcTable({ width, polynomial }: Polynomial, reflected: boolean, most: number): Uint32Array {
  const table = new Uint32Array(most * 256);
  const step = reflected ? stepDown(width, polynomial) : stepUp(width, polynomial);
  for (let byte = 0; byte < 256; byte++) table[byte] = step(reflected ? byte : (byte << (width - 8)) >>> 0);
  for (let i = 256; i < table.length; i++) table[i] = step(table[i - 256]);
  return table;
}

/** Eight shifts with the highest bit first. */
function stepUp(width: number, polynomial: number): (register: number) => number {
  const top = (1 << (width - 1)) >>> 0;
  const all = width === 32 ? 0xffff_ffff : (1 << width) - 1;
  return (register) => {
    let x = register;
    for (let bit = 0; bit < 8; bit++) x = (((x & top) >>> 0 !== 0 ? (x << 1) ^ polynomial : x << 1) & all) >>> 0;
    return x;
  };
}

/** Eight shifts with the lowest bit first, as reflected algorithms do. */
function stepDown(width: number, polynomial: number): (register: number) => number {
  let mirrored = 0;
  for (let bit = 0; bit < width; bit++) if ((polynomial >>> bit) & 1) mirrored |= 1 << (width - 1 - bit);
  return (register) => {
    let x = register;
    for (let bit = 0; bit < 8; bit++) x = (x & 1) !== 0 ? (x >>> 1) ^ mirrored : x >>> 1;
    return x >>> 0;
  };
}
