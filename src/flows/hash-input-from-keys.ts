/** Fills the columns that policies read from flow key rows: the view of the outer headers. Hot path; guarded by bench/. */
import {
  ARP_CUT,
  ARP_OTHER,
  FRAGMENT_LATER,
  HEAD_CUT,
  HEAD_ETHERTYPE_SHIFT,
  HEAD_LENGTH_MASK,
  HEAD_NO_DESTINATION,
  HEAD_TAGS_MASK,
  HEAD_TAGS_SHIFT,
  IP_BAD_LENGTH,
  IP_BAD_VERSION,
  IP_CHAIN_CUT,
  IP_CUT,
  IP_FRAGMENT_MASK,
  IP_FRAGMENT_SHIFT,
  IP_INVALID,
  IP_PROTOCOL_SHIFT,
  IP_SHORT,
  IPV6_INFO_BAD_LENGTH,
  L4_ABSENT,
  L4_CUT,
  L4_FORM_MASK,
  L4_FORM_SHIFT,
  L4_ICMP,
  L4_NONE,
  L4_PADDING,
  L4_PORTS,
  L4_SHORT,
  LAYER_AFTER_AH,
  LAYER_ARP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_KIND_MASK,
  LAYER_QUOTED,
  QUOTED_BYTES_CUT,
  QUOTED_BYTES_SHORT,
} from '../decoder/flow-key.ts';
import {
  HEADERS_CUT,
  HEADERS_INVALID,
  HEADERS_OK,
  PORTS_ABSENT,
  PORTS_CUT,
  PORTS_NONE,
  PORTS_OK,
  PORTS_PADDING,
  QUOTED_CUT,
  QUOTED_NONE,
  QUOTED_OK,
  QUOTED_SHORT,
  type HashInput,
} from '../hash/hash-input.ts';
import type { HashDepth } from '../hash/policy.ts';
import { fillDissectorView } from './dissector-view.ts';
import { firstLayer, l4WordAt, layerWords } from './key-layers.ts';

const TPID_C = 0x8100;
const TPID_S = 0x88a8;
const IPV6_FRAGMENT = 44;

export interface HashInputOptions {
  /** The outermost tag is in the frame as the sender's hash sees it (default: beside it). */
  readonly tagInFrame: boolean;
  /** Columns of what lies deeper are left as they are (default: all are filled). */
  readonly depth?: HashDepth;
}

/**
 * Rows [from, to) of a key table become rows [0, to - from) of `input`; `starts[row]` is the first word of a row in
 * `rows`. Every column down to `depth` is written, so the columns may be reused at the same depth.
 */
export function fillHashInput(
  input: HashInput,
  rows: Uint32Array,
  starts: Uint32Array,
  from: number,
  to: number,
  options: HashInputOptions,
): void {
  const count = to - from;
  const inFrame = options.tagInFrame;
  input.length = count;
  for (let i = 0; i < count; i++) fillRow(input, i, rows, starts[from + i], inFrame, options.depth);
}

/** One row at word `start` of `rows` becomes row `i` of `input`. */
export function fillRow(input: HashInput, i: number, rows: Uint32Array, start: number, inFrame: boolean, depth?: HashDepth): void {
  const head = rows[start];
  const end = start + (head & HEAD_LENGTH_MASK);
  const tags = (head >>> HEAD_TAGS_SHIFT) & HEAD_TAGS_MASK;
  const middle = rows[start + 2];
  const etherType = head >>> HEAD_ETHERTYPE_SHIFT;
  input.dstMacHi[i] = rows[start + 1] >>> 16;
  input.dstMacLo[i] = (rows[start + 1] << 16) | (middle >>> 16);
  input.srcMacHi[i] = middle & 0xffff;
  input.srcMacLo[i] = rows[start + 3];
  input.noDstMac[i] = (head & HEAD_NO_DESTINATION) !== 0 ? 1 : 0;
  input.innerEtherType[i] = etherType;
  input.tagCount[i] = tags;
  if (tags === 0) {
    input.etherType[i] = etherType;
    input.outerTci[i] = 0;
    input.outerTpid[i] = 0;
    input.tagInFrame[i] = 0;
  } else {
    const outer = rows[start + 4];
    const tpid = outer >>> 16;
    // Only 802.1Q and 802.1ad tags ever travel beside a frame.
    const seenInFrame = inFrame || (tpid !== TPID_C && tpid !== TPID_S);
    input.outerTci[i] = outer & 0xffff;
    input.outerTpid[i] = tpid;
    input.tagInFrame[i] = seenInFrame ? 1 : 0;
    input.etherType[i] = seenInFrame ? tpid : tags > 1 ? rows[start + 5] >>> 16 : etherType;
  }
  if (depth === 'ethernet') input.headers[i] = HEADERS_OK;
  else fillOuterHeaders(input, i, rows, firstLayer(rows, start), end);
  if ((head & HEAD_CUT) !== 0) {
    input.headers[i] = HEADERS_CUT;
    input.etherType[i] = 0;
    input.innerEtherType[i] = 0;
  }
  if (depth === undefined) fillDissectorView(input, i, rows, start, end);
}

