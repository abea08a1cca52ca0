import type { LagFacts } from '../state/state-facts.ts';

export type TargetSystem = 'linux' | 'ovs' | 'switch' | 'esxi';

/**
 * The end of a LAG that is to be changed, by the names that this end uses. Names may come from captures and texts of
 * strangers: what could not be a name is written as a word in capitals that somebody has to fill in, never as it is.
 */
export interface FixTarget {
  readonly system: TargetSystem;
  /** Bond (Linux, Open vSwitch) or standard switch (ESXi); null if unknown. Switches have `group`. */
  readonly bond: string | null;
  /** In hash order. At a switch whose ports are not known, the names of the other end. */
  readonly members: readonly string[];
  /** Number of the port-channel, channel group or ae interface. */
  readonly group?: number;
  /** Open vSwitch bridge of the bond. */
  readonly bridge?: string;
  /** Options in use, by their names in the bonding driver or, for Open vSwitch, in the Port table: kept where a syntax writes them in one line. */
  readonly options?: Readonly<Record<string, string>>;
}

/** The target that a state text describes, with the options that it shows. */
export function targetOfLag(lag: LagFacts, system: TargetSystem): FixTarget {
  const group = /(?:port-channel|channel|ae|po)\s?(\d{1,5})$/i.exec(lag.name ?? '')?.[1];
  return {
    system,
    bond: lag.name,
    members: lag.members.map((member) => member.name),
    ...(system === 'switch' && group !== undefined && { group: Number(group) }),
    ...(lag.bridge !== undefined && { bridge: lag.bridge }),
    options: system === 'ovs' ? ovsOptions(lag) : linuxOptions(lag),
  };
}

function linuxOptions(lag: LagFacts): Record<string, string> {
  const is8023ad = lag.mode === '802.3ad';
  return defined({
    mode: lag.mode,
    miimon: lag.miiMonitorMs === undefined || lag.miiMonitorMs === 0 ? undefined : String(lag.miiMonitorMs),
    arp_interval: lag.arpIntervalMs === undefined || lag.arpIntervalMs === 0 ? undefined : String(lag.arpIntervalMs),
    arp_ip_target: lag.arpTargets?.join(','),
    lacp_rate: is8023ad ? lag.lacpRate : undefined,
    xmit_hash_policy: lag.policyIsDefault === true ? undefined : lag.policy,
  });
}

function ovsOptions(lag: LagFacts): Record<string, string> {
  return defined({
    bond_mode: lag.mode?.startsWith('ovs-') === true ? lag.mode.slice(4) : undefined,
    lacp: lag.lacpActive === undefined ? undefined : lag.lacpActive ? 'active' : 'passive',
    'other_config:lacp-time': lag.lacpRate === 'fast' ? 'fast' : undefined,
    tag: lag.tag === undefined ? undefined : String(lag.tag),
    trunks: lag.trunks === undefined || lag.trunks.length === 0 ? undefined : lag.trunks.join(','),
  });
}

function defined(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Name of a Linux network device that needs no quoting anywhere (IFNAMSIZ: at most 15 bytes). */
const DEVICE = /^[A-Za-z0-9_][\w.:@+-]{0,14}$/;
/** Port of a switch: `Gi1/0/1`, `Ethernet7/1`, `Ethernet 1/1`, `xe-0/0/1`. Linux names hold no slash. */
const SWITCH_PORT = /^(?:[A-Za-z][A-Za-z-]{0,30} ?\d+(?:[/:]\d+){1,4}|(?:Ethernet|Et|Eth|Port) ?\d+)$/;

/** Name of the bond for a host's syntax. */
export function bondName(target: FixTarget): string {
  return target.bond !== null && DEVICE.test(target.bond) ? target.bond : 'BOND';
}

/** Names of members for a host's syntax; NIC1, NIC2 … where it has no such name. */
export function hostNames(names: readonly string[]): string[] {
  return names.map((name, i) => (DEVICE.test(name) ? name : `NIC${i + 1}`));
}

/** Names of ports for a switch's syntax; `<port to eth0>` where only the other end's name is known: no switch takes that as it is. */
export function portNames(names: readonly string[]): string[] {
  return names.map((name, i) => (SWITCH_PORT.test(name) ? name : DEVICE.test(name) ? `<port to ${name}>` : `<port ${i + 1}>`));
}

/** Number of the channel group, or a word to fill in. */
export function groupNumber(target: FixTarget): string {
  return target.group !== undefined && Number.isInteger(target.group) && target.group >= 0 ? String(target.group) : '<number>';
}

/** IPv4 addresses (the driver's ARP targets); what is none is left out. */
export function ipv4Only(addresses: readonly string[]): string[] {
  return addresses.filter((address) => /^(?:\d{1,3}\.){3}\d{1,3}$/.test(address) && address.split('.').every((part) => Number(part) < 256));
}

/** Members that stay when some go. */
export function withoutMembers(target: FixTarget, gone: readonly string[]): string[] {
  return target.members.filter((name) => !gone.includes(name));
}

/** Members when some come. */
export function withMembers(target: FixTarget, more: readonly string[]): string[] {
  return [...new Set([...target.members, ...more])];
}
