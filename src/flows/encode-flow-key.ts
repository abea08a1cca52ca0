import type { Issue } from '../base/issue.ts';
import { fail, ok, type Result } from '../base/result.ts';
import {
  ETHERNET_TAGS_SHIFT,
  FRAGMENT_LATER,
  FRAGMENT_NONE,
  GRE_CUT,
  GRE_KEY,
  GRE_OPAQUE,
  GRE_SHORT,
  GRE_VERSION_SHIFT,
  HEAD_ETHERTYPE_SHIFT,
  HEAD_LLC,
  HEAD_NO_DESTINATION,
  HEAD_TAGS_SHIFT,
  IP_BAD_LENGTH,
  IP_BAD_VERSION,
  IP_CHAIN_CUT,
  IP_CUT,
  IP_FRAGMENT_SHIFT,
  IP_INVALID,
  IP_PROTOCOL_SHIFT,
  IP_SHORT,
  IPV6_INFO_BAD_LENGTH,
  L4_ABSENT,
  L4_CUT,
  L4_FORM_SHIFT,
  L4_ICMP,
  L4_QUOTED,
  LAYER_AFTER_AH,
  LAYER_ARP,
  LAYER_ETHERNET,
  LAYER_GENEVE,
  LAYER_GRE,
  LAYER_GTP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_MPLS,
  LAYER_PPPOE,
  LAYER_ROCE,
  LAYER_QUOTED,
  LAYER_VXLAN,
  MAX_KEY_WORDS,
  QUOTED_BYTES_CUT,
} from '../decoder/flow-key.ts';
import { isIcmpError } from '../hash/linux-blocks.ts';
import { writeTransport } from './encode-transport.ts';
import { asNumber, isMissing } from './field-values.ts';
import type { FlowFieldsInput } from './flow-field-types.ts';
import { MPLS_LABELS_SHIFT } from './key-layers.ts';
import {
  address,
  put,
  readAddress,
  readEtherType,
  readFragment,
  readNumber,
  readProtocol,
  refuse,
  versionOf,
  writeAddresses,
  writeMacs,
  writeTags,
  type Writer,
} from './key-writer.ts';
import { isExtensionHeader, PROTOCOL_ICMPV6 } from './protocol-names.ts';

const MAX_NESTING = 6;
/** Protocol that announces what follows an IP header. */
const TUNNEL_PROTOCOL: Readonly<Record<string, number>> = {
  gre: 47,
  erspan: 47,
  pptp: 47,
  ipip: 4,
  '4in6': 4,
  '6in4': 41,
  ip6ip6: 41,
  vxlan: 17,
  geneve: 17,
  gtp: 17,
  roce: 17,
};
const TUNNEL_PORT: Readonly<Record<string, number>> = { vxlan: 4789, geneve: 6081, gtp: 2152, roce: 4791 };

/**
 * Writes the flow key row that `fields` describe at word `at` of `out` and returns its length in words. Fields that a
 * capture could not have recorded either stay open: no `dstMac` gives a row without destination MAC, TCP without ports
 * one whose ports were cut.
 */
export function encodeFlowKey(fields: FlowFieldsInput, out: Uint32Array, at: number): Result<number> {
  const writer: Writer = { out, at, limit: Math.min(out.length, at + MAX_KEY_WORDS), trouble: null };
  writeRow(writer, fields);
  if (writer.trouble !== null) return fail(issueOf(writer.trouble));
  const words = writer.at - at;
  out[at] |= words;
  return ok(words);
}

function issueOf(reason: string): Issue {
  return { code: 'unrecognized-text', offset: null, reason, partial: false };
}

function writeRow(writer: Writer, fields: FlowFieldsInput): void {
  const head = put(writer, 0);
  writeMacs(writer, fields);
  let bits = isMissing(fields.dstMac) ? HEAD_NO_DESTINATION : 0;
  bits |= writeTags(writer, fields) << HEAD_TAGS_SHIFT;
  const etherType = writePayload(writer, fields, 0, true);
  if (etherType < 0x600 && etherType >= 0) bits |= HEAD_LLC;
  writer.out[head] = bits | (etherType << HEAD_ETHERTYPE_SHIFT);
}

