import {
  FIRST_TAG_WORD,
  HEAD_ETHERTYPE_SHIFT,
  HEAD_LENGTH_MASK,
  HEAD_TAGS_MASK,
  HEAD_TAGS_SHIFT,
  IP_CUT,
  IP_FRAGMENT_MASK,
  IP_FRAGMENT_SHIFT,
  IP_PROTOCOL_SHIFT,
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
import { firstLayer } from './key-layers.ts';
import type { MergedFlows } from './merge.ts';

/**
 * Finds the flow of the other direction between the same end points: the same addresses, ports, protocol and VLAN ids
 * with the ends exchanged. MAC addresses count only where there are no IP addresses (gateways may answer with others).
 */
export class ReverseIndex {
  readonly #flows: MergedFlows;
  readonly #direction: Uint8Array;
  /** By the low bits of a sketch: first flow with it + 1, and per flow the next one + 1. In order of flows. */
  readonly #slots: Uint32Array;
  readonly #next: Uint32Array;
  readonly #sketches: Uint32Array;
  readonly #mask: number;

  /** `wanted`: the flows that will be looked up, null for any. */
  constructor(flows: MergedFlows, direction: Uint8Array, wanted: ArrayLike<number> | null = null) {
    let size = 16;
    while (size < (wanted?.length ?? flows.count)) size *= 2;
    this.#flows = flows;
    this.#direction = direction;
    this.#slots = new Uint32Array(size);
    this.#next = new Uint32Array(flows.count);
    this.#sketches = sketchAll(flows);
    this.#mask = size - 1;
    chain(this.#sketches, wanted === null ? null : markSketches(this.#sketches, wanted), this.#slots, this.#next);
  }

  /** Index of the reverse flow, or -1. */
  find(flow: number): number {
    const { tables, keyTable, keyStart } = this.#flows;
    const sketches = this.#sketches;
    const sketch = sketches[flow];
    const side = this.#direction[flow];
    for (let at = this.#slots[sketch & this.#mask]; at !== 0; at = this.#next[at - 1]) {
      const candidate = at - 1;
      if (sketches[candidate] !== sketch || candidate === flow || this.#direction[candidate] === side) continue;
      const rows = tables[keyTable[flow]].columns.rows;
      const others = tables[keyTable[candidate]].columns.rows;
      if (isReverse(rows, keyStart[flow], others, keyStart[candidate])) return candidate;
    }
    return -1;
  }
}

function sketchAll({ tables, count, keyTable, keyStart }: MergedFlows): Uint32Array {
  const sketches = new Uint32Array(count);
  for (let f = 0; f < count; f++) sketches[f] = sketchEnds(tables[keyTable[f]].columns.rows, keyStart[f]);
  return sketches;
}

/** Bits of a sketch by which flows are told that cannot be the reverse of any wanted one. */
const MARK_BITS = 20;

/** By the upper bits of a sketch: 1 if a wanted flow has it. */
function markSketches(sketches: Uint32Array, wanted: ArrayLike<number>): Uint8Array {
  const marks = new Uint8Array(1 << MARK_BITS);
  for (let i = 0; i < wanted.length; i++) marks[sketches[wanted[i]] >>> (32 - MARK_BITS)] = 1;
  return marks;
}

function chain(sketches: Uint32Array, marks: Uint8Array | null, slots: Uint32Array, next: Uint32Array): void {
  const mask = slots.length - 1;
  for (let f = sketches.length - 1; f >= 0; f--) {
    const sketch = sketches[f];
    if (marks !== null && marks[sketch >>> (32 - MARK_BITS)] === 0) continue;
    next[f] = slots[sketch & mask];
    slots[sketch & mask] = f + 1;
  }
}

/** What tells the ends of a flow. */
const ENDS_MAC = 0;
const ENDS_IPV4 = 1;
const ENDS_IPV6 = 2;
const ENDS_ARP = 3;

/** ENDS_* of a key whose first layer is at `at`. */
function kindOfEnds(rows: Uint32Array, start: number, at: number): number {
  const words = start + (rows[start] & HEAD_LENGTH_MASK) - at;
  const layer = words > 0 ? rows[at] : 0;
  const kind = layer & LAYER_KIND_MASK;
  if (kind === LAYER_ARP) return words > 2 ? ENDS_ARP : ENDS_MAC;
  if ((layer & (IP_CUT | IP_SHORT)) !== 0) return ENDS_MAC;
  return kind === LAYER_IPV4 ? ENDS_IPV4 : kind === LAYER_IPV6 ? ENDS_IPV6 : ENDS_MAC;
}

/** Ports of both ends (source low), ICMP identifier as both of them, 0 without either. */
function portWord(layer: number, word: number): number {
  const form = (layer >>> L4_FORM_SHIFT) & L4_FORM_MASK;
  if (form === L4_PORTS) return word;
  return form === L4_ICMP ? (word & 0xffff0000) | (word >>> 16) : 0;
}

/** Hash of the ends that both directions of a conversation share: exchanging them does not change it. */
function sketchEnds(rows: Uint32Array, start: number): number {
  const at = firstLayer(rows, start);
  const kind = kindOfEnds(rows, start, at);
  let a = 0;
  let b = 0;
  let ports = 0;
  if (kind === ENDS_IPV4) {
    a = rows[at + 1];
    b = rows[at + 2];
    ports = portWord(rows[at], rows[at + 3]);
  } else if (kind === ENDS_IPV6) {
    a = rows[at + 2] ^ rows[at + 3] ^ rows[at + 4] ^ rows[at + 5];
    b = rows[at + 6] ^ rows[at + 7] ^ rows[at + 8] ^ rows[at + 9];
    ports = portWord(rows[at], rows[at + 10]);
  } else if (kind === ENDS_ARP) {
    a = rows[at + 1];
    b = rows[at + 2];
  } else {
    a = (rows[start + 2] & 0xffff) ^ rows[start + 3];
    b = rows[start + 1] ^ (rows[start + 2] >>> 16);
  }
  const h = (scramble(a, ports & 0xffff) + scramble(b, ports >>> 16)) ^ (rows[start] >>> HEAD_ETHERTYPE_SHIFT);
  return Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0;
}

function scramble(address: number, port: number): number {
  const h = Math.imul(address ^ Math.imul(port, 0x85ebca6b), 0x9e3779b1);
  return (h ^ (h >>> 15)) >>> 0;
}

/** Whether the key at `b` names the ends of the key at `a`, exchanged. */
function isReverse(rowsA: Uint32Array, a: number, rowsB: Uint32Array, b: number): boolean {
  const tags = (rowsA[a] >>> HEAD_TAGS_SHIFT) & HEAD_TAGS_MASK;
  if (tags !== ((rowsB[b] >>> HEAD_TAGS_SHIFT) & HEAD_TAGS_MASK)) return false;
  if (rowsA[a] >>> HEAD_ETHERTYPE_SHIFT !== rowsB[b] >>> HEAD_ETHERTYPE_SHIFT) return false;
  for (let t = 0; t < tags; t++) if (((rowsA[a + FIRST_TAG_WORD + t] ^ rowsB[b + FIRST_TAG_WORD + t]) & 0xfff) !== 0) return false;
  const [atA, atB] = [firstLayer(rowsA, a), firstLayer(rowsB, b)];
  const kind = kindOfEnds(rowsA, a, atA);
  if (kind !== kindOfEnds(rowsB, b, atB)) return false;
  if (kind === ENDS_MAC) {
    const [fromA, toA] = [(rowsA[a + 2] & 0xffff) ^ rowsA[a + 3], rowsA[a + 1] ^ (rowsA[a + 2] >>> 16)];
    return fromA === (rowsB[b + 1] ^ (rowsB[b + 2] >>> 16)) && toA === ((rowsB[b + 2] & 0xffff) ^ rowsB[b + 3]);
  }
  if (kind === ENDS_ARP) return rowsA[atA + 1] === rowsB[atB + 2] && rowsA[atA + 2] === rowsB[atB + 1];
  return sameIpEnds(rowsA, atA, rowsB, atB, kind === ENDS_IPV4 ? 1 : 4);
}

/** The same of IP layers with addresses of `size` words. */
function sameIpEnds(rowsA: Uint32Array, atA: number, rowsB: Uint32Array, atB: number, size: number): boolean {
  const [layerA, layerB] = [rowsA[atA], rowsB[atB]];
  if ((((layerA ^ layerB) >>> IP_PROTOCOL_SHIFT) & 0xff) !== 0) return false;
  if ((((layerA ^ layerB) >>> IP_FRAGMENT_SHIFT) & IP_FRAGMENT_MASK) !== 0) return false;
  const [fromA, fromB] = size === 1 ? [atA + 1, atB + 1] : [atA + 2, atB + 2];
  for (let w = 0; w < size; w++) {
    if (rowsA[fromA + w] !== rowsB[fromB + size + w] || rowsA[fromA + size + w] !== rowsB[fromB + w]) return false;
  }
  const portsA = portWord(layerA, rowsA[fromA + 2 * size]);
  const portsB = portWord(layerB, rowsB[fromB + 2 * size]);
  return (portsA & 0xffff) === portsB >>> 16 && portsA >>> 16 === (portsB & 0xffff);
}
