import { assert } from '../base/assert.ts';
import type { CaptureSource } from './capture-reader.ts';
import { decodeCookedFrame, decodeEthernetFrame, ETHERNET_HEADER_BYTES, SLL2_HEADER_BYTES, SLL_HEADER_BYTES } from './decode-link.ts';
import { decodePlainIpv4, decodePlainIpv6, READER_FLAGS, type PlainPass } from './decode-plain.ts';
import { MAX_KEY_WORDS } from './flow-key.ts';
import { createFrameCursor } from './frame-cursor.ts';
import type { FrameCursor } from './frame-cursor.ts';
import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2 } from './link-types.ts';
import { BATCH_ROWS, ROW_MALFORMED, ROW_UNSUPPORTED } from './packet-batch.ts';
import type { PacketBatch } from './packet-batch.ts';

/** Rows of a batch as the passes hand them on: what the first does not take the second looks at, then the general way. */
interface Passes {
  readonly rows: number;
  /** Every row. */
  readonly all: Uint32Array;
  /** Rows of Ethernet sources, and the others, where a capture has both. */
  readonly ethernet: Uint32Array;
  readonly other: Uint32Array;
  readonly first: PlainPass;
  readonly second: PlainPass;
}

let passes = createPasses(BATCH_ROWS);
const cursor = createFrameCursor();

/**
 * Writes `frameBytes`, `flags` and the flow key of every row of the batch. `sources` are those of the capture's reader.
 * Any bytes are taken: trouble shows in the flags and in the key, nothing is thrown and nothing is read past the
 * captured bytes of the row. Keys lie in `keys` in no order. Hot path; guarded by `bench/` (decode).
 */
export function decodeBatch(batch: PacketBatch, sources: readonly CaptureSource[]): void {
  const rows = batch.length;
  assert(rows * MAX_KEY_WORDS <= batch.keys.length, 'the key space of a batch holds the longest key of every row');
  if (rows > passes.rows) passes = createPasses(rows);
  const { all, ethernet, other, first, second } = passes;
  let list = all;
  let count = rows;
  if (sources.length === 0 || !sources.every(isEthernet)) {
    list = ethernet;
    count = 0;
    for (let row = 0; row < rows; row++) {
      if (linkTypeOf(sources, batch.source[row]) === LINKTYPE_ETHERNET) ethernet[count++] = row;
      else other[row - count] = row;
    }
  }
  batch.frameBytes.set(rows === batch.originalLength.length ? batch.originalLength : batch.originalLength.subarray(0, rows));
  first.at = 0;
  decodePlainIpv4(batch, list, count, first);
  second.at = first.at;
  decodePlainIpv6(batch, first.rest, first.restCount, second);
  const at = decodeGeneral(batch, sources, second.rest, second.restCount, second.at);
  decodeGeneral(batch, sources, other, rows - count, at);
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

function createPasses(rows: number): Passes {
  const list = (): Uint32Array => new Uint32Array(rows);
  return {
    rows,
    all: list().map((_, row) => row),
    ethernet: list(),
    other: list(),
    first: { rest: list(), restCount: 0, at: 0 },
    second: { rest: list(), restCount: 0, at: 0 },
  };
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
