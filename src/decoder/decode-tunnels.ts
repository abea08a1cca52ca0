import {
  ETHER_TYPE_ERSPAN_2,
  ETHER_TYPE_ERSPAN_3,
  ETHER_TYPE_IPV4,
  ETHER_TYPE_IPV6,
  ETHER_TYPE_MIN,
  ETHER_TYPE_MPLS,
  ETHER_TYPE_TEB,
} from './ether-types.ts';
import {
  GRE_CUT,
  GRE_KEY,
  GRE_OPAQUE,
  GRE_SHORT,
  GRE_VERSION_SHIFT,
  LAYER_GENEVE,
  LAYER_GRE,
  LAYER_GTP,
  LAYER_MPLS,
  LAYER_PPPOE,
  LAYER_ROCE,
  LAYER_VXLAN,
  MPLS_CUT,
  PPPOE_CUT,
  PPPOE_SHORT,
} from './flow-key.ts';
import { NEXT_ETHER_TYPE, NEXT_ETHERNET, NEXT_IPV4, NEXT_IPV6, NEXT_NONE } from './frame-cursor.ts';
import type { FrameCursor } from './frame-cursor.ts';

/** Most labels in one LAYER_MPLS. */
const MAX_LABELS = 15;

const GRE_CHECKSUM_BIT = 0x8000;
const GRE_ROUTING_BIT = 0x4000;
const GRE_KEY_BIT = 0x2000;
const GRE_SEQUENCE_BIT = 0x1000;
const GRE_ACKNOWLEDGE_BIT = 0x0080;
const GRE_PPP = 0x880b;

const PPP_IPV4 = 0x0021;
const PPP_IPV6 = 0x0057;
const PPP_MPLS = 0x0281;

/** GRE versions 0 (RFC 2784, 2890) and 1 (PPTP, RFC 2637), and ERSPAN behind it. */
export function decodeGre(cursor: FrameCursor): number {
  const { view, keys, captureEnd, wireEnd } = cursor;
  const start = cursor.position;
  if (start + 4 > captureEnd) {
    keys[cursor.at++] = LAYER_GRE | (start + 4 > wireEnd ? GRE_SHORT : GRE_CUT);
    return NEXT_NONE;
  }
  const bits = view.getUint16(start);
  const type = view.getUint16(start + 2);
  const version = bits & 7;
  const descriptor = LAYER_GRE | (version << GRE_VERSION_SHIFT) | (type << 16);
  if (version > 1 || (bits & GRE_ROUTING_BIT) !== 0) {
    keys[cursor.at++] = (descriptor | GRE_OPAQUE) >>> 0;
    return NEXT_NONE;
  }
  let position = start + 4;
  if ((bits & GRE_CHECKSUM_BIT) !== 0) position += 4;
  const keyAt = position;
  if ((bits & GRE_KEY_BIT) !== 0) position += 4;
  if ((bits & GRE_SEQUENCE_BIT) !== 0) position += 4;
  if (version === 1 && (bits & GRE_ACKNOWLEDGE_BIT) !== 0) position += 4;
  const isErspan2 = type === ETHER_TYPE_ERSPAN_2;
  const isErspan3 = type === ETHER_TYPE_ERSPAN_3;
  // ERSPAN type I has no sequence number and no header of its own.
  const erspanAt = isErspan3 || (isErspan2 && (bits & GRE_SEQUENCE_BIT) !== 0) ? position : -1;
  if (erspanAt >= 0) position += isErspan3 ? 12 : 8;
  if (position > captureEnd) {
    keys[cursor.at++] = (descriptor | (position > wireEnd ? GRE_SHORT : GRE_CUT)) >>> 0;
    return NEXT_NONE;
  }
  cursor.position = position;
  if (erspanAt >= 0) {
    keys[cursor.at++] = (descriptor | GRE_KEY) >>> 0;
    keys[cursor.at++] = view.getUint16(erspanAt + 2) & 0x3ff;
    if (isErspan3) {
      // Type III: the last 16 bits hold the frame type (0: Ethernet) and announce a platform specific header of eight bytes.
      const last = view.getUint16(position - 2);
      if (((last >> 10) & 31) !== 0) return NEXT_NONE;
      if ((last & 1) !== 0) cursor.position = position + 8;
    }
    return NEXT_ETHERNET;
  }
  if ((bits & GRE_KEY_BIT) !== 0) {
    keys[cursor.at++] = (descriptor | GRE_KEY) >>> 0;
    const key = view.getUint32(keyAt);
    keys[cursor.at++] = version === 1 ? key & 0xffff : key;
  } else keys[cursor.at++] = descriptor >>> 0;
  if (version === 1) return type === GRE_PPP ? followPptp(cursor, bits) : NEXT_NONE;
  if (type === ETHER_TYPE_TEB || isErspan2) return NEXT_ETHERNET;
  if (type < ETHER_TYPE_MIN) return NEXT_NONE;
  cursor.etherType = type;
  return NEXT_ETHER_TYPE;
}

