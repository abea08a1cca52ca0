import { HEAD_HINT_SHIFT, HEAD_TAGS_SHIFT, L4_FORM_SHIFT, L4_PORTS, LAYER_IPV4, LAYER_IPV6 } from './flow-key.ts';

const ETHER_TYPE_TAG = 0x8100;
/** HEAD of an untagged row: EtherType, length in words. */
const HEAD_IPV4 = 0x08000000 | 8;
const HEAD_IPV6 = 0x86dd0000 | 15;
/** One tag: a word more, and one in the number of tags. */
const HEAD_ONE_TAG = (1 << HEAD_TAGS_SHIFT) + 1;

const PORTS_BITS = L4_PORTS << L4_FORM_SHIFT;
const PLAIN_TCP4 = LAYER_IPV4 | (6 << 8) | PORTS_BITS;
const PLAIN_UDP4 = LAYER_IPV4 | (17 << 8) | PORTS_BITS;
const PLAIN_TCP6 = LAYER_IPV6 | (6 << 8) | PORTS_BITS;
const PLAIN_UDP6 = LAYER_IPV6 | (17 << 8) | PORTS_BITS;

/** Destination ports of tunnels over UDP as the upper half of the port word has them, bytes swapped: 4789, 8472, 6081. */
const SWAPPED_VXLAN = 0xb512;
const SWAPPED_VXLAN_LINUX = 0x1821;
const SWAPPED_GENEVE = 0xc117;

/** Shortest frames taken: headers of Ethernet, IP and the 20 bytes that are looked at of TCP. */
export const PLAIN_MIN_BYTES = 54;
const PLAIN_MIN_BYTES_IPV6 = 74;

/**
 * Writes the row of a plain Ethernet frame at `at` of `keys` and returns the place behind it, or -1 for what is not
 * plain. Plain: no tag or one of 0x8100; IPv4 without options or fragments, or IPv6 without extension headers; TCP or
 * UDP that is no tunnel; whole headers captured, lengths that agree. What is not plain goes the general way
 * (`decodeEthernetFrame`), which writes the same rows. Hot path; guarded by `bench/` (decode).
 *
 * `start`: offset of the frame in `view`; at least PLAIN_MIN_BYTES of it are `captured`, `original` are on the wire.
 */
export function decodePlainFrame(
  view: DataView,
  keys: Uint32Array,
  at: number,
  start: number,
  captured: number,
  original: number,
  hint: number,
): number {
  let typeWord = view.getUint32(start + 12);
  let tagWord = 0;
  let network = start + 14;
  let room = captured;
  let wire = original;
  if (typeWord >>> 16 === ETHER_TYPE_TAG) {
    tagWord = typeWord;
    typeWord = view.getUint32(start + 16);
    network += 4;
    room -= 4;
    wire -= 4;
    if (room < PLAIN_MIN_BYTES) return -1;
  }
  // EtherType, version and header length; the type of service does not matter.
  if ((typeWord & 0xffffff00) === 0x08004500) {
    const l4Bytes = view.getUint16(network + 2) - 20;
    if ((view.getUint16(network + 6) & 0x3fff) !== 0 || l4Bytes + 34 > wire) return -1;
    const ports = view.getUint32(network + 20, true);
    let descriptor = PLAIN_TCP4;
    if (view.getUint8(network + 9) === 6) {
      const tcpBytes = (view.getUint8(network + 32) >> 4) * 4;
      if (tcpBytes < 20 || tcpBytes > l4Bytes) return -1;
    } else if (view.getUint8(network + 9) === 17) {
      if (l4Bytes < 8 || isTunnelPort(ports >>> 16)) return -1;
      descriptor = PLAIN_UDP4;
    } else return -1;
    let to = writeStart(view, keys, at, start, HEAD_IPV4 | (hint << HEAD_HINT_SHIFT), tagWord);
    keys[to++] = descriptor;
    keys[to++] = view.getUint32(network + 12, true);
    keys[to++] = view.getUint32(network + 16, true);
    keys[to++] = ports;
    return to;
  }
  // EtherType and version; the traffic class does not matter.
  if ((typeWord & 0xfffff000) === (0x86dd6000 | 0) && room >= PLAIN_MIN_BYTES_IPV6) {
    const l4Bytes = view.getUint16(network + 4);
    if (l4Bytes + 54 > wire) return -1;
    const ports = view.getUint32(network + 40, true);
    const protocol = view.getUint8(network + 6);
    let descriptor = PLAIN_TCP6;
    if (protocol === 6) {
      const tcpBytes = (view.getUint8(network + 52) >> 4) * 4;
      if (tcpBytes < 20 || tcpBytes > l4Bytes) return -1;
    } else if (protocol === 17) {
      if (l4Bytes < 8 || isTunnelPort(ports >>> 16)) return -1;
      descriptor = PLAIN_UDP6;
    } else return -1;
    let to = writeStart(view, keys, at, start, HEAD_IPV6 | (hint << HEAD_HINT_SHIFT), tagWord);
    keys[to++] = descriptor;
    keys[to++] = (view.getUint32(network) & 0xfffff) | (protocol << 20);
    keys[to++] = view.getUint32(network + 8, true);
    keys[to++] = view.getUint32(network + 12, true);
    keys[to++] = view.getUint32(network + 16, true);
    keys[to++] = view.getUint32(network + 20, true);
    keys[to++] = view.getUint32(network + 24, true);
    keys[to++] = view.getUint32(network + 28, true);
    keys[to++] = view.getUint32(network + 32, true);
    keys[to++] = view.getUint32(network + 36, true);
    keys[to++] = ports;
    return to;
  }
  return -1;
}

function isTunnelPort(swapped: number): boolean {
  return swapped === SWAPPED_VXLAN || swapped === SWAPPED_VXLAN_LINUX || swapped === SWAPPED_GENEVE;
}

/** HEAD, MAC words and the tag word if there is one; returns the place of the first layer. */
function writeStart(view: DataView, keys: Uint32Array, at: number, start: number, head: number, tagWord: number): number {
  keys[at + 1] = view.getUint32(start);
  keys[at + 2] = view.getUint32(start + 4);
  keys[at + 3] = view.getUint32(start + 8);
  if (tagWord === 0) {
    keys[at] = head;
    return at + 4;
  }
  keys[at] = head + HEAD_ONE_TAG;
  keys[at + 4] = tagWord;
  return at + 5;
}
