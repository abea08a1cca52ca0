import type { Unsigned } from '../base/unsigned.ts';
import { RULE_HIGH, RULE_INTERFACES, RULE_LOW, RULE_NANOS, RULE_SECOND, RULE_STOP, RULE_UNITS, type BlockRules } from './block-rules.ts';
import type { PacketBatch } from './packet-batch.ts';
import { SUM_CAPTURED_BYTES, SUM_ORIGINAL_BYTES } from './walk-records.ts';

/** Block type and shortest length of an Enhanced Packet Block (draft-ietf-opsawg-pcapng, 4.3). */
const ENHANCED_PACKET = 6;
const LEAST_BLOCK_BYTES = 32;
/** Options of a block: the end, and epb_flags, whose two lowest bits are the direction. */
const OPT_END = 0;
const EPB_FLAGS = 2;

/**
 * Reads little-endian Enhanced Packet Blocks from `batch.view`, [start, end), into rows from `from` on, for as long as they are
 * whole, of the second in `rules` and nothing is odd about them. Returns the row behind the last. Hot path.
 */
export function walkUsualBlocks(batch: PacketBatch, start: Unsigned, end: Unsigned, rules: BlockRules, from: number): number {
  const { view, source, seconds, nanos, offset, capturedLength, originalLength, hint, flags, sums } = batch;
  const { source: sourceOf, snapLength, rowFlags, state } = rules;
  const rows = offset.length;
  const units = state[RULE_UNITS];
  const nanosPerUnit = state[RULE_NANOS];
  const baseHigh = state[RULE_HIGH];
  const baseLow = state[RULE_LOW];
  let position: Unsigned = start;
  let n = from;
  sums[SUM_ORIGINAL_BYTES] = 0;
  sums[SUM_CAPTURED_BYTES] = 0;
  while (n < rows && (end - position) >>> 0 >= LEAST_BLOCK_BYTES) {
    const total = view.getUint32(position + 4, true);
    if (view.getUint32(position, true) !== ENHANCED_PACKET || total < LEAST_BLOCK_BYTES || total > (end - position) >>> 0) break;
    const blockEnd = (position + total - 4) >>> 0;
    const id = view.getUint32(position + 8, true);
    if (view.getUint32(blockEnd, true) !== total || id >= state[RULE_INTERFACES]) break;
    const captured = view.getUint32(position + 20, true);
    const original = view.getUint32(position + 24, true);
    const data = (position + 28) >>> 0;
    if (captured > (blockEnd - data) >>> 0 || captured > original || captured > snapLength[id]) break;
    const low = view.getUint32(position + 16, true);
    const since = (low - baseLow) >>> 0;
    const sinceHigh = (view.getUint32(position + 12, true) - baseHigh - (low < baseLow ? 1 : 0)) >>> 0;
    if (sinceHigh !== 0 || since >= units) break;
    let direction: Unsigned = 0;
    let at = (data + ((captured + 3) & ~3)) >>> 0;
    while (at < blockEnd && (blockEnd - at) >>> 0 >= 8) {
      const code = view.getUint16(at, true);
      const length = view.getUint16(at + 2, true);
      if (code === OPT_END) break;
      if (code === EPB_FLAGS && length >= 4) {
        direction = view.getUint32(at + 4, true) & 3;
        if (direction === 3) direction = 0;
        break;
      }
      at = (at + 4 + ((length + 3) & ~3)) >>> 0;
    }
    source[n] = sourceOf[id];
    seconds[n] = state[RULE_SECOND];
    nanos[n] = Math.imul(since, nanosPerUnit);
    offset[n] = data;
    capturedLength[n] = captured;
    originalLength[n] = original;
    hint[n] = direction;
    flags[n] = rowFlags[id];
    sums[SUM_ORIGINAL_BYTES] += original;
    sums[SUM_CAPTURED_BYTES] += captured;
    position = (position + total) >>> 0;
    n++;
  }
  state[RULE_STOP] = position;
  return n;
}
