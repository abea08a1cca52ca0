import { formatIpv4, formatIpv6 } from '../base/addresses.ts';
import type { Neighbour } from './neighbour.ts';
import { emptyNeighbour, wireText } from './neighbour.ts';
import { macText, uint16At } from './system-id.ts';

/** TLV types (IEEE 802.1AB-2016 8.4). */
const END = 0;
const CHASSIS_ID = 1;
const PORT_ID = 2;
const TIME_TO_LIVE = 3;
const PORT_DESCRIPTION = 4;
const SYSTEM_NAME = 5;
const SYSTEM_DESCRIPTION = 6;
const MANAGEMENT_ADDRESS = 8;
const ORGANISATION = 127;

/** Subtypes of ids that hold an address; the others hold text or a number. */
const CHASSIS_MAC = 4;
const CHASSIS_NETWORK_ADDRESS = 5;
const PORT_MAC = 3;
const PORT_NETWORK_ADDRESS = 4;

/** Link aggregation TLV: IEEE 802.3 (IEEE 802.1AB-2005 G.4) and its successor of IEEE 802.1 (802.1AX-2008 E.3). */
const OUI_802_3 = 0x00120f;
const AGGREGATION_802_3 = 3;
const OUI_802_1 = 0x0080c2;
const AGGREGATION_802_1 = 7;
/** Bit 1 of the aggregation status: the port is in an aggregate now. */
const IS_AGGREGATED = 0x02;

/** Address families (IANA) of network and management addresses. */
const FAMILY_IPV4 = 1;
const FAMILY_IPV6 = 2;

/** Reads an LLDPDU between `start` and `end`. A frame that ends early keeps what was read. */
export function decodeLldp(bytes: Uint8Array, start: number, end: number, srcMac: string): Neighbour {
  const found = emptyNeighbour('lldp', srcMac);
  let at = start;
  while (at + 2 <= end) {
    const head = uint16At(bytes, at);
    const type = head >>> 9;
    const from = at + 2;
    const to = from + (head & 0x1ff);
    if (type === END) break;
    if (to > end) {
      found.malformed = `TLV ${type} of length ${head & 0x1ff} goes beyond the end of the frame`;
      break;
    }
    switch (type) {
      case CHASSIS_ID:
        found.chassis ??= idText(bytes, from, to, CHASSIS_MAC, CHASSIS_NETWORK_ADDRESS);
        break;
      case PORT_ID:
        found.port ??= idText(bytes, from, to, PORT_MAC, PORT_NETWORK_ADDRESS);
        break;
      case TIME_TO_LIVE:
        if (to - from >= 2) found.ttlSeconds ??= uint16At(bytes, from);
        break;
      case PORT_DESCRIPTION:
        found.portDescription ??= wireText(bytes, from, to);
        break;
      case SYSTEM_NAME:
        found.systemName ??= wireText(bytes, from, to);
        break;
      case SYSTEM_DESCRIPTION:
        found.systemDescription ??= wireText(bytes, from, to);
        break;
      case MANAGEMENT_ADDRESS:
        // Length of family and address, then the two.
        if (to - from >= 2) found.managementAddress ??= addressText(bytes, from + 1, Math.min(to, from + 1 + bytes[from]));
        break;
      case ORGANISATION:
        if (to - from >= 9) found.aggregate ??= aggregateOf(bytes, from);
        break;
    }
    at = to;
  }
  if (found.malformed === null && (found.chassis === null || found.port === null || found.ttlSeconds === null))
    found.malformed = 'chassis id, port id or time to live is missing';
  return found;
}

function idText(bytes: Uint8Array, from: number, to: number, macSubtype: number, addressSubtype: number): string | null {
  if (to - from < 2) return null;
  const subtype = bytes[from];
  if (subtype === macSubtype && to - from === 7) return macText(bytes, from + 1);
  if (subtype === addressSubtype) return addressText(bytes, from + 1, to) ?? wireText(bytes, from + 1, to);
  return wireText(bytes, from + 1, to);
}

/** An address after its family; null for families other than IPv4 and IPv6. */
export function addressText(bytes: Uint8Array, from: number, to: number): string | null {
  if (bytes[from] === FAMILY_IPV4 && to - from === 5) return ipText(bytes, from + 1, 4);
  if (bytes[from] === FAMILY_IPV6 && to - from === 17) return ipText(bytes, from + 1, 16);
  return null;
}

/** Text of an IPv4 (4 bytes) or IPv6 (16 bytes) address. */
export function ipText(bytes: Uint8Array, at: number, length: 4 | 16): string {
  const words = new Uint32Array(4);
  for (let i = 0; i < length; i++) words[i >> 2] |= bytes[at + i] << (8 * (i & 3));
  return length === 4 ? formatIpv4(words[0]) : formatIpv6(words, 0);
}

function aggregateOf(bytes: Uint8Array, from: number): Neighbour['aggregate'] {
  const oui = (bytes[from] << 16) | uint16At(bytes, from + 1);
  const subtype = bytes[from + 3];
  if (!((oui === OUI_802_3 && subtype === AGGREGATION_802_3) || (oui === OUI_802_1 && subtype === AGGREGATION_802_1))) return null;
  return { isAggregated: (bytes[from + 4] & IS_AGGREGATED) !== 0, port: uint16At(bytes, from + 5) * 0x10000 + uint16At(bytes, from + 7) };
}
