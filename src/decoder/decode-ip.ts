import { decodeTransport } from './decode-transport.ts';
import {
  FRAGMENT_FIRST,
  FRAGMENT_LATER,
  FRAGMENT_NONE,
  IP_ATOMIC,
  IP_BAD_LENGTH,
  IP_BAD_VERSION,
  IP_CHAIN_CUT,
  IP_CUT,
  IP_FRAGMENT_SHIFT,
  IP_INVALID,
  IP_PROTOCOL_SHIFT,
  IP_SHORT,
  IPV6_INFO_BAD_LENGTH,
  L4_ABSENT,
  L4_CUT,
  L4_PADDING,
  L4_QUOTED,
  LAYER_AFTER_AH,
  LAYER_IPV4,
  LAYER_IPV6,
} from './flow-key.ts';
import {
  NEXT_AFTER_AH,
  NEXT_GENEVE,
  NEXT_GRE,
  NEXT_GTP,
  NEXT_IPV4,
  NEXT_IPV6,
  NEXT_MPLS,
  NEXT_NONE,
  NEXT_QUOTED_IPV4,
  NEXT_QUOTED_IPV6,
  NEXT_ROCE,
  NEXT_VXLAN,
} from './frame-cursor.ts';
import type { FrameCursor } from './frame-cursor.ts';
import {
  icmpIsError,
  PROTOCOL_AH,
  PROTOCOL_DESTINATION,
  PROTOCOL_FRAGMENT,
  PROTOCOL_GRE,
  PROTOCOL_HOP_BY_HOP,
  PROTOCOL_IPIP,
  PROTOCOL_IPV6,
  PROTOCOL_MPLS,
  PROTOCOL_ROUTING,
  PROTOCOL_UDP,
} from './ip-protocols.ts';

const VXLAN_PORT = 4789;
/** Linux's VXLAN port before the IANA assignment, still its default. */
const VXLAN_PORT_LINUX = 8472;
const GENEVE_PORT = 6081;
const ROCE_PORT = 4791;
const GTP_PORT = 2152;

/**
 * Reads an IPv4 header and its L4 word. `outermost`: the header follows the Ethernet header and its tags, so
 * senders look into the packet that an ICMP error quotes. Hot path.
 */
export function decodeIpv4(cursor: FrameCursor, outermost: boolean): number {
  const { view, keys, captureEnd } = cursor;
  const start = cursor.position;
  if (start + 20 > captureEnd) {
    let cut = LAYER_IPV4 | (start + 20 > cursor.wireEnd ? IP_SHORT : IP_CUT);
    if (start + 10 <= captureEnd) cut |= view.getUint8(start + 9) << IP_PROTOCOL_SHIFT;
    keys[cursor.at++] = cut;
    return NEXT_NONE;
  }
  const versionAndLength = view.getUint8(start);
  const headerBytes = (versionAndLength & 15) * 4;
  const totalBytes = view.getUint16(start + 2);
  const fragmentField = view.getUint16(start + 6) & 0x3fff;
  const protocol = view.getUint8(start + 9);
  const l4 = start + headerBytes;
  let descriptor = LAYER_IPV4 | (protocol << IP_PROTOCOL_SHIFT);
  if (versionAndLength >> 4 !== 4) descriptor |= IP_BAD_VERSION;
  if (headerBytes < 20) descriptor |= IP_INVALID;
  // Total length 0: segmentation offload fills it in later; the datagram ends with the frame.
  if (totalBytes !== 0) {
    const end = start + totalBytes;
    if (end > cursor.datagramEnd || totalBytes < headerBytes) descriptor |= IP_BAD_LENGTH;
    if (end < cursor.datagramEnd) cursor.datagramEnd = end;
  }
  let fragment = FRAGMENT_NONE;
  if (fragmentField !== 0) {
    fragment = (fragmentField & 0x1fff) === 0 ? FRAGMENT_FIRST : FRAGMENT_LATER;
    descriptor |= fragment << IP_FRAGMENT_SHIFT;
  }
  const descriptorAt = cursor.at;
  keys[descriptorAt + 1] = view.getUint32(start + 12, true);
  keys[descriptorAt + 2] = view.getUint32(start + 16, true);
  cursor.at = descriptorAt + 3;
  cursor.position = l4;
  if (fragment === FRAGMENT_LATER) {
    keys[descriptorAt] = descriptor;
    return NEXT_NONE;
  }
  const l4Bits = decodeTransport(cursor, protocol, l4);
  if (l4Bits !== 0) keys[cursor.at++] = cursor.l4Word;
  descriptor |= l4Bits;
  // Linux's dissector gives up on a header length below 5; its layer3+4 reads on at whatever the length says.
  let next = headerBytes < 20 ? NEXT_NONE : followProtocol(cursor, protocol, l4Bits, l4);
  if (outermost && fragment === FRAGMENT_NONE && quotesPacket(cursor, protocol, l4Bits)) {
    descriptor |= L4_QUOTED;
    next = NEXT_QUOTED_IPV4;
  }
  keys[descriptorAt] = descriptor;
  return next;
}

