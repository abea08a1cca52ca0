import {
  ARP_CUT,
  ARP_OTHER,
  ETHERNET_CUT,
  HEAD_LENGTH_MASK,
  IP_CUT,
  IP_PROTOCOL_SHIFT,
  IP_SHORT,
  L4_ABSENT,
  L4_CUT,
  L4_FORM_MASK,
  L4_FORM_SHIFT,
  L4_PORTS,
  LAYER_ARP,
  LAYER_ETHERNET,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_KIND_MASK,
} from '../../decoder/flow-key.ts';
import { firstLayer, l4WordAt, layerWords } from '../../flows/key-layers.ts';
import { destinationMac, sourceMac } from '../../flows/mac.ts';
import { hasPortPair } from '../../flows/protocol-names.ts';
import { ipv4Key, ipv6Key, type AddressMap } from './address-map.ts';

/** Ports that were changed, by `PortPair.key` of the original: the XOR that applies to the word of the pair as `from` sends it. */
export type PortChanges = ReadonlyMap<string, { readonly from: string; readonly change: number }>;

/** The pair of ports of an IP layer, as the key row has it: the source's in the low half, in the byte order of the wire. */
export interface PortPair {
  /** The same for both directions. */
  readonly key: string;
  /** Key of the source address. */
  readonly from: string;
  readonly wordAt: number;
}

/** Writes the key row at `start` of `rows` to the same place of `out`, with the addresses and ports that stand for those in it. */
export function mapRow(rows: Uint32Array, start: number, out: Uint32Array, map: AddressMap, ports: PortChanges): void {
  const end = start + (rows[start] & HEAD_LENGTH_MASK);
  for (let i = start; i < end; i++) out[i] = rows[i];
  mapMacs(rows, start + 1, out, map);
  for (let at = firstLayer(rows, start); at < end; at += layerWords(rows, at)) {
    const descriptor = rows[at];
    switch (descriptor & LAYER_KIND_MASK) {
      case LAYER_IPV4:
      case LAYER_IPV6:
        mapIp(rows, at, out, map, ports);
        break;
      case LAYER_ARP:
        if ((descriptor & (ARP_CUT | ARP_OTHER)) !== 0) break;
        out[at + 1] = map.ipv4(rows[at + 1]);
        out[at + 2] = map.ipv4(rows[at + 2]);
        break;
      case LAYER_ETHERNET:
        if ((descriptor & ETHERNET_CUT) === 0) mapMacs(rows, at + 1, out, map);
        break;
      default:
    }
  }
}

/** Three words: destination and source MAC address. */
function mapMacs(rows: Uint32Array, at: number, out: Uint32Array, map: AddressMap): void {
  const destination = map.mac(destinationMac(rows, at - 1));
  const source = map.mac(sourceMac(rows, at - 1));
  out[at] = Math.floor(destination / 0x1_0000);
  out[at + 1] = (destination % 0x1_0000) * 0x1_0000 + Math.floor(source / 0x1_0000_0000);
  out[at + 2] = source % 0x1_0000_0000;
}

function mapIp(rows: Uint32Array, at: number, out: Uint32Array, map: AddressMap, ports: PortChanges): void {
  const ends = ipEnds(rows, at);
  if (ends === null) return;
  if (ends.isIpv6) {
    map.ipv6(rows, at + 2, out);
    map.ipv6(rows, at + 6, out);
  } else {
    out[at + 1] = map.ipv4(rows[at + 1]);
    out[at + 2] = map.ipv4(rows[at + 2]);
  }
  const pair = portPair(rows, at);
  const change = pair === null ? undefined : ports.get(pair.key);
  if (pair === null || change === undefined) return;
  const turned = change.from === pair.from ? change.change : swapHalves(change.change);
  out[pair.wordAt] = (rows[pair.wordAt] ^ turned) >>> 0;
}

/** Places of the IP layers of a row, the outermost first: of tunnels the inner one, of ICMP errors the quoted one. */
export function ipLayers(rows: Uint32Array, start: number): number[] {
  const end = start + (rows[start] & HEAD_LENGTH_MASK);
  const places: number[] = [];
  for (let at = firstLayer(rows, start); at < end; at += layerWords(rows, at)) if (ipEnds(rows, at) !== null) places.push(at);
  return places;
}

/** The outermost ports of a row, or null. */
export function rowPorts(rows: Uint32Array, start: number): PortPair | null {
  for (const at of ipLayers(rows, start)) {
    const pair = portPair(rows, at);
    if (pair !== null) return pair;
  }
  return null;
}

/** Keys of the addresses of the IP layer at `at`; null where they are not there. */
export function ipEnds(rows: Uint32Array, at: number): { readonly from: string; readonly to: string; readonly isIpv6: boolean } | null {
  const kind = rows[at] & LAYER_KIND_MASK;
  if ((kind !== LAYER_IPV4 && kind !== LAYER_IPV6) || (rows[at] & (IP_CUT | IP_SHORT)) !== 0) return null;
  if (kind === LAYER_IPV6) return { from: ipv6Key(rows, at + 2), to: ipv6Key(rows, at + 6), isIpv6: true };
  return { from: ipv4Key(rows[at + 1]), to: ipv4Key(rows[at + 2]), isIpv6: false };
}

/** The ports behind the IP layer at `at`, or null. */
export function portPair(rows: Uint32Array, at: number): PortPair | null {
  const ends = ipEnds(rows, at);
  const descriptor = rows[at];
  const protocol = (descriptor >>> IP_PROTOCOL_SHIFT) & 0xff;
  const form = (descriptor >>> L4_FORM_SHIFT) & L4_FORM_MASK;
  if (ends === null || form !== L4_PORTS || !hasPortPair(protocol) || (descriptor & (L4_CUT | L4_ABSENT)) !== 0) return null;
  const wordAt = l4WordAt(descriptor, at);
  const source = `${ends.from} ${rows[wordAt] & 0xffff}`;
  const destination = `${ends.to} ${rows[wordAt] >>> 16}`;
  const key = source < destination ? `${protocol} ${source} ${destination}` : `${protocol} ${destination} ${source}`;
  // Both ends alike: either of them is the first.
  return { key, from: source, wordAt };
}

function swapHalves(word: number): number {
  return ((word >>> 16) | (word << 16)) >>> 0;
}
