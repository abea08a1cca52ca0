/**
 * LACPDUs of several links in one capture: taken on "any" without interface numbers, on a mirror port, on the bond itself, or files
 * put together. A link has one port at each end; ports of one system that speak by turns are ports of several links.
 */
import type { Lacpdu } from './lacpdu.ts';
import { hasPartner } from './port-transitions.ts';

export interface Links {
  readonly count: number;
  /** The link of a LACPDU of the sequence, from 0 in order of appearance. */
  of(pdu: Lacpdu): number;
}

/** Turns (X Y X Y) that no change of identity makes: a port that was replaced does not come back and go again. */
const LEAST_TURNS = 3;
/** Groups of ports that are told apart; a flood of forged LACPDUs has more. */
const MAX_GROUPS = 64;

const ONE_LINK: Links = { count: 1, of: () => 0 };

/** A port and those that it is joined to by what they say of each other. */
interface Group {
  readonly systems: Set<string>;
  readonly macs: Set<string>;
  /** Groups that speak by turns with this one. */
  readonly apart: Set<number>;
}

/** `sequence`: LACPDUs of one member in order of time; equal ones in a row are one object. */
export function findLinks(sequence: readonly Lacpdu[]): Links {
  const valid = sequence.filter(({ malformed }) => malformed === null);
  const groupOf = joinPorts(valid);
  if (groupOf === null) return ONE_LINK;
  const { ids, count } = groupOf;
  if (count < 2 || count > MAX_GROUPS) return ONE_LINK;
  const groups = Array.from({ length: count }, (): Group => ({ systems: new Set(), macs: new Set(), apart: new Set() }));
  const turns = new Uint32Array(count * count);
  const lastOf = new Int32Array(count * count).fill(-1);
  for (const pdu of valid) {
    const g = ids.get(pdu) ?? 0;
    groups[g].systems.add(pdu.actor.system);
    groups[g].macs.add(pdu.srcMac);
    for (let other = 0; other < count; other++) {
      if (other === g) continue;
      const pair = Math.min(g, other) * count + Math.max(g, other);
      if (lastOf[pair] >= 0 && lastOf[pair] !== g) turns[pair]++;
      lastOf[pair] = g;
    }
  }
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      // Two ends of one link may speak of nobody: only ports of one system are of two links.
      if (turns[i * count + j] < LEAST_TURNS || ![...groups[i].systems].some((system) => groups[j].systems.has(system))) continue;
      groups[i].apart.add(j);
      groups[j].apart.add(i);
    }
  }
  const links = placeGroups(groups);
  return { count: Math.max(...links) + 1, of: (pdu) => links[ids.get(pdu) ?? 0] };
}

/** Each group's link: its own if it speaks by turns with those that are there, else that of the port it was before. */
function placeGroups(groups: readonly Group[]): number[] {
  const links: number[][] = [];
  return groups.map((group, g) => {
    const fitting = links.map((_, l) => l).filter((l) => !links[l].some((other) => group.apart.has(other)));
    const sameMac = fitting.find((l) => links[l].some((other) => [...group.macs].some((mac) => groups[other].macs.has(mac))));
    const at = sameMac ?? (group.apart.size > 0 ? undefined : fitting[0]) ?? links.length;
    (links[at] ??= []).push(g);
    return at;
  });
}

/** Ports joined to the one that they name most often as their partner: a group per link, in order of appearance. */
function joinPorts(sequence: readonly Lacpdu[]): { ids: Map<Lacpdu, number>; count: number } | null {
  const counts = new Map<Lacpdu, number>();
  for (const pdu of sequence) counts.set(pdu, (counts.get(pdu) ?? 0) + 1);
  const named = new Map<string, Map<string, number>>();
  for (const [pdu, count] of counts) {
    const own = portId(pdu.actor);
    const partners = named.get(own) ?? new Map<string, number>();
    named.set(own, partners);
    if (hasPartner(pdu)) partners.set(portId(pdu.partner), (partners.get(portId(pdu.partner)) ?? 0) + count);
  }
  if (named.size < 2) return null;
  const parent = new Map<string, string>();
  const find = (id: string): string => {
    let root = id;
    while (parent.get(root) !== undefined && parent.get(root) !== root) root = parent.get(root) ?? root;
    return root;
  };
  for (const [own, partners] of named) {
    const most = [...partners].sort(([, x], [, y]) => y - x)[0];
    if (most !== undefined) parent.set(find(own), find(most[0]));
  }
  const places = new Map<string, number>();
  const ids = new Map<Lacpdu, number>();
  for (const pdu of counts.keys()) {
    const root = find(portId(pdu.actor));
    const place = places.get(root) ?? places.size;
    places.set(root, place);
    ids.set(pdu, place);
  }
  return { ids, count: places.size };
}

/** Two bonds of one host may share their system address and number their ports alike. */
function portId({ system, key, port }: Lacpdu['actor']): string {
  return `${system} ${key} ${port}`;
}
