import { HEAD_LENGTH_MASK } from '../../decoder/flow-key.ts';
import { destinationMac, sourceMac } from '../../flows/mac.ts';
import { macKey, type AddressMap } from './address-map.ts';
import { ipEnds, ipLayers, mapRow, rowPorts, type PortChanges } from './map-row.ts';
import { RowHasher, type PlacedFlow } from './placement-check.ts';

/** Tries per conversation, per address, and times that all addresses are gone through. */
const PORT_ROUNDS = 200;
const ADDRESS_TRIES = 48;
const PASSES = 5;
/** Rows hashed in all, so that the largest captures come to an end. */
const MOST_HASHED = 4_000_000;
/** Ports that systems choose for clients. */
const FIRST_CLIENT_PORT = 32_768;
const CLIENT_PORTS = 28_232;

export type OpenPortChanges = Map<string, { readonly from: string; readonly change: number }>;

/**
 * Sees that flows stay where they were once their addresses are replaced. What an address map cannot keep of itself (a
 * number of members that is no power of two, a hash that mixes) is searched: other client ports where the rule looks at
 * ports, else other host parts of addresses. The result is how many flows could not be kept.
 */
export function* keepPlaces(
  flows: readonly PlacedFlow[],
  map: AddressMap,
  ports: OpenPortChanges,
  random: () => number,
): Generator<null, number> {
  const hasher = new RowHasher();
  const original = hasher.hash(flows, 'original');
  const kept = hasher.findKept(flows, original);
  yield null;
  if (kept.every((ok) => ok === 1)) return 0;
  // Turning every bit of a field shows whether the rule looks at it.
  const looksAt = (change: (copy: Uint32Array, start: number) => void): Uint8Array => {
    const turned = hasher.hash(flows, 'original', change);
    return turned.length === 0 ? new Uint8Array(0) : Uint8Array.from(turned, (hash, i) => (hash === original[i] ? 0 : 1));
  };
  const atPorts = looksAt((copy, start) => {
    const pair = rowPorts(copy, start);
    if (pair !== null) copy[pair.wordAt] = ~copy[pair.wordAt];
  });
  yield null;
  const atStations = looksAt((copy, start) => {
    copy[start + 3] ^= STATION_BITS;
    copy[start + 2] ^= STATION_BITS << 16;
  });
  yield null;
  const search: Search = { flows, original, hasher, atStations, map, ports, random, left: MOST_HASHED };
  if (kept.some((ok, i) => ok === 0 && atPorts[i] === 0)) yield* searchAddresses(search, placesOf(atPorts, 0));
  const still = hasher.findKept(flows, original);
  yield null;
  yield* searchPorts(
    search,
    placesOf(still, 0).filter((i) => atPorts[i] === 1),
  );
  return placesOf(hasher.findKept(flows, original), 0).length;
}

/** Bits of the last two bytes but one of an address. */
const STATION_BITS = 0x5a00;

function placesOf(column: Uint8Array, value: number): number[] {
  return [...column.keys()].filter((i) => column[i] === value);
}

interface Search {
  readonly flows: readonly PlacedFlow[];
  readonly original: Uint32Array;
  readonly hasher: RowHasher;
  /** 1 where the rule looks at bytes of the station addresses that the map changes. */
  readonly atStations: Uint8Array;
  readonly map: AddressMap;
  readonly ports: OpenPortChanges & PortChanges;
  readonly random: () => number;
  left: number;
}

/** Maps these flows anew and counts those that are not kept. */
function countBroken(search: Search, places: readonly number[]): number {
  return places.length - keptOf(search, places).reduce((sum, ok) => sum + ok, 0);
}

function keptOf(search: Search, places: readonly number[]): Uint8Array {
  const { flows, original, hasher, map, ports } = search;
  const some = places.map((i) => flows[i]);
  for (const { rows, out, start } of some) mapRow(rows, start, out, map, ports);
  search.left -= places.length;
  return hasher.findKept(
    some,
    Uint32Array.from(places, (i) => original[i]),
  );
}

