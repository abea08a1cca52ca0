/** What Open vSwitch's classifier extracts for the 5-tuple hash (lib/flow.c, ovs-bonds 2: every rule seen in captures). Hot path. */
import { HEADERS_CUT, HEADERS_INVALID, PORTS_ABSENT, PORTS_CUT, PORTS_PADDING, type HashInput } from './hash-input.ts';

export const OVS_OTHER = 0;
export const OVS_IPV4 = 4;
export const OVS_IPV6 = 6;
export const OVS_ARP = 1;

const TPID_C = 0x8100;
const TPID_S = 0x88a8;
const TCP = 6;
const UDP = 17;
const SCTP = 132;
const ICMP = 1;
const ICMPV6 = 58;
const AH = 51;

/** Which addresses count: OVS_*. One tag is skipped; with two (vlan-limit 1) the frame counts as non-IP. */
export function ovsKind(input: HashInput, row: number): number {
  const tags = input.tagCount[row];
  if (tags > 1) return OVS_OTHER;
  if (tags === 1 && input.outerTpid[row] !== TPID_C && input.outerTpid[row] !== TPID_S) return OVS_OTHER;
  switch (input.innerEtherType[row]) {
    case 0x0800:
      return OVS_IPV4;
    case 0x86dd:
      return OVS_IPV6;
    case 0x0806:
      return OVS_ARP;
    default:
      return OVS_OTHER;
  }
}

/** The header fails OVS's sanity checks: addresses and protocol count as 0. */
export function ovsHeaderRefused(input: HashInput, row: number): boolean {
  if (input.headers[row] !== HEADERS_INVALID) return false;
  // An IPv6 extension chain that ends inside itself fails after the addresses have been taken.
  return !(input.ipVersion[row] === 6 && isExtension(input.protocol[row]));
}

function isExtension(protocol: number): boolean {
  return protocol === 0 || protocol === 43 || protocol === 44 || protocol === 60 || protocol === AH;
}

/** The snap length cut what the hash needs. */
export function ovsIsCut(input: HashInput, row: number, kind: number): boolean {
  if (input.headers[row] === HEADERS_CUT) return kind !== OVS_OTHER || input.innerEtherType[row] === 0;
  return input.portsStatus[row] === PORTS_CUT && input.l4Short[row] === 0 && countsPorts(ovsUpperProtocol(input, row, kind));
}

/** Protocol after all extension headers, AH of IPv6 included; the opcode for ARP. */
export function ovsUpperProtocol(input: HashInput, row: number, kind: number): number {
  if (kind === OVS_ARP) return input.arpOpcode[row] > 255 ? 0 : input.arpOpcode[row];
  if (input.headers[row] === HEADERS_INVALID) return 0;
  const upper = input.upperProtocol[row];
  return kind === OVS_IPV6 && upper === AH && input.afterAhProtocol[row] !== 0 ? input.afterAhProtocol[row] : upper;
}

/** The protocol that is added. From OVS 3.0 on TCP and UDP behind IPv6 extension headers count as the fixed next header. */
export function ovsAddedProtocol(input: HashInput, row: number, kind: number, upper: number, fixedNextHeader: boolean): number {
  return fixedNextHeader && kind === OVS_IPV6 && (upper === TCP || upper === UDP) ? input.protocol[row] : upper;
}

/** Protocols after which a ports word is added, even if it is 0. */
export function countsPorts(protocol: number): boolean {
  return protocol === TCP || protocol === UDP || protocol === SCTP || protocol === ICMP || protocol === ICMPV6;
}

/** Ports as on the wire, a signed word; ICMP: 00 type 00 code; 0 for later fragments, ARP and headers that are too short. */
export function ovsPorts(input: HashInput, row: number, kind: number, upper: number): number {
  if (kind === OVS_ARP || input.fragment[row] === 2) return 0;
  if (input.upperProtocol[row] === AH && kind === OVS_IPV6)
    return input.afterAhShort[row] !== 0 ? 0 : afterAhWord(input.afterAhPorts[row] | 0, upper);
  const status = input.portsStatus[row];
  if (input.l4Short[row] !== 0 || status === PORTS_PADDING || status === PORTS_ABSENT) return 0;
  if (upper === ICMP || upper === ICMPV6) return upper === (kind === OVS_IPV4 ? ICMP : ICMPV6) ? icmpWord(input.icmp[row]) : 0;
  return input.ports[row] | 0;
}

function afterAhWord(word: number, upper: number): number {
  if (upper === ICMPV6) return icmpWord(word);
  return upper === ICMP ? 0 : word;
}

function icmpWord(icmp: number): number {
  return ((icmp & 0xff) << 8) | ((icmp & 0xff00) << 16);
}
