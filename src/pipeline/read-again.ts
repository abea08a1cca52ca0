import { decodeBatch } from '../decoder/decode-batch.ts';
import { LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2 } from '../decoder/link-types.ts';
import { createInputProbe } from '../decoder/open-capture.ts';
import type { PacketBatch } from '../decoder/packet-batch.ts';
import { createPacketBatch } from '../decoder/create-packet-batch.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { hashKey, sameKey } from '../flows/merge.ts';
import type { ByteSource } from './byte-source.ts';
import type { ScanOptions } from './scan-capture.ts';

/** Bytes before the network header, tags aside. */
export const ETHERNET_HEADER_BYTES = 14;

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

/** Bytes before the network header of this link type, tags aside. */
export function linkHeaderBytes(linkType: number): number {
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
