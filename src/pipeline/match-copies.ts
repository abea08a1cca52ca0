import { HEAD_ETHERTYPE_SHIFT, HEAD_LLC, HEAD_TAGS_MASK, HEAD_TAGS_SHIFT } from '../decoder/flow-key.ts';
import { LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2 } from '../decoder/link-types.ts';
import { decodeBatch } from '../decoder/decode-batch.ts';
import { createInputProbe } from '../decoder/open-capture.ts';
import type { PacketBatch } from '../decoder/packet-batch.ts';
import { createPacketBatch } from '../decoder/create-packet-batch.ts';
import { ROW_UNSUPPORTED } from '../decoder/packet-batch.ts';
import { CopyMatcher, digestBytes } from '../flows/copy-matcher.ts';
import { FlowTable } from '../flows/flow-table.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { destinationMac, sourceMac } from '../flows/mac.ts';
import { hashKey, sameKey } from '../flows/merge.ts';
import type { SourceTable } from '../flows/merge.ts';
import type { Sides } from '../flows/direct-flows.ts';
import { isNoStation } from '../flows/sides.ts';
import type { LagPlan } from './assemble-lags.ts';
import type { ByteSource } from './byte-source.ts';
import type { ScanOptions } from './scan-capture.ts';
import type { AnalysisSource } from './sources.ts';

const ETHERNET_HEADER_BYTES = 14;
const TAG_BYTES = 4;
/** Bytes of a frame that are compared, from its network header on; the length on the wire is compared too. */
const COMPARED_BYTES = 256;
/**
 * Of the copies of one frame the one with a destination MAC is to be the original: cooked captures (SLL, SLL2) are
 * taken as this much later. Their stamps were up to a millisecond before those of the member's own capture.
 */
const COOKED_DELAY_NANOS = 2_000_000;
/** Share of a side's unicast frames that must be doubled on all members to call it broadcast mode. */
const BROADCAST_SHARE = 0.9;

export interface CopyMatch {
  /** Replace the rows of the suspect flows in the tables of the scan. */
  readonly tables: readonly SourceTable[];
  /** Sides that send every frame on every member. */
  readonly broadcast: readonly [boolean, boolean];
}

/** One capture being read again, batch by batch. */
export interface Cursor {
  readonly batch: PacketBatch;
  /** Source of the analysis for each source of the capture, -1 for those of other LAGs. */
  readonly sourceOf: readonly number[];
  readonly fill: () => Promise<boolean>;
  readonly headerBytes: readonly number[];
  readonly delayNanos: number;
  row: number;
  done: boolean;
}

/**
 * Reads the captures of a LAG again, all at once in order of time, and sorts the frames of the suspect flows into
 * originals, reflections and duplicates. Memory follows the flows and the copy window.
 */
