import { assert } from '../base/assert.ts';
import type { CaptureSource } from './capture-reader.ts';
import { decodeCookedFrame, decodeEthernetFrame, ETHERNET_HEADER_BYTES, SLL2_HEADER_BYTES, SLL_HEADER_BYTES } from './decode-link.ts';
import { decodePlainFrame, PLAIN_MIN_BYTES } from './decode-plain.ts';
import { MAX_KEY_WORDS } from './flow-key.ts';
import { createFrameCursor } from './frame-cursor.ts';
import type { FrameCursor } from './frame-cursor.ts';
import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2 } from './link-types.ts';
import { ROW_MALFORMED, ROW_UNSUPPORTED } from './packet-batch.ts';
import type { PacketBatch } from './packet-batch.ts';
import { EXTREME_ADDRESS, rowFlags } from './row-flags.ts';

/** Flags that a reader sets; the others are the decoder's. */
const READER_FLAGS = ROW_MALFORMED | ROW_UNSUPPORTED;

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
      if (captured >= PLAIN_MIN_BYTES && captured <= original && start + captured <= viewEnd) {
        const next = decodePlainFrame(view, keys, at, start, captured, original, hint[row]);
        if (next >= 0) {
          // Of plain frames only those to a group address may be a port's own.
          const dstHigh = keys[at + 1];
          const own = (dstHigh & 0x01000000) === 0 && dstHigh !== EXTREME_ADDRESS ? 0 : rowFlags(dstHigh, keys[at + 2] >>> 16, 0, -1);
          flags[row] = (flags[row] & READER_FLAGS) | own;
          at = next;
          continue;
        }
      }
    }
    cursor.at = at;
    placeCursor(cursor, start, captured, original);
    let bits = flags[row] & READER_FLAGS;
    if (captured > original) bits |= ROW_MALFORMED;
    if (linkType === LINKTYPE_ETHERNET) bits |= decodeEthernetFrame(cursor, hint[row]);
    else if (linkType === LINKTYPE_LINUX_SLL || linkType === LINKTYPE_LINUX_SLL2) {
      const headerBytes = linkType === LINKTYPE_LINUX_SLL ? SLL_HEADER_BYTES : SLL2_HEADER_BYTES;
      const bytes = original - headerBytes + ETHERNET_HEADER_BYTES;
      frameBytes[row] = bytes > 0 ? bytes : 0;
      bits |= decodeCookedFrame(cursor, linkType === LINKTYPE_LINUX_SLL2);
    } else {
      frameBytes[row] = original;
      writeEmptyKey(cursor);
      bits |= ROW_UNSUPPORTED;
    }
    flags[row] = bits;
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
