import type { PolicyVariant, SourceReference } from './policy.ts';

/** How the EtherType enters the Ethernet term (hash-spec 1.2). */
export const ETHER_NONE = 0;
/** The raw network-order field read by a little-endian CPU: 0x0800 counts as 0x0008. */
export const ETHER_SWAPPED = 1;
export const ETHER_AS_NUMBER = 2;

/** To which results `>> 1` applies. */
export const SHIFT_NONE = 0;
export const SHIFT_ALL_IP = 1;
export const SHIFT_PORT_POLICIES = 2;

/** Which address and port arithmetic. */
export const FORMULA_16_BIT = 0;
export const FORMULA_16_BIT_IPV6 = 1;
export const FORMULA_FOLD = 2;

/** One era of the transmit hash of Linux bonding: the kernels that compute the same numbers (hash-spec 1.1). */
export interface LinuxEra {
  readonly variant: string;
  readonly order: number;
  readonly title: string;
  readonly versions: string;
  readonly confidence: SourceReference['confidence'];
  readonly reference: string;
  readonly formula: typeof FORMULA_16_BIT | typeof FORMULA_16_BIT_IPV6 | typeof FORMULA_FOLD;
  readonly etherType: typeof ETHER_NONE | typeof ETHER_SWAPPED | typeof ETHER_AS_NUMBER;
  readonly shift: typeof SHIFT_NONE | typeof SHIFT_ALL_IP | typeof SHIFT_PORT_POLICIES;
  /** ICMP identifiers enter layer3+4, and ICMP errors follow the packet they quote. */
  readonly icmp: boolean;
  /** Port and ICMP bytes were read at a wrong offset: what depends on them cannot be predicted. */
  readonly broken: boolean;
  /** encap3+4 takes a hash that the socket or NIC left with the packet. */
  readonly socketHash: boolean;
  /** The dissector accepts ARP, PTP and MPLS without addresses. */
  readonly dissectsArp: boolean;
  readonly dissectsPtp: boolean;
  readonly dissectsMpls: boolean;
}

const A: LinuxEra = {
  variant: 'linux-2.6',
  order: 0,
  title: 'up to 3.6: IPv4 only, ports of TCP and UDP only',
  versions: '2.6 to 3.6',
  confidence: 'read',
  reference: 'drivers/net/bonding/bond_main.c at 1ff8392c32a2',
  formula: FORMULA_16_BIT,
  etherType: ETHER_NONE,
  shift: SHIFT_NONE,
  icmp: false,
  broken: false,
  socketHash: false,
  dissectsArp: false,
  dissectsPtp: false,
  dissectsMpls: false,
};
const B: LinuxEra = {
  ...A,
  variant: 'linux-3.7',
  order: 1,
  title: '3.7 to 3.12: IPv6, ports of more protocols',
  versions: '3.7 to 3.12',
  reference: 'commit 6b923cb7188d "bonding: support for IPv6 transmit hashing"',
  formula: FORMULA_16_BIT_IPV6,
};
const C: LinuxEra = {
  ...A,
  variant: 'linux-3.13',
  order: 2,
  title: '3.13 to 3.16: new fold, encap policies',
  versions: '3.13 to 3.16',
  reference: 'commit 32819dc18348 (3.13)',
  formula: FORMULA_FOLD,
};
const D: LinuxEra = {
  ...C,
  variant: 'linux-3.17',
  order: 3,
  title: '3.17 to 4.14.1: EtherType in the Ethernet term (bytes swapped)',
  versions: '3.17 to 4.14.1; 4.4, 4.9, 4.13 before late November 2017',
  reference: 'bond_main.c of 3.18 and 4.4 kernels; absent at 3.14',
  etherType: ETHER_SWAPPED,
  socketHash: true,
  dissectsMpls: true,
};
const E: LinuxEra = {
  ...D,
  variant: 'linux-4.15',
  order: 4,
  title: '4.15 to 5.4: lowest hash bit dropped for every IP packet',
  versions: '4.15 to 5.4; 4.14.2+, 4.13.16+, 4.9.65+, 4.4.102+',
  reference: 'commit b5f862180d70 "discard lowest hash bit for 802.3ad layer3+4"',
  shift: SHIFT_ALL_IP,
};
const F: LinuxEra = {
  ...E,
  variant: 'linux-5.5',
  order: 5,
  title: '5.5 to 5.14: ICMP identifier, ICMP errors follow the quoted packet; vlan+srcmac from 5.12',
  versions: '5.5 to 5.14',
  confidence: 'measured',
  reference: 'commit 58deb77cc52d; scored packet by packet on 5.10.223',
  icmp: true,
  dissectsArp: true,
};
const X: LinuxEra = {
  ...F,
  variant: 'linux-5.15.0',
  order: 6,
  title: '5.15.0 to 5.15.16, 5.16.0 to 5.16.2: broken, ports read from wrong bytes',
  versions: '5.15.0 to 5.15.16, 5.16.0 to 5.16.2',
  confidence: 'read',
  reference: 'commit 9e2ee5c7e7c3; repaired by 429e3d123d9a (5.15.17, 5.16.3)',
  etherType: ETHER_AS_NUMBER,
  broken: true,
  dissectsPtp: true,
};
const G: LinuxEra = {
  ...X,
  variant: 'linux-5.15.17',
  order: 7,
  title: '5.15.17 to 5.15.37, 5.16.3+, 5.17.0 to 5.17.5: EtherType as a number',
  versions: '5.15.17 to 5.15.37, 5.16.3+, 5.17.0 to 5.17.5',
  reference: 'commit 9e2ee5c7e7c3 with 429e3d123d9a',
  broken: false,
};
const H: LinuxEra = {
  ...G,
  variant: 'linux-5.18',
  order: 8,
  title: '5.18 and later: lowest hash bit dropped for layer3+4 and encap3+4 only',
  versions: '5.18 and later (read to 6.12); 5.15.38+, 5.17.6+',
  confidence: 'measured',
  reference: 'commit 49aefd131739; scored packet by packet on 6.1.192 and 6.12.107',
  shift: SHIFT_PORT_POLICIES,
};

/** All eras, oldest first. Little-endian hosts (x86, ARM). */
export const LINUX_ERAS: readonly LinuxEra[] = [A, B, C, D, E, F, X, G, H];
export const NEWEST_LINUX_VARIANT = H.variant;

/** The era of a variant id; unknown ids count as the newest (callers check with `hasVariant` first). */
export function linuxEra(variant: string): LinuxEra {
  for (const era of LINUX_ERAS) if (era.variant === variant) return era;
  return H;
}

/** Variants of a policy that exists from the given era on. */
export function linuxVariantsFrom(firstVariant: string): readonly PolicyVariant[] {
  const first = linuxEra(firstVariant).order;
  return LINUX_ERAS.filter((era) => era.order >= first).map((era) => ({
    id: era.variant,
    title: era.title,
    source: { system: 'Linux bonding', versions: era.versions, confidence: era.confidence, reference: era.reference },
  }));
}
