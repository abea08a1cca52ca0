const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Six bytes at `offset` as lower-case text with colons. */
export function macText(bytes: Uint8Array, offset: number): string {
  let text = HEX[bytes[offset]];
  for (let i = 1; i < 6; i++) text += `:${HEX[bytes[offset + i]]}`;
  return text;
}

/** Six bytes at `offset` as a big-endian number of 48 bits (exact in a double). */
export function macNumber(bytes: Uint8Array, offset: number): number {
  let value = 0;
  for (let i = 0; i < 6; i++) value = value * 256 + bytes[offset + i];
  return value;
}

/** Two bytes at `offset`, big-endian, as all numbers of Slow Protocols. */
export function uint16At(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] << 8) | bytes[offset + 1];
}
