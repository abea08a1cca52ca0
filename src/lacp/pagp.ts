import type { Neighbour } from './neighbour.ts';
import { emptyNeighbour, wireText } from './neighbour.ts';
import { macText, uint16At } from './system-id.ts';

/** Layout of a PAgP information PDU and its TLVs (Wireshark, packet-pagp.c; behind the SNAP header). */
const VERSION_INFO = 1;
const LOCAL_DEVICE = 2;
const LOCAL_GROUP = 18;
const TLV_COUNT = 44;
const FIRST_TLV = 46;
const TLV_DEVICE_NAME = 1;
const TLV_PORT_NAME = 2;

/** Reads a PAgP frame between `start` and `end`; null for one that holds no information (a flush). */
export function decodePagp(bytes: Uint8Array, start: number, end: number, srcMac: string): Neighbour | null {
  if (start < end && bytes[start] !== VERSION_INFO) return null;
  const found = emptyNeighbour('pagp', srcMac);
  if (start + FIRST_TLV > end) return { ...found, malformed: 'the frame ends inside the PAgP information' };
  found.chassis = macText(bytes, start + LOCAL_DEVICE);
  const group = uint16At(bytes, start + LOCAL_GROUP) * 0x10000 + uint16At(bytes, start + LOCAL_GROUP + 2);
  found.aggregate = { isAggregated: group !== 0, port: group };
  let at = start + FIRST_TLV;
  for (let left = uint16At(bytes, start + TLV_COUNT); left > 0 && at + 4 <= end; left--) {
    const type = uint16At(bytes, at);
    const length = uint16At(bytes, at + 2);
    if (length < 4 || at + length > end) {
      found.malformed = `TLV ${type} has length ${length}, which the frame does not hold`;
      break;
    }
    if (type === TLV_DEVICE_NAME) found.systemName ??= wireText(bytes, at + 4, at + length);
    if (type === TLV_PORT_NAME) found.port ??= wireText(bytes, at + 4, at + length);
    at += length;
  }
  return found;
}
