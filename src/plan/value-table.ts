/** Hash table load is at most one half. */
const FIRST_SLOTS = 1 << 8;

/** Shannon entropy (bits) and concentration of a set of values by the flows and bytes that have them. */
export interface ValueSpread {
  readonly values: number;
  readonly flows: number;
  readonly bytes: number;
  readonly flowBits: number;
  readonly byteBits: number;
  /** (sum of bytes)^2 / sum of squared bytes: as many equal values would be as uneven. */
  readonly effective: number;
  readonly largestBytes: number;
}

/** Counts flows and bytes of 64-bit values (two words). Open addressing on typed arrays: a million flows times twenty fields. */
export class ValueTable {
  #mask = FIRST_SLOTS - 1;
  #high = new Uint32Array(FIRST_SLOTS);
  #low = new Uint32Array(FIRST_SLOTS);
  #flows = new Uint32Array(FIRST_SLOTS);
  #bytes = new Float64Array(FIRST_SLOTS);
  #count = 0;

  get values(): number {
    return this.#count;
  }

  add(high: number, low: number, bytes: number): void {
    if (this.#count * 2 > this.#mask) this.#grow();
    const slot = this.#find(high >>> 0, low >>> 0);
    if (this.#flows[slot] === 0) {
      this.#high[slot] = high;
      this.#low[slot] = low;
      this.#count++;
    }
    this.#flows[slot]++;
    this.#bytes[slot] += bytes;
  }

  /** Bytes of each value, in no order. */
  weights(): Float64Array {
    const weights = new Float64Array(this.#count);
    let at = 0;
    for (let slot = 0; slot <= this.#mask; slot++) if (this.#flows[slot] > 0) weights[at++] = this.#bytes[slot];
    return weights;
  }

  spread(): ValueSpread {
    let flows = 0;
    let bytes = 0;
    let squares = 0;
    let largestBytes = 0;
    let flowSum = 0;
    let byteSum = 0;
    for (let slot = 0; slot <= this.#mask; slot++) {
      const n = this.#flows[slot];
      if (n === 0) continue;
      const w = this.#bytes[slot];
      flows += n;
      bytes += w;
      squares += w * w;
      if (w > largestBytes) largestBytes = w;
      flowSum += n * Math.log2(n);
      if (w > 0) byteSum += w * Math.log2(w);
    }
    return {
      values: this.#count,
      flows,
      bytes,
      // Rounding must not give one value a trace of entropy.
      flowBits: this.#count < 2 ? 0 : Math.max(0, Math.log2(flows) - flowSum / flows),
      byteBits: this.#count < 2 || bytes === 0 ? 0 : Math.max(0, Math.log2(bytes) - byteSum / bytes),
      effective: squares === 0 ? 0 : (bytes * bytes) / squares,
      largestBytes,
    };
  }

  #find(high: number, low: number): number {
    let slot = mix(high, low) & this.#mask;
    while (this.#flows[slot] !== 0 && (this.#low[slot] !== low || this.#high[slot] !== high)) slot = (slot + 1) & this.#mask;
    return slot;
  }

  #grow(): void {
    const [high, low, flows, bytes] = [this.#high, this.#low, this.#flows, this.#bytes];
    const slots = (this.#mask + 1) * 4;
    this.#mask = slots - 1;
    this.#high = new Uint32Array(slots);
    this.#low = new Uint32Array(slots);
    this.#flows = new Uint32Array(slots);
    this.#bytes = new Float64Array(slots);
    for (let old = 0; old < flows.length; old++) {
      if (flows[old] === 0) continue;
      const slot = this.#find(high[old], low[old]);
      this.#high[slot] = high[old];
      this.#low[slot] = low[old];
      this.#flows[slot] = flows[old];
      this.#bytes[slot] = bytes[old];
    }
  }
}

/** Two words to one, all bits stirred (the finisher of MurmurHash3). */
export function mix(high: number, low: number): number {
  let h = Math.imul(high ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(low, 0xcc9e2d51);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A running 64-bit digest of words, for values longer than 64 bits: that two of a million differ in words and not in digest happens once in 10^7 captures. */
export class WordDigest {
  high = 0;
  low = 0;

  reset(): void {
    this.high = 0x243f6a88;
    this.low = 0x85a308d3;
  }

  add(word: number): void {
    const low = mix(this.low ^ word, this.high);
    this.high = mix(Math.imul(this.high, 0x9e3779b1) + word, this.low);
    this.low = low;
  }
}
