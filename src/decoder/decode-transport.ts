import { L4_ABSENT, L4_CUT, L4_FORM_SHIFT, L4_ICMP, L4_PADDING, L4_PORTS, L4_SHORT } from './flow-key.ts';
import type { FrameCursor } from './frame-cursor.ts';
import {
  icmpHasIdentifier,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  portsOffset,
} from './ip-protocols.ts';

/**
 * Reads the L4 word of `protocol` at `l4` into `cursor.l4Word`; returns the L4 bits of the descriptor (0: no word).
 * Nothing is read past the captured bytes. Hot path.
 */
export function decodeTransport(cursor: FrameCursor, protocol: number, l4: number): number {
  if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) return decodeIcmp(cursor, l4);
  const offset = portsOffset(protocol);
  if (offset < 0) return 0;
  const start = l4 + offset;
  let bits = readPorts(cursor, start);
  const room = cursor.datagramEnd - l4;
  if (protocol === PROTOCOL_TCP) {
    if (room < 20) bits |= L4_SHORT;
    else if (l4 + 13 <= cursor.captureEnd) {
      const headerBytes = (cursor.view.getUint8(l4 + 12) >> 4) * 4;
      if (headerBytes < 20 || headerBytes > room) bits |= L4_SHORT;
    }
  } else if (protocol === PROTOCOL_UDP) {
    if (room < 8) bits |= L4_SHORT;
  } else if (protocol === PROTOCOL_SCTP && room < 12) bits |= L4_SHORT;
  return bits;
}

/** Reads four bytes at `start` as ports: absent, cut, from the padding, or plain. */
export function readPorts(cursor: FrameCursor, start: number): number {
  const end = start + 4;
  cursor.l4Word = 0;
  if (end > cursor.wireEnd) return (L4_PORTS << L4_FORM_SHIFT) | L4_ABSENT;
  if (end > cursor.captureEnd) return (L4_PORTS << L4_FORM_SHIFT) | L4_CUT;
  cursor.l4Word = cursor.view.getUint32(start, true);
  return end > cursor.datagramEnd ? (L4_PORTS << L4_FORM_SHIFT) | L4_PADDING : L4_PORTS << L4_FORM_SHIFT;
}

function decodeIcmp(cursor: FrameCursor, l4: number): number {
  const { captureEnd, view } = cursor;
  let bits = L4_ICMP << L4_FORM_SHIFT;
  cursor.l4Word = 0;
  if (cursor.datagramEnd - l4 < 8) bits |= L4_SHORT;
  // Linux takes all eight bytes of the header or nothing.
  if (l4 + 8 > cursor.wireEnd) return bits | L4_ABSENT;
  if (l4 + 2 > captureEnd) return bits | L4_CUT;
  const type = view.getUint8(l4);
  let word = type | (view.getUint8(l4 + 1) << 8);
  let end = l4 + 2;
  if (icmpHasIdentifier(type)) {
    end = l4 + 6;
    if (end > captureEnd) return bits | L4_CUT;
    word |= view.getUint16(l4 + 4) << 16;
  }
  cursor.l4Word = word >>> 0;
  return l4 + 8 > cursor.datagramEnd ? bits | L4_PADDING : bits;
}
