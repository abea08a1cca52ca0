/** MAC addresses as numbers of 48 bits (exact in a double) and as text. */

export function macNumber(hi16: number, lo32: number): number {
  return hi16 * 0x1_0000_0000 + lo32;
}

/** Source MAC of the key row at `start`. */
export function sourceMac(rows: Uint32Array, start: number): number {
  return macNumber(rows[start + 2] & 0xffff, rows[start + 3]);
}

/** Destination MAC of the key row at `start`; 0 where the link type carries none. */
export function destinationMac(rows: Uint32Array, start: number): number {
  return rows[start + 1] * 0x1_0000 + (rows[start + 2] >>> 16);
}

/** Group bit: broadcast or multicast. */
export function isGroupMac(mac: number): boolean {
  return (Math.floor(mac / 0x100_0000_0000) & 1) === 1;
}

/** Lower case with colons. */
export function formatMac(mac: number): string {
  const hex = mac.toString(16).padStart(12, '0');
  return `${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}:${hex.slice(6, 8)}:${hex.slice(8, 10)}:${hex.slice(10, 12)}`;
}

/** Reads `aa:bb:cc:dd:ee:ff`, also with `-` or as `aabb.ccdd.eeff`; null for anything else. */
export function parseMac(text: string): number | null {
  const digits = text.trim().replaceAll(/[:.-]/g, '');
  if (!/^[0-9a-f]{12}$/i.test(digits)) return null;
  return Number.parseInt(digits, 16);
}
