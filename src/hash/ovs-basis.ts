/**
 * The bucket functions of Open vSwitch turned to the basis: the same flows under millions of bases, one after another. What does
 * not depend on the basis is computed once per flow. Formulas: ovs-balance-tcp.ts, ovs-balance-slb.ts; `ovs-basis.test.ts` holds
 * both against each other.
 */
import { crcShift, murmurMix, PORTABLE } from './ovs-arithmetic.ts';

/** Writes the bucket of each flow under one basis to `buckets`. */
export type BasisBuckets = (basis: number, from: number, to: number, buckets: Uint8Array) => void;

/** balance-tcp of 2.8 and later. `tuples`: 5-tuple hash R of each flow. */
export function tcpBuckets(family: 'portable' | 'crc', tuples: Uint32Array): BasisBuckets {
  if (family === 'crc') return shiftBuckets(tcpShiftWords(tuples), TCP_WORDS);
  const own = Int32Array.from(tuples, (tuple) => PORTABLE.add(tuple, 0));
  return (basis, from, to, buckets) => {
    const mixed = murmurMix(basis);
    for (let i = from; i < to; i++) buckets[i - from] = finishPortable(addMixed(own[i], mixed));
  };
}

/** balance-slb. `low`, `high`: the two words of `VLAN << 48 | source MAC` of each flow. */
export function slbBuckets(family: 'portable' | 'crc', low: Uint32Array, high: Uint32Array): BasisBuckets {
  if (family === 'crc') return shiftBuckets(slbShiftWords(low, high), SLB_WORDS);
  const mixedLow = Int32Array.from(low, murmurMix);
  const mixedHigh = Int32Array.from(high, murmurMix);
  return (basis, from, to, buckets) => {
    for (let i = from; i < to; i++) buckets[i - from] = finishPortable(addMixed(addMixed(basis, mixedLow[i]), mixedHigh[i]));
  };
}

/** Words that follow the basis in the CRC, the finish included. */
export const TCP_WORDS = 3;
export const SLB_WORDS = 4;

/**
 * What a flow adds to the basis shifted through the CRC: its bucket is the low byte of p ^ p >>> 16, where p is the product of
 * both XORed and of SHIFT_FACTOR. Only the lowest 24 bits count.
 */
export function tcpShiftWords(tuples: Uint32Array): Int32Array {
  // finish(add(add(0, R), basis), 23): the CRC is linear, so flow and basis can be shifted apart.
  return Int32Array.from(tuples, (tuple) => crcShift(tuple, 4) ^ crcShift(23, 2));
}

export function slbShiftWords(low: Uint32Array, high: Uint32Array): Int32Array {
  return Int32Array.from(low, (word, i) => crcShift(word, 4) ^ crcShift(high[i], 3) ^ crcShift(23, 2));
}

export const SHIFT_FACTOR = 0x805204f3;

/** A bucket is made of bits 0 to 7 and 16 to 23 of a product, to which higher bits of its factors do not reach. */
const LOW_SHIFT = 1 << 24;

/** Bit 23 of the shift turns the highest bit of every bucket: which half of the table is which, no frame tells. */
export const TOLD_SHIFT = LOW_SHIFT / 2;

/**
 * The smallest basis up to `most` whose shift has these low bits below TOLD_SHIFT, -1 without any: all of them give the same
 * buckets, but for the exchange of both halves of the table.
 */
export function basisOfShift(low: number, words: number, most: number): number {
  const inverse = invertShift(words);
  let best = -1;
  for (let high = 0; high < 512; high++) {
    const shift = (high * TOLD_SHIFT + (low % TOLD_SHIFT)) >>> 0;
    let basis = 0;
    for (let bit = 0; bit < 32; bit++) if (((shift >>> bit) & 1) === 1) basis ^= inverse[bit];
    basis >>>= 0;
    if (basis <= most && (best < 0 || basis < best)) best = basis;
  }
  return best;
}

/** Per bit of a shift, the basis that gives it alone: the shift is linear and takes no two words to one. */
function invertShift(words: number): Uint32Array {
  const images = Uint32Array.from({ length: 32 }, (_, bit) => crcShift(1 << bit, words));
  const origins = Uint32Array.from({ length: 32 }, (_, bit) => 1 << bit);
  for (let bit = 0; bit < 32; bit++) {
    let row = bit;
    while (((images[row] >>> bit) & 1) === 0) row++;
    [images[bit], images[row]] = [images[row], images[bit]];
    [origins[bit], origins[row]] = [origins[row], origins[bit]];
    for (let other = 0; other < 32; other++) {
      if (other === bit || ((images[other] >>> bit) & 1) === 0) continue;
      images[other] ^= images[bit];
      origins[other] ^= origins[bit];
    }
  }
  return origins;
}

/** Hot path, as the two below. */
function shiftBuckets(own: Int32Array, words: number): BasisBuckets {
  return (basis, from, to, buckets) => {
    const shift = crcShift(basis, words);
    for (let i = from; i < to; i++) {
      const product = Math.imul(own[i] ^ shift, SHIFT_FACTOR);
      buckets[i - from] = product ^ (product >>> 16);
    }
  };
}

function addMixed(hash: number, mixed: number): number {
  const h = hash ^ mixed;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

/** Low byte of `finish(hash, 8)`; the caller's array takes no more. */
function finishPortable(hash: number): number {
  let h = hash ^ 8;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
