/** IP protocol numbers (IANA) that the decoder looks at. */
export const PROTOCOL_HOP_BY_HOP = 0;
export const PROTOCOL_ICMP = 1;
export const PROTOCOL_IPIP = 4;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
export const PROTOCOL_DCCP = 33;
export const PROTOCOL_IPV6 = 41;
export const PROTOCOL_ROUTING = 43;
export const PROTOCOL_FRAGMENT = 44;
export const PROTOCOL_GRE = 47;
export const PROTOCOL_ESP = 50;
export const PROTOCOL_AH = 51;
export const PROTOCOL_ICMPV6 = 58;
export const PROTOCOL_DESTINATION = 60;
export const PROTOCOL_SCTP = 132;
export const PROTOCOL_UDP_LITE = 136;
export const PROTOCOL_MPLS = 137;

/** Offset of the four bytes that Linux takes as ports (`proto_ports_offset`), or -1. */
export function portsOffset(protocol: number): number {
  switch (protocol) {
    case PROTOCOL_TCP:
    case PROTOCOL_UDP:
    case PROTOCOL_DCCP:
    case PROTOCOL_ESP:
    case PROTOCOL_SCTP:
    case PROTOCOL_UDP_LITE:
      return 0;
    case PROTOCOL_AH:
      return 4;
    default:
      return -1;
  }
}

/** Messages with an identifier: Linux asks the type without asking for the IP version (`icmp_has_id`, 5.5 on). */
export function icmpHasIdentifier(type: number): boolean {
  return type === 8 || type === 0 || type === 13 || type === 14 || type === 128 || type === 129;
}

/** Errors that quote a packet: ICMP 3, 4, 5, 11, 12 (`icmp_is_err`), ICMPv6 1, 2, 3, 4 (`icmpv6_is_err`). */
export function icmpIsError(protocol: number, type: number): boolean {
  if (protocol === PROTOCOL_ICMP) return type === 3 || type === 4 || type === 5 || type === 11 || type === 12;
  return protocol === PROTOCOL_ICMPV6 && type >= 1 && type <= 4;
}
