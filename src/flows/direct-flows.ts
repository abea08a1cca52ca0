import { HEAD_HINT_MASK, HEAD_HINT_SHIFT, HINT_RECEIVED, HINT_SENT } from '../decoder/flow-key.ts';
import type { LinkEnd } from '../lacp/group-lags.ts';
import { STAT_WORDS } from './flow-table.ts';
import { isGroupMac, parseMac, sourceMac } from './mac.ts';
import { macPairsOf, NO_DATA } from './mac-pairs.ts';
import type { MacPairs } from './mac-pairs.ts';
import type { MergedFlows } from './merge.ts';
import { isNoStation, MacColouring } from './sides.ts';

/** Pseudo address that stands for "this end" in the colouring; no real address has more than 48 bits. */
export const LOCAL_END = 0x1_0000_0000_0000;

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
  const edges = collectEdges(macPairsOf(flows), stations);
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

/** Two addresses between which unicast frames go. */
interface Edge {
  readonly a: number;
  readonly b: number;
  packets: number;
  /** The first flow whose frames count. */
  first: number;
}

/** Unicast source-destination pairs with their packets, heaviest first; equal ones in order of capture. Also fills `stations`. */
function collectEdges(pairs: MacPairs, stations: Map<number, Station>): Edge[] {
  const ids = new Map<number, number>();
  const idOf = (mac: number): number => {
    const known = ids.get(mac);
    if (known !== undefined) return known;
    ids.set(mac, ids.size);
    return ids.size - 1;
  };
  const edges = new Map<number, Edge>();
  for (let p = 0; p < pairs.count; p++) {
    const src = pairs.source[p];
    const dst = pairs.destination[p];
    if (isNoStation(src)) continue;
    const station = stations.get(src);
    if (station === undefined) stations.set(src, { mac: src, packets: pairs.packets[p] });
    else station.packets += pairs.packets[p];
    if (isNoStation(dst) || dst === src) continue;
    const x = idOf(src);
    const y = idOf(dst);
    const first = pairs.firstData[p];
    if (first === NO_DATA) continue;
    const packets = pairs.dataPackets[p];
    const key = x < y ? x * 0x400_0000 + y : y * 0x400_0000 + x;
    const edge = edges.get(key);
    if (edge === undefined) {
      edges.set(key, x < y ? { a: src, b: dst, packets, first } : { a: dst, b: src, packets, first });
      continue;
    }
    edge.packets += packets;
    if (first < edge.first) edge.first = first;
  }
  return [...edges.values()].sort((x, y) => y.packets - x.packets || x.first - y.first);
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
  const pairs = macPairsOf(flows);
  const lagMacs = findLagMacs(pairs, ownMacs);
  const sideOfPair = new Uint8Array(pairs.count);
  const isOwnOfPair = new Uint8Array(pairs.count);
  for (let p = 0; p < pairs.count; p++) {
    const mac = pairs.source[p];
    const side = sides.sideOf(mac);
    sideOfPair[p] = side < 0 ? UNASSIGNED : side;
    isOwnOfPair[p] = ownMacs.has(mac) && !lagMacs.has(mac) ? 1 : 0;
  }
  const direction = new Uint8Array(flows.count);
  const control = new Uint8Array(flows.count);
  for (let f = 0; f < flows.count; f++) {
    const pair = pairs.pairOf[f];
    direction[f] = sideOfPair[pair];
    control[f] = pairs.isControl[f] | isOwnOfPair[pair];
  }
  return { direction, control };
}

/** Of the members' own addresses those that stations use for the LAG: unicast frames go to or come from them. */
function findLagMacs(pairs: MacPairs, ownMacs: ReadonlySet<number>): Set<number> {
  const used = new Set<number>();
  for (let p = 0; p < pairs.count; p++) {
    if (pairs.hasPlain[p] === 0 || isNoStation(pairs.destination[p])) continue;
    if (ownMacs.has(pairs.destination[p])) used.add(pairs.destination[p]);
    if (ownMacs.has(pairs.source[p])) used.add(pairs.source[p]);
  }
  return used;
}
