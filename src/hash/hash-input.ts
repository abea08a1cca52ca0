/**
 * What every policy may look at, one row per flow, as columns. `hash` knows nothing of packets: `flows/` fills
 * these columns from flow keys, `predict` from what a user typed.
 *
 * Address and port words are the packet bytes read little-endian; MACs are numbers as written (big-endian).
 * Columns of four words hold IPv4 in word 0 (words 1..3 zero). "Seen" means: as the sender's hash sees the frame,
 * with the outermost tag beside it (default) or, where `tagInFrame` is 1, in it.
 */
export interface HashInput {
  /** Rows in use; the columns may be longer. */
  length: number;

  /** Source and destination MAC: bytes 0..1 and bytes 2..5. */
  readonly srcMacHi: Uint32Array;
  readonly srcMacLo: Uint32Array;
  readonly dstMacHi: Uint32Array;
  readonly dstMacLo: Uint32Array;
  /** 1 where the capture does not tell the destination MAC (SLL, SLL2): policies that need it give `no-destination-mac`. */
  readonly noDstMac: Uint8Array;

  /** EtherType seen: after the outermost tag if it is beside the frame (the TPID of the second tag in QinQ), else the TPID of the outermost tag; the length field of an 802.3 frame. */
  readonly etherType: Uint32Array;
  /** EtherType after all tags. */
  readonly innerEtherType: Uint32Array;
  /** Number of tags on the wire; the outermost TCI (0 without tags); TPID of the outermost tag. */
  readonly tagCount: Uint8Array;
  readonly outerTci: Uint32Array;
  readonly outerTpid: Uint32Array;
  /** 1: the outermost tag is in the frame as the sender's hash sees it (0: beside it, or no tag). */
  readonly tagInFrame: Uint8Array;

  /** IP version by the header that follows all tags: 4, 6 or 0. Whether a policy may see it depends on `etherType`. */
  readonly ipVersion: Uint8Array;
  readonly src: Uint32Array;
  readonly dst: Uint32Array;
  /** IPv4: protocol. IPv6: next header of the fixed header. */
  readonly protocol: Uint8Array;
  /** Protocol after the IPv6 extension headers 0, 43, 60, 44; IPv4: the same as `protocol`. Later fragments of IPv6: 44. */
  readonly upperProtocol: Uint8Array;
  /** 0 none, 1 first, 2 later. */
  readonly fragment: Uint8Array;
  readonly flowLabel: Uint32Array;
  /** L4 of the outer packet: the four bytes at the port offset (TCP, UDP, UDP-Lite, DCCP, SCTP, ESP, AH + 4), else 0. `portsStatus`: PORTS_*. */
  readonly ports: Uint32Array;
  readonly portsStatus: Uint8Array;
  /** 1 where the L4 header is too short for Open vSwitch (ports count as 0 there). */
  readonly l4Short: Uint8Array;
  /** ICMP type | code << 8 | identifier << 16; identifier 0 for types without one. Valid where upperProtocol is 1 or 58. */
  readonly icmp: Uint32Array;
  /** IPv6 behind AH: protocol and ports that follow it (Open vSwitch steps over AH); 0 elsewhere. */
  readonly afterAhProtocol: Uint8Array;
  readonly afterAhPorts: Uint32Array;
  readonly afterAhShort: Uint8Array;
  /** What of the outer headers is missing: HEADERS_*. */
  readonly headers: Uint8Array;
  /** ARP/RARP: opcode; addresses stand in src/dst word 0 with ipVersion 0. */
  readonly arpOpcode: Uint32Array;

  /** Packet quoted by an ICMP error: QUOTED_*; then its addresses (quoted packet's own direction), protocol as `protocol`, ports word and fragment. */
  readonly quoted: Uint8Array;
  readonly quotedSrc: Uint32Array;
  readonly quotedDst: Uint32Array;
  readonly quotedProtocol: Uint8Array;
  readonly quotedPorts: Uint32Array;
  readonly quotedPortsStatus: Uint8Array;
  readonly quotedFragment: Uint8Array;