/** Writes what follows MACs and tags; returns the EtherType. */
function writePayload(writer: Writer, fields: FlowFieldsInput, depth: number, outermost: boolean): number {
  const given = isMissing(fields.etherType) ? -1 : readEtherType(writer, fields.etherType);
  const protocol = readProtocol(writer, fields.protocol);
  const tunnel = readTunnel(writer, fields.tunnel);
  if (protocol === -2 || given === 0x0806 || given === 0x8035) return writeArp(writer, fields, given);
  if (tunnel !== null && (tunnel.type === 'pppoe' || tunnel.type === 'mpls')) {
    if (!isMissing(fields.src) || !isMissing(fields.dst))
      refuse(writer, `src: the addresses of a ${tunnel.type} frame belong into tunnel.inner`);
    const etherType = given >= 0 ? given : tunnel.type === 'pppoe' ? 0x8864 : 0x8847;
    writeTunnel(writer, tunnel, depth);
    return etherType;
  }
  const version = versionOf(writer, fields);
  const etherType = given >= 0 ? given : version === 4 ? 0x0800 : version === 6 ? 0x86dd : -1;
  if (etherType < 0) {
    if (protocol === PROTOCOL_ICMPV6) refuse(writer, 'src and dst are missing');
    else if (protocol >= 0) refuse(writer, 'src and dst are missing: the IP version cannot be told');
    else refuse(writer, 'etherType is missing: give it, or IP addresses that tell it');
    return 0;
  }
  const expected = etherType === 0x0800 ? 4 : etherType === 0x86dd ? 6 : 0;
  if (version !== 0 && version !== expected) {
    if (expected !== 0) refuse(writer, `src: an IPv${version} address, but the EtherType says IPv${expected}`);
    else refuse(writer, `src: EtherType 0x${etherType.toString(16).padStart(4, '0')} carries no IP addresses`);
    return etherType;
  }
  if (expected === 0) {
    if (protocol >= 0) refuse(writer, `protocol: EtherType 0x${etherType.toString(16).padStart(4, '0')} carries no IP protocol`);
    return etherType;
  }
  writeIp(writer, fields, expected, protocol, tunnel, depth, outermost);
  return etherType;
}

function writeArp(writer: Writer, fields: FlowFieldsInput, given: number): number {
  if (given >= 0 && given !== 0x0806 && given !== 0x8035) refuse(writer, 'etherType: ARP is 0x0806, RARP 0x8035');
  const opcode = readNumber(writer, fields.arpOpcode, 'arpOpcode', 0xffff, 1);
  put(writer, (LAYER_ARP | (opcode << 16)) >>> 0);
  for (const name of ['src', 'dst'] as const) {
    const version = readAddress(writer, fields[name], name);
    if (version === 6) refuse(writer, `${name}: ARP carries IPv4 addresses`);
    put(writer, version === 4 ? address[0] : 0);
  }
  return given >= 0 ? given : 0x0806;
}

/** Descriptor bits of an IP header that is not in order. Without addresses it was cut. */
function headerBits(writer: Writer, state: unknown, version: number, hasAddresses: boolean): number {
  if (!hasAddresses) return state === 'short' ? IP_SHORT : IP_CUT;
  switch (state) {
    case undefined:
    case null:
      return 0;
    case 'invalid':
      return IP_INVALID;
    case 'bad-version':
      return IP_BAD_VERSION;
    case 'bad-length':
      return version === 4 ? IP_BAD_LENGTH : 0;
    case 'cut':
      return version === 6 ? IP_CHAIN_CUT : 0;
    default:
      refuse(writer, `header: ${JSON.stringify(state)} is none of cut, short, invalid, bad-version, bad-length`);
      return 0;
  }
}

/** Writes an IP layer, its transport word, and what an ICMP error quotes or a tunnel carries. */
function writeIp(
  writer: Writer,
  fields: FlowFieldsInput,
  version: number,
  named: number,
  tunnel: TunnelInput | null,
  depth: number,
  outermost: boolean,
): void {
  const announced = tunnel === null ? -1 : (TUNNEL_PROTOCOL[tunnel.type] ?? -1);
  if (announced >= 0 && named >= 0 && named !== announced) refuse(writer, `tunnel: ${tunnel?.type} is protocol ${announced}, not ${named}`);
  const protocol = named >= 0 ? named : announced >= 0 ? announced : 255;
  const fragment = readFragment(writer, fields.fragment);
  const start = writer.at;
  let descriptor = fragment << IP_FRAGMENT_SHIFT;
  const hasAddresses = !isMissing(fields.src);
  if (version === 4) {
    put(writer, 0);
    descriptor |= LAYER_IPV4 | (protocol << IP_PROTOCOL_SHIFT);
  } else {
    put(writer, 0);
    const upper = fragment === FRAGMENT_LATER ? 44 : protocol;
    const nextHeader = readNumber(writer, fields.nextHeader, 'nextHeader', 255, fragment === FRAGMENT_NONE ? upper : 44);
    if (nextHeader !== upper && !isExtensionHeader(nextHeader))
      refuse(writer, `nextHeader: ${nextHeader} is no extension header, so the protocol must be the same`);
    put(writer, (readNumber(writer, fields.flowLabel, 'flowLabel', 0xfffff, 0) | (nextHeader << 20)) >>> 0);
    descriptor |= LAYER_IPV6 | (upper << IP_PROTOCOL_SHIFT);
  }
  if (hasAddresses) writeAddresses(writer, fields, version);
  descriptor |= headerBits(writer, fields.header, version, hasAddresses);
  if (version === 6 && fields.header === 'bad-length') writer.out[start + 1] |= IPV6_INFO_BAD_LENGTH;
  const isReadable = hasAddresses && (descriptor & IP_CHAIN_CUT) === 0;
  const transport = isReadable
    ? writeTransport(writer, fields, protocol, fragment, tunnel === null ? -1 : (TUNNEL_PORT[tunnel.type] ?? -1))
    : 0;
  descriptor |= transport;
  const quotes = hasAddresses && fragment === FRAGMENT_NONE && isQuotingError(writer, fields, protocol, transport);
  if (quotes && outermost) descriptor |= L4_QUOTED;
  writer.out[start] = descriptor;
  if (quotes && outermost) writeQuoted(writer, fields.quoted, version);
  else if (!isMissing(fields.quoted)) refuse(writer, 'quoted: only an ICMP error (types 3, 4, 5, 11, 12; ICMPv6 1 to 4) quotes a packet');
  writeAfterAh(writer, fields.afterAh, version, protocol);
  if (tunnel !== null && fragment !== FRAGMENT_LATER) writeTunnel(writer, tunnel, depth);
}

