import {
  FRAGMENT_FIRST,
  FRAGMENT_LATER,
  FRAGMENT_NONE,
  IP_BAD_VERSION,
  IP_FRAGMENT_SHIFT,
  IP_PROTOCOL_SHIFT,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_QUOTED,
  QUOTED_BYTES_CUT,
  QUOTED_BYTES_SHORT,
} from './flow-key.ts';
import { readPorts } from './decode-transport.ts';
import { NEXT_NONE } from './frame-cursor.ts';
import type { FrameCursor } from './frame-cursor.ts';
import { portsOffset } from './ip-protocols.ts';

const ICMP_HEADER_BYTES = 8;

/**
 * The packet that an ICMP error quotes, as Linux bonding (5.5 on, `bond_flow_ip`) reads it: with the outer IP version,
 * without IPv6 extension headers, ports only if not a fragment. `position` stands at the ICMP header.
 */
export function decodeQuotedIpv4(cursor: FrameCursor): number {
  const start = beginQuoted(cursor, 20);
  if (start < 0) return NEXT_NONE;
  const { view, keys } = cursor;
  const versionAndLength = view.getUint8(start);
  const fragmentField = view.getUint16(start + 6) & 0x3fff;
  const protocol = view.getUint8(start + 9);
  let fragment = FRAGMENT_NONE;
  if (fragmentField !== 0) fragment = (fragmentField & 0x1fff) === 0 ? FRAGMENT_FIRST : FRAGMENT_LATER;
  const at = cursor.at;
  keys[at + 1] = view.getUint32(start + 12, true);
  keys[at + 2] = view.getUint32(start + 16, true);
  cursor.at = at + 3;
  let descriptor = LAYER_IPV4 | (protocol << IP_PROTOCOL_SHIFT) | (fragment << IP_FRAGMENT_SHIFT);
  if (versionAndLength >> 4 !== 4) descriptor |= IP_BAD_VERSION;
  if (fragment === FRAGMENT_NONE) descriptor |= quotedPorts(cursor, protocol, start + (versionAndLength & 15) * 4);
  keys[at] = descriptor;
  return NEXT_NONE;
}

export function decodeQuotedIpv6(cursor: FrameCursor): number {
  const start = beginQuoted(cursor, 40);
  if (start < 0) return NEXT_NONE;
  const { view, keys } = cursor;
  const firstWord = view.getUint32(start);
  const nextHeader = view.getUint8(start + 6);
  const at = cursor.at;
  keys[at + 1] = (firstWord & 0xfffff) | (nextHeader << 20);
  for (let w = 0; w < 8; w++) keys[at + 2 + w] = view.getUint32(start + 8 + 4 * w, true);
  cursor.at = at + 10;
  let descriptor = LAYER_IPV6 | (nextHeader << IP_PROTOCOL_SHIFT);
  if (firstWord >>> 28 !== 6) descriptor |= IP_BAD_VERSION;
  keys[at] = descriptor | quotedPorts(cursor, nextHeader, start + 40);
  return NEXT_NONE;
}

/** Writes the LAYER_QUOTED word; returns the start of the quoted header, or -1 if it cannot be read. */
function beginQuoted(cursor: FrameCursor, headerBytes: number): number {
  const start = cursor.position + ICMP_HEADER_BYTES;
  const end = start + headerBytes;
  if (end <= cursor.captureEnd) {
    cursor.keys[cursor.at++] = LAYER_QUOTED;
    cursor.layers++;
    return start;
  }
  cursor.keys[cursor.at++] = LAYER_QUOTED | (end > cursor.wireEnd ? QUOTED_BYTES_SHORT : QUOTED_BYTES_CUT);
  return -1;
}

function quotedPorts(cursor: FrameCursor, protocol: number, l4: number): number {
  const offset = portsOffset(protocol);
  if (offset < 0) return 0;
  const bits = readPorts(cursor, l4 + offset);
  cursor.keys[cursor.at++] = cursor.l4Word;
  return bits;
}
