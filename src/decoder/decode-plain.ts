import type { Unsigned } from '../base/unsigned.ts';
import { HEAD_HINT_SHIFT, HEAD_TAGS_SHIFT, L4_FORM_SHIFT, L4_PORTS, LAYER_IPV4, LAYER_IPV6 } from './flow-key.ts';
import type { PacketBatch } from './packet-batch.ts';
import { ROW_MALFORMED, ROW_UNSUPPORTED } from './packet-batch.ts';
import { EXTREME_ADDRESS } from './row-flags.ts';

/** Flags that a reader sets; the others are the decoder's. */
export const READER_FLAGS = ROW_MALFORMED | ROW_UNSUPPORTED;

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

/** Destination ports of tunnels over UDP as the upper half of the port word has them, bytes swapped: 4789, 8472, 6081, 4791, 2152. */
const SWAPPED_VXLAN = 0xb512;
const SWAPPED_VXLAN_LINUX = 0x1821;
const SWAPPED_GENEVE = 0xc117;
const SWAPPED_ROCE = 0xb712;
const SWAPPED_GTP = 0x6808;

/** Shortest untagged frames taken: Ethernet, IP and UDP; of TCP as far as its fixed header goes. */
const LEAST_UDP4 = 42;
const LEAST_TCP4 = 54;
const LEAST_UDP6 = 62;
const LEAST_TCP6 = 74;
/** Longer than any frame: lengths up to it are no trouble as signed numbers. */
const MOST_ORIGINAL = 0x7fffffff;

/** Places in the `marks` of a pass: the next word of the batch's `keys` to write, and how many rows are left over. */
export const MARK_AT = 0;
export const MARK_REST = 1;

/**
 * Writes `keyStart`, `flags` and the key of those of the first `count` rows of `list` that are plain frames over IPv4, and
 * lists the others in `rest`, in order. All rows are of Ethernet sources. Not 0: `flagSpecialRows` has to look at them.
 *
 * Plain: no tag or one of 0x8100; IPv4 without options or fragments, or IPv6 without extension headers; TCP or UDP that is
 * no tunnel; whole headers captured, lengths that agree. What is not plain goes the general way (`decodeEthernetFrame`),
 * which writes the same rows.
 *
 * A loop of its own without calls and without an inner loop: V8 then checks the arrays before it, not in it. Hot path;
 * guarded by `bench/` (decode).
 */
export function decodePlainIpv4(batch: PacketBatch, list: Uint32Array, count: number, rest: Uint32Array, marks: Int32Array): number {
  const { view, offset, capturedLength, originalLength, hint, flags, keyStart, keys } = batch;
  const viewEnd = view.byteLength;
  let at = marks[MARK_AT];
  let restCount = 0;
  let special = 0;
  for (let k = 0; k < count; k++) {
    const row = list[k];
    const start = offset[row];
    const captured = capturedLength[row];
    const original = originalLength[row];
    let descriptor = 0;
    let tagWord: Unsigned = 0;
    let tags = 0;
    let ports: Unsigned = 0;
    let network: Unsigned = (start + 14) >>> 0;
    if (
      captured >= LEAST_UDP4 &&
      captured <= original &&
      original <= MOST_ORIGINAL &&
      start <= viewEnd &&
      captured <= (viewEnd - start) >>> 0
    ) {
      let typeWord: Unsigned = view.getUint32(start + 12);
      let shim: Unsigned = 0;
      if (typeWord >>> 16 === ETHER_TYPE_TAG) {
        tagWord = typeWord;
        tags = 1;
        shim = 4;
        typeWord = view.getUint32(start + 16);
        network = (start + 18) >>> 0;
      }
      // EtherType, version and header length; the type of service does not matter.
      if ((typeWord & 0xffffff00) === 0x08004500 && (captured - shim) >>> 0 >= LEAST_UDP4 && (view.getUint16(network + 6) & 0x3fff) === 0) {
        const l4Bytes = (view.getUint16(network + 2) - 20) | 0;
        const protocol = view.getUint8(network + 9);
        ports = view.getUint32(network + 20, true);
        if (((l4Bytes + 34) | 0) <= ((original - shim) | 0)) {
          if (protocol === 6) {
            if ((captured - shim) >>> 0 >= LEAST_TCP4) {
              const tcpBytes = (view.getUint8(network + 32) >> 4) << 2;
              if (tcpBytes >= 20 && tcpBytes <= l4Bytes) descriptor = PLAIN_TCP4;
            }
          } else if (protocol === 17 && l4Bytes >= 8) {
            const to = ports >>> 16;
            const isTunnel =
              to === SWAPPED_VXLAN || to === SWAPPED_GENEVE || to === SWAPPED_VXLAN_LINUX || to === SWAPPED_ROCE || to === SWAPPED_GTP;
            if (!isTunnel) descriptor = PLAIN_UDP4;
          }
        }
      }
    }
    if (descriptor === 0) {
      rest[restCount] = row;
      restCount++;
      continue;
    }
    const dstHigh = view.getUint32(start);
    special |= (dstHigh & 0x01000000) | (dstHigh === EXTREME_ADDRESS ? 1 : 0);
    keyStart[row] = at;
    flags[row] &= READER_FLAGS;
    keys[at] = (HEAD_IPV4 | (hint[row] << HEAD_HINT_SHIFT)) + Math.imul(tags, HEAD_ONE_TAG);
    keys[at + 1] = dstHigh;
    keys[at + 2] = view.getUint32(start + 4);
    keys[at + 3] = view.getUint32(start + 8);
    // Without a tag the descriptor overwrites it.
    keys[at + 4] = tagWord;
    const layer = (at + 4 + tags) | 0;
    keys[layer] = descriptor;
    keys[layer + 1] = view.getUint32(network + 12, true);
    keys[layer + 2] = view.getUint32(network + 16, true);
    keys[layer + 3] = ports;
    at = (layer + 4) | 0;
  }
  marks[MARK_AT] = at;
  marks[MARK_REST] = restCount;
  return special;
}

