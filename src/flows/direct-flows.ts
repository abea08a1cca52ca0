import { HEAD_HINT_MASK, HEAD_HINT_SHIFT, HINT_RECEIVED, HINT_SENT } from '../decoder/flow-key.ts';
import { ROW_LEARNING, ROW_LINK_LOCAL, ROW_MALFORMED, ROW_PER_PORT, ROW_SLOW_PROTOCOL } from '../decoder/packet-batch.ts';
import type { LinkEnd } from '../lacp/group-lags.ts';
import { rowFlags, STAT_WORDS } from './flow-table.ts';
import { destinationMac, isGroupMac, parseMac, sourceMac } from './mac.ts';
import type { MergedFlows } from './merge.ts';
import { isNoStation, MacColouring } from './sides.ts';

/** Pseudo address that stands for "this end" in the colouring; no real address has more than 48 bits. */
export const LOCAL_END = 0x1_0000_0000_0000;

const CONTROL_FLAGS = ROW_SLOW_PROTOCOL | ROW_LINK_LOCAL | ROW_PER_PORT | ROW_LEARNING;
/** Locally administered bit of the first MAC byte, as lldpd sets it on the permanent address of bond members. */
const LOCAL_BIT = 0x0200_0000_0000;

/** What is known of the ends before any frame is looked at. */
export interface SideHints {
  /** Per link of the LAG the ends its LACPDUs name. */
  readonly ends: readonly (readonly LinkEnd[])[];
  /** MACs said to be of one side: by options, by state texts. Each list is one side; the first list's side is preferred as `a`. */
  readonly known: readonly { readonly macs: readonly number[]; readonly evidence: string; readonly local: boolean }[];
  readonly apart?: readonly ApartHint[];
}

/** Addresses that a forwarding table tells apart: `here` all on one side, `there` all on the other. */
export interface ApartHint {
  readonly here: readonly number[];
  readonly there: readonly number[];
}

/** Per station MAC of the LAG: what its flows say. */
interface Station {
  mac: number;
  packets: number;
  unicast: boolean;
}

export interface Sides {
  /** 0: side a, 1: side b, -1 unknown. */
  sideOf(mac: number): 0 | 1 | -1;
  /** The set of addresses that evidence joins `mac` to, and its side within that set; null if it stands alone. */
  componentOf(mac: number): { component: number; parity: 0 | 1 } | null;
  /** Station addresses of each side, by packets sent. */
  readonly macs: readonly [number[], number[]];
  readonly evidence: readonly [string[], string[]];
  /** True if it is known which end captured. */
  readonly aIsLocal: boolean;
  /** Packets of evidence that contradict the colouring. */
  readonly contradicted: number;
}

/** Colours the MAC addresses of a LAG and names the sides a and b by the rules of the contract. */
export function findSides(flows: MergedFlows, hints: SideHints): Sides {
  const colouring = new MacColouring();
  const evidence: [string[], string[]] = [[], []];
  const systems = colourByLacp(colouring, hints.ends);
  for (const group of hints.known) for (const mac of group.macs) colouring.join(group.macs[0], mac, 0);
  const stations = new Map<number, Station>();
  const edges = collectEdges(flows, stations);
  const hinted = collectHints(flows);
  const local = hints.known.find((group) => group.local);
  if (local !== undefined) colouring.join(LOCAL_END, local.macs[0], 0);
  for (const { mac, sent, received } of hinted)
    if (sent + received > 0) colouring.join(LOCAL_END, mac, sent >= received ? 0 : 1, sent + received);
  for (const edge of edges) colouring.join(edge.a, edge.b, 1, edge.packets);
  // After the frames: a table learns what a switch throws back, too.
  for (const { here, there } of hints.apart ?? []) {
    for (const mac of here) colouring.join(here[0], mac, 0);
    for (const mac of there) colouring.join(there[0], mac, 0);
    if (here.length > 0 && there.length > 0) colouring.join(here[0], there[0], 1);
  }
  for (const mac of stations.keys()) {
    const permanent = mac - LOCAL_BIT;
    if ((Math.floor(mac / LOCAL_BIT) & 1) === 1 && colouring.has(permanent)) colouring.join(mac, permanent, 0);
  }

  const anchor = nameSideA(colouring, flows, hints, systems, hinted.length > 0, stations, evidence);
  placeSystems(colouring, anchor.mac, systems, evidence);
  const sideOf = (mac: number): 0 | 1 | -1 => colouring.relativeTo(anchor.mac, mac);
  const macs: [number[], number[]] = [[], []];
  const ordered = [...stations.values()].sort((x, y) => y.packets - x.packets);
  for (const station of ordered) {
    const side = sideOf(station.mac);
    if (side !== -1) macs[side].push(station.mac);
  }
  for (const system of systems) {
    const side = sideOf(system.mac);
    if (side === -1) continue;
    evidence[side].push(`LACP system ${system.text}`);
    if (!macs[side].includes(system.mac)) macs[side].push(system.mac);
  }
  return {
    sideOf,
    componentOf: (mac) => colouring.componentOf(mac),
    macs,
    evidence,
    aIsLocal: anchor.local,
    contradicted: colouring.contradicted,
  };
}

