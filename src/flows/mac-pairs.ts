import { growUint32 } from '../base/growable.ts';
import { ROW_LEARNING, ROW_LINK_LOCAL, ROW_MALFORMED, ROW_PER_PORT, ROW_SLOW_PROTOCOL } from '../decoder/packet-batch.ts';
import { rowFlags, STAT_PACKETS } from './flow-row.ts';
import { destinationMac, sourceMac } from './mac.ts';
import type { MergedFlows } from './merge.ts';

/** Flags of frames that no policy places. */
export const CONTROL_FLAGS = ROW_SLOW_PROTOCOL | ROW_LINK_LOCAL | ROW_PER_PORT | ROW_LEARNING;

/**
 * Source and destination addresses of the flows of a LAG, each pair once, in order of first flow. There are few, and
 * whatever follows from addresses alone is found by pair.
 */
export interface MacPairs {
  readonly count: number;
  /** Per flow: its pair, and 1 if its first row is control. */
  readonly pairOf: Uint32Array;
  readonly isControl: Uint8Array;
  /** Per pair: the addresses. */
  readonly source: Float64Array;
  readonly destination: Float64Array;
  /** Per pair: packets of all its flows that are no copies; of those flows that are neither control nor malformed. */
  readonly packets: Float64Array;
  readonly dataPackets: Float64Array;
  /** Per pair: its first flow that is neither control nor malformed, NO_DATA without one; 1 if some flow's first row is no control. */
  readonly firstData: Uint32Array;
  readonly hasPlain: Uint8Array;
}

export const NO_DATA = 0xffffffff;

const found = new WeakMap<MergedFlows, MacPairs>();

/** The pairs of these flows; found once. */
export function macPairsOf(flows: MergedFlows): MacPairs {
  let pairs = found.get(flows);
  if (pairs === undefined) found.set(flows, (pairs = describePairs(flows, numberPairs(flows))));
  return pairs;
}

/** Numbers of pairs by flow, and a flow of each. */
interface PairNumbers {
  readonly count: number;
  readonly pairOf: Uint32Array;
  readonly firstFlow: Uint32Array;
}

function numberPairs({ tables, count: flows, keyTable, keyStart }: MergedFlows): PairNumbers {
  const pairOf = new Uint32Array(flows);
  // Per pair: its three words, and its first flow.
  let words = new Uint32Array(3 * 64);
  let firstFlow = new Uint32Array(64);
  let slots = new Uint32Array(256);
  let count = 0;
  for (let f = 0; f < flows; f++) {
    const { rows } = tables[keyTable[f]].columns;
    const start = keyStart[f];
    const mask = slots.length - 1;
    let slot = hashPair(rows[start + 1], rows[start + 2], rows[start + 3]) & mask;
    let pair = slots[slot];
    while (
      pair !== 0 &&
      (words[3 * pair - 3] !== rows[start + 1] || words[3 * pair - 2] !== rows[start + 2] || words[3 * pair - 1] !== rows[start + 3])
    ) {
      slot = (slot + 1) & mask;
      pair = slots[slot];
    }
    if (pair === 0) {
      if (count === firstFlow.length) {
        firstFlow = growUint32(firstFlow, 2 * count);
        words = growUint32(words, 3 * firstFlow.length);
      }
      words.set(rows.subarray(start + 1, start + 4), 3 * count);
      firstFlow[count] = f;
      slots[slot] = pair = ++count;
      if (2 * count > slots.length) slots = spreadPairs(words, count, slots.length * 4);
    }
    pairOf[f] = pair - 1;
  }
  return { count, pairOf, firstFlow };
}

function spreadPairs(words: Uint32Array, count: number, size: number): Uint32Array<ArrayBuffer> {
  const slots = new Uint32Array(size);
  for (let p = 0; p < count; p++) {
    let slot = hashPair(words[3 * p], words[3 * p + 1], words[3 * p + 2]) & (size - 1);
    while (slots[slot] !== 0) slot = (slot + 1) & (size - 1);
    slots[slot] = p + 1;
  }
  return slots;
}

function hashPair(a: number, b: number, c: number): number {
  const h = Math.imul(Math.imul(a ^ 0x9e3779b1, 0x85ebca6b) ^ b, 0x9e3779b1) ^ c;
  return Math.imul(h ^ (h >>> 15), 0xc2b2ae35) >>> 8;
}

function describePairs(flows: MergedFlows, { count, pairOf, firstFlow }: PairNumbers): MacPairs {
  const { tables, keyTable, keyStart } = flows;
  const source = new Float64Array(count);
  const destination = new Float64Array(count);
  for (let p = 0; p < count; p++) {
    const f = firstFlow[p];
    const { rows } = tables[keyTable[f]].columns;
    source[p] = sourceMac(rows, keyStart[f]);
    destination[p] = destinationMac(rows, keyStart[f]);
  }
  const pairs = {
    count,
    pairOf,
    isControl: new Uint8Array(flows.count),
    source,
    destination,
    packets: new Float64Array(count),
    dataPackets: new Float64Array(count),
    firstData: new Uint32Array(count).fill(NO_DATA),
    hasPlain: new Uint8Array(count),
  };
  countPackets(flows, pairs);
  return pairs;
}

function countPackets({ tables, count, entryFrom, entryTable, entryRow }: MergedFlows, pairs: MacPairs): void {
  const { pairOf, isControl, packets, dataPackets, firstData, hasPlain } = pairs;
  for (let f = 0; f < count; f++) {
    const pair = pairOf[f];
    const end = entryFrom[f + 1];
    let sum = 0;
    let flags = 0;
    for (let e = entryFrom[f]; e < end; e++) {
      const table = tables[entryTable[e]];
      const own = rowFlags(table.columns.rows, entryRow[e]);
      if (e === entryFrom[f]) {
        if ((own & CONTROL_FLAGS) !== 0) isControl[f] = 1;
        else hasPlain[pair] = 1;
      }
      if (table.kind !== 'frames') continue;
      sum += table.columns.rows[entryRow[e] + STAT_PACKETS];
      flags |= own;
    }
    packets[pair] += sum;
    if ((flags & (CONTROL_FLAGS | ROW_MALFORMED)) !== 0) continue;
    dataPackets[pair] += sum;
    if (firstData[pair] === NO_DATA) firstData[pair] = f;
  }
}