function isQuotingError(writer: Writer, fields: FlowFieldsInput, protocol: number, transport: number): boolean {
  if ((transport & (L4_CUT | L4_ABSENT)) !== 0 || ((transport >>> L4_FORM_SHIFT) & 7) !== L4_ICMP) return false;
  // An ICMP error behind IPv6 extension headers is not looked into.
  if (!isMissing(fields.nextHeader) && asNumber(fields.nextHeader) !== protocol) return false;
  return isIcmpError(protocol, writer.out[writer.at - 1] & 0xff);
}

/** The quoted packet is read with the outer IP version. Without one it counts as cut off. */
function writeQuoted(writer: Writer, value: unknown, version: number): void {
  if (isMissing(value)) {
    put(writer, LAYER_QUOTED | QUOTED_BYTES_CUT);
    return;
  }
  if (typeof value !== 'object') {
    refuse(writer, 'quoted: give the address fields of the quoted packet');
    return;
  }
  const quoted = value as FlowFieldsInput;
  put(writer, LAYER_QUOTED);
  const quotedVersion = versionOf(writer, quoted);
  if (quotedVersion !== 0 && quotedVersion !== version)
    refuse(writer, `quoted: an IPv${quotedVersion} packet inside an IPv${version} error`);
  writeIp(writer, quoted, version, readProtocol(writer, quoted.protocol), null, MAX_NESTING, false);
}

function writeAfterAh(writer: Writer, value: unknown, version: number, protocol: number): void {
  if (isMissing(value)) return;
  if (typeof value !== 'object' || version !== 6 || protocol !== 51) {
    refuse(writer, 'afterAh: what follows an AH header (protocol 51) of IPv6, as an object');
    return;
  }
  const after = value as FlowFieldsInput;
  const behind = readProtocol(writer, after.protocol);
  if (behind < 0) refuse(writer, 'afterAh.protocol is missing');
  const start = put(writer, 0);
  writer.out[start] = LAYER_AFTER_AH | (behind << IP_PROTOCOL_SHIFT) | writeTransport(writer, after, behind, FRAGMENT_NONE, -1);
}

interface TunnelInput {
  readonly type: string;
  readonly id: unknown;
  readonly inner: unknown;
  readonly payload: unknown;
  readonly state: unknown;
}

function readTunnel(writer: Writer, value: unknown): TunnelInput | null {
  if (isMissing(value)) return null;
  const { type, id, inner, payload, state } = value as Partial<TunnelInput>;
  const known = typeof type === 'string' && (TUNNEL_PROTOCOL[type] !== undefined || type === 'pppoe' || type === 'mpls');
  if (!known) {
    refuse(writer, `tunnel.type: ${JSON.stringify(type)} is not one of ${Object.keys(TUNNEL_PROTOCOL).join(', ')}, pppoe, mpls`);
    return null;
  }
  return { type: type as string, id, inner, payload, state };
}

