import { readTags, TAGS_CUT } from './decode-ethernet.ts';
import { decodeLayers } from './decode-layers.ts';
import { ETHER_TYPE_MIN, ETHER_TYPE_SLOW } from './ether-types.ts';
import {
  FIRST_TAG_WORD,
  HEAD_CUT,
  HEAD_ETHERTYPE_SHIFT,
  HEAD_HINT_SHIFT,
  HEAD_LLC,
  HEAD_NO_DESTINATION,
  HEAD_TAGS_SHIFT,
  HINT_RECEIVED,
  HINT_SENT,
  LAYER_KIND_MASK,
  LAYER_LLC,
} from './flow-key.ts';
import type { FrameCursor } from './frame-cursor.ts';
import { ROW_MALFORMED, ROW_SLOW_PROTOCOL } from './packet-batch.ts';
import { etherTypeFlags, llcFlags, rowFlags } from './row-flags.ts';

export const ETHERNET_HEADER_BYTES = 14;
export const SLL_HEADER_BYTES = 16;
export const SLL2_HEADER_BYTES = 20;

/** Packet type of SLL and SLL2: sent by the capturing host (LINUX_SLL_OUTGOING). */
const SLL_OUTGOING = 4;
/** SLL protocol "802.2 LLC follows" (LINUX_SLL_P_802_2). */
const SLL_PROTOCOL_LLC = 0x0004;

/**
 * Writes the key of an Ethernet frame that starts at `cursor.position`, from `cursor.at` on; returns the ROW_* flags.
 * The general way, for whatever the plain path of `decodeBatch` does not take; both write the same rows.
 */
export function decodeEthernetFrame(cursor: FrameCursor, hint: number): number {
  const { view, keys, captureEnd } = cursor;
  const start = cursor.position;
  const head = cursor.at;
  beginRow(cursor);
  if (start + ETHERNET_HEADER_BYTES > captureEnd) {
    const captured = captureEnd - start;
    let flags = start + ETHERNET_HEADER_BYTES > cursor.wireEnd ? ROW_MALFORMED : 0;
    if (captured >= 6) {
      keys[head + 1] = view.getUint32(start);
      keys[head + 2] = view.getUint16(start + 4) << 16;
      flags |= rowFlags(keys[head + 1], keys[head + 2] >>> 16, 0, -1);
    }
    if (captured >= 12) {
      keys[head + 2] |= view.getUint16(start + 6);
      keys[head + 3] = view.getUint32(start + 8);
    }
    endRow(cursor, head, HEAD_CUT, 0, hint);
    return flags;
  }
  const dstHigh = view.getUint32(start);
  const middle = view.getUint32(start + 4);
  keys[head + 1] = dstHigh;
  keys[head + 2] = middle;
  keys[head + 3] = view.getUint32(start + 8);
  cursor.etherType = view.getUint16(start + 12);
  cursor.position = start + ETHERNET_HEADER_BYTES;
  const tags = readTags(cursor);
  const etherType = cursor.etherType;
  const subtype = cursor.position < captureEnd ? view.getUint8(cursor.position) : -1;
  const flags = rowFlags(dstHigh, middle >>> 16, etherType, subtype);
  if ((tags & TAGS_CUT) !== 0) {
    endRow(cursor, head, HEAD_CUT, tags - TAGS_CUT, hint);
    return flags;
  }
  decodeLayers(cursor);
  endRow(cursor, head, (etherType << HEAD_ETHERTYPE_SHIFT) | (etherType < ETHER_TYPE_MIN ? HEAD_LLC : 0), tags, hint);
  return flags;
}

/**
 * The same for Linux cooked capture, version 1 (`isVersion2` false) or 2. There is no destination MAC; the packet type
 * tells the direction as the capturing host sees it.
 */
