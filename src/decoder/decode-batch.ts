import { assert } from '../base/assert.ts';
import type { CaptureSource } from './capture-reader.ts';
import { decodeCookedFrame, decodeEthernetFrame, ETHERNET_HEADER_BYTES, SLL2_HEADER_BYTES, SLL_HEADER_BYTES } from './decode-link.ts';
import { HEAD_HINT_SHIFT, L4_FORM_SHIFT, L4_PORTS, LAYER_IPV4, LAYER_IPV6, MAX_KEY_WORDS } from './flow-key.ts';
import { createFrameCursor } from './frame-cursor.ts';
import type { FrameCursor } from './frame-cursor.ts';
import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2 } from './link-types.ts';
import { ROW_MALFORMED, ROW_UNSUPPORTED } from './packet-batch.ts';
import type { PacketBatch } from './packet-batch.ts';

/** Flags that a reader sets; the others are the decoder's. */
const READER_FLAGS = ROW_MALFORMED | ROW_UNSUPPORTED;

const HEAD_IPV4 = 0x08000000 | 8;
const HEAD_IPV6 = (0x86dd0000 | 15) >>> 0;
const PORTS_BITS = L4_PORTS << L4_FORM_SHIFT;
const PLAIN_TCP4 = LAYER_IPV4 | (6 << 8) | PORTS_BITS;
const PLAIN_UDP4 = LAYER_IPV4 | (17 << 8) | PORTS_BITS;
const PLAIN_TCP6 = LAYER_IPV6 | (6 << 8) | PORTS_BITS;
const PLAIN_UDP6 = LAYER_IPV6 | (17 << 8) | PORTS_BITS;

/** Destination ports of tunnels over UDP as the port word has them (upper half, bytes swapped): 4789, 8472, 6081. */
const SWAPPED_VXLAN = 0xb512;
const SWAPPED_VXLAN_LINUX = 0x1821;
const SWAPPED_GENEVE = 0xc117;

/**
 * Writes `frameBytes`, `flags` and the flow key of every row of the batch. `sources` are those of the capture's reader.
 * Any bytes are taken: trouble shows in the flags and in the key, nothing is thrown and nothing is read past the
 * captured bytes of the row. Hot path; guarded by `bench/` (decode).
 */
