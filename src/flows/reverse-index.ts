import {
  FIRST_TAG_WORD,
  HEAD_ETHERTYPE_SHIFT,
  HEAD_LENGTH_MASK,
  HEAD_TAGS_MASK,
  HEAD_TAGS_SHIFT,
  IP_CUT,
  IP_FRAGMENT_MASK,
  IP_FRAGMENT_SHIFT,
  IP_SHORT,
  L4_FORM_MASK,
  L4_FORM_SHIFT,
  L4_ICMP,
  L4_PORTS,
  LAYER_ARP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_KIND_MASK,
} from '../decoder/flow-key.ts';
import type { MergedFlows } from './merge.ts';

/** What identifies a conversation, seen from one end; 14 words. */
const WORDS = 14;
/** Word 0 EtherType, protocol, fragment; 1 VLAN ids; 2..5 and 6..9 addresses; 10, 11 ports or ICMP id; 12, 13 MACs of non-IP. */

/**
 * Finds the flow of the other direction between the same end points: the same addresses, ports, protocol and VLAN ids
 * with the ends exchanged. MAC addresses count only where there are no IP addresses (gateways may answer with others).
 */
export class ReverseIndex {
  readonly #flows: MergedFlows;
  readonly #direction: Uint8Array;
  readonly #slots: Uint32Array;
  readonly #next: Uint32Array;
  readonly #mask: number;
  readonly #own = new Uint32Array(WORDS);
  readonly #other = new Uint32Array(WORDS);

