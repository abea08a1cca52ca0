/** Primes of XXH64 (xxHash specification 0.1.1), high and low words. */
const P1_HIGH = 0x9e3779b1;
const P1_LOW = 0x85ebca87;
const P2_HIGH = 0xc2b2ae3d;
const P2_LOW = 0x27d4eb4f;
const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;
const MASK = 0xffffffffffffffffn;
const STRIPE_BYTES = 32;

/**
 * XXH64 with seed 0, of which Zstandard frames carry the low 32 bits. The long part runs on 32-bit words, the end
 * on bigints.
 */
export class XxHash64 {
  /** Four lanes, low word then high word. */
  private readonly lanes = new Uint32Array(8);
  private readonly rest = new Uint8Array(STRIPE_BYTES);
  private restLength = 0;
  private totalBytes = 0;

  constructor() {
    this.reset();
  }

  reset(): void {
    [P1 + P2, P2, 0n, -P1].forEach((lane, i) => {
      this.lanes[2 * i] = Number(lane & 0xffffffffn);
      this.lanes[2 * i + 1] = Number((lane >> 32n) & 0xffffffffn);
    });
    this.restLength = 0;
    this.totalBytes = 0;
  }

  update(bytes: Uint8Array): void {
    this.totalBytes += bytes.length;
    let at = 0;
    if (this.restLength > 0) {
      at = Math.min(STRIPE_BYTES - this.restLength, bytes.length);
      this.rest.set(bytes.subarray(0, at), this.restLength);
      this.restLength += at;
      if (this.restLength < STRIPE_BYTES) return;
      this.mix(this.rest, 0, STRIPE_BYTES);
      this.restLength = 0;
    }
    const stripes = bytes.length - ((bytes.length - at) % STRIPE_BYTES);
    this.mix(bytes, at, stripes);
    this.rest.set(bytes.subarray(stripes));
    this.restLength = bytes.length - stripes;
  }

  /** Low 32 bits of the hash of all bytes so far. */
  digestLow(): number {
    const lane = (i: number): bigint => (BigInt(this.lanes[2 * i + 1]!) << 32n) | BigInt(this.lanes[2 * i]!);
    let hash = P5;
    if (this.totalBytes >= STRIPE_BYTES) {
      hash = (rotate(lane(0), 1n) + rotate(lane(1), 7n) + rotate(lane(2), 12n) + rotate(lane(3), 18n)) & MASK;
      for (let i = 0; i < 4; i++) hash = ((hash ^ mixLane(0n, lane(i))) * P1 + P4) & MASK;
    }
    hash = (hash + BigInt(this.totalBytes)) & MASK;
    const view = new DataView(this.rest.buffer);
    let at = 0;
    for (; at + 8 <= this.restLength; at += 8) hash = (rotate(hash ^ mixLane(0n, view.getBigUint64(at, true)), 27n) * P1 + P4) & MASK;
    if (at + 4 <= this.restLength) {
      hash = (rotate(hash ^ ((BigInt(view.getUint32(at, true)) * P1) & MASK), 23n) * P2 + P3) & MASK;
      at += 4;
    }
    for (; at < this.restLength; at++) hash = (rotate(hash ^ ((BigInt(this.rest[at]!) * P5) & MASK), 11n) * P1) & MASK;
    hash = ((hash ^ (hash >> 33n)) * P2) & MASK;
    hash = ((hash ^ (hash >> 29n)) * P3) & MASK;
    hash ^= hash >> 32n;
    return Number(hash & 0xffffffffn);
  }

  /** lane = rotate(lane + input * P2, 31) * P1 for all whole stripes in [start, end). hot path. */
  private mix(bytes: Uint8Array, start: number, end: number): void {
    const lanes = this.lanes;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let lane = 0; lane < 4; lane++) {
      let low = lanes[2 * lane]! | 0;
      let high = lanes[2 * lane + 1]! | 0;
      for (let at = start + lane * 8; at < end; at += STRIPE_BYTES) {
        const inLow = view.getInt32(at, true);
        const inHigh = view.getInt32(at + 4, true);
        const productLow = Math.imul(inLow, P2_LOW);
        const productHigh = (multiplyHigh(inLow, P2_LOW) + Math.imul(inLow, P2_HIGH) + Math.imul(inHigh, P2_LOW)) | 0;
        const sumLow = (low + productLow) | 0;
        const carry = sumLow >>> 0 < low >>> 0 ? 1 : 0;
        const sumHigh = (high + productHigh + carry) | 0;
        const turnedLow = (sumLow << 31) | (sumHigh >>> 1);
        const turnedHigh = (sumHigh << 31) | (sumLow >>> 1);
        low = Math.imul(turnedLow, P1_LOW);
        high = (multiplyHigh(turnedLow, P1_LOW) + Math.imul(turnedLow, P1_HIGH) + Math.imul(turnedHigh, P1_LOW)) | 0;
      }
      lanes[2 * lane] = low;
      lanes[2 * lane + 1] = high;
    }
  }
}

/** Upper 32 bits of the product of two unsigned 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const first = Math.imul(aHigh, bLow) >>> 0;
  const second = Math.imul(aLow, bHigh) >>> 0;
  const middle = (Math.imul(aLow, bLow) >>> 16) + (first & 0xffff) + (second & 0xffff);
  return (Math.imul(aHigh, bHigh) + (first >>> 16) + (second >>> 16) + (middle >>> 16)) | 0;
}

function rotate(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & MASK;
}

function mixLane(lane: bigint, input: bigint): bigint {
  return (rotate((lane + input * P2) & MASK, 31n) * P1) & MASK;
}