function fillOuterHeaders(input: HashInput, i: number, rows: Uint32Array, at: number, end: number): void {
  const w = i * 4;
  const { src, dst } = input;
  const descriptor = at < end ? rows[at] : 0;
  // What makes Open vSwitch refuse the header; Linux does not care.
  let invalid = descriptor & (IP_SHORT | IP_INVALID | IP_BAD_VERSION);
  const kind = descriptor & LAYER_KIND_MASK;
  input.arpOpcode[i] = 0;
  input.flowLabel[i] = 0;
  src[w + 1] = src[w + 2] = src[w + 3] = 0;
  dst[w + 1] = dst[w + 2] = dst[w + 3] = 0;
  clearAfterAh(input, i);
  if (kind === LAYER_IPV4) {
    const missing = (descriptor & (IP_CUT | IP_SHORT)) !== 0;
    input.ipVersion[i] = missing ? 0 : 4;
    src[w] = missing ? 0 : rows[at + 1];
    dst[w] = missing ? 0 : rows[at + 2];
    const protocol = (descriptor >>> IP_PROTOCOL_SHIFT) & 0xff;
    input.protocol[i] = protocol;
    input.upperProtocol[i] = protocol;
    invalid |= descriptor & IP_BAD_LENGTH;
  } else if (kind === LAYER_IPV6) {
    const missing = (descriptor & (IP_CUT | IP_SHORT)) !== 0;
    const info = rows[at + 1];
    input.ipVersion[i] = missing ? 0 : 6;
    for (let word = 0; word < 4; word++) {
      src[w + word] = missing ? 0 : rows[at + 2 + word];
      dst[w + word] = missing ? 0 : rows[at + 6 + word];
    }
    const fragment = (descriptor >>> IP_FRAGMENT_SHIFT) & IP_FRAGMENT_MASK;
    input.protocol[i] = info >>> 20;
    input.upperProtocol[i] = fragment === FRAGMENT_LATER ? IPV6_FRAGMENT : descriptor >>> IP_PROTOCOL_SHIFT;
    input.flowLabel[i] = info & 0xfffff;
    invalid |= info & IPV6_INFO_BAD_LENGTH;
  } else {
    fillNotIp(input, i, rows, at, kind, descriptor);
    return;
  }
  if ((descriptor & (IP_CUT | IP_CHAIN_CUT)) !== 0) input.headers[i] = HEADERS_CUT;
  else input.headers[i] = invalid !== 0 ? HEADERS_INVALID : HEADERS_OK;
  input.fragment[i] = (descriptor >>> IP_FRAGMENT_SHIFT) & IP_FRAGMENT_MASK;
  const form = (descriptor >>> L4_FORM_SHIFT) & L4_FORM_MASK;
  const word = form === L4_NONE ? 0 : rows[l4WordAt(descriptor, at)];
  input.ports[i] = form === L4_PORTS ? word : 0;
  input.icmp[i] = form === L4_ICMP ? word : 0;
  input.portsStatus[i] = portsStatusOf(descriptor);
  input.l4Short[i] = (descriptor & L4_SHORT) !== 0 ? 1 : 0;
  const next = at + layerWords(rows, at);
  if (next < end) fillFollowers(input, i, rows, next, end);
  else clearQuoted(input, i);
}

/** PORTS_* of an IP or AFTER_AH descriptor. Holds for ICMP words too. */
export function portsStatusOf(descriptor: number): number {
  if (((descriptor >>> L4_FORM_SHIFT) & L4_FORM_MASK) === L4_NONE) return PORTS_NONE;
  if ((descriptor & L4_CUT) !== 0) return PORTS_CUT;
  if ((descriptor & L4_ABSENT) !== 0) return PORTS_ABSENT;
  return (descriptor & L4_PADDING) !== 0 ? PORTS_PADDING : PORTS_OK;
}

