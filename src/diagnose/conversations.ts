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

/** One flow of a conversation, where it was seen. Times in ms on the LAG's axis. */
export interface ConversationEnd {
  /** The only member, or -1 if several show it. */
  readonly member: number;
  readonly packets: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Source in the analysis and record number of its first frame. */
  readonly source: number;
  readonly frame: number;
}

/** Two flows between the same end points, or one that was never answered. */
export interface Conversation {
  /** Side that sent `forward`. */
  readonly side: 0 | 1;
  readonly forward: ConversationEnd;
  /** The other direction; null if it is not in the captures. */
  readonly reverse: ConversationEnd | null;
  /** An answer is due: TCP, an ICMP echo request, an ARP request. */
  readonly expectsAnswer: boolean;
  /** `forward` is the flow of the end that asks: towards the lower, well-known port, or a request by its type. */
  readonly asks: boolean;
  /** Hash of the two network addresses. */
  readonly pair: number;
}

/** Flows of each side that are looked at: further ones, evenly left out, would tell no more. */
const MAX_FLOWS = 20_000;

/** Ports below are those of services, above of clients (IANA: dynamic ports from 49152; Linux uses 32768 and up). */
const FIRST_CLIENT_PORT = 32_768;

/** The conversations of a LAG as far as MAX_FLOWS per side allow. A conversation whose both flows are looked at is listed from each side. */
export function collectConversations(flows: LagFlows, directed: DirectedFlows): Conversation[] {
  const { merged } = flows;
  const chosen = [chooseFlows(flows, directed, 0), chooseFlows(flows, directed, 1)] as const;
  if (chosen[0].length === 0 && chosen[1].length === 0) return [];
  const wanted = new Set([...chosen[0], ...chosen[1]]);
  const index = new ReverseIndex(merged, directed.direction, wanted.size === merged.count ? null : wanted);
  const ends = new Map<number, ConversationEnd | null>();
  const endOf = (flow: number): ConversationEnd | null => {
    let end = ends.get(flow);
    if (end === undefined) ends.set(flow, (end = describeEnd(flows, flow)));
    return end;
  };
  const list: Conversation[] = [];
  for (const side of [0, 1] as const) {
    for (const flow of chosen[side]) {
      const forward = endOf(flow);
      if (forward === null) continue;
      const { rows } = merged.tables[merged.keyTable[flow]].columns;
      const kind = classify(rows, merged.keyStart[flow]);
      const found = index.find(flow);
      list.push({ side, forward, reverse: found < 0 ? null : endOf(found), ...kind });
    }
  }
  return list;
}

/** Hashed unicast flows of a side, evenly chosen. */
function chooseFlows({ merged }: LagFlows, { direction, control }: DirectedFlows, side: 0 | 1): number[] {
  let count = 0;
  const isWanted = (f: number): boolean => direction[f] === side && control[f] === 0;
  for (let f = 0; f < merged.count; f++) if (isWanted(f)) count++;
  const step = Math.max(1, Math.ceil(count / MAX_FLOWS));
  const chosen: number[] = [];
  let n = 0;
  for (let f = 0; f < merged.count; f++) if (isWanted(f) && n++ % step === 0) chosen.push(f);
  return chosen;
}

function describeEnd({ merged, memberOfTable, originSeconds }: LagFlows, flow: number): ConversationEnd | null {
  let member = -2;
  let packets = 0;
  let firstMs = Infinity;
  let lastMs = -Infinity;
  let source = -1;
  let frame = 0;
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
    source = table.source;
    frame = rows[row + STAT_FIRST_FRAME];
  }
  return packets === 0 ? null : { member, packets, firstMs, lastMs, source, frame };
}

/** What the key tells of who asks and whether an answer is due. */
function classify(rows: Uint32Array, start: number): { expectsAnswer: boolean; asks: boolean; pair: number } {
  const at = firstLayer(rows, start);
  const descriptor = rows[at];
  const kind = descriptor & LAYER_KIND_MASK;
  if (rows[start] >>> HEAD_ETHERTYPE_SHIFT === ETHER_TYPE_ARP && kind === LAYER_ARP) {
    const isRequest = descriptor >>> 16 === 1;
    return { expectsAnswer: isRequest, asks: isRequest, pair: mix(rows[at + 1], rows[at + 2]) };
  }
  if ((kind !== LAYER_IPV4 && kind !== LAYER_IPV6) || (descriptor & (IP_CUT | IP_SHORT)) !== 0)
    return { expectsAnswer: false, asks: false, pair: 0 };
  const size = kind === LAYER_IPV4 ? 1 : 4;
  const from = at + (kind === LAYER_IPV4 ? 1 : 2);
  let pair = 0;
  for (let w = 0; w < 2 * size; w++) pair = mix(pair, rows[from + w]);
  const form = (descriptor >>> L4_FORM_SHIFT) & L4_FORM_MASK;
  const isWhole = ((descriptor >>> IP_FRAGMENT_SHIFT) & IP_FRAGMENT_MASK) === 0 && (descriptor & L4_CUT) === 0;
  if (!isWhole || (form !== L4_PORTS && form !== L4_ICMP)) return { expectsAnswer: false, asks: false, pair };
  const protocol = (descriptor >>> IP_PROTOCOL_SHIFT) & 0xff;
  const word = rows[l4WordAt(descriptor, at)];
  if (form === L4_ICMP) {
    const isEcho = (protocol === PROTOCOL_ICMP && (word & 0xff) === 8) || (protocol === PROTOCOL_ICMPV6 && (word & 0xff) === 128);
    return { expectsAnswer: isEcho, asks: isEcho, pair };
  }
  const asks = swap(word >>> 16) < FIRST_CLIENT_PORT && swap(word & 0xffff) >= FIRST_CLIENT_PORT;
  return { expectsAnswer: protocol === PROTOCOL_TCP, asks, pair };
}

/** A port as a number from its two bytes read little-endian. */
function swap(port: number): number {
  return ((port & 0xff) << 8) | (port >>> 8);
}

function mix(a: number, b: number): number {
  const h = Math.imul(a ^ 0x9e3779b1, 0x85ebca6b) ^ b;
  return Math.imul(h ^ (h >>> 15), 0xc2b2ae35) >>> 0;
}