/** PPP inside PPTP: optional HDLC address and control, then a protocol of one or two bytes. */
function followPptp(cursor: FrameCursor, bits: number): number {
  const { view, captureEnd } = cursor;
  // Without a sequence number the packet is a mere acknowledgement.
  if ((bits & GRE_SEQUENCE_BIT) === 0) return NEXT_NONE;
  let position = cursor.position;
  if (position + 2 <= captureEnd && view.getUint16(position) === 0xff03) position += 2;
  return followPpp(cursor, position);
}

/** PPPoE session stage (RFC 2516). */
export function decodePppoe(cursor: FrameCursor): number {
  const { view, keys, captureEnd } = cursor;
  const start = cursor.position;
  const at = cursor.at;
  const session = start + 4 <= captureEnd ? view.getUint16(start + 2) : 0;
  keys[at + 1] = 0;
  cursor.at = at + 2;
  if (start + 8 > captureEnd) {
    keys[at] = (LAYER_PPPOE | (session << 16) | (start + 8 > cursor.wireEnd ? PPPOE_SHORT : PPPOE_CUT)) >>> 0;
    return NEXT_NONE;
  }
  keys[at] = (LAYER_PPPOE | (session << 16)) >>> 0;
  // The lowest bit of the first byte set: a protocol compressed to one byte (RFC 1661 6.5).
  const first = view.getUint8(start + 6);
  keys[at + 1] = (first & 1) === 0 ? view.getUint16(start + 6) : first;
  return followPpp(cursor, start + 6);
}

function followPpp(cursor: FrameCursor, position: number): number {
  const { view, captureEnd } = cursor;
  if (position + 2 > captureEnd) return NEXT_NONE;
  let protocol = view.getUint8(position);
  cursor.position = position + 1;
  if ((protocol & 1) === 0) {
    protocol = view.getUint16(position);
    cursor.position = position + 2;
  }
  if (protocol === PPP_IPV4) return NEXT_IPV4;
  if (protocol === PPP_IPV6) return NEXT_IPV6;
  if (protocol !== PPP_MPLS) return NEXT_NONE;
  cursor.etherType = ETHER_TYPE_MPLS;
  return NEXT_ETHER_TYPE;
}

/** An MPLS label stack (RFC 3032). What follows is guessed by its first nibble: 4, 6, else unknown (a pseudo-wire). */
export function decodeMpls(cursor: FrameCursor): number {
  const { view, keys, captureEnd } = cursor;
  const at = cursor.at;
  let position = cursor.position;
  let labels = 0;
  let isBottom = false;
  let isCut = false;
  while (!isBottom && labels < MAX_LABELS) {
    if (position + 4 > captureEnd) {
      isCut = true;
      break;
    }
    const word = view.getUint32(position) >>> 8;
    labels++;
    keys[at + labels] = word;
    isBottom = (word & 1) !== 0;
    position += 4;
  }
  keys[at] = LAYER_MPLS | (labels << 8) | (isCut ? MPLS_CUT : 0);
  cursor.at = at + 1 + labels;
  cursor.position = position;
  if (!isBottom || position >= captureEnd) return NEXT_NONE;
  const nibble = view.getUint8(position) >> 4;
  if (nibble === 4) return NEXT_IPV4;
  return nibble === 6 ? NEXT_IPV6 : NEXT_NONE;
}

/**
 * VXLAN (RFC 7348) behind its UDP header. Not followed without the I flag, or where reserved bits are set (but for the
 * group policy extension): other data to the same port must not look like flows in a tunnel.
 */
