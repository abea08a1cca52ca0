import type { Issue } from '../base/issue.ts';
import type { ScanMemory } from '../wasm/scan-memory.ts';
import type { PacketBatch } from './packet-batch.ts';

/** One interface inside one capture. */
export interface CaptureSource {
  /** pcapng if_name, or null. For SLL2 the reader makes one source per interface index: `ifIndex` says which. */
  readonly name: string | null;
  /** SLL2 interface index, or null. */
  readonly ifIndex: number | null;
  /** LINKTYPE_ number of the file. */
  readonly linkType: number;
  /** Name of the link type without LINKTYPE_ ("EN10MB", "LINUX_SLL2", …); the number as text where unknown. */
  readonly linkTypeName: string;
  /** False where the decoder cannot read the link type: rows carry ROW_UNSUPPORTED. */
  readonly supported: boolean;
  /** Snap length of the interface, 0 if unlimited or unknown. */
  readonly snapLength: number;
}

/** What a reader knows about its capture as a whole. Valid at any time, complete after `finish`. */
export interface CaptureInfo {
  readonly format: 'pcap' | 'pcapng';
  readonly compression: 'gzip' | 'zstd' | null;
  readonly sources: readonly CaptureSource[];
  /** All records, whatever their link type. */
  readonly packets: number;
  /** Sum of the original lengths as recorded, and of the captured ones. */
  readonly bytes: number;
  readonly capturedBytes: number;
  /** Packets the capturing system says it dropped (pcapng interface statistics), or null. */
  readonly dropped: number | null;
  /** Set when the capture ends before its last record is complete, or is damaged from an offset on. */
  readonly truncated: { readonly offset: number; readonly reason: string } | null;
  /** Records whose captured length exceeds the original one or the snap length, and the like. */
  readonly malformedPackets: number;
}

/**
 * Push bytes, pull batches. No asynchrony, and nothing is thrown for bad input: trouble becomes Issues.
 *
 * Protocol: `push(chunk)`, then `next(batch)` until it returns 0, then push again; at the end `finish()`, then
 * `next(batch)` until 0, then read `issues` and `info`. A chunk is borrowed until the `next` that returns 0.
 * Any cut of the input into chunks gives the same records. At most one partial record is held.
 */
export interface CaptureReader {
  push(chunk: Uint8Array): void;
  /** Fills the record columns of `batch` (not those of decodeBatch) and returns the number of rows. */
  next(batch: PacketBatch): number;
  finish(): void;
  /** Has all that is read from now on lie in that memory, for its loops. Before the first `next`. */
  useMemory(memory: ScanMemory): void;
  readonly info: CaptureInfo;
  readonly issues: readonly Issue[];
  /** True once the rest of the input cannot matter (unsupported, corrupt beyond repair): the caller may stop reading. */
  readonly done: boolean;
}
