/**
 * The flow key row: what tells one flow from another, as unsigned 32-bit words.
 *
 * A flow is what no policy can tell apart, so the row holds everything that may enter the hash of any sender:
 * both MAC addresses, every tag with its TPID, and the chain of headers. Views of it (what layer3+4 sees, what
 * the kernel's flow dissector sees, what Open vSwitch sees) are taken once per flow in `flows/`, never per packet.
 *
 * Byte order: MAC words are numbers as written (big-endian); address and port words are the packet bytes read
 * little-endian, as the Linux and Open vSwitch formulas read them (10.0.0.11 is 0x0b00000a).
 *
 * Row:  word 0            HEAD: see below
 *       word 1            destination MAC bytes 0..3           (0 where the link type has none)
 *       word 2            destination MAC bytes 4..5 << 16 | source MAC bytes 0..1
 *       word 3            source MAC bytes 2..5
 *       tag words         one per tag, outermost first: TPID << 16 | TCI
 *       layers            each a descriptor word (kind in the low 8 bits) and its words
 *
 * HEAD: bits 0..7   length of the row in words, this one included (at most 255)
 *       bits 8..10  number of tags (0..7)
 *       bits 11..12 direction hint of the capture: 0 none, 1 received, 2 sent (SLL/SLL2 packet type, epb_flags).
 *                   Not part of the flow's identity: cleared when tables are merged.
 *       bit 13      the link type carries no destination MAC (SLL, SLL2)
 *       bit 14      the frame ended, or was cut, inside the Ethernet header or the tags: the EtherType is 0, MAC
 *                   addresses that are not whole are 0, tags before the cut are there
 *       bit 15      bits 16..31 are an 802.3 length (< 0x0600): LLC follows (SLL: the length is not known, 0)
 *       bits 16..31 EtherType after all tags (the TPID of the eighth tag where there are more than seven), or the
 *                   802.3 length field
 *
 * Which layers follow which: the chain stops at MAX_LAYERS, at a later fragment, at a header that is cut, short or
 * invalid, and at what the decoder does not know. After the *first* fragment of a tunnel packet the inner headers
 * are there too: a sender's dissector stops at any fragment, so must a view of the key. Layers behind VXLAN, Geneve,
 * ERSPAN and SNAP are in the key for the identity of the flow; Linux looks behind none of them, Open vSwitch behind
 * SNAP with OUI 000000 only.
 *
 * A row cannot outgrow MAX_KEY_WORDS: 4 + 7 tags + 15 layers of at most 16 words are 251.
 */
export const HEAD_LENGTH_MASK = 0xff;
export const HEAD_TAGS_SHIFT = 8;
export const HEAD_TAGS_MASK = 0x7;
export const HEAD_HINT_SHIFT = 11;
export const HEAD_HINT_MASK = 0x3;
export const HEAD_NO_DESTINATION = 1 << 13;
export const HEAD_CUT = 1 << 14;
export const HEAD_LLC = 1 << 15;
export const HEAD_ETHERTYPE_SHIFT = 16;

/** Values of the direction hint. */
export const HINT_NONE = 0;
export const HINT_RECEIVED = 1;
export const HINT_SENT = 2;

/** First word of the tags or, without tags, of the layers. */
export const FIRST_TAG_WORD = 4;

/** Longest row, in words. */
export const MAX_KEY_WORDS = 255;
/** Header layers followed at most (the kernel's dissector stops at 15 headers too). */
export const MAX_LAYERS = 15;

/** Layer kinds (low 8 bits of a descriptor word). */

/**
 * IPv4: descriptor, source, destination, then the L4 word if the L4 form is not 0.
 * The two address words are absent when IP_CUT or IP_SHORT is set.
 */
export const LAYER_IPV4 = 1;
/**
 * IPv6: descriptor, info word (bits 0..19 flow label, bits 20..27 next header of the fixed header), source x4,
 * destination x4, then the L4 word if the L4 form is not 0. Address words are absent with IP_CUT or IP_SHORT
 * (the info word is there).
 * `protocol` of the descriptor is the protocol after hop-by-hop (0), routing (43), destination options (60) and
 * fragment (44) headers; it stops at AH (51) and at anything else. For a later fragment it is 44.
 * A quoted IPv6 header (after LAYER_QUOTED) is not walked: its `protocol` is the next header of the fixed header, as
 * the senders that look there read it.
 */