export function decodeVxlan(cursor: FrameCursor): number {
  const { view } = cursor;
  const start = cursor.position;
  if (start + 8 > cursor.captureEnd) return NEXT_NONE;
  const first = view.getUint32(start);
  const second = view.getUint32(start + 4);
  const hasGroupPolicy = (first & 0x80000000) !== 0;
  if ((first & 0x08000000) === 0 || (second & 0xff) !== 0) return NEXT_NONE;
  if ((first & (hasGroupPolicy ? 0x77000000 : 0xf7ffffff)) !== 0) return NEXT_NONE;
  cursor.keys[cursor.at++] = (LAYER_VXLAN | (second & 0xffffff00)) >>> 0;
  cursor.position = start + 8;
  return NEXT_ETHERNET;
}

/** Geneve (RFC 8926) behind its UDP header; options are skipped. Not followed where reserved bits are set. */
export function decodeGeneve(cursor: FrameCursor): number {
  const { view } = cursor;
  const start = cursor.position;
  if (start + 8 > cursor.captureEnd) return NEXT_NONE;
  const first = view.getUint32(start);
  const second = view.getUint32(start + 4);
  // Version 0; the six bits after O and C, and the byte after the VNI, are reserved.
  if ((first & 0xc03f0000) !== 0 || (second & 0xff) !== 0) return NEXT_NONE;
  const type = first & 0xffff;
  cursor.keys[cursor.at++] = (LAYER_GENEVE | (second & 0xffffff00)) >>> 0;
  cursor.position = start + 8 + ((first >>> 24) & 63) * 4;
  if (type === ETHER_TYPE_TEB) return NEXT_ETHERNET;
  if (type === ETHER_TYPE_IPV4) return NEXT_IPV4;
  return type === ETHER_TYPE_IPV6 ? NEXT_IPV6 : NEXT_NONE;
}

/** RoCEv2: the base transport header behind UDP (InfiniBand Architecture 9.2). Not followed where its version or reserved bits are set. */
export function decodeRoce(cursor: FrameCursor): number {
  const { view } = cursor;
  const start = cursor.position;
  if (start + 8 > cursor.captureEnd) return NEXT_NONE;
  // Transport header version, low half of the second byte; the byte before the queue pair holds two congestion bits.
  if ((view.getUint8(start + 1) & 0x0f) !== 0 || (view.getUint8(start + 4) & 0x3f) !== 0) return NEXT_NONE;
  const queuePair = view.getUint32(start + 4) & 0xffffff;
  cursor.keys[cursor.at++] = (LAYER_ROCE | (queuePair << 8)) >>> 0;
  return NEXT_NONE;
}

const GTP_VERSION_1 = 0x30;
const GTP_USER_DATA = 0xff;
const GTP_OPTIONS = 0x07;
const GTP_EXTENSION = 0x04;
/** Extension headers followed at most: there are few, and a loop must end. */
const MAX_GTP_EXTENSIONS = 8;

/** GTP-U version 1 (3GPP TS 29.281, 5.1), user data only. What follows is told by its first nibble. */
export function decodeGtp(cursor: FrameCursor): number {
  const { view, keys, captureEnd } = cursor;
  const start = cursor.position;
  if (start + 8 > captureEnd) return NEXT_NONE;
  const bits = view.getUint8(start);
  // Version 1, protocol type GTP, spare bit 0.
  if ((bits & 0xf8) !== GTP_VERSION_1 || view.getUint8(start + 1) !== GTP_USER_DATA) return NEXT_NONE;
  keys[cursor.at++] = LAYER_GTP;
  keys[cursor.at++] = view.getUint32(start + 4);
  let position = start + 8;
  if ((bits & GTP_OPTIONS) !== 0) {
    position += 4;
    let next = (bits & GTP_EXTENSION) !== 0 && position <= captureEnd ? view.getUint8(position - 1) : 0;
    for (let n = 0; next !== 0 && n < MAX_GTP_EXTENSIONS; n++) {
      const units = position < captureEnd ? view.getUint8(position) : 0;
      position += units * 4;
      if (units === 0 || position > captureEnd) return NEXT_NONE;
      next = view.getUint8(position - 1);
    }
    if (next !== 0) return NEXT_NONE;
  }
  if (position >= captureEnd) return NEXT_NONE;
  cursor.position = position;
  const nibble = view.getUint8(position) >> 4;
  if (nibble === 4) return NEXT_IPV4;
  return nibble === 6 ? NEXT_IPV6 : NEXT_NONE;
}