/** Changes host parts, of the address with the fewest flows first: those of a server would move all its clients. */
function* searchAddresses(search: Search, places: readonly number[]): Generator<null> {
  const { map, random } = search;
  const flowsOf = new Map<string, number[]>();
  for (const i of places)
    for (const key of addressesOf(search.flows[i], search.atStations[i] === 1)) {
      const list = flowsOf.get(key);
      if (list === undefined) flowsOf.set(key, [i]);
      else list.push(i);
    }
  for (const key of flowsOf.keys()) map.claim(key);
  const keys = [...flowsOf.keys()].sort((x, y) => (flowsOf.get(x)?.length ?? 0) - (flowsOf.get(y)?.length ?? 0));
  for (let pass = 0; pass < PASSES && search.left > 0; pass++) {
    let isDone = true;
    for (const key of keys) {
      const own = flowsOf.get(key) ?? [];
      let best = { variant: map.variantOf(key), broken: countBroken(search, own) };
      if (best.broken > 0) isDone = false;
      for (let tries = 0; tries < ADDRESS_TRIES && best.broken > 0 && search.left > 0; tries++) {
        const variant = random() & (key.startsWith('m') ? 0xffff : 0xff);
        if (!map.vary(key, variant)) continue;
        const broken = countBroken(search, own);
        // Of equals the newer one: standing still finds nothing.
        if (broken <= best.broken) best = { variant, broken };
      }
      map.vary(key, best.variant);
      countBroken(search, own);
      yield null;
    }
    if (isDone) return;
  }
}

/** Addresses that the rule may look at. */
function addressesOf({ rows, start }: PlacedFlow, withStations: boolean): Set<string> {
  const stations = !withStations
    ? []
    : [sourceMac(rows, start), destinationMac(rows, start)].filter((mac) => mac !== 0 && Math.floor(mac / 0x100_0000_0000) % 2 === 0);
  const ends = ipLayers(rows, start).flatMap((at) => {
    const { from, to } = ipEnds(rows, at) ?? {};
    return from === undefined || to === undefined ? [] : [from, to];
  });
  return new Set([...ends, ...stations.map(macKey)]);
}

/** Draws client ports for all conversations that are not kept, until all are. */
function* searchPorts(search: Search, broken: readonly number[]): Generator<null> {
  const { flows, map, ports } = search;
  const conversations = new Map<string, number[]>(broken.map((i) => [keyOf(flows[i]), []]));
  for (const [i, flow] of flows.entries()) conversations.get(keyOf(flow))?.push(i);
  conversations.delete('');
  for (const flow of flows) map.claimText(`p ${keyOf(flow)}`, keyOf(flow));
  for (let round = 0; round < PORT_ROUNDS && conversations.size > 0 && search.left > 0; round++) {
    for (const [key, [first]] of conversations) drawPort(search, key, flows[first]);
    const places = [...conversations.values()].flat();
    const kept = keptOf(search, places);
    let at = 0;
    for (const [key, own] of conversations) {
      if (kept.subarray(at, at + own.length).every((ok) => ok === 1)) conversations.delete(key);
      at += own.length;
    }
    yield null;
  }
  for (const key of conversations.keys()) ports.delete(key);
  keptOf(search, [...conversations.values()].flat());
}

function keyOf({ rows, start }: PlacedFlow): string {
  return rowPorts(rows, start)?.key ?? '';
}

/** Another port for the end that has the higher one. */
function drawPort({ map, ports, random }: Search, key: string, { rows, start }: PlacedFlow): void {
  const pair = rowPorts(rows, start);
  if (pair === null) return;
  const word = rows[pair.wordAt];
  const isSource = swapBytes(word & 0xffff) >= swapBytes(word >>> 16);
  const port = swapBytes(FIRST_CLIENT_PORT + (random() % CLIENT_PORTS));
  const change = isSource ? (word & 0xffff) ^ port : (((word >>> 16) ^ port) << 16) >>> 0;
  const copy = rows.slice(start, start + (rows[start] & HEAD_LENGTH_MASK));
  copy[pair.wordAt - start] = (word ^ change) >>> 0;
  // Two conversations must not become one.
  const changed = rowPorts(copy, 0)?.key ?? key;
  if (map.claimText(`p ${changed}`, key)) ports.set(key, { from: pair.from, change });
}

function swapBytes(port: number): number {
  return ((port & 0xff) << 8) | (port >>> 8);
}