export function decodeCookedFrame(cursor: FrameCursor, isVersion2: boolean): number {
  const { view, keys, captureEnd } = cursor;
  const start = cursor.position;
  const head = cursor.at;
  const headerBytes = isVersion2 ? SLL2_HEADER_BYTES : SLL_HEADER_BYTES;
  beginRow(cursor);
  // Version 1: packet type 2, ARPHRD 2, address length 2, address 8, protocol 2.
  // Version 2: protocol 2, reserved 2, ifindex 4, ARPHRD 2, packet type 1, address length 1, address 8.
  let hint = 0;
  const typeAt = start + (isVersion2 ? 10 : 1);
  if (typeAt < captureEnd) hint = view.getUint8(typeAt) === SLL_OUTGOING ? HINT_SENT : HINT_RECEIVED;
  if (start + headerBytes > captureEnd) {
    endRow(cursor, head, HEAD_CUT | HEAD_NO_DESTINATION, 0, hint);
    return start + headerBytes > cursor.wireEnd ? ROW_MALFORMED : 0;
  }
  const addressBytes = isVersion2 ? view.getUint8(start + 11) : view.getUint16(start + 4);
  const addressAt = start + (isVersion2 ? 12 : 6);
  if (addressBytes === 6) {
    keys[head + 2] = view.getUint16(addressAt);
    keys[head + 3] = view.getUint32(addressAt + 2);
  }
  cursor.etherType = view.getUint16(isVersion2 ? start : start + 14);
  cursor.position = start + headerBytes;
  if (cursor.etherType < ETHER_TYPE_MIN) return decodeCookedLowProtocol(cursor, head, hint);
  const tags = readTags(cursor);
  const etherType = cursor.etherType;
  if ((tags & TAGS_CUT) !== 0) {
    endRow(cursor, head, HEAD_CUT | HEAD_NO_DESTINATION, tags - TAGS_CUT, hint);
    return 0;
  }
  const isLlc = etherType < ETHER_TYPE_MIN;
  const layersAt = cursor.at;
  decodeLayers(cursor);
  endRow(cursor, head, (etherType << HEAD_ETHERTYPE_SHIFT) | HEAD_NO_DESTINATION | (isLlc ? HEAD_LLC : 0), tags, hint);
  if (isLlc) return cookedLlcFlags(cursor, layersAt);
  return etherType === ETHER_TYPE_SLOW ? ROW_SLOW_PROTOCOL : etherTypeFlags(etherType);
}

/** SLL protocol values below 0x0600: an LLC frame of unknown length, or something that is not Ethernet. */
function decodeCookedLowProtocol(cursor: FrameCursor, head: number, hint: number): number {
  const protocol = cursor.etherType;
  if (protocol !== SLL_PROTOCOL_LLC) {
    endRow(cursor, head, (protocol << HEAD_ETHERTYPE_SHIFT) | HEAD_NO_DESTINATION, 0, hint);
    return 0;
  }
  const layersAt = cursor.at;
  decodeLayers(cursor);
  endRow(cursor, head, HEAD_LLC | HEAD_NO_DESTINATION, 0, hint);
  return cookedLlcFlags(cursor, layersAt);
}

function cookedLlcFlags(cursor: FrameCursor, layersAt: number): number {
  const { keys } = cursor;
  const words = cursor.at - layersAt;
  if (words === 0 || (keys[layersAt] & LAYER_KIND_MASK) !== LAYER_LLC) return 0;
  const dsap = (keys[layersAt] >>> 8) & 0xff;
  return words >= 3 ? llcFlags(dsap, keys[layersAt + 1], keys[layersAt + 2]) : llcFlags(dsap, -1, 0);
}

function beginRow(cursor: FrameCursor): void {
  const { keys, at } = cursor;
  keys[at + 1] = 0;
  keys[at + 2] = 0;
  keys[at + 3] = 0;
  cursor.at = at + FIRST_TAG_WORD;
  cursor.layers = 0;
}

function endRow(cursor: FrameCursor, head: number, bits: number, tags: number, hint: number): void {
  cursor.keys[head] = (cursor.at - head) | (tags << HEAD_TAGS_SHIFT) | (hint << HEAD_HINT_SHIFT) | bits;
}
