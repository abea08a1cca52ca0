import {
  HEAD_ETHERTYPE_SHIFT,
  IP_CUT,
  IP_FRAGMENT_MASK,
  IP_FRAGMENT_SHIFT,
  IP_PROTOCOL_SHIFT,
  IP_SHORT,
  L4_CUT,
  L4_FORM_MASK,
  L4_FORM_SHIFT,
  L4_ICMP,
  L4_PORTS,
  LAYER_ARP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_KIND_MASK,
} from '../decoder/flow-key.ts';
import { ETHER_TYPE_ARP } from '../decoder/ether-types.ts';
import type { DirectedFlows } from '../flows/direct-flows.ts';
import {
  STAT_FIRST_FRAME,
  STAT_FIRST_NANOS,
  STAT_FIRST_SECONDS,
  STAT_LAST_NANOS,
  STAT_LAST_SECONDS,
  STAT_PACKETS,
} from '../flows/flow-table.ts';
import { firstLayer, l4WordAt } from '../flows/key-layers.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { toMs } from '../flows/lag-flows.ts';
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_TCP } from '../flows/protocol-names.ts';
import { ReverseIndex } from '../flows/reverse-index.ts';

/** Bits of `traits`. An answer is due: TCP, an ICMP echo request, an ARP request. */
export const EXPECTS_ANSWER = 1;
/** The first flow is that of the end that asks: towards the lower, well-known port, or a request by its type. */
export const ASKS = 2;
/** The other direction is in the captures. */
export const ANSWERED = 4;

/** Two flows between the same end points, or one that was never answered: conversation `t` by row. */
export interface Conversations {
  readonly count: number;
  /** Side that sent the first flow. */
  readonly side: Uint8Array;
  readonly traits: Uint8Array;
  /** Hash of the two network addresses. */
  readonly pair: Uint32Array;
  /** The flows where they were seen: row `forwardOf(t)` and, where it is ANSWERED, row `reverseOf(t)`. */
  readonly ends: ConversationEnds;
}

/** Flows of conversations, as columns. Times in ms on the LAG's axis. */
export interface ConversationEnds {
  /** The only member, or -1 if several show it. */
  readonly member: Int32Array;
  readonly packets: Float64Array;
  readonly firstMs: Float64Array;
  readonly lastMs: Float64Array;
  /** Source in the analysis and record number of its first frame. */
  readonly source: Uint32Array;
  readonly frame: Uint32Array;
}

/** Row of a conversation's first flow in `ends`. */
export function forwardOf(talk: number): number {
  return 2 * talk;
}

/** Row of a conversation's answer in `ends`. */
export function reverseOf(talk: number): number {
  return 2 * talk + 1;
}

/** Flows of each side that are looked at: further ones, evenly left out, would tell no more. */
const MAX_FLOWS = 20_000;

/** Ports below are those of services, above of clients (IANA: dynamic ports from 49152; Linux uses 32768 and up). */
const FIRST_CLIENT_PORT = 32_768;

/** The conversations of a LAG as far as MAX_FLOWS per side allow. A conversation whose both flows are looked at is listed from each side. */
export function collectConversations(flows: LagFlows, directed: DirectedFlows): Conversations {
  const { merged } = flows;
  const fromA = chooseFlows(merged.count, directed, 0);
  const fromB = chooseFlows(merged.count, directed, 1);
  const list = createConversations(fromA.length + fromB.length);
  if (list.side.length === 0) return list;
  const chosen = new Uint32Array(list.side.length);
  chosen.set(fromA);
  chosen.set(fromB, fromA.length);
  const index = new ReverseIndex(merged, directed.direction, chosen.length === merged.count ? null : chosen);
  let count = 0;
  for (let i = 0; i < chosen.length; i++) {
    const flow = chosen[i];
    if (!describeEnd(flows, flow, list.ends, forwardOf(count))) continue;
    list.side[count] = i < fromA.length ? 0 : 1;
    list.traits[count] = classify(merged.tables[merged.keyTable[flow]].columns.rows, merged.keyStart[flow], list.pair, count);
    const found = index.find(flow);
    if (found >= 0 && describeEnd(flows, found, list.ends, reverseOf(count))) list.traits[count] |= ANSWERED;
    count++;
  }
  return { ...list, count };
}

export const NO_CONVERSATIONS = createConversations(0);

function createConversations(most: number): Conversations {
  return {
    count: 0,
    side: new Uint8Array(most),
    traits: new Uint8Array(most),
    pair: new Uint32Array(most),
    ends: {
      member: new Int32Array(2 * most),
      packets: new Float64Array(2 * most),
      firstMs: new Float64Array(2 * most),
      lastMs: new Float64Array(2 * most),
      source: new Uint32Array(2 * most),
      frame: new Uint32Array(2 * most),
    },
  };
}