/** Reads an IPv6 header, its extension headers and the L4 word. `outermost` as for IPv4. Hot path. */
export function decodeIpv6(cursor: FrameCursor, outermost: boolean): number {
  const { view, keys, captureEnd } = cursor;
  const start = cursor.position;
  if (start + 40 > captureEnd) {
    const nextHeader = start + 7 <= captureEnd ? view.getUint8(start + 6) : 0;
    const label = start + 4 <= captureEnd ? view.getUint32(start) & 0xfffff : 0;
    keys[cursor.at++] = LAYER_IPV6 | (start + 40 > cursor.wireEnd ? IP_SHORT : IP_CUT) | (nextHeader << IP_PROTOCOL_SHIFT);
    keys[cursor.at++] = label | (nextHeader << 20);
    return NEXT_NONE;
  }
  const firstWord = view.getUint32(start);
  const payloadBytes = view.getUint16(start + 4);
  const nextHeader = view.getUint8(start + 6);
  const descriptorAt = cursor.at;
  let info = (firstWord & 0xfffff) | (nextHeader << 20);
  let flags = firstWord >>> 28 === 6 ? 0 : IP_BAD_VERSION;
  // Payload length 0: a jumbogram; the datagram ends with the frame.
  if (payloadBytes !== 0) {
    const end = start + 40 + payloadBytes;
    if (end > cursor.datagramEnd) info |= IPV6_INFO_BAD_LENGTH;
    else cursor.datagramEnd = end;
  }
  keys[descriptorAt + 1] = info;
  for (let w = 0; w < 8; w++) keys[descriptorAt + 2 + w] = view.getUint32(start + 8 + 4 * w, true);
  cursor.at = descriptorAt + 10;
  cursor.position = start + 40;
  const chain = walkExtensions(cursor, nextHeader, false);
  const protocol = chain & 0xff;
  const fragment = (chain >> IP_FRAGMENT_SHIFT) & 3;
  flags |= (chain & CHAIN_FLAGS) | (fragment << IP_FRAGMENT_SHIFT);
  const descriptor = LAYER_IPV6 | (protocol << IP_PROTOCOL_SHIFT) | flags;
  if ((chain & (IP_INVALID | IP_CHAIN_CUT)) !== 0 || fragment === FRAGMENT_LATER) {
    keys[descriptorAt] = descriptor;
    return NEXT_NONE;
  }
  const l4 = cursor.position;
  const l4Bits = decodeTransport(cursor, protocol, l4);
  if (l4Bits !== 0) keys[cursor.at++] = cursor.l4Word;
  keys[descriptorAt] = descriptor | l4Bits;
  if (protocol === PROTOCOL_AH) return NEXT_AFTER_AH;
  // Linux looks into ICMP errors only where the fixed header names ICMP.
  if (outermost && protocol === nextHeader && quotesPacket(cursor, protocol, l4Bits)) {
    keys[descriptorAt] = descriptor | l4Bits | L4_QUOTED;
    return NEXT_QUOTED_IPV6;
  }
  return followProtocol(cursor, protocol, l4Bits, l4);
}

/** Reads what follows an AH header in IPv6; `position` stands at the first AH. */
export function decodeAfterAh(cursor: FrameCursor): number {
  const chain = walkExtensions(cursor, PROTOCOL_AH, true);
  const protocol = chain & 0xff;
  const fragment = (chain >> IP_FRAGMENT_SHIFT) & 3;
  const at = cursor.at++;
  let descriptor = LAYER_AFTER_AH | (protocol << IP_PROTOCOL_SHIFT) | (chain & CHAIN_FLAGS) | (fragment << IP_FRAGMENT_SHIFT);
  if ((chain & (IP_INVALID | IP_CHAIN_CUT)) === 0 && fragment !== FRAGMENT_LATER) {
    const l4Bits = decodeTransport(cursor, protocol, cursor.position);
    if (l4Bits !== 0) cursor.keys[cursor.at++] = cursor.l4Word;
    descriptor |= l4Bits;
  }
  cursor.keys[at] = descriptor;
  return NEXT_NONE;
}

