import { formatHex16, formatIpv4, formatIpv6, formatMac } from '../base/addresses.ts';
import {
  ARP_CUT,
  ETHERNET_CUT,
  ETHERNET_TAGS_SHIFT,
  FRAGMENT_FIRST,
  FRAGMENT_LATER,
  FRAGMENT_NONE,
  GRE_CUT,
  GRE_KEY,
  GRE_OPAQUE,
  GRE_SHORT,
  GRE_VERSION_SHIFT,
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
  L4_SHORT,
  LAYER_AFTER_AH,
  LAYER_ARP,
  LAYER_ETHERNET,
  LAYER_GENEVE,
  LAYER_GRE,
  LAYER_GTP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_KIND_MASK,
  LAYER_MPLS,
  LAYER_PPPOE,
  LAYER_QUOTED,
  LAYER_ROCE,
  LAYER_VXLAN,
} from '../decoder/flow-key.ts';
import { swap16, swap32 } from '../hash/linux-blocks.ts';
import type { FlowFields, HeaderFields, IcmpFields, InnerFields, TunnelFields } from './flow-field-types.ts';
import { firstLayer, l4WordAt, layerWords, MPLS_LABELS_SHIFT } from './key-layers.ts';
import { hasPortPair, hasSpi, nameProtocol } from './protocol-names.ts';

const ERSPAN = 0x88be;
const ERSPAN_3 = 0x22eb;
const GRE_PPP = 0x880b;

/** The address fields of the key row at word `start`. Not for hot paths: it makes objects. */
export function decodeFlowKey(rows: Uint32Array, start: number): FlowFields {
  const head = rows[start];
  const end = start + (head & HEAD_LENGTH_MASK);
  const tagCount = (head >>> HEAD_TAGS_SHIFT) & HEAD_TAGS_MASK;
  const w1 = rows[start + 1];
  const w2 = rows[start + 2];
  const fields: FlowFields = {
    srcMac: formatMac(w2 & 0xffff, rows[start + 3]),
    dstMac: (head & HEAD_NO_DESTINATION) !== 0 ? null : formatMac(w1 >>> 16, (w1 << 16) | (w2 >>> 16)),
    etherType: formatHex16(head >>> HEAD_ETHERTYPE_SHIFT),
    vlans: [],
    tcis: [],
    ...emptyHeader(),
    quoted: null,
    arpOpcode: null,
    tunnel: null,
  };
  const tpids = readTags(rows, start + 4, tagCount, fields.vlans, fields.tcis);
  if (tpids.some((tpid) => tpid !== 0x8100)) fields.tpids = tpids;
  const at = firstLayer(rows, start);
  if (at >= end) return fields;
  const kind = rows[at] & LAYER_KIND_MASK;
  if (kind === LAYER_ARP) {
    fields.arpOpcode = decodeArp(rows, at, fields);
    return fields;
  }
  if (kind !== LAYER_IPV4 && kind !== LAYER_IPV6) {
    fields.tunnel = decodeTunnel(rows, at, end, 0);
    return fields;
  }
  decodeIp(rows, at, end, fields);
  const next = at + layerWords(rows, at);
  if (next >= end) return fields;
  if ((rows[next] & LAYER_KIND_MASK) === LAYER_QUOTED) {
    const quoted = next + 1;
    if (quoted < end && (rows[quoted] & (IP_CUT | IP_SHORT)) === 0) {
      fields.quoted = emptyHeader();
      decodeIp(rows, quoted, end, fields.quoted);
    }
  } else if ((rows[next] & LAYER_KIND_MASK) !== LAYER_AFTER_AH) {
    fields.tunnel = decodeTunnel(rows, next, end, kind);
  }
  return fields;
}

function emptyHeader(): HeaderFields {
  return {
    src: null,
    dst: null,
    protocol: null,
    srcPort: null,
    dstPort: null,
    spi: null,
    icmp: null,
    fragment: null,
    flowLabel: null,
    nextHeader: null,
  };
}

function readTags(rows: Uint32Array, at: number, count: number, vlans: number[], tcis: number[]): number[] {
  const tpids: number[] = [];
  for (let tag = 0; tag < count; tag++) {
    const word = rows[at + tag];
    vlans.push(word & 0xfff);
    tcis.push(word & 0xffff);
    tpids.push(word >>> 16);
  }
  return tpids;
}