interface System {
  readonly mac: number;
  readonly priority: number;
  readonly text: string;
}

function colourByLacp(colouring: MacColouring, links: readonly (readonly LinkEnd[])[]): System[] {
  const systems = new Map<number, System>();
  for (const ends of links) {
    const nodes = ends.map((end) => ({ end, mac: parseMac(end.system) ?? 0 }));
    for (const { end, mac } of nodes) {
      if (mac === 0) continue;
      if (!systems.has(mac)) systems.set(mac, { mac, priority: end.systemPriority, text: end.system });
      for (const src of end.srcMacs) colouring.join(mac, parseMac(src) ?? mac, 0);
      for (const run of end.runs) {
        const partner = parseMac(run.pdu.partner.system) ?? 0;
        if (partner !== 0 && partner !== mac) colouring.join(mac, partner, 1);
      }
    }
    // The two systems that talk most on a link are its ends, even before either has accepted the other.
    const busiest = nodes.filter((n) => n.mac !== 0).sort((x, y) => pduCount(y.end) - pduCount(x.end));
    if (busiest.length >= 2 && busiest[0].mac !== busiest[1].mac) colouring.join(busiest[0].mac, busiest[1].mac, 1);
  }
  return [...systems.values()];
}

function pduCount(end: LinkEnd): number {
  let count = 0;
  for (const run of end.runs) count += run.count;
  return count;
}

/** A power of two: a bridge of some thousand stations keeps its pairs. */
const CACHED_PAIRS_BITS = 14;
const CACHED_PAIRS = 1 << CACHED_PAIRS_BITS;

/** Two addresses between which unicast frames go. */
interface Edge {
  readonly key: number;
  packets: number;
  isCounted: boolean;
}

/** What a pair of addresses counts for: its source, and the edge between both ends if there is one. */
interface Pair {
  readonly station: Station | null;
  readonly edge: Edge | null;
}

/** Place of a key's addresses in a cache of pairs. */
function pairSlot(rows: Uint32Array, start: number): number {
  const h = Math.imul(Math.imul(rows[start + 1] ^ 0x9e3779b1, 0x85ebca6b) ^ rows[start + 2], 0x9e3779b1) ^ rows[start + 3];
  return Math.imul(h ^ (h >>> 15), 0xc2b2ae35) >>> (32 - CACHED_PAIRS_BITS);
}