  /** What Linux's flow dissector finds (encap2+3, encap3+4): DISSECT_*; innermost addresses, ports, ICMP word, as hash-spec 1.5 and the measured rules say. */
  readonly dissect: Uint8Array;
  readonly innerVersion: Uint8Array;
  readonly innerSrc: Uint32Array;
  readonly innerDst: Uint32Array;
  /** Protocol of the innermost transport header, also for fragments (for the socket-hash rule). */
  readonly innerProtocol: Uint8Array;
  /** 0 for fragments, ICMP and all that has none. */
  readonly innerPorts: Uint32Array;
  readonly innerPortsStatus: Uint8Array;
  /** type | code << 8 | identifier << 16 of an ICMP message with identifier, else 0. */
  readonly innerIcmp: Uint32Array;
  /** Flow label of the outermost IPv6 header (what a local socket's label gives away), 0 otherwise. */
  readonly innerFlowLabel: Uint32Array;
  /** 1 if the packet passed a tunnel header on the way to the innermost IP header. */
  readonly encapsulated: Uint8Array;
}

export const PORTS_NONE = 0;
export const PORTS_OK = 1;
/** The snap length cut them. */
export const PORTS_CUT = 2;
/** Read from frame padding (counts for Linux, not for Open vSwitch). */
export const PORTS_PADDING = 3;
/** The frame ended before them: 0. */
export const PORTS_ABSENT = 4;

export const HEADERS_OK = 0;
/** The snap length cut the IP header, the extension chain or the Ethernet header. */
export const HEADERS_CUT = 1;
/** The frame itself is too short, or the IP header is invalid. */
export const HEADERS_INVALID = 2;

export const QUOTED_NONE = 0;
export const QUOTED_OK = 1;
export const QUOTED_CUT = 2;
/** An ICMP error whose quoted packet is missing or too short on the wire. */
export const QUOTED_SHORT = 3;

/** The dissector rejects the frame: policies fall back to the Ethernet hash. */
export const DISSECT_REJECTED = 0;
/** Accepted, but no addresses and ports (ARP, RARP, MPLS, PTP). */
export const DISSECT_NO_ADDRESSES = 1;
export const DISSECT_IP = 2;
/** The snap length cut what the dissector would need. */
export const DISSECT_CUT = 3;
/** Accepted without addresses by newer kernels only (PTP: rejected before 5.15). */
export const DISSECT_PTP = 4;
/** ARP, RARP: accepted without addresses from linux-5.5 on, rejected before. */
export const DISSECT_ARP = 5;
/** The dissector looks at bytes that a flow does not record (TIPC, batman-adv, HSR and PRP). */
export const DISSECT_HIDDEN = 6;

/** Allocates columns for `rows` rows, all zero. Address columns hold four words per row. A literal, so that columns are found fast. */
export function createHashInput(rows: number): HashInput {
  return {
    length: 0,
    srcMacHi: new Uint32Array(rows),
    srcMacLo: new Uint32Array(rows),
    dstMacHi: new Uint32Array(rows),
    dstMacLo: new Uint32Array(rows),
    noDstMac: new Uint8Array(rows),
    etherType: new Uint32Array(rows),
    innerEtherType: new Uint32Array(rows),
    tagCount: new Uint8Array(rows),
    outerTci: new Uint32Array(rows),
    outerTpid: new Uint32Array(rows),
    tagInFrame: new Uint8Array(rows),
    ipVersion: new Uint8Array(rows),
    src: new Uint32Array(rows * 4),
    dst: new Uint32Array(rows * 4),
    protocol: new Uint8Array(rows),
    upperProtocol: new Uint8Array(rows),
    fragment: new Uint8Array(rows),
    flowLabel: new Uint32Array(rows),
    ports: new Uint32Array(rows),
    portsStatus: new Uint8Array(rows),
    l4Short: new Uint8Array(rows),
    icmp: new Uint32Array(rows),
    afterAhProtocol: new Uint8Array(rows),
    afterAhPorts: new Uint32Array(rows),
    afterAhShort: new Uint8Array(rows),
    headers: new Uint8Array(rows),
    arpOpcode: new Uint32Array(rows),
    quoted: new Uint8Array(rows),
    quotedSrc: new Uint32Array(rows * 4),
    quotedDst: new Uint32Array(rows * 4),
    quotedProtocol: new Uint8Array(rows),
    quotedPorts: new Uint32Array(rows),
    quotedPortsStatus: new Uint8Array(rows),
    quotedFragment: new Uint8Array(rows),
    dissect: new Uint8Array(rows),
    innerVersion: new Uint8Array(rows),
    innerSrc: new Uint32Array(rows * 4),
    innerDst: new Uint32Array(rows * 4),
    innerProtocol: new Uint8Array(rows),
    innerPorts: new Uint32Array(rows),
    innerPortsStatus: new Uint8Array(rows),
    innerIcmp: new Uint32Array(rows),
    innerFlowLabel: new Uint32Array(rows),
    encapsulated: new Uint8Array(rows),
  };
}
