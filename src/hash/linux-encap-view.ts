/** What the encap policies take from the kernel's flow dissector, by era (hash-spec 1.5, linux-bonding 1.3). */
import { DISSECT_ARP, DISSECT_CUT, DISSECT_HIDDEN, DISSECT_IP, DISSECT_NO_ADDRESSES, DISSECT_PTP, type HashInput } from './hash-input.ts';
import type { LinuxEra } from './linux-eras.ts';

export const ENCAP_ETHERNET = 0;
/** Accepted with addresses and ports 0. */
export const ENCAP_EMPTY = 1;
export const ENCAP_IP = 2;
export const ENCAP_CUT = 3;
/** The dissector looks at bytes that a flow does not record (TIPC, batman-adv, HSR, ARP behind a tag in the frame). */
export const ENCAP_HIDDEN = 4;

const TPID_C = 0x8100;
const TPID_S = 0x88a8;

/** Hot path. */
export function encapView(input: HashInput, row: number, era: LinuxEra): number {
  const etherType = input.etherType[row];
  // A tag left in the frame: the walk starts behind it with the tag's EtherType, takes payload for a tag and fails. Only
  // ARP has an EtherType where it looks: its hardware addresses are then read as an IPv4 header (linux-bonding 1.3).
  if (etherType === TPID_C || etherType === TPID_S) return input.dissect[row] === DISSECT_ARP ? ENCAP_HIDDEN : ENCAP_ETHERNET;
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