  /** `wanted`: the flows that will be looked up, null for any. */
  constructor(flows: MergedFlows, direction: Uint8Array, wanted: ReadonlySet<number> | null = null) {
    let size = 16;
    while (size < (wanted?.size ?? flows.count)) size *= 2;
    this.#flows = flows;
    this.#direction = direction;
    this.#slots = new Uint32Array(size);
    this.#next = new Uint32Array(flows.count);
    this.#mask = size - 1;
    const marks = wanted === null ? null : this.#mark(wanted);
    for (let f = flows.count - 1; f >= 0; f--) {
      if (marks !== null && marks[sketch(this.#rowsOf(f), flows.keyStart[f])] === 0) continue;
      this.#read(f, this.#own, false);
      const slot = hashWords(this.#own) & this.#mask;
      this.#next[f] = this.#slots[slot];
      this.#slots[slot] = f + 1;
    }
  }

  #rowsOf(flow: number): Uint32Array {
    return this.#flows.tables[this.#flows.keyTable[flow]].columns.rows;
  }

  /** Marks the sketches of flows: what has none of these is the reverse of none of them. */
  #mark(wanted: ReadonlySet<number>): Uint8Array {
    const marks = new Uint8Array(SKETCHES);
    marks[SKETCH_OTHER] = 1;
    for (const flow of wanted) marks[sketch(this.#rowsOf(flow), this.#flows.keyStart[flow])] = 1;
    return marks;
  }

  /** Index of the reverse flow, or -1. */
  find(flow: number): number {
    const wanted = this.#own;
    this.#read(flow, wanted, true);
    for (let at = this.#slots[hashWords(wanted) & this.#mask]; at !== 0; at = this.#next[at - 1]) {
      const candidate = at - 1;
      if (candidate === flow || this.#direction[candidate] === this.#direction[flow]) continue;
      this.#read(candidate, this.#other, false);
      if (sameWords(wanted, this.#other)) return candidate;
    }
    return -1;
  }

  /** Writes the end points of a flow, exchanged if `swap`. */
  #read(flow: number, out: Uint32Array, swap: boolean): void {
    const rows = this.#rowsOf(flow);
    const start = this.#flows.keyStart[flow];
    out.fill(0);
    const head = rows[start];
    const tags = (head >>> HEAD_TAGS_SHIFT) & HEAD_TAGS_MASK;
    out[0] = head >>> HEAD_ETHERTYPE_SHIFT;
    let vlans = tags;
    for (let t = 0; t < tags; t++) vlans = Math.imul(vlans, 4099) + (rows[start + FIRST_TAG_WORD + t] & 0xfff);
    out[1] = vlans;
    const words = head & 0xff;
    const at = FIRST_TAG_WORD + tags;
    const layer = at < words ? rows[start + at] : 0;
    const kind = layer & LAYER_KIND_MASK;
    const a = swap ? 6 : 2;
    const b = swap ? 2 : 6;
    if ((kind === LAYER_IPV4 || kind === LAYER_IPV6) && (layer & (IP_CUT | IP_SHORT)) === 0) {
      const size = kind === LAYER_IPV4 ? 1 : 4;
      const from = start + at + (kind === LAYER_IPV4 ? 1 : 2);
      for (let w = 0; w < size; w++) {
        out[a + w] = rows[from + w];
        out[b + w] = rows[from + size + w];
      }
      out[0] |= ((layer >>> 8) & 0xff) << 16;
      out[0] |= ((layer >>> IP_FRAGMENT_SHIFT) & IP_FRAGMENT_MASK) << 24;
      const form = (layer >>> L4_FORM_SHIFT) & L4_FORM_MASK;
      const word = form === 0 ? 0 : rows[from + 2 * size];
      if (form === L4_PORTS) {
        out[swap ? 11 : 10] = word & 0xffff;
        out[swap ? 10 : 11] = word >>> 16;
      } else if (form === L4_ICMP) out[10] = out[11] = word >>> 16;
      return;
    }
    if (kind === LAYER_ARP && start + at + 2 < start + words) {
      out[a] = rows[start + at + 1];
      out[b] = rows[start + at + 2];
      return;
    }
    out[swap ? 13 : 12] = (rows[start + 2] & 0xffff) ^ rows[start + 3];
    out[swap ? 12 : 13] = rows[start + 1] ^ (rows[start + 2] >>> 16);
  }
}

/** Values of `sketch`. */
const SKETCHES = 1 << 20;
/** What is neither IPv4 nor IPv6 with whole headers and ports. */
const SKETCH_OTHER = 0;

/** A number that both directions of a conversation share, from addresses and ports alone. */
function sketch(rows: Uint32Array, start: number): number {
  const at = start + FIRST_TAG_WORD + ((rows[start] >>> HEAD_TAGS_SHIFT) & HEAD_TAGS_MASK);
  if (at >= start + (rows[start] & HEAD_LENGTH_MASK)) return SKETCH_OTHER;
  const layer = rows[at];
  if ((layer & (IP_CUT | IP_SHORT)) !== 0 || ((layer >>> L4_FORM_SHIFT) & L4_FORM_MASK) !== L4_PORTS) return SKETCH_OTHER;
  const kind = layer & LAYER_KIND_MASK;
  let a = 0;
  let b = 0;
  let ports = 0;
  if (kind === LAYER_IPV4) {
    a = rows[at + 1];
    b = rows[at + 2];
    ports = rows[at + 3];
  } else if (kind === LAYER_IPV6) {
    a = rows[at + 2] ^ rows[at + 3] ^ rows[at + 4] ^ rows[at + 5];
    b = rows[at + 6] ^ rows[at + 7] ^ rows[at + 8] ^ rows[at + 9];
    ports = rows[at + 10];
  } else return SKETCH_OTHER;
  return (scramble(a, ports & 0xffff) + scramble(b, ports >>> 16)) >>> 12;
}

function scramble(address: number, port: number): number {
  const h = Math.imul(address ^ Math.imul(port, 0x85ebca6b), 0x9e3779b1);
  return (h ^ (h >>> 15)) >>> 0;
}

function hashWords(words: Uint32Array): number {
  let h = 0x811c9dc5;
  for (let w = 0; w < WORDS; w++) {
    h = Math.imul(h ^ words[w], 0x9e3779b1);
    h ^= h >>> 15;
  }
  return h >>> 0;
}

function sameWords(a: Uint32Array, b: Uint32Array): boolean {
  for (let w = 0; w < WORDS; w++) if (a[w] !== b[w]) return false;
  return true;
}
