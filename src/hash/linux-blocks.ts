/** Arithmetic that the Linux policies share (hash-spec 1.2, linux-bonding 1). All values are unsigned 32-bit words. Hot path. */
import { HEADERS_CUT, PORTS_ABSENT, PORTS_CUT, type HashInput } from './hash-input.ts';
import { ETHER_AS_NUMBER, ETHER_NONE, SHIFT_ALL_IP, SHIFT_PORT_POLICIES, type LinuxEra } from './linux-eras.ts';
import { reasonCode, type HashOutput } from './policy.ts';

export const REASON_NONE = 0;
export const REASON_CUT_HEADER = reasonCode('cut-header');
export const REASON_NO_DESTINATION = reasonCode('no-destination-mac');
export const REASON_KERNEL_BUG = reasonCode('kernel-bug');
export const REASON_SOCKET_HASH = reasonCode('socket-hash');
export const REASON_HIDDEN_INPUT = reasonCode('hidden-input');

export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_IPV6 = 0x86dd;

const ICMP = 1;
const ICMPV6 = 58;

export function swap16(value: number): number {
  return ((value & 0xff) << 8) | ((value >>> 8) & 0xff);
}

/** Exchanges the byte order of a 32-bit word. */
export function swap32(value: number): number {
  return ((value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}

/** The EtherType as it enters the Ethernet term. */
export function etherTypeTerm(etherType: number, era: LinuxEra): number {
  if (era.etherType === ETHER_AS_NUMBER) return etherType;
  return era.etherType === ETHER_NONE ? 0 : swap16(etherType);
}

/** Last byte of either MAC XORed, and the EtherType as the era has it: the layer2 hash. */
export function ethernetTerm(input: HashInput, row: number, era: LinuxEra): number {
  return ((input.dstMacLo[row] ^ input.srcMacLo[row]) & 0xff) ^ etherTypeTerm(input.etherType[row], era);
}

/** XOR of the four words of an address (IPv4 has one). */
export function foldAddress(words: Uint32Array, row: number): number {
  const at = row * 4;
  return words[at] ^ words[at + 1] ^ words[at + 2] ^ words[at + 3];
}

/** `h ^= h >> 16; h ^= h >> 8`. */
export function foldHash(hash: number): number {
  const half = hash ^ (hash >>> 16);
  return (half ^ (half >>> 8)) >>> 0;
}

/** Whether the era drops the lowest bit of an IP result of this kind of policy. */
export function dropsLowestBit(era: LinuxEra, portPolicy: boolean): boolean {
  return era.shift === SHIFT_ALL_IP || (portPolicy && era.shift === SHIFT_PORT_POLICIES);
}

/** Fold and, where the era says so, shift. */
export function finishHash(hash: number, era: LinuxEra, portPolicy: boolean): number {
  const folded = foldHash(hash);
  return dropsLowestBit(era, portPolicy) ? folded >>> 1 : folded;
}

/** Protocols whose first four bytes count as ports (AH: bytes 4..7), `proto_ports_offset` (hash-spec 1.4). */
export function hasPorts(protocol: number): boolean {
  switch (protocol) {
    case 6:
    case 17:
    case 33:
    case 50:
    case 51:
    case 132:
    case 136:
      return true;
    default:
      return false;
  }
}

export function isIcmp(protocol: number): boolean {
  return protocol === ICMP || protocol === ICMPV6;
}

/** ICMP messages that carry the packet that caused them (linux-bonding 3.1). */
export function isIcmpError(protocol: number, type: number): boolean {
  if (protocol === ICMP) return type === 3 || type === 4 || type === 5 || type === 11 || type === 12;
  return protocol === ICMPV6 && type >= 1 && type <= 4;
}

/** Types with an identifier, looked up without asking for the version: echo, timestamp, ICMPv6 echo. */
export function hasIcmpIdentifier(type: number): boolean {
  return type === 8 || type === 0 || type === 13 || type === 14 || type === 128 || type === 129;
}

/** type | code << 8 | id << 16 with id 0 counted as 1; 0 for messages without identifier. */
export function icmpTerm(icmp: number): number {
  if (!hasIcmpIdentifier(icmp & 0xff)) return 0;
  return icmp >>> 16 === 0 ? (icmp | 0x10000) >>> 0 : icmp;
}

/** 1: the sender sees an IP header of this row. 0: it does not. -1: the snap length hides it. */
export function seesIp(input: HashInput, row: number): number {
  const etherType = input.etherType[row];
  const version = input.ipVersion[row];
  if (etherType === ETHERTYPE_IPV4) {
    if (version === 4) return 1;
  } else if (etherType === ETHERTYPE_IPV6) {
    if (version === 6) return 1;
  } else {
    return 0;
  }
  return version === 0 && input.headers[row] === HEADERS_CUT ? -1 : 0;
}

/** True where the capture ends inside the Ethernet header or its tags. */
export function isEthernetCut(input: HashInput, row: number): boolean {
  return input.headers[row] === HEADERS_CUT && input.etherType[row] === 0;
}

/** Writes the hash of a frame that the policy takes for "not IP". */
export function writeEthernetHash(input: HashInput, row: number, era: LinuxEra, out: HashOutput): void {
  out.hash[row] = ethernetTerm(input, row, era);
  out.reason[row] = input.noDstMac[row] !== 0 ? REASON_NO_DESTINATION : isEthernetCut(input, row) ? REASON_CUT_HEADER : REASON_NONE;
}

export function isCut(portsStatus: number): boolean {
  return portsStatus === PORTS_CUT;
}

export function isAbsent(portsStatus: number): boolean {
  return portsStatus === PORTS_ABSENT;
}