export function decodeBatch(batch: PacketBatch, sources: readonly CaptureSource[]): void {
  const rows = batch.length;
  const { view, source, offset, capturedLength, originalLength, hint, frameBytes, flags, keyStart, keys } = batch;
  assert(rows * MAX_KEY_WORDS <= keys.length, 'the key space of a batch holds the longest key of every row');
  const viewEnd = view.byteLength;
  const cursor = createFrameCursor();
  cursor.view = view;
  cursor.keys = keys;
  let at = 0;
  let lastSource = -1;
  let linkType = -1;
  for (let row = 0; row < rows; row++) {
    const start = offset[row];
    const captured = capturedLength[row];
    const original = originalLength[row];
    if (source[row] !== lastSource) {
      lastSource = source[row];
      linkType = linkTypeOf(sources, lastSource);
    }
    keyStart[row] = at;
    if (linkType === LINKTYPE_ETHERNET) {
      frameBytes[row] = original;
      if (captured >= 54 && captured <= original && start + captured <= viewEnd) {
        // The plain path: a unicast frame, no tags, IPv4 without options or fragments, or IPv6 without extensions; TCP or
        // UDP, whole headers, lengths that agree. What is not plain goes the general way and is written from the start.
        const dstHigh = view.getUint32(start);
        const typeWord = view.getUint32(start + 12);
        if ((dstHigh & 0x01000000) !== 0 || dstHigh === 0x00e02b00) {
          // Group addresses carry what ports speak for themselves.
        } else if ((typeWord & 0xffffff00) === 0x08004500) {
          const protocol = view.getUint8(start + 23);
          const room = view.getUint16(start + 16) - 20;
          if ((view.getUint16(start + 20) & 0x3fff) === 0 && room + 34 <= original) {
            let descriptor = 0;
            const ports = view.getUint32(start + 34, true);
            if (protocol === 6) {
              const tcpBytes = (view.getUint8(start + 46) >> 4) * 4;
              if (tcpBytes >= 20 && tcpBytes <= room) descriptor = PLAIN_TCP4;
            } else if (protocol === 17 && room >= 8) {
              const port = ports >>> 16;
              if (port !== SWAPPED_VXLAN && port !== SWAPPED_VXLAN_LINUX && port !== SWAPPED_GENEVE) descriptor = PLAIN_UDP4;
            }
            if (descriptor !== 0) {
              keys[at] = HEAD_IPV4 | (hint[row] << HEAD_HINT_SHIFT);
              keys[at + 1] = dstHigh;
              keys[at + 2] = view.getUint32(start + 4);
              keys[at + 3] = view.getUint32(start + 8);
              keys[at + 4] = descriptor;
              keys[at + 5] = view.getUint32(start + 26, true);
              keys[at + 6] = view.getUint32(start + 30, true);
              keys[at + 7] = ports;
              flags[row] &= READER_FLAGS;
              at += 8;
              continue;
            }
          }
        } else if ((typeWord & 0xfffff000) === (0x86dd6000 | 0) && captured >= 74) {
          const protocol = view.getUint8(start + 20);
          const room = view.getUint16(start + 18);
          if (room + 54 <= original) {
            let descriptor = 0;
            const ports = view.getUint32(start + 54, true);
            if (protocol === 6) {
              const tcpBytes = (view.getUint8(start + 66) >> 4) * 4;
              if (tcpBytes >= 20 && tcpBytes <= room) descriptor = PLAIN_TCP6;
            } else if (protocol === 17 && room >= 8) {
              const port = ports >>> 16;
              if (port !== SWAPPED_VXLAN && port !== SWAPPED_VXLAN_LINUX && port !== SWAPPED_GENEVE) descriptor = PLAIN_UDP6;
            }
            if (descriptor !== 0) {
              keys[at] = HEAD_IPV6 | (hint[row] << HEAD_HINT_SHIFT);
              keys[at + 1] = dstHigh;
              keys[at + 2] = view.getUint32(start + 4);
              keys[at + 3] = view.getUint32(start + 8);
              keys[at + 4] = descriptor;
              keys[at + 5] = (view.getUint32(start + 14) & 0xfffff) | (protocol << 20);
              keys[at + 6] = view.getUint32(start + 22, true);
              keys[at + 7] = view.getUint32(start + 26, true);
              keys[at + 8] = view.getUint32(start + 30, true);
              keys[at + 9] = view.getUint32(start + 34, true);
              keys[at + 10] = view.getUint32(start + 38, true);
              keys[at + 11] = view.getUint32(start + 42, true);
              keys[at + 12] = view.getUint32(start + 46, true);
              keys[at + 13] = view.getUint32(start + 50, true);
              keys[at + 14] = ports;
              flags[row] &= READER_FLAGS;
              at += 15;
              continue;
            }
          }
        }
      }
    }
    cursor.at = at;
    placeCursor(cursor, start, captured, original);
    let rowFlags = flags[row] & READER_FLAGS;
    if (captured > original) rowFlags |= ROW_MALFORMED;
    if (linkType === LINKTYPE_ETHERNET) rowFlags |= decodeEthernetFrame(cursor, hint[row]);
    else if (linkType === LINKTYPE_LINUX_SLL || linkType === LINKTYPE_LINUX_SLL2) {
      const headerBytes = linkType === LINKTYPE_LINUX_SLL ? SLL_HEADER_BYTES : SLL2_HEADER_BYTES;
      const bytes = original - headerBytes + ETHERNET_HEADER_BYTES;
      frameBytes[row] = bytes > 0 ? bytes : 0;
      rowFlags |= decodeCookedFrame(cursor, linkType === LINKTYPE_LINUX_SLL2);
    } else {
      frameBytes[row] = original;
      writeEmptyKey(cursor);
      rowFlags |= ROW_UNSUPPORTED;
    }
    flags[row] = rowFlags;
    at = cursor.at;
  }
}

function linkTypeOf(sources: readonly CaptureSource[], index: number): number {
  const source = sources[index];
  return source !== undefined && source.supported ? source.linkType : -1;
}

/** Points the cursor at a record; ends are clamped to the buffer. */
function placeCursor(cursor: FrameCursor, start: number, captured: number, original: number): void {
  const viewEnd = cursor.view.byteLength;
  const position = start < viewEnd ? start : viewEnd;
  const captureEnd = start + captured < viewEnd ? start + captured : viewEnd;
  const wireEnd = position + original;
  cursor.position = position;
  cursor.captureEnd = captureEnd;
  // A record that holds more than it says was on the wire: what is there is believed.
  cursor.wireEnd = wireEnd > captureEnd ? wireEnd : captureEnd;
  cursor.datagramEnd = cursor.wireEnd;
}

/** Four words, all 0 but the length: records of a link type that is not read. */
function writeEmptyKey(cursor: FrameCursor): void {
  const { keys, at } = cursor;
  keys[at] = 4;
  keys[at + 1] = 0;
  keys[at + 2] = 0;
  keys[at + 3] = 0;
  cursor.at = at + 4;
}