function writeTunnel(writer: Writer, tunnel: TunnelInput, depth: number): void {
  if (depth >= MAX_NESTING) {
    refuse(writer, `tunnel: at most ${MAX_NESTING} tunnels in each other`);
    return;
  }
  const inner = isMissing(tunnel.inner) ? null : tunnel.inner;
  if (inner !== null && typeof inner !== 'object') {
    refuse(writer, 'tunnel.inner: give the address fields of the inner packet');
    return;
  }
  const fields = inner as FlowFieldsInput | null;
  switch (tunnel.type) {
    case 'gre':
    case 'erspan':
    case 'pptp':
      writeGre(writer, tunnel, fields, depth);
      break;
    case 'vxlan':
    case 'geneve':
      put(
        writer,
        ((tunnel.type === 'vxlan' ? LAYER_VXLAN : LAYER_GENEVE) | (readNumber(writer, tunnel.id, 'tunnel.id', 0xffffff, 0) << 8)) >>> 0,
      );
      if (fields !== null) writeEthernet(writer, fields, depth);
      break;
    case 'roce':
      put(writer, (LAYER_ROCE | (readNumber(writer, tunnel.id, 'tunnel.id', 0xffffff, 0) << 8)) >>> 0);
      if (fields !== null) refuse(writer, 'tunnel.inner: RoCE carries no packet');
      break;
    case 'gtp':
      put(writer, LAYER_GTP);
      put(writer, readNumber(writer, tunnel.id, 'tunnel.id', 0xffffffff, 0));
      if (fields !== null) writeInnerIp(writer, fields, depth);
      break;
    case 'pppoe': {
      put(writer, (LAYER_PPPOE | (readNumber(writer, tunnel.id, 'tunnel.id', 0xffff, 0) << 16)) >>> 0);
      const version = fields === null ? 0 : versionOf(writer, fields);
      put(writer, version === 4 ? 0x0021 : version === 6 ? 0x0057 : 0);
      if (fields !== null) writeInnerIp(writer, fields, depth);
      break;
    }
    case 'mpls':
      put(writer, LAYER_MPLS | (1 << MPLS_LABELS_SHIFT));
      put(writer, ((readNumber(writer, tunnel.id, 'tunnel.id', 0xfffff, 0) << 4) | 1) >>> 0);
      if (fields !== null) writeInnerIp(writer, fields, depth);
      break;
    default: {
      const version = tunnel.type === 'ipip' || tunnel.type === '4in6' ? 4 : 6;
      if (fields === null) {
        put(writer, (version === 4 ? LAYER_IPV4 : LAYER_IPV6) | IP_CUT);
        if (version === 6) put(writer, 0);
      } else {
        const given = versionOf(writer, fields);
        if (given !== version) refuse(writer, `tunnel.inner: ${tunnel.type} carries IPv${version}`);
        writeInnerIp(writer, fields, depth);
      }
    }
  }
}

function carriesEthernet(fields: FlowFieldsInput): boolean {
  return !isMissing(fields.srcMac) || !isMissing(fields.dstMac) || !isMissing(fields.etherType);
}

function writeGre(writer: Writer, tunnel: TunnelInput, fields: FlowFieldsInput | null, depth: number): void {
  const hasKey = !isMissing(tunnel.id);
  const ethernet = fields !== null && carriesEthernet(fields);
  let type = 0x6558;
  if (!isMissing(tunnel.payload)) type = readNumber(writer, tunnel.payload, 'tunnel.payload', 0xffff, 0);
  else if (tunnel.type === 'erspan') type = 0x88be;
  else if (tunnel.type === 'pptp') type = 0x880b;
  else if (fields !== null && !ethernet) type = versionOf(writer, fields) === 6 ? 0x86dd : 0x0800;
  let descriptor = LAYER_GRE | ((tunnel.type === 'pptp' ? 1 : 0) << GRE_VERSION_SHIFT) | (type << 16);
  if (hasKey) descriptor |= GRE_KEY;
  if (tunnel.state === 'opaque') descriptor |= GRE_OPAQUE;
  else if (tunnel.state === 'short') descriptor |= GRE_SHORT;
  else if (tunnel.state === 'cut' || (fields === null && isMissing(tunnel.payload))) descriptor |= GRE_CUT;
  put(writer, descriptor >>> 0);
  if (hasKey) put(writer, readNumber(writer, tunnel.id, 'tunnel.id', 0xffffffff, 0));
  if (fields === null) return;
  if (ethernet) writeEthernet(writer, fields, depth);
  else writeInnerIp(writer, fields, depth);
}

function writeEthernet(writer: Writer, fields: FlowFieldsInput, depth: number): void {
  const start = put(writer, 0);
  writeMacs(writer, fields);
  const tags = writeTags(writer, fields);
  const etherType = writePayload(writer, fields, depth + 1, false);
  writer.out[start] = LAYER_ETHERNET | (tags << ETHERNET_TAGS_SHIFT) | (etherType << 16);
}

function writeInnerIp(writer: Writer, fields: FlowFieldsInput, depth: number): void {
  const version = versionOf(writer, fields);
  if (version === 0) refuse(writer, 'tunnel.inner: src and dst are missing');
  else writeIp(writer, fields, version, readProtocol(writer, fields.protocol), readTunnel(writer, fields.tunnel), depth + 1, false);
}