export const LAYER_IPV6 = 2;
/** IPv6 only: what follows an AH header. Descriptor (protocol, fragment and L4 bits as for IP), then the L4 word. Open vSwitch steps over AH, Linux does not. */
export const LAYER_AFTER_AH = 3;
/**
 * ARP or RARP: descriptor (bits 16..31 opcode, ARP_CUT, ARP_OTHER), sender address, target address (both 0 with
 * ARP_OTHER). Address words absent with ARP_CUT.
 */
export const LAYER_ARP = 4;
export const ARP_CUT = 1 << 8;
/** Not IPv4 over Ethernet, or the frame ends inside the ARP packet. */
export const ARP_OTHER = 1 << 9;
/**
 * GRE: descriptor (bits 8..10 version, GRE_KEY, GRE_CUT, GRE_OPAQUE, GRE_SHORT, bits 16..31 protocol type), key word
 * if GRE_KEY. PPTP (version 1): the key word is the call id, without the payload length. ERSPAN: protocol type
 * 0x88be / 0x22eb, the key word holds the session id.
 */
export const LAYER_GRE = 5;
export const GRE_VERSION_SHIFT = 8;
export const GRE_KEY = 1 << 11;
/** The snap length cut the GRE (or ERSPAN) header: no key word, no inner layer. */
export const GRE_CUT = 1 << 12;
/** Not looked into: routing bit set, or a version above 1. The kernel's dissector accepts such a frame and stops at the outer addresses. */
export const GRE_OPAQUE = 1 << 13;
/** The frame ends inside the GRE header. */
export const GRE_SHORT = 1 << 14;
/**
 * Inner Ethernet (TEB, VXLAN, Geneve, ERSPAN): descriptor (bits 8..10 tags, ETHERNET_CUT, ETHERNET_SHORT, bits 16..31
 * EtherType after tags), three MAC words as in words 1..3, tag words. No MAC and tag words with ETHERNET_CUT.
 */
export const LAYER_ETHERNET = 6;
export const ETHERNET_TAGS_SHIFT = 8;
export const ETHERNET_CUT = 1 << 11;
/** With ETHERNET_CUT: not the snap length, the frame itself ends inside the inner Ethernet header or its tags. */
export const ETHERNET_SHORT = 1 << 12;
/** VXLAN over UDP: descriptor (bits 8..31 VNI). */
export const LAYER_VXLAN = 7;
/** Geneve over UDP: descriptor (bits 8..31 VNI). */
export const LAYER_GENEVE = 8;
/** MPLS: descriptor (bits 8..11 number of labels n, MPLS_CUT), n words: label << 4 | TC << 1 | bottom-of-stack. At most 15 labels are read. */
export const LAYER_MPLS = 9;
/** The label stack was cut by the snap length, or the frame ends inside it. */
export const MPLS_CUT = 1 << 12;
/** PPPoE session: descriptor (PPPOE_CUT, PPPOE_SHORT, bits 16..31 session id), word: PPP protocol (0 when cut or short). */
export const LAYER_PPPOE = 10;
export const PPPOE_CUT = 1 << 8;
/** The frame ends inside the PPPoE header. */
export const PPPOE_SHORT = 1 << 9;
/**
 * Quoted packet of an ICMP error: descriptor (QUOTED_BYTES_CUT, QUOTED_BYTES_SHORT). The quoted IP layer follows if it
 * could be read; it is read with the outer IP version. Only where a sender looks: the outermost IP header, not
 * fragmented, and in IPv6 ICMP directly after the fixed header. The quoted layer's L4 form is L4_PORTS or L4_NONE,
 * always L4_NONE for fragments and ICMP.
 */