/** Unicast source-destination pairs with their packets, heaviest first. Also fills `stations`. */
function collectEdges(flows: MergedFlows, stations: Map<number, Station>): { a: number; b: number; packets: number }[] {
  const ids = new Map<number, number>();
  const macs: number[] = [];
  const idOf = (mac: number): number => {
    let id = ids.get(mac);
    if (id === undefined) {
      id = macs.length;
      ids.set(mac, id);
      macs.push(mac);
    }
    return id;
  };
  const edges = new Map<number, Edge>();
  /** In the order in which their first frames that count were captured: that of equal edges. */
  const counted: Edge[] = [];
  // The pairs met last, by their three words: there are few pairs, and flows of them alternate.
  const cachedWords = new Uint32Array(3 * CACHED_PAIRS);
  const cached: (Pair | undefined)[] = Array.from({ length: CACHED_PAIRS }, () => undefined);
  for (let f = 0; f < flows.count; f++) {
    const rows = flows.tables[flows.keyTable[f]].columns.rows;
    const start = flows.keyStart[f];
    const slot = pairSlot(rows, start);
    let pair = cached[slot];
    if (
      pair === undefined ||
      cachedWords[3 * slot] !== rows[start + 1] ||
      cachedWords[3 * slot + 1] !== rows[start + 2] ||
      cachedWords[3 * slot + 2] !== rows[start + 3]
    ) {
      const src = sourceMac(rows, start);
      const dst = destinationMac(rows, start);
      let station: Station | null = null;
      if (!isNoStation(src)) {
        station = stations.get(src) ?? { mac: src, packets: 0, unicast: false };
        stations.set(src, station);
      }
      let edge: Pair['edge'] = null;
      if (station !== null && !isNoStation(dst) && dst !== src) {
        const a = idOf(src);
        const b = idOf(dst);
        const key = a < b ? a * 0x400_0000 + b : b * 0x400_0000 + a;
        edge = edges.get(key) ?? { key, packets: 0, isCounted: false };
        edges.set(key, edge);
      }
      pair = { station, edge };
      cached[slot] = pair;
      for (let w = 0; w < 3; w++) cachedWords[3 * slot + w] = rows[start + 1 + w];
    }
    const { station, edge } = pair;
    if (station === null) continue;
    let packets = 0;
    let flags = 0;
    for (let e = flows.entryFrom[f]; e < flows.entryFrom[f + 1]; e++) {
      const table = flows.tables[flows.entryTable[e]];
      if (table.kind !== 'frames') continue;
      packets += table.columns.rows[flows.entryRow[e]];
      flags |= rowFlags(table.columns.rows, flows.entryRow[e]);
    }
    station.packets += packets;
    if ((flags & (CONTROL_FLAGS | ROW_MALFORMED)) !== 0 || edge === null) continue;
    station.unicast = true;
    if (!edge.isCounted) counted.push(edge);
    edge.isCounted = true;
    edge.packets += packets;
  }
  return counted
    .map(({ key, packets }) => ({ a: macs[Math.floor(key / 0x400_0000)], b: macs[key % 0x400_0000], packets }))
    .sort((x, y) => y.packets - x.packets);
}

/** Source MACs with the packets that the capture marks as sent or received by the capturing system. */
function collectHints(flows: MergedFlows): { mac: number; sent: number; received: number }[] {
  const hinted = new Map<number, { mac: number; sent: number; received: number }>();
  for (let e = 0; e < flows.entryFrom[flows.count]; e++) {
    const rows = flows.tables[flows.entryTable[e]].columns.rows;
    const row = flows.entryRow[e];
    const key = row + STAT_WORDS;
    const hint = (rows[key] >>> HEAD_HINT_SHIFT) & HEAD_HINT_MASK;
    if (hint !== HINT_SENT && hint !== HINT_RECEIVED) continue;
    const mac = sourceMac(rows, key);
    if (mac === 0 || isGroupMac(mac)) continue;
    const entry = hinted.get(mac) ?? { mac, sent: 0, received: 0 };
    if (hint === HINT_SENT) entry.sent += rows[row];
    else entry.received += rows[row];
    hinted.set(mac, entry);
  }
  return [...hinted.values()].sort((x, y) => y.sent + y.received - x.sent - x.received);
}

/** Which end is `a`: contract, section 1, "side". */
function nameSideA(
  colouring: MacColouring,
  flows: MergedFlows,
  hints: SideHints,
  systems: readonly System[],
  hasHints: boolean,
  stations: ReadonlyMap<number, Station>,
  evidence: [string[], string[]],
): { mac: number; local: boolean } {
  for (const group of hints.known) {
    const match = group.macs.find((mac) => stations.has(mac) || systems.some((s) => s.mac === mac));
    if (match === undefined) continue;
    evidence[0].push(group.evidence);
    return { mac: match, local: true };
  }
  if (hasHints) {
    evidence[0].push('sender by packet type or direction flags');
    return { mac: LOCAL_END, local: true };
  }
  const first = leastSystem(systems);
  if (first !== undefined) return { mac: first.mac, local: false };
  const inPair = new Set(colouring.macs());
  for (let f = 0; f < flows.count; f++) {
    const mac = sourceMac(flows.tables[flows.keyTable[f]].columns.rows, flows.keyStart[f]);
    if (!isNoStation(mac) && inPair.has(mac)) {
      evidence[0].push('source of the first data frame');
      return { mac, local: false };
    }
  }
  return { mac: LOCAL_END, local: false };
}

