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
  if (family === 'crc') {
    // finish(add(add(0, R), basis), 23): the CRC is linear, so flow and basis can be shifted apart.
    const own = Int32Array.from(tuples, (tuple) => crcShift(tuple, 4) ^ crcShift(23, 2));
    return crcBuckets(own, 3);
  }
  const own = Int32Array.from(tuples, (tuple) => PORTABLE.add(tuple, 0));
  return (basis, from, to, buckets) => {
    const mixed = murmurMix(basis);
    for (let i = from; i < to; i++) buckets[i - from] = finishPortable(addMixed(own[i], mixed));
  };
}

/** balance-slb. `low`, `high`: the two words of `VLAN << 48 | source MAC` of each flow. */
export function slbBuckets(family: 'portable' | 'crc', low: Uint32Array, high: Uint32Array): BasisBuckets {
  if (family === 'crc') {
    const own = Int32Array.from(low, (word, i) => crcShift(word, 4) ^ crcShift(high[i], 3) ^ crcShift(23, 2));
    return crcBuckets(own, 4);
  }
  const mixedLow = Int32Array.from(low, murmurMix);
  const mixedHigh = Int32Array.from(high, murmurMix);
  return (basis, from, to, buckets) => {
    for (let i = from; i < to; i++) buckets[i - from] = finishPortable(addMixed(addMixed(basis, mixedLow[i]), mixedHigh[i]));
  };
}

/** Hot path, as the two below. */
function crcBuckets(own: Int32Array, words: number): BasisBuckets {
  return (basis, from, to, buckets) => {
    const shifted = crcShift(basis, words);
    for (let i = from; i < to; i++) {
      const product = Math.imul(own[i] ^ shifted, 0x805204f3);
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
