/** CRCs bit by bit, as textbooks write them: what made-up switches compute shares nothing with the solver. */

export interface TextbookCrc {
  readonly width: 8 | 16 | 32;
  readonly polynomial: number;
  /** Takes the lowest bit of each byte first, and turns the result around. */
  readonly reflected: boolean;
  /** What the register holds at first, the highest bit first. */
  readonly initial: number;
}

export function textbookCrc({ width, polynomial, reflected, initial }: TextbookCrc, bytes: readonly number[]): number {
  // At the top of 32 bits, whatever its width.
  const unused = 32 - width;
  const divisor = polynomial << unused;
  let register = initial << unused;
  for (const byte of bytes)
    for (let i = 0; i < 8; i++) {
      const bit = (byte >> (reflected ? i : 7 - i)) & 1;
      const out = (register >>> 31) ^ bit;
      register <<= 1;
      if (out === 1) register ^= divisor;
    }
  const value = register >>> unused;
  return reflected ? mirrored(value, width) : value;
}

/** The lowest `width` bits in the other order. */
export function mirrored(value: number, width: number): number {
  let turned = 0;
  for (let b = 0; b < width; b++) turned = (turned << 1) | ((value >>> b) & 1);
  return turned >>> 0;
}