/** ARP and RARP have addresses; everything else has none. */
function fillNotIp(input: HashInput, i: number, rows: Uint32Array, at: number, kind: number, descriptor: number): void {
  const w = i * 4;
  let headers = HEADERS_OK;
  input.src[w] = 0;
  input.dst[w] = 0;
  if (kind === LAYER_ARP) {
    if ((descriptor & ARP_CUT) !== 0) {
      headers = HEADERS_CUT;
    } else {
      input.src[w] = rows[at + 1];
      input.dst[w] = rows[at + 2];
    }
    // Open vSwitch reads neither addresses nor opcode of what is not IPv4 over Ethernet.
    input.arpOpcode[i] = (descriptor & ARP_OTHER) !== 0 ? 0 : descriptor >>> 16;
  }
  input.headers[i] = headers;
  input.ipVersion[i] = 0;
  input.protocol[i] = 0;
  input.upperProtocol[i] = 0;
  input.fragment[i] = 0;
  input.ports[i] = 0;
  input.icmp[i] = 0;
  input.portsStatus[i] = PORTS_NONE;
  input.l4Short[i] = 0;
  clearQuoted(input, i);
}

function clearAfterAh(input: HashInput, i: number): void {
  input.afterAhProtocol[i] = 0;
  input.afterAhPorts[i] = 0;
  input.afterAhShort[i] = 0;
}

/** Columns begin with zeros and only `fillQuoted` writes others, with `quoted`: a row without a quoted packet is clear. */
function clearQuoted(input: HashInput, i: number): void {
  if (input.quoted[i] === QUOTED_NONE) return;
  input.quoted[i] = QUOTED_NONE;
  input.quotedProtocol[i] = 0;
  input.quotedPorts[i] = 0;
  input.quotedPortsStatus[i] = PORTS_NONE;
  input.quotedFragment[i] = 0;
  const w = i * 4;
  input.quotedSrc.fill(0, w, w + 4);
  input.quotedDst.fill(0, w, w + 4);
}

/** What stands behind the outer IP layer: the packet behind AH, or the packet an ICMP error quotes. */
function fillFollowers(input: HashInput, i: number, rows: Uint32Array, at: number, end: number): void {
  clearQuoted(input, i);
  const descriptor = rows[at];
  const kind = descriptor & LAYER_KIND_MASK;
  if (kind === LAYER_AFTER_AH) {
    const form = (descriptor >>> L4_FORM_SHIFT) & L4_FORM_MASK;
    input.afterAhProtocol[i] = descriptor >>> IP_PROTOCOL_SHIFT;
    input.afterAhPorts[i] = form === L4_NONE ? 0 : rows[at + 1];
    input.afterAhShort[i] = (descriptor & (L4_SHORT | L4_ABSENT | L4_PADDING)) !== 0 ? 1 : 0;
  } else if (kind === LAYER_QUOTED) {
    fillQuoted(input, i, rows, at, end);
  }
}

function fillQuoted(input: HashInput, i: number, rows: Uint32Array, at: number, end: number): void {
  const marker = rows[at];
  const ip = at + 1;
  if (ip >= end) {
    input.quoted[i] = (marker & QUOTED_BYTES_CUT) !== 0 ? QUOTED_CUT : QUOTED_SHORT;
    return;
  }
  const descriptor = rows[ip];
  if ((descriptor & IP_CUT) !== 0 || (descriptor & IP_SHORT) !== 0 || (marker & QUOTED_BYTES_SHORT) !== 0) {
    input.quoted[i] = (descriptor & IP_CUT) !== 0 ? QUOTED_CUT : QUOTED_SHORT;
    return;
  }
  const w = i * 4;
  const { quotedSrc, quotedDst } = input;
  if ((descriptor & LAYER_KIND_MASK) === LAYER_IPV6) {
    for (let word = 0; word < 4; word++) {
      quotedSrc[w + word] = rows[ip + 2 + word];
      quotedDst[w + word] = rows[ip + 6 + word];
    }
    input.quotedProtocol[i] = rows[ip + 1] >>> 20;
  } else {
    quotedSrc[w] = rows[ip + 1];
    quotedDst[w] = rows[ip + 2];
    input.quotedProtocol[i] = descriptor >>> IP_PROTOCOL_SHIFT;
  }
  const form = (descriptor >>> L4_FORM_SHIFT) & L4_FORM_MASK;
  input.quoted[i] = QUOTED_OK;
  input.quotedPorts[i] = form === L4_PORTS ? rows[l4WordAt(descriptor, ip)] : 0;
  input.quotedPortsStatus[i] = portsStatusOf(descriptor);
  input.quotedFragment[i] = (descriptor >>> IP_FRAGMENT_SHIFT) & IP_FRAGMENT_MASK;
}
