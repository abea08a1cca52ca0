import { assert } from '../base/assert.ts';
import type { CaptureSource } from './capture-reader.ts';
import { decodeCookedFrame, decodeEthernetFrame, ETHERNET_HEADER_BYTES, SLL2_HEADER_BYTES, SLL_HEADER_BYTES } from './decode-link.ts';
import { MARK_AT, MARK_REST, READER_FLAGS } from './decode-plain.ts';
import { MAX_KEY_WORDS } from './flow-key.ts';
import { createFrameCursor } from './frame-cursor.ts';
import type { FrameCursor } from './frame-cursor.ts';
import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2 } from './link-types.ts';
import { ROW_MALFORMED, ROW_UNSUPPORTED } from './packet-batch.ts';
import type { PacketBatch } from './packet-batch.ts';
import { rowFlags } from './row-flags.ts';

const cursor = createFrameCursor();

/**
 * Writes `frameBytes`, `flags` and the flow key of every row of the batch. `sources` are those of the capture's reader.
 * Any bytes are taken: trouble shows in the flags and in the key, nothing is thrown and nothing is read past the
 * captured bytes of the row. Keys lie in `keys` in no order. Hot path; guarded by `bench/` (decode).
 */
export function decodeBatch(batch: PacketBatch, sources: readonly CaptureSource[]): void {
  const rows = batch.length;
  assert(rows * MAX_KEY_WORDS <= batch.keys.length, 'the key space of a batch holds the longest key of every row');
  const { allRows, ethernetRows, otherRows, notIpv4Rows, notPlainRows, marks, loops } = batch;
  let list = allRows;
  let count = rows;
  if (sources.length === 0 || !sources.every(isEthernet)) {
    list = ethernetRows;
    count = 0;
    for (let row = 0; row < rows; row++) {
      if (linkTypeOf(sources, batch.source[row]) === LINKTYPE_ETHERNET) ethernetRows[count++] = row;
      else otherRows[row - count] = row;
    }
  }
  batch.frameBytes.set(rows === batch.originalLength.length ? batch.originalLength : batch.originalLength.subarray(0, rows));
  marks[MARK_AT] = 0;
  const special4 = loops.decodePlainIpv4(batch, list, count, notIpv4Rows, marks);
  const notIpv4 = marks[MARK_REST];
  if (special4 !== 0) flagSpecialRows(batch, list, count, notIpv4Rows, notIpv4);
  const special6 = loops.decodePlainIpv6(batch, notIpv4Rows, notIpv4, notPlainRows, marks);
  const notPlain = marks[MARK_REST];
  if (special6 !== 0) flagSpecialRows(batch, notIpv4Rows, notIpv4, notPlainRows, notPlain);
  const at = decodeGeneral(batch, sources, notPlainRows, notPlain, marks[MARK_AT]);
  decodeGeneral(batch, sources, otherRows, rows - count, at);
}

/** Of plain frames only those to a group address (or that of Extreme) may be a port's own. `rest`: rows of the list that are not plain. */
function flagSpecialRows(batch: PacketBatch, list: Uint32Array, count: number, rest: Uint32Array, restCount: number): void {
  const { keys, keyStart, flags } = batch;
  let skipped = 0;
  for (let k = 0; k < count; k++) {
    const row = list[k];
    if (skipped < restCount && rest[skipped] === row) {
      skipped++;
      continue;
    }
    const key = keyStart[row];
    flags[row] |= rowFlags(keys[key + 1], keys[key + 2] >>> 16, 0, -1);
  }
}

/** Decodes rows of any kind, their keys from `at` on; returns the place behind the last. */
function decodeGeneral(batch: PacketBatch, sources: readonly CaptureSource[], list: Uint32Array, count: number, at: number): number {
  const { source, offset, capturedLength, originalLength, hint, frameBytes, flags, keyStart } = batch;
  cursor.view = batch.view;
  cursor.keys = batch.keys;
  cursor.at = at;
  let lastSource = -1;
  let linkType = -1;
  for (let k = 0; k < count; k++) {
    const row = list[k];
    const captured = capturedLength[row];
    const original = originalLength[row];
    if (source[row] !== lastSource) {
      lastSource = source[row];
      linkType = linkTypeOf(sources, lastSource);
    }
    keyStart[row] = cursor.at;
    placeCursor(cursor, offset[row], captured, original);
    let bits = flags[row] & READER_FLAGS;
    if (captured > original) bits |= ROW_MALFORMED;
    if (linkType === LINKTYPE_ETHERNET) bits |= decodeEthernetFrame(cursor, hint[row]);
    else if (linkType === LINKTYPE_LINUX_SLL || linkType === LINKTYPE_LINUX_SLL2) {
      const headerBytes = linkType === LINKTYPE_LINUX_SLL ? SLL_HEADER_BYTES : SLL2_HEADER_BYTES;
      const bytes = original - headerBytes + ETHERNET_HEADER_BYTES;
      frameBytes[row] = bytes > 0 ? bytes : 0;
      bits |= decodeCookedFrame(cursor, linkType === LINKTYPE_LINUX_SLL2);
    } else {
      writeEmptyKey(cursor);
      bits |= ROW_UNSUPPORTED;
    }
    flags[row] = bits;
  }
  return cursor.at;
}

function isEthernet(source: CaptureSource): boolean {
  return source.supported && source.linkType === LINKTYPE_ETHERNET;
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