const CHAIN_FLAGS = IP_INVALID | IP_CHAIN_CUT | IP_ATOMIC;

/**
 * Walks IPv6 extension headers (RFC 8200) from `position`; returns the protocol that follows (44 for a later
 * fragment) with the bits of a descriptor: fragment, IP_INVALID, IP_CHAIN_CUT, IP_ATOMIC. Each header is at least
 * eight bytes, so the walk is linear in the frame.
 */
function walkExtensions(cursor: FrameCursor, first: number, throughAh: boolean): number {
  const { view, captureEnd, wireEnd } = cursor;
  let position = cursor.position;
  let protocol = first;
  let bits = 0;
  for (;;) {
    let needed: number;
    if (
      protocol === PROTOCOL_HOP_BY_HOP ||
      protocol === PROTOCOL_ROUTING ||
      protocol === PROTOCOL_DESTINATION ||
      (throughAh && protocol === PROTOCOL_AH)
    ) {
      needed = 2;
    } else if (protocol === PROTOCOL_FRAGMENT) needed = 8;
    else break;
    if (position + needed > captureEnd) {
      bits |= position + needed > wireEnd ? IP_INVALID : IP_CHAIN_CUT;
      break;
    }
    if (protocol === PROTOCOL_FRAGMENT) {
      const field = view.getUint16(position + 2);
      bits &= ~((3 << IP_FRAGMENT_SHIFT) | IP_ATOMIC);
      if (field >> 3 !== 0) {
        bits |= FRAGMENT_LATER << IP_FRAGMENT_SHIFT;
        break;
      }
      bits |= FRAGMENT_FIRST << IP_FRAGMENT_SHIFT;
      if ((field & 1) === 0) bits |= IP_ATOMIC;
      protocol = view.getUint8(position);
      position += 8;
    } else {
      const lengthField = view.getUint8(position + 1);
      const bytes = protocol === PROTOCOL_AH ? (lengthField + 2) * 4 : (lengthField + 1) * 8;
      protocol = view.getUint8(position);
      position += bytes;
    }
  }
  cursor.position = position;
  return protocol | bits;
}

/** True if the L4 word just read is that of an ICMP error. */
function quotesPacket(cursor: FrameCursor, protocol: number, l4Bits: number): boolean {
  return (l4Bits & (L4_CUT | L4_ABSENT)) === 0 && icmpIsError(protocol, cursor.l4Word & 0xff) && l4Bits !== 0;
}

/** What stands behind a UDP header with this destination port. */
function tunnelBehind(port: number): number {
  switch (port) {
    case VXLAN_PORT:
    case VXLAN_PORT_LINUX:
      return NEXT_VXLAN;
    case GENEVE_PORT:
      return NEXT_GENEVE;
    case ROCE_PORT:
      return NEXT_ROCE;
    case GTP_PORT:
      return NEXT_GTP;
    default:
      return NEXT_NONE;
  }
}

/** What the payload of `protocol` is; `position` is moved to it. */
function followProtocol(cursor: FrameCursor, protocol: number, l4Bits: number, l4: number): number {
  switch (protocol) {
    case PROTOCOL_UDP: {
      if ((l4Bits & (L4_CUT | L4_ABSENT | L4_PADDING)) !== 0) return NEXT_NONE;
      const word = cursor.l4Word;
      const port = ((word >>> 8) & 0xff00) | (word >>> 24);
      const next = tunnelBehind(port);
      if (next !== NEXT_NONE) cursor.position = l4 + 8;
      return next;
    }
    case PROTOCOL_IPIP:
      return NEXT_IPV4;
    case PROTOCOL_IPV6:
      return NEXT_IPV6;
    case PROTOCOL_GRE:
      return NEXT_GRE;
    case PROTOCOL_MPLS:
      return NEXT_MPLS;
    default:
      return NEXT_NONE;
  }
}