/** The LACP system with the smaller (priority, MAC). */
function leastSystem(systems: readonly System[]): System | undefined {
  return [...systems].sort((x, y) => x.priority - y.priority || x.mac - y.mac)[0];
}

/**
 * Side a may be named after a station of a bridged network that nothing joins to the ends' LACP systems. They are on the two
 * sides all the same: which is where is taken by the contract's rule for systems, and said.
 */
function placeSystems(colouring: MacColouring, anchor: number, systems: readonly System[], evidence: [string[], string[]]): void {
  if (systems.some(({ mac }) => colouring.relativeTo(anchor, mac) !== -1)) return;
  const first = leastSystem(systems);
  if (first === undefined) return;
  colouring.join(anchor, first.mac, 0);
  evidence[0].push('smaller LACP system (nothing tells which end these stations are on)');
}

/** A prime. */
const REMEMBERED_MACS = 1021;

/** Direction of a flow: 0 a→b, 1 b→a, 2 unknown. */
export const UNASSIGNED = 2;

export interface DirectedFlows {
  /** Per flow: 0, 1 or UNASSIGNED. */
  readonly direction: Uint8Array;
  /** Per flow: 1 if no policy places its frames (link-local and per-port protocols, a member's own frames). */
  readonly control: Uint8Array;
}

/**
 * Gives each flow its direction by its source's side and sets control apart. `ownMacs`: the members' permanent
 * addresses by side; frames from one of them that is not the LAG's own address are the member's own affair.
 */
export function directFlows(flows: MergedFlows, sides: Sides, ownMacs: ReadonlySet<number>): DirectedFlows {
  const direction = new Uint8Array(flows.count);
  const control = new Uint8Array(flows.count);
  const lagMacs = findLagMacs(flows, ownMacs);
  const sideOf = rememberByMac((mac) => {
    const side = sides.sideOf(mac);
    return side < 0 ? UNASSIGNED : side;
  });
  const isMembersOwn = rememberByMac((mac) => (ownMacs.has(mac) && !lagMacs.has(mac) ? 1 : 0));
  for (let f = 0; f < flows.count; f++) {
    const rows = flows.tables[flows.keyTable[f]].columns.rows;
    const mac = sourceMac(rows, flows.keyStart[f]);
    direction[f] = sideOf(mac);
    const e = flows.entryFrom[f];
    const flags = rowFlags(flows.tables[flows.entryTable[e]].columns.rows, flows.entryRow[e]);
    if ((flags & CONTROL_FLAGS) !== 0 || (ownMacs.size > 0 && isMembersOwn(mac) === 1)) control[f] = 1;
  }
  return { direction, control };
}

/** Asks for each address once, or seldom: there are few, and flows of them alternate. Kept by the address modulo a prime. */
function rememberByMac(find: (mac: number) => number): (mac: number) => number {
  const macs = new Float64Array(REMEMBERED_MACS).fill(-1);
  const found = new Uint8Array(REMEMBERED_MACS);
  return (mac) => {
    const slot = ((mac ^ (mac / 0x1_0000_0000)) >>> 0) % REMEMBERED_MACS;
    if (macs[slot] !== mac) {
      macs[slot] = mac;
      found[slot] = find(mac);
    }
    return found[slot];
  };
}

/** Of the members' own addresses those that stations use for the LAG: unicast frames go to or come from them. */
function findLagMacs(flows: MergedFlows, ownMacs: ReadonlySet<number>): Set<number> {
  const used = new Set<number>();
  if (ownMacs.size === 0) return used;
  const isOwn = rememberByMac((mac) => (ownMacs.has(mac) ? 1 : 0));
  for (let f = 0; f < flows.count; f++) {
    const rows = flows.tables[flows.keyTable[f]].columns.rows;
    const start = flows.keyStart[f];
    const e = flows.entryFrom[f];
    const flags = rowFlags(flows.tables[flows.entryTable[e]].columns.rows, flows.entryRow[e]);
    if ((flags & CONTROL_FLAGS) !== 0) continue;
    const dst = destinationMac(rows, start);
    if (isNoStation(dst)) continue;
    if (isOwn(dst) === 1) used.add(dst);
    const src = sourceMac(rows, start);
    if (isOwn(src) === 1) used.add(src);
  }
  return used;
}
