/**
 * The address fields of a flow as the published JSON has them (`flows` and `predict --batch`), to and from flow key rows.
 * MACs are lower case with colons, IPv6 is RFC 5952 text, ports, SPI and TCIs are numbers as written.
 */

export interface IcmpFields {
  readonly type: number;
  readonly code: number;
  /** Null for types without identifier. */
  readonly id: number | null;
}

/** State of the transport header, where it is not simply there: cut by the snap length, read from frame padding, beyond the end of the frame, shorter than its protocol demands. */
export type TransportState = 'cut' | 'padding' | 'absent' | 'short';

export type HeaderState = 'cut' | 'short' | 'invalid' | 'bad-version' | 'bad-length';

/** One IP header and what follows it. */
export interface HeaderFields {
  src: string | null;
  dst: string | null;
  protocol: string | number | null;
  srcPort: number | null;
  dstPort: number | null;
  spi: number | null;
  icmp: IcmpFields | null;
  fragment: 'first' | 'later' | null;
  /** IPv6 only. */
  flowLabel: number | null;
  /** IPv6: next header of the fixed header. */
  nextHeader: number | null;
  /** Present only where the transport header is not in order. */
  transport?: TransportState;
  /** Present only where the IP header itself is not in order: cut by the snap length, ending with the frame, header length or extension chain wrong, version or length field wrong. */
  header?: HeaderState;
  /** IPv6: what follows an AH header. */
  afterAh?: { protocol: string | number; srcPort: number | null; dstPort: number | null };
}

/** What a tunnel carries: an IP header, or a whole Ethernet frame (then with MACs and EtherType). */
export interface InnerFields extends HeaderFields {
  srcMac?: string;
  dstMac?: string;
  etherType?: string;
  vlans?: number[];
  tcis?: number[];
  arpOpcode?: number;
  tunnel: TunnelFields | null;
}

export interface TunnelFields {
  /** gre, erspan, pptp, ipip, 6in4, 4in6, ip6ip6, vxlan, geneve, gtp, roce, pppoe, mpls. */
  type: string;
  /** GRE key, VNI, session id or outermost label. */
  id: number | null;
  inner: InnerFields | null;
  /** EtherType of what GRE carries; present only where `inner` does not tell it. */
  payload?: string;
  /** Present where the tunnel header is cut, ends with the frame, or is not looked into (GRE routing, version above 1). */
  state?: 'cut' | 'short' | 'opaque';
}

export interface FlowFields extends HeaderFields {
  srcMac: string;
  /** Null where the capture does not record it (SLL, SLL2). */
  dstMac: string | null;
  etherType: string;
  /** VLAN ids and whole TCIs, outermost first. */
  vlans: number[];
  tcis: number[];
  /** TPIDs of the tags; present only where one is not 0x8100. */
  tpids?: number[];
  quoted: HeaderFields | null;
  arpOpcode: number | null;
  tunnel: TunnelFields | null;
}

/** What a user or a batch line says of a packet: anything may be missing, and anything may be wrong. */
export interface FlowFieldsInput {
  readonly srcMac?: unknown;
  readonly dstMac?: unknown;
  readonly etherType?: unknown;
  readonly vlans?: unknown;
  readonly tcis?: unknown;
  readonly tpids?: unknown;
  readonly src?: unknown;
  readonly dst?: unknown;
  readonly protocol?: unknown;
  readonly srcPort?: unknown;
  readonly dstPort?: unknown;
  readonly spi?: unknown;
  readonly icmp?: unknown;
  readonly fragment?: unknown;
  readonly flowLabel?: unknown;
  readonly nextHeader?: unknown;
  readonly transport?: unknown;
  readonly header?: unknown;
  readonly afterAh?: unknown;
  readonly quoted?: unknown;
  readonly arpOpcode?: unknown;
  readonly tunnel?: unknown;
  /** The outermost tag is in the frame as the sender's hash sees it (default: beside). */
  readonly tagInFrame?: unknown;
}
