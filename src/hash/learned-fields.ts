/**
 * The header fields that a learned switch model speaks of, as bits: every field has its words in one row of words, so
 * that a selector is a handful of masks over that row. Field values read as people write them (addresses and ports
 * big-endian), the last word of a field holding its lowest bits.
 */
import { HEADERS_CUT, PORTS_CUT, PORTS_OK, PORTS_PADDING, type HashInput } from './hash-input.ts';
import { swap16, swap32 } from './linux-blocks.ts';

export type LearnedFieldId =
  | 'kind'
  | 'srcPort'
  | 'dstPort'
  | 'srcIpv4'
  | 'dstIpv4'
  | 'protocol'
  | 'srcIpv6'
  | 'dstIpv6'
  | 'spi'
  | 'icmp'
  | 'vlan'
  | 'priority'
  | 'etherType'
  | 'srcMac'
  | 'dstMac'
  | 'flowLabel'
  | 'innerSrc'
  | 'innerDst'
  | 'innerProtocol'
  | 'innerPorts';

export interface LearnedField {
  readonly id: LearnedFieldId;
  readonly bits: number;
  /** First word in a row of field words. */
  readonly word: number;
  readonly words: number;
  /** In the words of the user interface. */
  readonly title: string;
}

const LAYOUT: readonly (readonly [id: LearnedFieldId, bits: number, title: string])[] = [
  ['kind', 10, 'kind of frame'],
  ['srcPort', 16, 'source ports'],
  ['dstPort', 16, 'destination ports'],
  ['srcIpv4', 32, 'source IPv4 address'],
  ['dstIpv4', 32, 'destination IPv4 address'],
  ['protocol', 8, 'protocol'],
  ['srcIpv6', 128, 'source IPv6 address'],
  ['dstIpv6', 128, 'destination IPv6 address'],
  ['spi', 32, 'SPI'],
  ['icmp', 32, 'ICMP type, code and identifier'],
  ['vlan', 12, 'VLAN id'],
  ['priority', 4, 'VLAN priority'],
  ['etherType', 16, 'EtherType'],
  ['srcMac', 48, 'source MAC'],
  ['dstMac', 48, 'destination MAC'],
  ['flowLabel', 20, 'IPv6 flow label'],
  ['innerSrc', 128, 'inner source address'],
  ['innerDst', 128, 'inner destination address'],
  ['innerProtocol', 8, 'inner protocol'],
  ['innerPorts', 32, 'inner ports'],
];

/** Every field, in the order of its words. */
export const LEARNED_FIELDS: readonly LearnedField[] = layOut();

function layOut(): LearnedField[] {
  let word = 0;
  return LAYOUT.map(([id, bits, title]) => {
    const words = Math.ceil(bits / 32);
    const field = { id, bits, word, words, title };
    word += words;
    return field;
  });
}

const byId = new Map(LEARNED_FIELDS.map((field) => [field.id as string, field]));

export function findLearnedField(id: string): LearnedField | null {
  return byId.get(id) ?? null;
}

function wordOf(id: LearnedFieldId): number {
  const field = byId.get(id);
  return field === undefined ? -1 : field.word;
}

/** Words of one row. */
export const FIELD_WORDS = LEARNED_FIELDS.reduce((sum, field) => sum + field.words, 0);

/** Bits of `kind`: what sort of frame it is. KIND_ANY is 1 in every frame, the constant term of a selector. */
export const KIND_ANY = 1;
export const KIND_IPV4 = 2;
export const KIND_IPV6 = 4;
/** An L4 header with ports that may count: no fragment. */
export const KIND_PORTS = 8;
export const KIND_FIRST_FRAGMENT = 16;
export const KIND_LATER_FRAGMENT = 32;
export const KIND_TAGGED = 64;
export const KIND_ARP = 128;
export const KIND_TUNNEL = 256;
export const KIND_ICMP = 512;

const KIND = wordOf('kind');
const SRC_PORT = wordOf('srcPort');
const DST_PORT = wordOf('dstPort');
const SRC_IPV4 = wordOf('srcIpv4');
const DST_IPV4 = wordOf('dstIpv4');
const PROTOCOL = wordOf('protocol');
const SRC_IPV6 = wordOf('srcIpv6');
const DST_IPV6 = wordOf('dstIpv6');
const SPI = wordOf('spi');
const ICMP = wordOf('icmp');
const VLAN = wordOf('vlan');
const PRIORITY = wordOf('priority');
const ETHER_TYPE = wordOf('etherType');
const SRC_MAC = wordOf('srcMac');
const DST_MAC = wordOf('dstMac');
const FLOW_LABEL = wordOf('flowLabel');
const INNER_SRC = wordOf('innerSrc');
const INNER_DST = wordOf('innerDst');
const INNER_PROTOCOL = wordOf('innerProtocol');
const INNER_PORTS = wordOf('innerPorts');

/** What the row lacks: bits of the result of `readFieldWords`. */
export const MISSING_NONE = 0;
/** The snap length cut the IP header. */
export const MISSING_HEADERS = 1;
/** The snap length cut the ports. */
export const MISSING_PORTS = 2;
/** The capture does not tell the destination MAC. */
export const MISSING_DESTINATION = 4;