/** Fills addresses and protocol from an ARP layer; returns the opcode. */
function decodeArp(rows: Uint32Array, at: number, fields: HeaderFields): number {
  fields.protocol = 'arp';
  if ((rows[at] & ARP_CUT) !== 0) {
    fields.header = 'cut';
  } else {
    fields.src = formatIpv4(rows[at + 1]);
    fields.dst = formatIpv4(rows[at + 2]);
  }
  return rows[at] >>> 16;
}

function decodeIp(rows: Uint32Array, at: number, end: number, fields: HeaderFields): void {
  const descriptor = rows[at];
  const isIpv6 = (descriptor & LAYER_KIND_MASK) === LAYER_IPV6;
  const missing = (descriptor & (IP_CUT | IP_SHORT)) !== 0;
  if (isIpv6) {
    fields.flowLabel = rows[at + 1] & 0xfffff;
    fields.nextHeader = (rows[at + 1] >>> 20) & 0xff;
  }
  if (missing) {
    fields.header = (descriptor & IP_CUT) !== 0 ? 'cut' : 'short';
    return;
  }
  fields.src = isIpv6 ? formatIpv6(rows, at + 2) : formatIpv4(rows[at + 1]);
  fields.dst = isIpv6 ? formatIpv6(rows, at + 6) : formatIpv4(rows[at + 2]);
  const badLength = isIpv6 ? rows[at + 1] & IPV6_INFO_BAD_LENGTH : descriptor & IP_BAD_LENGTH;
  if ((descriptor & IP_CHAIN_CUT) !== 0) fields.header = 'cut';
  else if ((descriptor & IP_INVALID) !== 0) fields.header = 'invalid';
  else if ((descriptor & IP_BAD_VERSION) !== 0) fields.header = 'bad-version';
  else if (badLength !== 0) fields.header = 'bad-length';
  const fragment = (descriptor >>> IP_FRAGMENT_SHIFT) & IP_FRAGMENT_MASK;
  if (fragment === FRAGMENT_FIRST) fields.fragment = 'first';
  else if (fragment === FRAGMENT_LATER) fields.fragment = 'later';
  const protocol = (descriptor >>> IP_PROTOCOL_SHIFT) & 0xff;
  if ((descriptor & IP_CHAIN_CUT) === 0) fields.protocol = nameProtocol(protocol);
  decodeTransport(descriptor, rows[l4WordAt(descriptor, at)], protocol, fields);
  const next = at + layerWords(rows, at);
  if (next < end && (rows[next] & LAYER_KIND_MASK) === LAYER_AFTER_AH) {
    const after = rows[next];
    const behind = emptyHeader();
    const afterProtocol = (after >>> IP_PROTOCOL_SHIFT) & 0xff;
    decodeTransport(after, rows[next + 1], afterProtocol, behind);
    fields.afterAh = { protocol: nameProtocol(afterProtocol), srcPort: behind.srcPort, dstPort: behind.dstPort };
  }
}

function decodeTransport(descriptor: number, word: number, protocol: number, fields: HeaderFields): void {
  const form = (descriptor >>> L4_FORM_SHIFT) & L4_FORM_MASK;
  if (form === L4_NONE) return;
  if ((descriptor & L4_CUT) !== 0) fields.transport = 'cut';
  else if ((descriptor & L4_ABSENT) !== 0) fields.transport = 'absent';
  else if ((descriptor & L4_PADDING) !== 0) fields.transport = 'padding';
  else if ((descriptor & L4_SHORT) !== 0) fields.transport = 'short';
  if (fields.transport === 'cut' || fields.transport === 'absent') return;
  if (form === L4_ICMP) fields.icmp = decodeIcmp(word);
  else if (hasPortPair(protocol)) {
    fields.srcPort = swap16(word & 0xffff);
    fields.dstPort = swap16(word >>> 16);
  } else if (hasSpi(protocol)) fields.spi = swap32(word);
}

function decodeIcmp(word: number): IcmpFields {
  const type = word & 0xff;
  const hasIdentifier = type === 8 || type === 0 || type === 13 || type === 14 || type === 128 || type === 129;
  return { type, code: (word >>> 8) & 0xff, id: hasIdentifier ? word >>> 16 : null };
}

