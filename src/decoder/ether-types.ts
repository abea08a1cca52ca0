/** EtherTypes (IEEE registry) that the decoder looks at. */
export const ETHER_TYPE_IPV4 = 0x0800;
export const ETHER_TYPE_ARP = 0x0806;
export const ETHER_TYPE_RARP = 0x8035;
/** Transparent Ethernet bridging: the protocol type of Ethernet in GRE and Geneve. */
export const ETHER_TYPE_TEB = 0x6558;
/** Customer and service VLAN tags, and the two TPIDs in use before IEEE 802.1ad. */
export const ETHER_TYPE_C_TAG = 0x8100;
export const ETHER_TYPE_S_TAG = 0x88a8;
export const ETHER_TYPE_QINQ_OLD = 0x9100;
export const ETHER_TYPE_QINQ_OLD_2 = 0x9200;
export const ETHER_TYPE_IPV6 = 0x86dd;
/** Slow Protocols: LACP, Marker, OAM, OSSP (IEEE 802.3 Annex 57A). */
export const ETHER_TYPE_SLOW = 0x8809;
export const ETHER_TYPE_MPLS = 0x8847;
export const ETHER_TYPE_MPLS_MULTICAST = 0x8848;
export const ETHER_TYPE_PPPOE_SESSION = 0x8864;
export const ETHER_TYPE_EAPOL = 0x888e;
export const ETHER_TYPE_ERSPAN_2 = 0x88be;
export const ETHER_TYPE_ERSPAN_3 = 0x22eb;
/** 802.11i pre-authentication. */
export const ETHER_TYPE_PRE_AUTHENTICATION = 0x88c7;
export const ETHER_TYPE_LLDP = 0x88cc;
/** Loopback test; also the learning frames of Linux balance-tlb and balance-alb. */
export const ETHER_TYPE_LOOPBACK = 0x9000;
/** Below this the field is a length (IEEE 802.3 3.2.6). */
export const ETHER_TYPE_MIN = 0x0600;

export function isTagType(etherType: number): boolean {
  return (
    etherType === ETHER_TYPE_C_TAG ||
    etherType === ETHER_TYPE_S_TAG ||
    etherType === ETHER_TYPE_QINQ_OLD ||
    etherType === ETHER_TYPE_QINQ_OLD_2
  );
}
