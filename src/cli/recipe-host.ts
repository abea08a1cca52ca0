import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostBond, RecipeMember } from '../recipe/recipe.ts';
import { importState } from '../state/import-state.ts';
import type { LagFacts, MemberFacts } from '../state/state-facts.ts';
import { EXIT_UNREADABLE_INPUT, ExitError, usageError } from './exit-codes.ts';
import { normalizeMac, parseWholeNumber } from './option-values.ts';

/**
 * Reads a bond of this host from /proc/net/bonding and /sys/class/net. `root` is the root of the file system (tests have
 * one of their own). Nothing is changed, and no privilege is needed.
 */
export function readHostBond(name: string, root = '/'): HostBond {
  if (name === '' || name === '.' || name === '..' || /[/\s\0]/.test(name))
    throw usageError(`--iface '${name}': that is no name of an interface`);
  const text = readText(join(root, 'proc/net/bonding', name));
  if (text === null) throw noSuchBond(name, root);
  const state = importState(text);
  const lag = 'facts' in state ? state.facts[0]?.lags[0] : undefined;
  if (lag === undefined) throw new ExitError(EXIT_UNREADABLE_INPUT, `/proc/net/bonding/${name} is not what the bonding driver prints`);
  const net = join(root, 'sys/class/net');
  const uppers = upperDevices(net, name);
  const vlans = uppers.filter((device) => deviceType(net, device) === 'vlan');
  return {
    name,
    members: lag.members.map((member) => describeMember(net, member)),
    mac: normalizeMac(readWord(join(net, name, 'address')) ?? '') ?? lag.system ?? null,
    mode: lag.mode ?? null,
    policy: policyOf(lag),
    lacpRate: lag.mode === '802.3ad' ? (lag.lacpRate ?? null) : null,
    kernel: readWord(join(root, 'proc/sys/kernel/osrelease')),
    vlans,
    stackedVlans: vlans.flatMap((device) => upperDevices(net, device).filter((upper) => deviceType(net, upper) === 'vlan')),
    tunnels: listNames(net).filter((device) => isTunnel(net, device) && isUp(net, device)),
    bridge: [name, ...vlans].flatMap((device) => upperDevices(net, device)).find((device) => isBridge(net, device)) ?? null,
  };
}

function noSuchBond(name: string, root: string): ExitError {
  const bonds = listNames(join(root, 'proc/net/bonding'));
  const fail = (message: string): ExitError => new ExitError(EXIT_UNREADABLE_INPUT, message);
  if (bonds.length === 0)
    return fail(
      `--iface ${name}: this host has no Linux bond (/proc/net/bonding is empty or absent). Without --iface the recipe fits any host; for Open vSwitch: --system ovs`,
    );
  const owner = bonds.find(
    (bond) =>
      readText(join(root, 'proc/net/bonding', bond))
        ?.split('\n')
        .includes(`Slave Interface: ${name}`) === true,
  );
  const hint = owner === undefined ? '' : ` It is a member of ${owner}: --iface ${owner}.`;
  return fail(`--iface ${name}: no such bond.${hint} Bonds of this host: ${bonds.join(', ')}`);
}

function describeMember(net: string, member: MemberFacts): RecipeMember {
  return {
    name: member.name,
    permanentMac: member.permanentMac ?? null,
    speedMbps: member.speedMbps ?? parseWholeNumber(readWord(join(net, member.name, 'speed')) ?? '', 10_000_000),
    linkUp: member.linkUp ?? null,
  };
}

/** The policy that places frames; null where the mode uses none. */
function policyOf({ policy, mode }: LagFacts): string | null {
  return policy ?? (mode === 'active-backup' || mode === 'balance-rr' || mode === 'broadcast' ? mode : null);
}

/** Names of the devices above one: the kernel links them as `upper_NAME`. */
function upperDevices(net: string, device: string): string[] {
  return listNames(join(net, device)).flatMap((entry) => (entry.startsWith('upper_') ? [entry.slice(6)] : []));
}

/** `DEVTYPE` of the kernel: `vlan`, `bond`, `bridge`, `vxlan`, `geneve`, …; null for a plain card. */
function deviceType(net: string, device: string): string | null {
  return /^DEVTYPE=(\w+)$/m.exec(readText(join(net, device, 'uevent')) ?? '')?.[1] ?? null;
}

const TUNNEL_TYPES = new Set(['vxlan', 'geneve', 'gtp', 'bareudp']);
/** ARPHRD_TUNNEL, _TUNNEL6, _SIT, _IPGRE, _IP6GRE (include/uapi/linux/if_arp.h). */
const TUNNEL_HARDWARE = new Set(['768', '769', '776', '778', '823']);

function isTunnel(net: string, device: string): boolean {
  // gretap and erspan devices look like Ethernet: only their usual names tell.
  if (/^(ip6)?(gretap|erspan)/.test(device)) return true;
  return TUNNEL_TYPES.has(deviceType(net, device) ?? '') || TUNNEL_HARDWARE.has(readWord(join(net, device, 'type')) ?? '');
}

/** IFF_UP. */
function isUp(net: string, device: string): boolean {
  return ((parseWholeNumber(readWord(join(net, device, 'flags')) ?? '', 0xffffffff) ?? 0) & 1) === 1;
}

function isBridge(net: string, device: string): boolean {
  return deviceType(net, device) === 'bridge' || device === 'ovs-system';
}

function readWord(path: string): string | null {
  const text = readText(path)?.trim();
  return text === undefined || text === '' ? null : text;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function listNames(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
