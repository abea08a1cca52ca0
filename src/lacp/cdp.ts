import { ipText } from './lldp.ts';
import type { Neighbour } from './neighbour.ts';
import { emptyNeighbour, wireText } from './neighbour.ts';
import { uint16At } from './system-id.ts';

/** TLV types as Cisco's devices send them (Cisco, "Frame Formats: CDP"; names as in Wireshark's packet-cdp.c). */
const DEVICE_ID = 0x0001;
const ADDRESSES = 0x0002;
const PORT_ID = 0x0003;
const PLATFORM = 0x0006;
const SYSTEM_NAME = 0x0014;
const MANAGEMENT_ADDRESSES = 0x0016;

const HEADER_BYTES = 4;
const TLV_HEADER_BYTES = 4;

/** Reads a CDP packet (behind its SNAP header) between `start` and `end`. */
export function decodeCdp(bytes: Uint8Array, start: number, end: number, srcMac: string): Neighbour {
  const found = emptyNeighbour('cdp', srcMac);
  if (start + HEADER_BYTES > end) return { ...found, malformed: 'the frame ends inside the CDP header' };
  found.ttlSeconds = bytes[start + 1];
  let at = start + HEADER_BYTES;
  while (at + TLV_HEADER_BYTES <= end) {
    const type = uint16At(bytes, at);
    const length = uint16At(bytes, at + 2);
    if (length < TLV_HEADER_BYTES || at + length > end) {
      // Padding of a short frame is no TLV.
      if (type !== 0 || length !== 0) found.malformed = `TLV ${type} has length ${length}, which the frame does not hold`;
      break;
    }
    const from = at + TLV_HEADER_BYTES;
    const to = at + length;
    switch (type) {
      case DEVICE_ID:
        found.chassis ??= wireText(bytes, from, to);
        break;
      case PORT_ID:
        found.port ??= wireText(bytes, from, to);
        break;
      case PLATFORM:
        found.systemDescription ??= wireText(bytes, from, to);
        break;
      case SYSTEM_NAME:
        found.systemName ??= wireText(bytes, from, to);
        break;
      case ADDRESSES:
      case MANAGEMENT_ADDRESSES:
        found.managementAddress ??= firstIpv4(bytes, from, to);
        break;
    }
    at = to;
  }
  found.systemName ??= found.chassis;
  if (found.malformed === null && found.chassis === null && found.port === null) found.malformed = 'neither device id nor port id';
  return found;
}

/** First IPv4 address of a list: count, then per address protocol type, its length, protocol, length of the address. */
function firstIpv4(bytes: Uint8Array, from: number, to: number): string | null {
  let at = from + 4;
  while (at + 2 <= to) {
    const protocolBytes = bytes[at + 1];
    const addressAt = at + 2 + protocolBytes + 2;
    if (addressAt > to) return null;
    const length = uint16At(bytes, addressAt - 2);
    // NLPID 0xcc is IPv4.
    if (protocolBytes === 1 && bytes[at + 2] === 0xcc && length === 4 && addressAt + 4 <= to) return ipText(bytes, addressAt, 4);
    at = addressAt + length;
  }
  return null;
}