export const LAYER_QUOTED = 11;
/** The snap length cut the quoted IP header. */
export const QUOTED_BYTES_CUT = 1 << 8;
/** The frame ends before the end of the quoted IP header (20 or 40 bytes). */
export const QUOTED_BYTES_SHORT = 1 << 9;
/** LLC: descriptor (bits 8..15 DSAP, bits 16..23 SSAP, bits 24..31 control, bit-by-byte as on the wire); if SNAP (AA AA 03): words OUI (24 bits), protocol id (16 bits), unless cut or short (LLC_SNAP_CUT as OUI word). */
export const LAYER_LLC = 12;
/** OUI word of a SNAP header that is not wholly there; the protocol id word is 0. */
export const LLC_SNAP_CUT = 0xffffffff;
/**
 * RoCEv2 over UDP (InfiniBand base transport header): descriptor (bits 8..31 destination queue pair). No sender here
 * hashes it; network cards that aggregate go by it.
 */
export const LAYER_ROCE = 13;
/** GTP-U (3GPP TS 29.281), user data only: descriptor, tunnel endpoint identifier. */
export const LAYER_GTP = 14;

export const LAYER_KIND_MASK = 0xff;

/** IP and AFTER_AH descriptors. */
export const IP_PROTOCOL_SHIFT = 8;
export const IP_FRAGMENT_SHIFT = 16;
export const IP_FRAGMENT_MASK = 0x3;
export const FRAGMENT_NONE = 0;
export const FRAGMENT_FIRST = 1;
export const FRAGMENT_LATER = 2;
/**
 * IPv4 header length below 5 words, or an IPv6 extension chain that ends inside itself on the wire. The addresses are
 * there. IPv4: the L4 word is there too, read where the header length points, as Linux's layer3+4 does; no inner layer.
 */
export const IP_INVALID = 1 << 18;
/** The snap length cut the IP header (or the IPv6 extension chain) off. */
export const IP_CUT = 1 << 19;
/** The frame itself ends inside the IP header. */
export const IP_SHORT = 1 << 20;
/** IPv6: a fragment header with offset 0 and no more-fragments bit (atomic fragment); `fragment` is FIRST. */
export const IP_ATOMIC = 1 << 21;
/** IPv6: the addresses are there but the snap length cut the extension chain: protocol and L4 are unknown. */
export const IP_CHAIN_CUT = 1 << 22;
/** Wrong version nibble for its EtherType. */
export const IP_BAD_VERSION = 1 << 23;
/** IPv4 only (the bit of IP_ATOMIC): the total length (not 0) is less than the header, or more than the frame holds. Open vSwitch (`ipv4_sanity_check`) then reads no addresses; Linux does not care. */
export const IP_BAD_LENGTH = 1 << 21;
/** IPv6: bit of the info word; the payload length is more than the frame holds. Open vSwitch (`ipv6_sanity_check`) then reads no addresses. */
export const IPV6_INFO_BAD_LENGTH = 1 << 28;

export const L4_FORM_SHIFT = 24;
export const L4_FORM_MASK = 0x7;
/** No L4 word. */
export const L4_NONE = 0;
/** L4 word = the four bytes at the protocol's port offset (0; AH 4), read little-endian: TCP, UDP, UDP-Lite, DCCP, SCTP, ESP (SPI), AH (SPI). */
export const L4_PORTS = 1;
/** L4 word = type | code << 8 | identifier << 16 (identifier as a number, 0 left as it is; 0 for types without one: all but 8, 0, 13, 14, 128, 129). ICMP (1) and ICMPv6 (58), in either IP version. */
export const L4_ICMP = 2;
/** The L4 bytes were on the wire but the snap length cut them: the L4 word is 0. */
export const L4_CUT = 1 << 27;
/** Some of the L4 bytes lie beyond the end of the IP datagram, in the frame's padding. */
export const L4_PADDING = 1 << 28;
/** The frame ends before the L4 bytes (ICMP: before the eight bytes of its header): the word is 0. */
export const L4_ABSENT = 1 << 29;
/** The L4 header is shorter than Open vSwitch demands (TCP 20 bytes or data offset past the end, UDP 8, SCTP 12, ICMP 8, ICMPv6 8). */
export const L4_SHORT = 1 << 30;
/** A LAYER_QUOTED follows. As a 32-bit pattern this is the sign bit: compare with `>>> 31`. */
export const L4_QUOTED = 1 << 31;
