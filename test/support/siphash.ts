/** SipHash-2-4 (Aumasson, Bernstein 2012), its lower 32 bits, with a key made of one number. */

const ALL = 2n ** 64n - 1n;
const rotate = (x: bigint, by: bigint): bigint => ((x << by) | (x >> (64n - by))) & ALL;

export function siphash24(bytes: readonly number[], seed: number): number {
  const k0 = (BigInt(seed) * 0x9e3779b97f4a7c15n) & ALL;
  const k1 = (BigInt(seed) * 0xbf58476d1ce4e5b9n + 1n) & ALL;
  let [a, b, c, d] = [k0 ^ 0x736f6d6570736575n, k1 ^ 0x646f72616e646f6dn, k0 ^ 0x6c7967656e657261n, k1 ^ 0x7465646279746573n];
  const round = (): void => {
    a = (a + b) & ALL;
    b = rotate(b, 13n) ^ a;
    a = rotate(a, 32n);
    c = (c + d) & ALL;
    d = rotate(d, 16n) ^ c;
    a = (a + d) & ALL;
    d = rotate(d, 21n) ^ a;
    c = (c + b) & ALL;
    b = rotate(b, 17n) ^ c;
    c = rotate(c, 32n);
  };
  const last = bytes.length - (bytes.length % 8);
  for (let at = 0; at <= last; at += 8) {
    let word = at === last ? BigInt(bytes.length & 0xff) << 56n : 0n;
    bytes.slice(at, at + 8).forEach((byte, i) => (word |= BigInt(byte) << BigInt(8 * i)));
    d ^= word;
    round();
    round();
    a ^= word;
  }
  c ^= 0xffn;
  for (let i = 0; i < 4; i++) round();
  return Number((a ^ b ^ c ^ d) & 0xffff_ffffn);
}
