import type { HashInput } from '../hash/hash-input.ts';
import { PORTS_OK, PORTS_PADDING } from '../hash/hash-input.ts';
import { swap16, swap32 } from '../hash/linux-blocks.ts';
import { hasPortPair, hasSpi } from '../flows/protocol-names.ts';
import type { EntropyField, FieldEntropy } from './entropy-types.ts';
import { ValueTable, WordDigest } from './value-table.ts';

/** One field while it is counted: its values, and which of its bits vary. */
class FieldCounter {
  readonly field: EntropyField;
  readonly width: number;
  readonly #table = new ValueTable();
  readonly #first = new Uint32Array(4);
  readonly #varying = new Uint32Array(4);
  #isFirst = true;

  constructor(field: EntropyField, width: number) {
    this.field = field;
    this.width = width;
  }

  /** A value of at most 64 bits, as a number: high and low word. */
  add(high: number, low: number, bytes: number): void {
    this.#see(0, high);
    this.#see(1, low);
    this.#isFirst = false;
    this.#table.add(high, low, bytes);
  }

  /** Four words at `at`, as the packet has them read little-endian. */
  addAddress(words: Uint32Array, at: number, digest: WordDigest, bytes: number): void {
    digest.reset();
    for (let w = 0; w < 4; w++) {
      this.#see(w, swap32(words[at + w]));
      digest.add(words[at + w]);
    }
    this.#isFirst = false;
    this.#table.add(digest.high, digest.low, bytes);
  }

  result(): FieldEntropy {
    const { values, flows, flowBits, byteBits } = this.#table.spread();
    const words = this.width > 64 ? [0, 1, 2, 3] : this.width > 32 ? [0, 1] : [1];
    const hex = words.map((w) => this.#varying[w].toString(16).padStart(8, '0')).join('');
    let varyingBits = 0;
    for (const w of words) for (let bits = this.#varying[w]; bits !== 0; bits = (bits & (bits - 1)) >>> 0) varyingBits++;
    return {
      field: this.field,
      width: this.width,
      varyingMask: hex.slice(-Math.ceil(this.width / 4)),
      varyingBits,
      values,
      flowBits,
      byteBits,
      flows,
    };
  }

  #see(word: number, value: number): void {
    if (this.#isFirst) this.#first[word] = value;
    else this.#varying[word] |= value ^ this.#first[word];
  }
}

/** Counts the values of every header field that a hash may look at, from the columns that policies read. */
export class FieldEntropyCounter {
  readonly #counters = new Map<string, FieldCounter>();
  readonly #digest = new WordDigest();

  /** Counts rows [0, input.length); `bytes` of each row's flow, from `at` on. */
  add(input: HashInput, bytes: Float64Array, at: number): void {
    for (let i = 0; i < input.length; i++) {
      const weight = bytes[at + i];
      this.#of('srcMac', 48).add(input.srcMacHi[i], input.srcMacLo[i], weight);
      if (input.noDstMac[i] === 0) this.#of('dstMac', 48).add(input.dstMacHi[i], input.dstMacLo[i], weight);
      this.#of('etherType', 16).add(0, input.innerEtherType[i], weight);
      if (input.tagCount[i] > 0) this.#of('tci', 16).add(0, input.outerTci[i], weight);
      if (input.ipVersion[i] === 0) continue;
      this.#addAddresses(input, i, weight);
      this.#addTransport(input, i, weight);
    }
  }

  results(): FieldEntropy[] {
    return [...this.#counters.values()].map((counter) => counter.result());
  }

  /** Fields behind a tunnel header, as the tunnel's walk finds them. */
  addInner(field: EntropyField, width: number, high: number, low: number, bytes: number): void {
    this.#of(field, width).add(high, low, bytes);
  }

  addInnerAddress(field: EntropyField, isIpv6: boolean, words: Uint32Array, at: number, bytes: number): void {
    if (isIpv6) this.#of(field, 128).addAddress(words, at, this.#digest, bytes);
    else this.#of(field, 32).add(0, swap32(words[at]), bytes);
  }

  #addAddresses(input: HashInput, i: number, weight: number): void {
    const isIpv6 = input.ipVersion[i] === 6;
    this.addInnerAddress('src', isIpv6, input.src, i * 4, weight);
    this.addInnerAddress('dst', isIpv6, input.dst, i * 4, weight);
    if (isIpv6) this.#of('flowLabel', 20).add(0, input.flowLabel[i], weight);
    this.#of('protocol', 8).add(0, input.upperProtocol[i], weight);
  }

  #addTransport(input: HashInput, i: number, weight: number): void {
    const protocol = input.upperProtocol[i];
    if (input.portsStatus[i] !== PORTS_OK && input.portsStatus[i] !== PORTS_PADDING) return;
    if (hasPortPair(protocol)) {
      this.#of('srcPort', 16).add(0, swap16(input.ports[i] & 0xffff), weight);
      this.#of('dstPort', 16).add(0, swap16(input.ports[i] >>> 16), weight);
    } else if (hasSpi(protocol)) this.#of('spi', 32).add(0, swap32(input.ports[i]), weight);
    else if (input.icmp[i] >>> 16 !== 0) this.#of('icmpId', 16).add(0, input.icmp[i] >>> 16, weight);
  }

  #of(field: EntropyField, width: number): FieldCounter {
    const key = width === 128 ? `${field} 6` : field;
    let counter = this.#counters.get(key);
    if (counter === undefined) this.#counters.set(key, (counter = new FieldCounter(field, width)));
    return counter;
  }
}
