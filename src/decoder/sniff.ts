import { PCAP_MAGIC_KUZNETZOV, PCAP_MAGIC_MICROS, PCAP_MAGIC_NANOS } from './pcap-reader.ts';

export type ContentKind = 'pcap' | 'pcapng' | 'gzip' | 'zstd' | 'other-capture' | 'text' | 'binary' | 'empty' | 'need-more';

/** Bytes after which `sniffContent` always knows. */
export const SNIFF_BYTES = 1024;

/**
 * Tells what an input is by its first bytes; never by its name. `atEnd`: there are no more bytes than `head`.
 * Answers 'need-more' only for fewer than SNIFF_BYTES bytes, and never with `atEnd`.
 */
export function sniffContent(head: Uint8Array, atEnd: boolean): ContentKind {
  if (head.length === 0) return atEnd ? 'empty' : 'need-more';
  const known = matchMagic(head);
  if (known !== null) return known;
  if (!atEnd && head.length < 16) return 'need-more';
  if (looksLikeText(head, atEnd)) return atEnd || head.length >= SNIFF_BYTES ? 'text' : 'need-more';
  if (!atEnd && head.length < 32) return 'need-more';
  return nameOtherFormat(head) === null ? 'binary' : 'other-capture';
}

function matchMagic(head: Uint8Array): ContentKind | null {
  if (head.length < 3) return null;
  if (head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) return 'gzip';
  if (head.length < 4) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const big = view.getUint32(0, false);
  const little = view.getUint32(0, true);
  // RFC 8878, 3.1.1 and 3.1.2: a frame, or a skippable frame before one.
  if (little === 0xfd2fb528 || little >>> 4 === 0x184d2a5) return 'zstd';
  for (const magic of [PCAP_MAGIC_MICROS, PCAP_MAGIC_NANOS, PCAP_MAGIC_KUZNETZOV]) if (big === magic || little === magic) return 'pcap';
  if (big === 0x0a0d0d0a && head.length >= 12) {
    const byteOrderMagic = view.getUint32(8, false);
    if (byteOrderMagic === 0x1a2b3c4d || byteOrderMagic === 0x4d3c2b1a) return 'pcapng';
  }
  return null;
}

const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

/** Capture formats and compressions that are recognised in order to name them. */
const OTHER_FORMATS: readonly (readonly [name: string, magic: readonly number[]])[] = [
  ['snoop', ascii('snoop\0\0\0')],
  ['btsnoop (Bluetooth)', ascii('btsnoop\0')],
  ['Microsoft NetMon 2', ascii('GMBU')],
  ['Microsoft NetMon 1', ascii('RTSS')],
  ['Sniffer', ascii('TRSNIFF data    \x1a')],
  ['NetXRay or Windows Sniffer', ascii('XCP\0')],
  ['LANalyzer', [0x01, 0x10]],
  ['LANalyzer', [0x07, 0x10]],
  ['AIX iptrace', ascii('iptrace 1.0')],
  ['AIX iptrace', ascii('iptrace 2.0')],
  ['Visual Networks', [0x05, 0x56, 0x4e, 0x46]],
  ['Tektronix K12', [0x00, 0x00, 0x02, 0x00, 0x12, 0x05, 0x00, 0x10]],
  ['EyeSDN', ascii('EyeSDN')],
  ['Network Instruments Observer', ascii('ObserverPktBufferVersion')],
  ['EtherPeek or OmniPeek', [0x7f, 0x76, 0x65, 0x72]],
  ['HP-UX nettl', [0x54, 0x52, 0x00, 0x64]],
  ['HP-UX nettl', [0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x07, 0xd0, 0x00]],
  ['InfoVista 5View', [0xaa, 0xaa, 0xaa, 0xaa]],
  ['Citrix nstrace', ascii('NetScaler Performance Data')],
  ['Endace IxVeriWave lcap', [0x1c, 0x00, 0x01, 0xac]],
  ['Endace IxVeriWave lcap', [0xac, 0x01, 0x00, 0x1c]],
  ['Navtel pcap', [0xa1, 0x2b, 0x3c, 0x4d]],
  ['Navtel pcap', [0x4d, 0x3c, 0x2b, 0xa1]],
  ['pcap of an unknown variant', [0xa1, 0xb2, 0x34, 0xcd]],
  ['pcap of an unknown variant', [0xcd, 0x34, 0xb2, 0xa1]],
  ['xz-compressed data', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['bzip2-compressed data', ascii('BZh')],
  ['LZ4-compressed data', [0x04, 0x22, 0x4d, 0x18]],
  ['lzip-compressed data', ascii('LZIP')],
  ['zip archive', [0x50, 0x4b, 0x03, 0x04]],
  ['7z archive', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
];

/** The name of a known format that cannot be read, or null. */
export function nameOtherFormat(head: Uint8Array): string | null {
  for (const [name, magic] of OTHER_FORMATS) if (magic.every((byte, i) => head[i] === byte)) return name;
  return looksLikeErf(head) ? 'Endace ERF' : null;
}

/**
 * ERF has no magic: two records in a row must make sense. Record: time u64 LE (seconds in its upper half), type u8
 * (bit 7: extension headers), flags u8, record length, loss counter and wire length u16 BE. Type 27 is metadata,
 * often without a time.
 */
function looksLikeErf(head: Uint8Array): boolean {
  if (head.length < 32) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  let position = 0;
  for (let record = 0; record < 2 && position + 16 <= head.length; record++) {
    const seconds = view.getUint32(position + 4, true);
    const type = head[position + 8]! & 0x7f;
    const length = view.getUint16(position + 10, false);
    const metadata = type === 27 && length % 8 === 0 && head[position + 8]! >= 0x80;
    const plausibleTime = seconds > 946_684_800 && seconds < 2_524_608_000;
    if (type < 1 || type > 48 || length < 18) return false;
    if (!metadata && !(plausibleTime && view.getUint16(position + 14, false) > 0)) return false;
    position += length;
  }
  return true;
}

const MAX_TEXT_NON_UTF8_SHARE = 0.1;

/** No control bytes but those of texts and terminals, and mostly valid UTF-8; or UTF-16 with its mark. */
function looksLikeText(head: Uint8Array, atEnd: boolean): boolean {
  if (isUtf16(head)) return true;
  for (let i = 0; i < head.length; i++) {
    const byte = head[i]!;
    // Tab, line feed, vertical tab, form feed, carriage return, backspace and escape (coloured terminals) occur in saved output.
    if (byte < 0x20 && !(byte >= 0x08 && byte <= 0x0d) && byte !== 0x1b) return false;
  }
  return countInvalidUtf8(head, atEnd) <= head.length * MAX_TEXT_NON_UTF8_SHARE;
}

export function isUtf16(head: Uint8Array): boolean {
  return head.length >= 2 && ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff));
}

function countInvalidUtf8(head: Uint8Array, atEnd: boolean): number {
  let invalid = 0;
  for (let i = 0; i < head.length;) {
    const byte = head[i]!;
    const length =
      byte < 0x80 ? 1 : byte >= 0xc2 && byte < 0xe0 ? 2 : byte >= 0xe0 && byte < 0xf0 ? 3 : byte >= 0xf0 && byte < 0xf5 ? 4 : 0;
    let good = length;
    for (let k = 1; k < length; k++) {
      if (i + k >= head.length) return atEnd ? invalid + 1 : invalid;
      if ((head[i + k]! & 0xc0) !== 0x80) good = 0;
    }
    if (good === 0) invalid++;
    i += good === 0 ? 1 : good;
  }
  return invalid;
}
