import { formatIpv4, formatIpv6, formatHex16, formatMac } from '../base/addresses.ts';
import {
  FIRST_TAG_WORD,
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
  L4_PADDING,
  L4_PORTS,
  L4_SHORT,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_KIND_MASK,
} from '../decoder/flow-key.ts';
import { swap16 } from '../hash/linux-blocks.ts';
import { decodeFlowKey } from './decode-flow-key.ts';
import { layerWords } from './key-layers.ts';
import { hasPortPair, nameProtocol } from './protocol-names.ts';

/** Anything but whole headers in order; fragments have no ports. */
const ODD_IPV4 =
  IP_CUT |
  IP_SHORT |
  IP_CHAIN_CUT |
  IP_INVALID |
  IP_BAD_VERSION |
  IP_BAD_LENGTH |
  L4_CUT |
  L4_ABSENT |
  L4_PADDING |
  L4_SHORT |
  (IP_FRAGMENT_MASK << IP_FRAGMENT_SHIFT);
/** The bit of IP_BAD_LENGTH means something else in IPv6. */
const ODD_IPV6 = ODD_IPV4 & ~IP_BAD_LENGTH;

const NO_TAGS = '"vlans":[],"tcis":[],';
const NO_MORE = '"spi":null,"icmp":null,"fragment":null,';
const NOTHING_INSIDE = '"quoted":null,"arpOpcode":null,"tunnel":null';

/** The MAC addresses of the key row at word `start` as members of a JSON object, with a comma behind. */
export function macsJson(rows: Uint32Array, start: number): string {
  const [w1, w2] = [rows[start + 1], rows[start + 2]];
  const dstMac = (rows[start] & HEAD_NO_DESTINATION) !== 0 ? 'null' : `"${formatMac(w1 >>> 16, (w1 << 16) | (w2 >>> 16))}"`;
  return `"srcMac":"${formatMac(w2 & 0xffff, rows[start + 3])}","dstMac":${dstMac},`;
}

/**
 * The address fields of the key row at word `start` as members of a JSON object, without its braces: what JSON.stringify
 * makes of `decodeFlowKey`; `macs`: what `macsJson` gives for the row. Untagged packets of a transport protocol, which
 * most flows are, are written without objects.
 */
export function flowKeyJson(rows: Uint32Array, start: number, macs: string): string {
  const head = rows[start];
  const at = start + FIRST_TAG_WORD;
  const end = start + (head & HEAD_LENGTH_MASK);
  const descriptor = at < end ? rows[at] : 0;
  const kind = descriptor & LAYER_KIND_MASK;
  const protocol = (descriptor >>> IP_PROTOCOL_SHIFT) & 0xff;
  const isUsual =
    ((head >>> HEAD_TAGS_SHIFT) & HEAD_TAGS_MASK) === 0 &&
    (kind === LAYER_IPV4
      ? (descriptor & ODD_IPV4) === 0
      : kind === LAYER_IPV6 && (descriptor & ODD_IPV6) === 0 && (rows[at + 1] & IPV6_INFO_BAD_LENGTH) === 0) &&
    ((descriptor >>> L4_FORM_SHIFT) & L4_FORM_MASK) === L4_PORTS &&
    hasPortPair(protocol) &&
    at + layerWords(rows, at) >= end;
  if (!isUsual) return JSON.stringify(decodeFlowKey(rows, start)).slice(1, -1);
  const name = nameProtocol(protocol);
  const protocolText = typeof name === 'string' ? `"${name}"` : name;
  const isIpv6 = kind === LAYER_IPV6;
  const src = isIpv6 ? formatIpv6(rows, at + 2) : formatIpv4(rows[at + 1]);
  const dst = isIpv6 ? formatIpv6(rows, at + 6) : formatIpv4(rows[at + 2]);
  const ports = rows[isIpv6 ? at + 10 : at + 3];
  const labels = isIpv6
    ? `"flowLabel":${rows[at + 1] & 0xfffff},"nextHeader":${(rows[at + 1] >>> 20) & 0xff},`
    : '"flowLabel":null,"nextHeader":null,';
  return (
    `${macs}"etherType":"${formatHex16(head >>> HEAD_ETHERTYPE_SHIFT)}",` +
    `${NO_TAGS}"src":"${src}","dst":"${dst}","protocol":${protocolText},` +
    `"srcPort":${swap16(ports & 0xffff)},"dstPort":${swap16(ports >>> 16)},${NO_MORE}${labels}${NOTHING_INSIDE}`
  );
}