/** The tunnel whose first layer is at `at`; `outerKind` is the kind of the IP layer before it (0 for none). */
function decodeTunnel(rows: Uint32Array, at: number, end: number, outerKind: number): TunnelFields | null {
  const descriptor = rows[at];
  const next = at + layerWords(rows, at);
  switch (descriptor & LAYER_KIND_MASK) {
    case LAYER_GRE: {
      const type = descriptor >>> 16;
      const name =
        type === ERSPAN || type === ERSPAN_3
          ? 'erspan'
          : type === GRE_PPP && ((descriptor >>> GRE_VERSION_SHIFT) & 7) === 1
            ? 'pptp'
            : 'gre';
      const tunnel: TunnelFields = {
        type: name,
        id: (descriptor & GRE_KEY) !== 0 ? rows[at + 1] : null,
        inner: decodeInner(rows, next, end),
      };
      if (tunnel.inner === null || tunnel.inner.tunnel?.type === 'mpls') tunnel.payload = formatHex16(type);
      if ((descriptor & GRE_CUT) !== 0) tunnel.state = 'cut';
      else if ((descriptor & GRE_SHORT) !== 0) tunnel.state = 'short';
      else if ((descriptor & GRE_OPAQUE) !== 0) tunnel.state = 'opaque';
      return tunnel;
    }
    case LAYER_VXLAN:
      return { type: 'vxlan', id: descriptor >>> 8, inner: decodeInner(rows, next, end) };
    case LAYER_GENEVE:
      return { type: 'geneve', id: descriptor >>> 8, inner: decodeInner(rows, next, end) };
    case LAYER_ROCE:
      return { type: 'roce', id: descriptor >>> 8, inner: null };
    case LAYER_GTP:
      return { type: 'gtp', id: rows[at + 1], inner: decodeInner(rows, next, end) };
    case LAYER_PPPOE:
      return { type: 'pppoe', id: descriptor >>> 16, inner: decodeInner(rows, next, end) };
    case LAYER_MPLS:
      return {
        type: 'mpls',
        id: ((descriptor >>> MPLS_LABELS_SHIFT) & 15) > 0 ? rows[at + 1] >>> 4 : null,
        inner: decodeInner(rows, next, end),
      };
    case LAYER_IPV4:
      return { type: outerKind === LAYER_IPV6 ? '4in6' : 'ipip', id: null, inner: decodeInner(rows, at, end) };
    case LAYER_IPV6:
      return { type: outerKind === LAYER_IPV6 ? 'ip6ip6' : '6in4', id: null, inner: decodeInner(rows, at, end) };
    default:
      return null;
  }
}

function decodeInner(rows: Uint32Array, at: number, end: number): InnerFields | null {
  if (at >= end) return null;
  const inner: InnerFields = { ...emptyHeader(), tunnel: null };
  let layer = at;
  if ((rows[layer] & LAYER_KIND_MASK) === LAYER_ETHERNET) {
    const descriptor = rows[layer];
    if ((descriptor & ETHERNET_CUT) !== 0) return null;
    const w1 = rows[layer + 1];
    const w2 = rows[layer + 2];
    inner.srcMac = formatMac(w2 & 0xffff, rows[layer + 3]);
    inner.dstMac = formatMac(w1 >>> 16, (w1 << 16) | (w2 >>> 16));
    inner.etherType = formatHex16(descriptor >>> 16);
    inner.vlans = [];
    inner.tcis = [];
    readTags(rows, layer + 4, (descriptor >>> ETHERNET_TAGS_SHIFT) & 7, inner.vlans, inner.tcis);
    layer += layerWords(rows, layer);
    if (layer >= end) return inner;
  }
  const kind = rows[layer] & LAYER_KIND_MASK;
  if (kind === LAYER_ARP) {
    inner.arpOpcode = decodeArp(rows, layer, inner);
  } else if (kind === LAYER_IPV4 || kind === LAYER_IPV6) {
    decodeIp(rows, layer, end, inner);
    const next = layer + layerWords(rows, layer);
    if (next < end) inner.tunnel = decodeTunnel(rows, next, end, kind);
  } else {
    inner.tunnel = decodeTunnel(rows, layer, end, 0);
  }
  return inner;
}

/** True where a flow is a fragment: used by verdicts. */
export function isFragmentRow(rows: Uint32Array, start: number): boolean {
  const at = firstLayer(rows, start);
  const kind = rows[at] & LAYER_KIND_MASK;
  if (at >= start + (rows[start] & HEAD_LENGTH_MASK) || (kind !== LAYER_IPV4 && kind !== LAYER_IPV6)) return false;
  return ((rows[at] >>> IP_FRAGMENT_SHIFT) & IP_FRAGMENT_MASK) !== FRAGMENT_NONE;
}