/** Hashed flows of a side, evenly chosen. */
function chooseFlows(flows: number, { direction, control }: DirectedFlows, side: 0 | 1): Uint32Array {
  let count = 0;
  for (let f = 0; f < flows; f++) if (direction[f] === side && control[f] === 0) count++;
  const step = Math.max(1, Math.ceil(count / MAX_FLOWS));
  const chosen = new Uint32Array(Math.ceil(count / step));
  let n = 0;
  for (let f = 0; f < flows; f++) if (direction[f] === side && control[f] === 0 && n++ % step === 0) chosen[(n - 1) / step] = f;
  return chosen;
}

/** Writes row `at` of the ends; false if the flow has no frames that are no copies. */
function describeEnd({ merged, memberOfTable, originSeconds }: LagFlows, flow: number, ends: ConversationEnds, at: number): boolean {
  let member = -2;
  let packets = 0;
  let firstMs = Infinity;
  let lastMs = -Infinity;
  for (let e = merged.entryFrom[flow]; e < merged.entryFrom[flow + 1]; e++) {
    const table = merged.tables[merged.entryTable[e]];
    if (table.kind !== 'frames') continue;
    const { rows } = table.columns;
    const row = merged.entryRow[e];
    const own = memberOfTable[merged.entryTable[e]];
    member = member === -2 || member === own ? own : -1;
    packets += rows[row + STAT_PACKETS];
    const first = toMs(rows[row + STAT_FIRST_SECONDS], rows[row + STAT_FIRST_NANOS], originSeconds);
    lastMs = Math.max(lastMs, toMs(rows[row + STAT_LAST_SECONDS], rows[row + STAT_LAST_NANOS], originSeconds));
    if (first >= firstMs) continue;
    firstMs = first;
    ends.source[at] = table.source;
    ends.frame[at] = rows[row + STAT_FIRST_FRAME];
  }
  ends.member[at] = member;
  ends.packets[at] = packets;
  ends.firstMs[at] = firstMs;
  ends.lastMs[at] = lastMs;
  return packets > 0;
}

/** What the key tells of who asks and whether an answer is due, in bits of `traits`; the hash of the addresses goes to `pairs[talk]`. */
function classify(rows: Uint32Array, start: number, pairs: Uint32Array, talk: number): number {
  const at = firstLayer(rows, start);
  const descriptor = rows[at];
  const kind = descriptor & LAYER_KIND_MASK;
  if (rows[start] >>> HEAD_ETHERTYPE_SHIFT === ETHER_TYPE_ARP && kind === LAYER_ARP) {
    pairs[talk] = mix(rows[at + 1], rows[at + 2]);
    return descriptor >>> 16 === 1 ? EXPECTS_ANSWER | ASKS : 0;
  }
  if ((kind !== LAYER_IPV4 && kind !== LAYER_IPV6) || (descriptor & (IP_CUT | IP_SHORT)) !== 0) return 0;
  const size = kind === LAYER_IPV4 ? 1 : 4;
  const from = at + (kind === LAYER_IPV4 ? 1 : 2);
  let pair = 0;
  for (let w = 0; w < 2 * size; w++) pair = mix(pair, rows[from + w]);
  pairs[talk] = pair;
  const form = (descriptor >>> L4_FORM_SHIFT) & L4_FORM_MASK;
  const isWhole = ((descriptor >>> IP_FRAGMENT_SHIFT) & IP_FRAGMENT_MASK) === 0 && (descriptor & L4_CUT) === 0;
  if (!isWhole || (form !== L4_PORTS && form !== L4_ICMP)) return 0;
  const protocol = (descriptor >>> IP_PROTOCOL_SHIFT) & 0xff;
  const word = rows[l4WordAt(descriptor, at)];
  if (form === L4_ICMP) {
    const isEcho = (protocol === PROTOCOL_ICMP && (word & 0xff) === 8) || (protocol === PROTOCOL_ICMPV6 && (word & 0xff) === 128);
    return isEcho ? EXPECTS_ANSWER | ASKS : 0;
  }
  const asks = swap(word >>> 16) < FIRST_CLIENT_PORT && swap(word & 0xffff) >= FIRST_CLIENT_PORT;
  return (protocol === PROTOCOL_TCP ? EXPECTS_ANSWER : 0) | (asks ? ASKS : 0);
}

/** A port as a number from its two bytes read little-endian. */
function swap(port: number): number {
  return ((port & 0xff) << 8) | (port >>> 8);
}

function mix(a: number, b: number): number {
  const h = Math.imul(a ^ 0x9e3779b1, 0x85ebca6b) ^ b;
  return Math.imul(h ^ (h >>> 15), 0xc2b2ae35) >>> 0;
}