/** The same for plain frames over IPv6. Hot path. */
export function decodePlainIpv6(batch: PacketBatch, list: Uint32Array, count: number, rest: Uint32Array, marks: Int32Array): number {
  const { view, offset, capturedLength, originalLength, hint, flags, keyStart, keys } = batch;
  const viewEnd = view.byteLength;
  let at = marks[MARK_AT];
  let restCount = 0;
  let special = 0;
  for (let k = 0; k < count; k++) {
    const row = list[k];
    const start = offset[row];
    const captured = capturedLength[row];
    const original = originalLength[row];
    let descriptor = 0;
    let tagWord: Unsigned = 0;
    let tags = 0;
    let ports: Unsigned = 0;
    let info = 0;
    let network: Unsigned = (start + 14) >>> 0;
    if (
      captured >= LEAST_UDP6 &&
      captured <= original &&
      original <= MOST_ORIGINAL &&
      start <= viewEnd &&
      captured <= (viewEnd - start) >>> 0
    ) {
      let typeWord: Unsigned = view.getUint32(start + 12);
      let shim: Unsigned = 0;
      if (typeWord >>> 16 === ETHER_TYPE_TAG) {
        tagWord = typeWord;
        tags = 1;
        shim = 4;
        typeWord = view.getUint32(start + 16);
        network = (start + 18) >>> 0;
      }
      // EtherType and version; the traffic class does not matter.
      if ((typeWord & 0xfffff000) === (0x86dd6000 | 0) && (captured - shim) >>> 0 >= LEAST_UDP6) {
        const l4Bytes = view.getUint16(network + 4);
        const protocol = view.getUint8(network + 6);
        ports = view.getUint32(network + 40, true);
        info = (view.getUint32(network) & 0xfffff) | (protocol << 20);
        if ((l4Bytes + 54) >>> 0 <= (original - shim) >>> 0) {
          if (protocol === 6) {
            if ((captured - shim) >>> 0 >= LEAST_TCP6) {
              const tcpBytes = (view.getUint8(network + 52) >> 4) << 2;
              if (tcpBytes >= 20 && tcpBytes <= l4Bytes) descriptor = PLAIN_TCP6;
            }
          } else if (protocol === 17 && l4Bytes >= 8) {
            const to = ports >>> 16;
            const isTunnel =
              to === SWAPPED_VXLAN || to === SWAPPED_GENEVE || to === SWAPPED_VXLAN_LINUX || to === SWAPPED_ROCE || to === SWAPPED_GTP;
            if (!isTunnel) descriptor = PLAIN_UDP6;
          }
        }
      }
    }
    if (descriptor === 0) {
      rest[restCount] = row;
      restCount++;
      continue;
    }
    const dstHigh = view.getUint32(start);
    special |= (dstHigh & 0x01000000) | (dstHigh === EXTREME_ADDRESS ? 1 : 0);
    keyStart[row] = at;
    flags[row] &= READER_FLAGS;
    keys[at] = (HEAD_IPV6 | (hint[row] << HEAD_HINT_SHIFT)) + Math.imul(tags, HEAD_ONE_TAG);
    keys[at + 1] = dstHigh;
    keys[at + 2] = view.getUint32(start + 4);
    keys[at + 3] = view.getUint32(start + 8);
    // Without a tag the descriptor overwrites it.
    keys[at + 4] = tagWord;
    const layer = (at + 4 + tags) | 0;
    keys[layer] = descriptor;
    keys[layer + 1] = info;
    keys[layer + 2] = view.getUint32(network + 8, true);
    keys[layer + 3] = view.getUint32(network + 12, true);
    keys[layer + 4] = view.getUint32(network + 16, true);
    keys[layer + 5] = view.getUint32(network + 20, true);
    keys[layer + 6] = view.getUint32(network + 24, true);
    keys[layer + 7] = view.getUint32(network + 28, true);
    keys[layer + 8] = view.getUint32(network + 32, true);
    keys[layer + 9] = view.getUint32(network + 36, true);
    keys[layer + 10] = ports;
    at = (layer + 11) | 0;
  }
  marks[MARK_AT] = at;
  marks[MARK_REST] = restCount;
  return special;
}
