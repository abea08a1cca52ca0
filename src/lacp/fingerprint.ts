import type { LacpPort } from './lacpdu.ts';

/** Who probably made one end of a LAG, and by what. Defaults can be changed: never more than likely. */
export interface Maker {
  readonly maker: string;
  readonly why: string;
}

interface Defaults {
  readonly maker: string;
  readonly fits: (port: LacpPort) => boolean;
}

/**
 * Defaults of senders. Open vSwitch: lib/lacp.c, vswitchd/bridge.c (UINT16_MAX - 1 for a bond, UINT16_MAX for a lone port).
 * Linux bonding: drivers/net/bonding/bond_3ad.c (0xffff, 0xff, key from speed and duplex). teamd: teamd_runner_lacp.c (key 0).
 * Junos: 127 and 127 (Junos OS, "system-priority", "port-priority"). The standard leaves 32768, as IOS, NX-OS, EOS and
 * FreeBSD have it.
 */
const DEFAULTS: readonly Defaults[] = [
  { maker: 'Open vSwitch', fits: ({ systemPriority, portPriority }) => systemPriority === 65534 && portPriority === 65535 },
  { maker: 'teamd', fits: ({ systemPriority, portPriority, key }) => systemPriority === 65535 && portPriority === 255 && key === 0 },
  { maker: 'a Linux bond', fits: ({ systemPriority, portPriority }) => systemPriority === 65535 && portPriority === 255 },
  { maker: 'Junos', fits: ({ systemPriority, portPriority }) => systemPriority === 127 && portPriority === 127 },
  {
    maker: 'a switch with the usual defaults (Cisco, Arista and others)',
    fits: ({ systemPriority, portPriority }) => systemPriority === 32768 && portPriority === 32768,
  },
];

/** A few prefixes of the IEEE registry, of makers whose defaults are those of many. */
const PREFIXES: ReadonlyMap<string, string> = new Map([
  ['00:1c:73', 'Arista'],
  ['28:99:3a', 'Arista'],
  ['44:4c:a8', 'Arista'],
  ['00:05:86', 'Juniper'],
  ['2c:6b:f5', 'Juniper'],
  ['00:0e:83', 'Cisco'],
  ['00:13:c4', 'Cisco'],
  // IOS on Linux, which gives addresses of its own making.
  ['aa:bb:cc', 'Cisco IOS on Linux (IOL)'],
]);

/** `ports`: what the members of one end announced last; `macs`: sources of its LACPDUs. Null where nothing is typical. */
export function findMaker(ports: readonly LacpPort[], macs: readonly string[]): Maker | null {
  if (ports.length === 0) return null;
  const [{ systemPriority, portPriority }] = ports;
  const found = DEFAULTS.find(({ fits }) => ports.every(fits));
  const prefix = macs.map((mac) => PREFIXES.get(mac.slice(0, 8))).find((name) => name !== undefined);
  const priorities = `system priority ${systemPriority}, port priority ${portPriority}`;
  // A prefix names the card as well as the system: it decides only between makers of equal defaults.
  if (found === undefined || found.maker.startsWith('a switch'))
    return prefix === undefined
      ? found === undefined
        ? null
        : { maker: found.maker, why: priorities }
      : { maker: prefix, why: found === undefined ? 'its addresses' : `${priorities}, its addresses` };
  return { maker: found.maker, why: priorities };
}

/** One member's far end, as far as it tells whether one chassis or two are behind one system. */
export interface ChassisSign {
  readonly member: string;
  readonly system: string;
  readonly port: number;
  readonly mac: string | null;
  /** By LLDP or CDP. */
  readonly chassis: string | null;
}

/** Port numbers of one chassis lie closer than this; the halves of an MLAG pair number in ranges of their own. */
const RANGE = 0x100;
const BLOCK = 0x1000;

/**
 * Members of one LACP system that end at two chassis (MLAG, vPC, stack): LLDP says so, or port numbers and source
 * addresses fall into the same two groups. Names of the members by chassis; null where nothing speaks for it.
 */
export function findChassisPair(
  signs: readonly ChassisSign[],
): { readonly groups: readonly (readonly string[])[]; readonly why: string } | null {
  if (signs.length < 2 || new Set(signs.map(({ system }) => system)).size !== 1) return null;
  const group = (of: (sign: ChassisSign) => string): Map<string, string[]> => {
    const groups = new Map<string, string[]>();
    for (const sign of signs) groups.set(of(sign), [...(groups.get(of(sign)) ?? []), sign.member]);
    return groups;
  };
  if (signs.every(({ chassis }) => chassis !== null)) {
    const chassis = group((sign) => sign.chassis ?? '');
    return chassis.size < 2 ? null : { groups: [...chassis.values()], why: `LLDP or CDP names ${[...chassis.keys()].join(' and ')}` };
  }
  // A system identifier of its own, and port numbers that differ in their highest digit: numbered by chassis.
  const blocks = group(({ port }) => `0x${Math.floor(port / BLOCK).toString(16)}000`);
  const isShared = signs.every(({ mac, system }) => mac !== null && mac.slice(0, 8) !== system.slice(0, 8));
  if (isShared && blocks.size >= 2)
    return {
      groups: [...blocks.values()],
      why: `port numbers from ${[...blocks.keys()].sort().join(' and ')} on, and a system identifier that belongs to no port`,
    };
  const ranges = group(({ port }) => String(Math.floor(port / RANGE)));
  const prefixes = group(({ mac }) => (mac ?? '').slice(0, 8));
  const key = (groups: ReadonlyMap<string, readonly string[]>): string =>
    [...groups.values()]
      .map((names) => names.join())
      .sort()
      .join(' | ');
  if (ranges.size < 2 || key(ranges) !== key(prefixes)) return null;
  return { groups: [...ranges.values()], why: 'port numbers and source addresses fall into the same groups' };
}
