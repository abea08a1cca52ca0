import { ETHER_TYPE_MIN, isTagType } from './ether-types.ts';
import { ETHERNET_CUT, ETHERNET_SHORT, ETHERNET_TAGS_SHIFT, LAYER_ETHERNET, LAYER_LLC, LLC_SNAP_CUT } from './flow-key.ts';
import { NEXT_ETHER_TYPE, NEXT_NONE } from './frame-cursor.ts';
import type { FrameCursor } from './frame-cursor.ts';

/** More tags than this are not followed: HEAD has three bits for their number. */
const MAX_TAGS = 7;

/** Set in the result of `readTags` when the frame ended, or was cut, inside a tag. */
export const TAGS_CUT = 8;

/**
 * Writes the tag words that follow EtherType `cursor.etherType` and leaves the EtherType after them there, `position`
 * behind it. Returns the number of tags, plus TAGS_CUT if they are not whole (the EtherType is 0 then).
 */
export function readTags(cursor: FrameCursor): number {
  let tags = 0;
  let etherType = cursor.etherType;
  let position = cursor.position;
  while (isTagType(etherType) && tags < MAX_TAGS) {
    if (position + 4 > cursor.captureEnd) {
      cursor.etherType = 0;
      return tags | TAGS_CUT;
    }
    cursor.keys[cursor.at++] = ((etherType << 16) | cursor.view.getUint16(position)) >>> 0;
    etherType = cursor.view.getUint16(position + 2);
    position += 4;
    tags++;
  }
  cursor.etherType = etherType;
  cursor.position = position;
  return tags;
}

/** An Ethernet frame inside a tunnel. */
export function decodeInnerEthernet(cursor: FrameCursor): number {
  const { view, keys } = cursor;
  const start = cursor.position;
  const at = cursor.at;
  if (start + 14 > cursor.captureEnd) {
    keys[cursor.at++] = LAYER_ETHERNET | ETHERNET_CUT | (start + 14 > cursor.wireEnd ? ETHERNET_SHORT : 0);
    return NEXT_NONE;
  }
  keys[at + 1] = view.getUint32(start);
  keys[at + 2] = view.getUint32(start + 4);
  keys[at + 3] = view.getUint32(start + 8);
  cursor.at = at + 4;
  cursor.etherType = view.getUint16(start + 12);
  cursor.position = start + 14;
  const tags = readTags(cursor);
  if ((tags & TAGS_CUT) !== 0) {
    const tagEnd = start + 14 + (tags - TAGS_CUT + 1) * 4;
    cursor.at = at + 1;
    keys[at] = LAYER_ETHERNET | ETHERNET_CUT | (tagEnd > cursor.wireEnd ? ETHERNET_SHORT : 0);
    return NEXT_NONE;
  }
  keys[at] = LAYER_ETHERNET | (tags << ETHERNET_TAGS_SHIFT) | (cursor.etherType << 16);
  return NEXT_ETHER_TYPE;
}

/** IEEE 802.2 LLC and SNAP at `position`. A SNAP header of OUI 000000 carries an EtherType, which is followed. */
export function decodeLlc(cursor: FrameCursor): number {
  const { view, keys } = cursor;
  const start = cursor.position;
  if (start + 3 > cursor.captureEnd) return NEXT_NONE;
  const dsap = view.getUint8(start);
  const ssap = view.getUint8(start + 1);
  const control = view.getUint8(start + 2);
  keys[cursor.at++] = (LAYER_LLC | (dsap << 8) | (ssap << 16) | (control << 24)) >>> 0;
  if (dsap !== 0xaa || ssap !== 0xaa || control !== 3) return NEXT_NONE;
  if (start + 8 > cursor.captureEnd) {
    keys[cursor.at++] = LLC_SNAP_CUT;
    keys[cursor.at++] = 0;
    return NEXT_NONE;
  }
  const oui = view.getUint32(start + 2) & 0xffffff;
  const protocolId = view.getUint16(start + 6);
  keys[cursor.at++] = oui;
  keys[cursor.at++] = protocolId;
  if (oui !== 0 || protocolId < ETHER_TYPE_MIN) return NEXT_NONE;
  cursor.position = start + 8;
  cursor.etherType = protocolId;
  return NEXT_ETHER_TYPE;
}
