import { LINKTYPE_LINUX_SLL2 } from './link-types.ts';
import { PCAP_MAGIC_MICROS, PCAP_MAGIC_NANOS } from './pcap-reader.ts';

/** What a capture says before its first record, as far as it is needed to read on from any record. */
export interface CapturePreamble {
  readonly format: 'pcap' | 'pcapng';
  /** Bytes before the first record. */
  readonly bytes: number;
  readonly little: boolean;
  /** Longest captured length of a usual record. */
  readonly maxCaptured: number;
  /** pcap: parts of a second that a time stamp counts. */
  readonly unitsPerSecond: number;
  /** pcapng: interfaces of the section. */
  readonly interfaces: number;
}

/** MAXIMUM_SNAPLEN of libpcap. */
const MOST_CAPTURED = 262_144;
const PCAP_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const PACKET_BLOCKS: readonly number[] = [2, 3, 6];
/** Blocks that records stand among (draft-ietf-opsawg-pcapng, 11.1): those above, name resolution, statistics, secrets, custom ones. */
const USUAL_BLOCKS: readonly number[] = [...PACKET_BLOCKS, 4, 5, 10, 0xbad, 0x40000bad];
/** Records looked at, at most, until a start is found: bytes made to look like records must not cost time. */
const MOST_STEPS = 1 << 20;

/**
 * Reads what stands before the first record of an uncompressed capture. Null where reading cannot begin in the middle:
 * another format, other interfaces than those at the head could tell, or a head that does not fit.
 */
export function readPreamble(head: Uint8Array): CapturePreamble | null {
  if (head.length < PCAP_HEADER_BYTES) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return view.getUint32(0) === SECTION_HEADER ? readSection(view) : readPcapHeader(view);
}

function readPcapHeader(view: DataView): CapturePreamble | null {
  const little = [PCAP_MAGIC_MICROS, PCAP_MAGIC_NANOS].includes(view.getUint32(0, true));
  const magic = view.getUint32(0, little);
  if ((magic !== PCAP_MAGIC_MICROS && magic !== PCAP_MAGIC_NANOS) || view.getUint16(4, little) !== 2 || view.getUint16(6, little) < 4)
    return null;
  const snapLength = view.getUint32(16, little);
  return {
    format: 'pcap',
    bytes: PCAP_HEADER_BYTES,
    little,
    maxCaptured: snapLength === 0 ? MOST_CAPTURED : Math.min(snapLength, MOST_CAPTURED),
    unitsPerSecond: magic === PCAP_MAGIC_NANOS ? 1e9 : 1e6,
    interfaces: 1,
  };
}

function readSection(view: DataView): CapturePreamble | null {
  const little = view.getUint32(8, true) === BYTE_ORDER_MAGIC;
  let interfaces = 0;
  for (let at = 0; at + 12 <= view.byteLength;) {
    const type = view.getUint32(at, little);
    const total = view.getUint32(at + 4, little);
    if (PACKET_BLOCKS.includes(type)) {
      if (interfaces === 0) return null;
      return { format: 'pcapng', bytes: at, little, maxCaptured: MOST_CAPTURED, unitsPerSecond: 0, interfaces };
    }
    if (total < 12 || at + total > view.byteLength || (type === SECTION_HEADER && at > 0)) return null;
    if (type === INTERFACE_DESCRIPTION) {
      // Each interface index of a LINUX_SLL2 frame is a source: which place it has, the records before decide.
      if (total < 20 || view.getUint16(at + 8, little) === LINKTYPE_LINUX_SLL2) return null;
      interfaces++;
    }
    at += total;
  }
  return null;
}

/** Mean bytes of a record (pcapng: of a block), header included, going by a capture's head. NaN if the head holds none whole. */
export function meanRecordBytes(preamble: CapturePreamble, head: Uint8Array): number {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  let at = preamble.bytes;
  let records = 0;
  for (;;) {
    const next = preamble.format === 'pcap' ? pcapRecordEnd(preamble, view, at) : blockEnd(preamble, view, at);
    if (next <= at || next >= head.length) return (at - preamble.bytes) / records;
    at = next;
    records++;
  }
}

/**
 * Where a record begins in `bytes`: the first place in their first half from which on records follow each other to their
 * end. Likely, not proven: bytes of a packet may look like records. -1 if there is none. `offset` is that of the bytes in
 * the capture.
 */
export function findRecord(preamble: CapturePreamble, bytes: Uint8Array, offset: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isPcap = preamble.format === 'pcap';
  // Blocks begin at a multiple of four bytes from the first (draft-ietf-opsawg-pcapng, 3.1).
  const step = isPcap ? 1 : 4;
  const first = isPcap ? 0 : (4 - (offset & 3)) & 3;
  let steps = MOST_STEPS;
  for (let start = first; start < bytes.length >> 1; start += step) {
    let at = start;
    let records = 0;
    while (at >= 0 && at < bytes.length) {
      const next = isPcap ? pcapRecordEnd(preamble, view, at) : blockEnd(preamble, view, at);
      if (next > at) records++;
      at = next;
      if (--steps < 0) return -1;
    }
    if (at >= 0 && records > 1) return start;
  }
  return -1;
}

/** Where the record at `at` ends, -1 if it is none; where the bytes end inside its header it may be one. */
function pcapRecordEnd({ little, maxCaptured, unitsPerSecond }: CapturePreamble, view: DataView, at: number): number {
  if (at + RECORD_HEADER_BYTES > view.byteLength) return view.byteLength;
  const captured = view.getUint32(at + 8, little);
  const original = view.getUint32(at + 12, little);
  // Zeros would be records without end.
  if (captured === 0 || captured > maxCaptured || original < captured || view.getUint32(at + 4, little) >= unitsPerSecond) return -1;
  return at + RECORD_HEADER_BYTES + captured;
}

/** The same for a block: its length stands at both ends. */
function blockEnd({ little, maxCaptured, interfaces }: CapturePreamble, view: DataView, at: number): number {
  if (at + 12 > view.byteLength) return view.byteLength;
  const type = view.getUint32(at, little);
  const total = view.getUint32(at + 4, little);
  if (!USUAL_BLOCKS.includes(type) || total < 12 || (total & 3) !== 0 || total > maxCaptured + 65_536) return -1;
  if (type === 6 && (total < 32 || view.getUint32(at + 8, little) >= interfaces)) return -1;
  const end = at + total;
  return end <= view.byteLength && view.getUint32(end - 4, little) !== total ? -1 : end;
}
