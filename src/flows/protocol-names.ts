/** Protocols by name. Output names only the five of the published format; the rest stay numbers. */
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
export const PROTOCOL_ICMP = 1;
export const PROTOCOL_ICMPV6 = 58;

const NUMBERS: Readonly<Record<string, number>> = {
  icmp: PROTOCOL_ICMP,
  igmp: 2,
  ipip: 4,
  tcp: PROTOCOL_TCP,
  udp: PROTOCOL_UDP,
  dccp: 33,
  ipv6: 41,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: PROTOCOL_ICMPV6,
  icmp6: PROTOCOL_ICMPV6,
  ospf: 89,
  pim: 103,
  vrrp: 112,
  l2tp: 115,
  sctp: 132,
  udplite: 136,
  mpls: 137,
};

/** "tcp", "udp", "icmp", "icmpv6", or the number. */
export function nameProtocol(protocol: number): string | number {
  switch (protocol) {
    case PROTOCOL_TCP:
      return 'tcp';
    case PROTOCOL_UDP:
      return 'udp';
    case PROTOCOL_ICMP:
      return 'icmp';
    case PROTOCOL_ICMPV6:
      return 'icmpv6';
    default:
      return protocol;
  }
}

/** Number of a protocol name, or -1. */
export function protocolNumber(name: string): number {
  return NUMBERS[name] ?? -1;
}

export function protocolNames(): readonly string[] {
  return Object.keys(NUMBERS);
}

/** Protocols whose L4 word is a pair of ports. */
export function hasPortPair(protocol: number): boolean {
  return protocol === 6 || protocol === 17 || protocol === 33 || protocol === 132 || protocol === 136;
}

/** ESP and AH: the L4 word is the SPI. */
export function hasSpi(protocol: number): boolean {
  return protocol === 50 || protocol === 51;
}

/** IPv6 extension headers that the key row steps over (hop-by-hop, routing, fragment, destination options). */
export function isExtensionHeader(protocol: number): boolean {
  return protocol === 0 || protocol === 43 || protocol === 44 || protocol === 60;
}