export async function matchCopies(
  plan: LagPlan,
  flows: LagFlows,
  sides: Sides,
  suspects: Uint8Array,
  sources: readonly AnalysisSource[],
  byteSources: ReadonlyMap<string, ByteSource>,
  options: ScanOptions,
): Promise<CopyMatch | null> {
  const memberOf = new Map<number, number>();
  plan.members.forEach((member, m) => member.sources.forEach((s) => memberOf.set(s, m)));
  const captures = [...new Set([...memberOf.keys()].map((s) => sources[s].capture))];
  const cursors: Cursor[] = [];
  for (const capture of captures) {
    const source = byteSources.get(capture.path);
    if (source === undefined || !source.rereadable) return null;
    const sourceOf = capture.scan.sources.map((scan) => {
      const s = sources.findIndex((candidate) => candidate.capture === capture && candidate.scan === scan);
      return memberOf.has(s) ? s : -1;
    });
    const isCooked = capture.scan.sources.every((scan) => linkHeaderBytes(scan.source.linkType) !== ETHERNET_HEADER_BYTES);
    cursors.push(openCursor(source, sourceOf, isCooked ? COOKED_DELAY_NANOS : 0));
  }
  const compared = Math.min(
    COMPARED_BYTES,
    ...[...memberOf.keys()].map((s) => Math.max((sources[s].scan.source.snapLength || 1 << 20) - 28, 34)),
  );
  const isMixed = cursors.some((cursor) => cursor.delayNanos > 0) && cursors.some((cursor) => cursor.delayNanos === 0);
  const wanted = indexSuspects(flows, suspects);
  const matcher = new CopyMatcher();
  const tables = new TableSet(options.seed);
  const unicast: [number, number] = [0, 0];
  const doubled: [number, number] = [0, 0];
  for (const cursor of cursors) cursor.done = !(await cursor.fill());
  const { originSeconds } = flows;
  for (;;) {
    const cursor = earliest(cursors);
    if (cursor === null) break;
    const { batch } = cursor;
    const i = cursor.row;
    const source = cursor.sourceOf[batch.source[i]];
    const start = batch.keyStart[i];
    if (
      source >= 0 &&
      (batch.flags[i] & ROW_UNSUPPORTED) === 0 &&
      inRange(batch.seconds[i], batch.nanos[i], options) &&
      wanted(batch.keys, start) >= 0
    ) {
      const ms = (batch.seconds[i] - originSeconds) * 1000 + (batch.nanos[i] + cursor.delayNanos) / 1e6;
      // The kernel takes the outermost tag out of what it shows to a cooked capture: there tags do not count.
      const tagBytes = isMixed ? ((batch.keys[start] >>> HEAD_TAGS_SHIFT) & HEAD_TAGS_MASK) * TAG_BYTES : 0;
      const skip = Math.min(cursor.headerBytes[batch.source[i]] + tagBytes, batch.capturedLength[i]);
      const length = Math.min(batch.capturedLength[i] - skip, compared);
      // An LLC frame of a cooked capture does not tell its length field.
      const type = (batch.keys[start] & HEAD_LLC) !== 0 ? 0 : batch.keys[start] >>> HEAD_ETHERTYPE_SHIFT;
      const seed = batch.keys[start + 3] ^ Math.imul(batch.frameBytes[i] - tagBytes, 0x9e3779b1) ^ type;
      const digest = digestBytes(batch.view, batch.offset[i] + skip, length, seed);
      const member = memberOf.get(source) ?? 0;
      const found = matcher.classify(digest, ms, member, source);
      const side = sides.sideOf(sourceMac(batch.keys, start));
      if (side !== -1 && !isNoStation(destinationMac(batch.keys, start))) {
        if (found === 'original') unicast[side]++;
        else if (found === 'reflection') doubled[side]++;
      }
      tables.add(source, found, side, batch, i);
    }
    cursor.row++;
    if (cursor.row >= batch.length) cursor.done = !(await cursor.fill());
  }
  const others = Math.max(plan.members.length - 1, 1);
  const broadcast = ([0, 1] as const).map((side) => {
    const all = unicastPackets(flows, sides, suspects, side) + unicast[side];
    return all > 0 && doubled[side] / others / all >= BROADCAST_SHARE;
  });
  return { tables: tables.take(broadcast), broadcast: [broadcast[0], broadcast[1]] };
}

export function openCursor(source: ByteSource, sourceOf: readonly number[], delayNanos: number): Cursor {
  const batch = createPacketBatch();
  const probe = createInputProbe();
  const chunks = source.chunks()[Symbol.asyncIterator]();
  const headerBytes: number[] = [];
  let ended = false;
  const cursor: Cursor = {
    batch,
    sourceOf,
    headerBytes,
    delayNanos,
    row: 0,
    done: false,
    fill: async () => {
      for (;;) {
        const { reader } = probe;
        if (reader !== null && reader.next(batch) > 0) {
          decodeBatch(batch, reader.info.sources);
          for (let s = headerBytes.length; s < reader.info.sources.length; s++)
            headerBytes.push(linkHeaderBytes(reader.info.sources[s].linkType));
          cursor.row = 0;
          return true;
        }
        if (ended) return false;
        const next = probe.done ? { done: true as const, value: undefined } : await chunks.next();
        if (next.done === true) {
          ended = true;
          probe.finish();
        } else probe.push(next.value);
      }
    },
  };
  return cursor;
}

