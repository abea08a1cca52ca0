import { ARP_CUT, ARP_OTHER, LAYER_ARP } from './flow-key.ts';
import { NEXT_NONE } from './frame-cursor.ts';
import type { FrameCursor } from './frame-cursor.ts';

/** ARP and RARP (RFC 826, RFC 903): opcode and, for IPv4 over Ethernet, both protocol addresses. */
export function decodeArp(cursor: FrameCursor): number {
  const { view, keys, captureEnd } = cursor;
  const start = cursor.position;
  const opcode = start + 8 <= captureEnd ? view.getUint16(start + 6) : 0;
  let descriptor = LAYER_ARP | (opcode << 16);
  const isShort = start + 28 > cursor.wireEnd;
  if (!isShort && start + 28 > captureEnd) {
    keys[cursor.at++] = (descriptor | ARP_CUT) >>> 0;
    return NEXT_NONE;
  }
  let sender = 0;
  let target = 0;
  // Hardware type 1, protocol 0x0800, address lengths 6 and 4.
  if (!isShort && view.getUint32(start) === 0x00010800 && view.getUint16(start + 4) === 0x0604) {
    sender = view.getUint32(start + 14, true);
    target = view.getUint32(start + 24, true);
  } else descriptor |= ARP_OTHER;
  keys[cursor.at++] = descriptor >>> 0;
  keys[cursor.at++] = sender;
  keys[cursor.at++] = target;
  return NEXT_NONE;
}