/** Writes the words of one row to `out` from `at` on; returns MISSING_* bits. Hot path. */
export function readFieldWords(input: HashInput, row: number, out: Uint32Array, at: number): number {
  out.fill(0, at, at + FIELD_WORDS);
  const version = input.ipVersion[row];
  const fragment = input.fragment[row];
  const tags = input.tagCount[row];
  let kind = KIND_ANY;
  let missing = MISSING_NONE;
  if (tags > 0) {
    kind |= KIND_TAGGED;
    out[at + VLAN] = input.outerTci[row] & 0xfff;
    out[at + PRIORITY] = input.outerTci[row] >>> 12;
  }
  out[at + ETHER_TYPE] = input.innerEtherType[row];
  out[at + SRC_MAC] = input.srcMacHi[row];
  out[at + SRC_MAC + 1] = input.srcMacLo[row];
  out[at + DST_MAC] = input.dstMacHi[row];
  out[at + DST_MAC + 1] = input.dstMacLo[row];
  if (input.noDstMac[row] !== 0) missing |= MISSING_DESTINATION;
  if (version === 0) {
    if (input.headers[row] === HEADERS_CUT) missing |= MISSING_HEADERS;
    if (input.arpOpcode[row] !== 0) {
      kind |= KIND_ARP;
      out[at + SRC_IPV4] = swap32(input.src[row * 4]);
      out[at + DST_IPV4] = swap32(input.dst[row * 4]);
    }
    out[at + KIND] = kind;
    return missing;
  }
  if (version === 4) {
    kind |= KIND_IPV4;
    out[at + SRC_IPV4] = swap32(input.src[row * 4]);
    out[at + DST_IPV4] = swap32(input.dst[row * 4]);
  } else {
    kind |= KIND_IPV6;
    for (let word = 0; word < 4; word++) {
      out[at + SRC_IPV6 + word] = swap32(input.src[row * 4 + word]);
      out[at + DST_IPV6 + word] = swap32(input.dst[row * 4 + word]);
    }
    out[at + FLOW_LABEL] = input.flowLabel[row];
  }
  const protocol = input.upperProtocol[row];
  out[at + PROTOCOL] = protocol;
  if (fragment !== 0) kind |= fragment === 1 ? KIND_FIRST_FRAGMENT : KIND_LATER_FRAGMENT;
  if (protocol === 1 || protocol === 58) {
    kind |= KIND_ICMP;
    if (fragment === 0) out[at + ICMP] = icmpNumber(input.icmp[row]);
  } else if (fragment === 0) {
    const status = input.portsStatus[row];
    if (status === PORTS_CUT) missing |= MISSING_PORTS;
    if (status === PORTS_OK || status === PORTS_PADDING) {
      const ports = input.ports[row];
      if (protocol === 50 || protocol === 51) out[at + SPI] = swap32(ports);
      else {
        kind |= KIND_PORTS;
        out[at + SRC_PORT] = swap16(ports & 0xffff);
        out[at + DST_PORT] = swap16(ports >>> 16);
      }
    }
  }
  if (input.encapsulated[row] !== 0) {
    kind |= KIND_TUNNEL;
    for (let word = 0; word < 4; word++) {
      out[at + INNER_SRC + word] = swap32(input.innerSrc[row * 4 + word]);
      out[at + INNER_DST + word] = swap32(input.innerDst[row * 4 + word]);
    }
    out[at + INNER_PROTOCOL] = input.innerProtocol[row];
    out[at + INNER_PORTS] = swap32(input.innerPorts[row]);
  }
  out[at + KIND] = kind;
  return missing;
}

/** Type, code, identifier in this order from the highest byte down; `icmp` is type | code << 8 | identifier << 16. */
function icmpNumber(icmp: number): number {
  return (((icmp & 0xff) << 24) | ((icmp & 0xff00) << 8) | (icmp >>> 16)) >>> 0;
}

/** Classes of frames that a switch may treat by selectors of their own. */
export const FRAME_CLASSES = ['all', 'ipv4', 'ipv6', 'other', 'ipv4-ports', 'ipv4-rest', 'ipv6-ports', 'ipv6-rest'] as const;
export type FrameClass = (typeof FRAME_CLASSES)[number];

/** Whether frames of this `kind` word belong to a class. */
export function isOfClass(kind: number, frames: FrameClass): boolean {
  const ports = (kind & KIND_PORTS) !== 0;
  switch (frames) {
    case 'all':
      return true;
    case 'ipv4':
      return (kind & KIND_IPV4) !== 0;
    case 'ipv6':
      return (kind & KIND_IPV6) !== 0;
    case 'other':
      return (kind & (KIND_IPV4 | KIND_IPV6)) === 0;
    case 'ipv4-ports':
      return (kind & KIND_IPV4) !== 0 && ports;
    case 'ipv4-rest':
      return (kind & KIND_IPV4) !== 0 && !ports;
    case 'ipv6-ports':
      return (kind & KIND_IPV6) !== 0 && ports;
    case 'ipv6-rest':
      return (kind & KIND_IPV6) !== 0 && !ports;
  }
}

/** The words of a field as hex digits, or null where `text` is no such number. */
export function parseFieldHex(field: LearnedField, text: unknown): number[] | null {
  if (typeof text !== 'string' || !/^0x[0-9a-f]{1,64}$/i.test(text)) return null;
  const digits = text.slice(2).padStart(field.words * 8, '0');
  const excess = digits.length - field.words * 8;
  if (/[^0]/.test(digits.slice(0, excess))) return null;
  const words = Array.from({ length: field.words }, (_, word) =>
    Number.parseInt(digits.slice(excess + word * 8, excess + word * 8 + 8), 16),
  );
  // Bits beyond the field's width do not exist.
  const spare = field.words * 32 - field.bits;
  return spare > 0 && words[0] >>> (32 - spare) !== 0 ? null : words;
}

export function formatFieldHex(field: LearnedField, words: ArrayLike<number>, at: number): string {
  let digits = '';
  for (let word = 0; word < field.words; word++) digits += (words[at + word] >>> 0).toString(16).padStart(8, '0');
  return `0x${digits.slice(-Math.ceil(field.bits / 4))}`;
}
