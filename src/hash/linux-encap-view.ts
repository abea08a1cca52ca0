/** What the encap policies take from the kernel's flow dissector, by era (hash-spec 1.5, linux-bonding 1.3). */
import { DISSECT_ARP, DISSECT_CUT, DISSECT_HIDDEN, DISSECT_IP, DISSECT_NO_ADDRESSES, DISSECT_PTP, type HashInput } from './hash-input.ts';
import { hasPorts, isIcmp, swap16, swap32 } from './linux-blocks.ts';
import type { LinuxEra } from './linux-eras.ts';

export const ENCAP_ETHERNET = 0;
/** Accepted with addresses and ports 0. */
export const ENCAP_EMPTY = 1;
export const ENCAP_IP = 2;
export const ENCAP_CUT = 3;
/** ARP behind a tag left in the frame, read as if its body were an IPv4 header: `misreadArpAddresses`. */
export const ENCAP_MISREAD_ARP = 5;
/** The dissector looks at bytes that a flow does not record (TIPC, batman-adv, HSR). */
export const ENCAP_HIDDEN = 4;

const TPID_C = 0x8100;
const TPID_S = 0x88a8;

/** Hot path. */
export function encapView(input: HashInput, row: number, era: LinuxEra): number {
  const etherType = input.etherType[row];
  // A tag left in the frame: the walk starts behind it with the tag's EtherType, takes payload for a tag and fails. Only
  // ARP has an EtherType where it looks: its hardware addresses are then read as an IPv4 header (linux-bonding 1.3).
  if (etherType === TPID_C || etherType === TPID_S) return input.dissect[row] === DISSECT_ARP ? misreadArpView(input, row) : ENCAP_ETHERNET;
  switch (input.dissect[row]) {
    case DISSECT_IP:
      return ENCAP_IP;
    case DISSECT_CUT:
      return ENCAP_CUT;
    case DISSECT_ARP:
      return era.dissectsArp ? ENCAP_EMPTY : ENCAP_ETHERNET;
    case DISSECT_PTP:
      return era.dissectsPtp ? ENCAP_EMPTY : ENCAP_ETHERNET;
    case DISSECT_NO_ADDRESSES:
      return era.dissectsMpls ? ENCAP_EMPTY : ENCAP_ETHERNET;
    case DISSECT_HIDDEN:
      return ENCAP_HIDDEN;
    default:
      return ENCAP_ETHERNET;
  }
}

/**
 * The walk takes bytes 2 and 3 of the ARP body (0x0800) for the EtherType and the body from byte 4 on for an IPv4 header
 * of six words. Its fragment field is bytes 2 and 3 of the sender's MAC, its protocol the last one.
 */
function misreadArpView(input: HashInput, row: number): number {
  if (input.arpOpcode[row] === 0) return ENCAP_HIDDEN;
  const isFragment = ((input.srcMacLo[row] >>> 16) & 0x3fff) !== 0;
  return isFragment || !continuesWalk(input.srcMacLo[row] & 0xff) ? ENCAP_MISREAD_ARP : ENCAP_HIDDEN;
}

/** Protocols after which bytes count that an ARP flow does not record. */
function continuesWalk(protocol: number): boolean {
  return hasPorts(protocol) || isIcmp(protocol) || protocol === 4 || protocol === 41 || protocol === 47 || protocol === 137;
}

/**
 * XOR of the "addresses" of such a header: source = last two bytes of the sender's IP and first two of the target's MAC,
 * destination = the other four of the target's MAC. The target's MAC is not part of a flow: it is 0 in a request and
 * the destination of a reply, as every stack sends them.
 */
export function misreadArpAddresses(input: HashInput, row: number): number {
  const isReply = input.arpOpcode[row] === 2;
  const targetHi = isReply ? swap16(input.dstMacHi[row]) : 0;
  const targetLo = isReply ? swap32(input.dstMacLo[row]) : 0;
  return (((input.src[row * 4] >>> 16) | (targetHi << 16)) ^ targetLo) >>> 0;
}
