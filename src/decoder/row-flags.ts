import { ETHER_TYPE_EAPOL, ETHER_TYPE_LLDP, ETHER_TYPE_LOOPBACK, ETHER_TYPE_PRE_AUTHENTICATION, ETHER_TYPE_SLOW } from './ether-types.ts';
import { ROW_LEARNING, ROW_LINK_LOCAL, ROW_PER_PORT, ROW_SLOW_PROTOCOL } from './packet-batch.ts';

/** Subtype of LACPDUs in a Slow Protocols frame (IEEE 802.3 Annex 57A). */
const SUBTYPE_LACP = 1;

/** Bytes 0..3 of the address of the Extreme Discovery Protocol: the one here that is no group address. */
export const EXTREME_ADDRESS = 0x00e02b00;

/**
 * ROW_* flags of a frame: `dstHigh` bytes 0..3, `dstLow` bytes 4..5 of the destination MAC, `etherType` after all tags,
 * `subtype` the first byte of the payload (-1 if not captured).
 */
export function rowFlags(dstHigh: number, dstLow: number, etherType: number, subtype: number): number {
  let flags = 0;
  if (dstHigh === 0x0180c200) {
    if (dstLow <= 0x000f) flags |= ROW_LINK_LOCAL;
  } else if (dstHigh === 0x01000ccc) {
    // CDP, VTP, DTP, PAgP, UDLD; PVST+.
    if (dstLow === 0xcccc || dstLow === 0xcccd) flags |= ROW_PER_PORT;
  } else if (dstHigh === EXTREME_ADDRESS) {
    if (dstLow === 0x0000) flags |= ROW_PER_PORT;
  } else if (dstHigh === 0x01e052cc && dstLow === 0xcccc) flags |= ROW_PER_PORT; // Foundry Discovery Protocol
  if (etherType === ETHER_TYPE_SLOW) {
    // LACPDUs to another address than the one of the standard are still LACPDUs.
    if ((dstHigh === 0x0180c200 && dstLow === 0x0002) || subtype === SUBTYPE_LACP) flags |= ROW_SLOW_PROTOCOL;
  }
  return flags | etherTypeFlags(etherType);
}

/** The flags that follow from the EtherType alone, Slow Protocols aside. */
export function etherTypeFlags(etherType: number): number {
  if (etherType === ETHER_TYPE_LOOPBACK) return ROW_LEARNING;
  if (etherType === ETHER_TYPE_LLDP || etherType === ETHER_TYPE_EAPOL || etherType === ETHER_TYPE_PRE_AUTHENTICATION) return ROW_PER_PORT;
  return 0;
}

/**
 * Flags of an LLC frame whose destination is not known (SLL, SLL2): the bridge protocols by their SAP, Cisco's by
 * their SNAP protocol id. `oui` is -1 where there is no SNAP header.
 */
export function llcFlags(dsap: number, oui: number, protocolId: number): number {
  if (dsap === 0x42) return ROW_LINK_LOCAL;
  if (oui !== 0x00000c) return 0;
  switch (protocolId) {
    case 0x2000: // CDP
    case 0x2003: // VTP
    case 0x2004: // DTP
    case 0x0104: // PAgP
    case 0x010b: // PVST+
    case 0x0111: // UDLD
      return ROW_PER_PORT;
    default:
      return 0;
  }
}
