import type { BlockRules } from './block-rules.ts';

/** Records decoded at a time: few enough to stay in the cache, many enough to amortise the calls. */
export const BATCH_ROWS = 1024;

/** `flags` of a row. */
/** EtherType 0x8809 to 01:80:c2:00:00:02: LACP, Marker, OAM, OSSP. The bytes are at `offset`. */
export const ROW_SLOW_PROTOCOL = 1 << 0;
/** Destination 01:80:c2:00:00:00 .. :0f. */
export const ROW_LINK_LOCAL = 1 << 1;
/** PAgP, CDP, VTP, DTP, UDLD, LLDP and other protocols a port speaks for itself. */
export const ROW_PER_PORT = 1 << 2;
/** EtherType 0x9000 (loopback / learning frames of balance-tlb and -alb). */
export const ROW_LEARNING = 1 << 3;
/** Too short to hold an Ethernet header, or captured length above the original one. Still a record that counts. */
export const ROW_MALFORMED = 1 << 4;
/** Record of a source whose link type is not supported: counted, not decoded. */
export const ROW_UNSUPPORTED = 1 << 5;

/**
 * A batch of records of one capture, allocated once and reused. Columns; a row is valid below `length`.
 * All rows of one batch lie in `bytes`, which the reader may reuse for the next batch.
 */
export interface PacketBatch {
  length: number;
  /** The buffer that `offset` points into. */
  bytes: Uint8Array;
  view: DataView;
  /** 1-based record number of row 0; rows are consecutive. */
  firstFrame: number;
  /** Source of each row: index into `CaptureReader.sources`. */
  readonly source: Uint16Array;
  /** Time stamp: whole seconds since 1970 and nanoseconds. 0xffffffff seconds and 0 nanos stand for "none" (simple packet block). */
  readonly seconds: Uint32Array;
  readonly nanos: Uint32Array;
  /** Byte offset of the record's data in `bytes`, captured length and length on the wire, as the record says. */
  readonly offset: Uint32Array;
  readonly capturedLength: Uint32Array;
  readonly originalLength: Uint32Array;
  /** Direction hint of the container (pcapng epb_flags): HINT_* of flow-key.ts. SLL packet types are merged in by the decoder. */
  readonly hint: Uint8Array;

  // Written by decodeBatch:
  /** Length from the Ethernet header on, without FCS (SLL: original - 16 + 14, SLL2: original - 20 + 14). */
  readonly frameBytes: Uint32Array;
  /** ROW_* bits. A reader sets ROW_MALFORMED and ROW_UNSUPPORTED, or 0; decodeBatch adds the others. */
  readonly flags: Uint8Array;
  /** Start of the row's key in `keys`; its length is in the key's HEAD word. */
  readonly keyStart: Uint32Array;
  readonly keys: Uint32Array;
  /** Lists of rows, for `decodeBatch`: every row; those of Ethernet sources, and others; those that a pass leaves to the next. */
  readonly allRows: Uint32Array;
  readonly ethernetRows: Uint32Array;
  readonly otherRows: Uint32Array;
  readonly notIpv4Rows: Uint32Array;
  readonly notPlainRows: Uint32Array;
  /** Rows to be counted, for who counts them. */
  readonly pickedRows: Uint32Array;
  /** Numbers that loops leave behind: MARK_*, SUM_* and SUMMARY_*. */
  readonly marks: Int32Array;
  readonly sums: Float64Array;
  readonly summary: Uint32Array;

  readonly loops: BatchLoops;
}

/** The loops over a batch (of the functions of these names), compiled where it lies in the memory of compiled loops. */
export interface BatchLoops {
  walkUsualRecords(
    batch: PacketBatch,
    start: number,
    end: number,
    mostCaptured: number,
    unitsPerSecond: number,
    nanosPerUnit: number,
    from: number,
  ): number;
  walkUsualBlocks(batch: PacketBatch, start: number, end: number, rules: BlockRules, from: number): number;
  decodePlainIpv4(batch: PacketBatch, list: Uint32Array, count: number, rest: Uint32Array, marks: Int32Array): number;
  decodePlainIpv6(batch: PacketBatch, list: Uint32Array, count: number, rest: Uint32Array, marks: Int32Array): number;
  summariseRows(batch: PacketBatch, count: number): void;
}