function linkHeaderBytes(linkType: number): number {
  return linkType === LINKTYPE_LINUX_SLL ? 16 : linkType === LINKTYPE_LINUX_SLL2 ? 20 : ETHERNET_HEADER_BYTES;
}

export function earliest(cursors: readonly Cursor[]): Cursor | null {
  let best: Cursor | null = null;
  for (const cursor of cursors) {
    if (cursor.done) continue;
    if (best === null) {
      best = cursor;
      continue;
    }
    const seconds = cursor.batch.seconds[cursor.row] - best.batch.seconds[best.row];
    const nanos = cursor.batch.nanos[cursor.row] + cursor.delayNanos - best.batch.nanos[best.row] - best.delayNanos;
    if (seconds * 1e9 + nanos < 0) best = cursor;
  }
  return best;
}

export function inRange(seconds: number, nanos: number, { from, to }: ScanOptions): boolean {
  if (from !== null && (seconds < from.seconds || (seconds === from.seconds && nanos < from.nanos))) return false;
  return to === null || seconds < to.seconds || (seconds === to.seconds && nanos <= to.nanos);
}

/** Finds the suspect flow that a key row names; -1 if it names none. */
export function indexSuspects(flows: LagFlows, suspects: Uint8Array): (keys: Uint32Array, start: number) => number {
  const { merged } = flows;
  const byHash = new Map<number, number[]>();
  for (let f = 0; f < merged.count; f++) {
    if (suspects[f] === 0) continue;
    const hash = hashKey(merged.tables[merged.keyTable[f]].columns.rows, merged.keyStart[f]);
    const list = byHash.get(hash);
    if (list === undefined) byHash.set(hash, [f]);
    else list.push(f);
  }
  return (keys, start) => {
    const list = byHash.get(hashKey(keys, start));
    if (list === undefined) return -1;
    return list.find((f) => sameKey(keys, start, merged.tables[merged.keyTable[f]].columns.rows, merged.keyStart[f])) ?? -1;
  };
}

/** Unicast frames of a side outside the suspect flows. */
function unicastPackets(flows: LagFlows, sides: Sides, suspects: Uint8Array, side: 0 | 1): number {
  const { merged } = flows;
  let sum = 0;
  for (let f = 0; f < merged.count; f++) {
    if (suspects[f] === 1) continue;
    const { rows } = merged.tables[merged.keyTable[f]].columns;
    if (sides.sideOf(sourceMac(rows, merged.keyStart[f])) !== side || isNoStation(destinationMac(rows, merged.keyStart[f]))) continue;
    for (let e = merged.entryFrom[f]; e < merged.entryFrom[f + 1]; e++)
      sum += merged.tables[merged.entryTable[e]].columns.rows[merged.entryRow[e]];
  }
  return sum;
}

/** Tables by source, class and side, filled one frame at a time. */
class TableSet {
  readonly #tables = new Map<
    string,
    { source: number; found: 'original' | 'reflection' | 'duplicate'; side: 0 | 1 | -1; table: FlowTable }
  >();
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  add(source: number, found: 'original' | 'reflection' | 'duplicate', side: 0 | 1 | -1, batch: PacketBatch, row: number): void {
    const name = `${source} ${found} ${found === 'reflection' ? side : ''}`;
    let entry = this.#tables.get(name);
    if (entry === undefined) {
      entry = { source, found, side, table: new FlowTable(this.#seed) };
      this.#tables.set(name, entry);
    }
    batch.pickedRows[0] = row;
    entry.table.addRows(batch, 'pickedRows', 1);
  }

  take(broadcast: readonly boolean[]): SourceTable[] {
    return [...this.#tables.values()].map(({ source, found, side, table }) => {
      // A station whose side is not known yet is doubled by the side that doubles everything.
      const isDoubled = side === -1 ? broadcast.includes(true) : broadcast[side];
      const isData = found === 'original' || (found === 'reflection' && isDoubled);
      return { source, kind: isData ? 'frames' : found === 'reflection' ? 'reflections' : 'duplicates', columns: table.take() };
    });
  }
}
