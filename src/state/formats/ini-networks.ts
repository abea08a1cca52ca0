import type { Draft, OutputParser, StateImporter, StateLine } from '../importer.ts';
import { finishConfiguredBond, readDurationMs, setBondOption } from '../linux-bond-options.ts';
import type { LagFacts, MemberFacts, StateNote } from '../state-facts.ts';
import { readMac } from '../values.ts';

/** Files made of `[Section]` and `key=value`: systemd-networkd (.netdev, .network) and NetworkManager keyfiles. */

type Lag = Draft<Omit<LagFacts, 'members'>> & { members: MemberFacts[] };

const SECTION = /^\[([A-Za-z][\w-]{1,40})\]$/;
const PAIR = /^([A-Za-z][\w.-]{0,60})\s*=\s*(.*)$/;

interface Unit {
  readonly line: number;
  readonly sections: Map<string, Map<string, string>>;
}

/** Splits units: one begins with the section named `first`, or where a section comes again. */
class IniParser implements OutputParser {
  protected readonly units: Unit[] = [];
  private section: Map<string, string> | null = null;
  private readonly firstSections: ReadonlySet<string>;
  private readonly read: (units: readonly Unit[]) => ReturnType<OutputParser['finish']>;

  constructor(firstSections: ReadonlySet<string>, read: (units: readonly Unit[]) => ReturnType<OutputParser['finish']>) {
    this.firstSections = firstSections;
    this.read = read;
  }

  accept(line: StateLine): boolean {
    if (line.text.startsWith('#') || line.text.startsWith(';')) return true;
    const title = SECTION.exec(line.text);
    if (title !== null) {
      let unit = this.units[this.units.length - 1];
      if (unit === undefined || this.firstSections.has(title[1])) {
        unit = { line: line.number, sections: new Map() };
        this.units.push(unit);
      }
      this.section = unit.sections.get(title[1]) ?? new Map<string, string>();
      unit.sections.set(title[1], this.section);
      return true;
    }
    const pair = PAIR.exec(line.text);
    if (pair === null || this.section === null) return false;
    this.section.set(pair[1], pair[2]);
    return true;
  }

  finish() {
    return this.units.length === 0 ? null : this.read(this.units);
  }
}

/** Collects bonds by name; `described` says that a text gave the bond's own settings. */
class BondList {
  private readonly entries = new Map<string, { lag: Lag; line: number; described: boolean }>();

  open(name: string, line: number, described: boolean): Lag {
    let entry = this.entries.get(name);
    if (entry === undefined) {
      entry = { lag: { name, configured: true, members: [], membersInHashOrder: false }, line, described };
      this.entries.set(name, entry);
    }
    entry.described ||= described;
    return entry.lag;
  }

  finish(): { lags: LagFacts[]; notes: StateNote[] } {
    const notes: StateNote[] = [];
    for (const { lag, line, described } of this.entries.values()) if (described) finishConfiguredBond(lag, line, notes);
    return { lags: [...this.entries.values()].map((entry) => entry.lag), notes };
  }
}

/** systemd.netdev(5): names of [Bond] that differ from the driver's. */
const NETWORKD_OPTIONS: Readonly<Record<string, string>> = {
  Mode: 'mode',
  TransmitHashPolicy: 'xmit_hash_policy',
  LACPTransmitRate: 'lacp_rate',
  MIIMonitorSec: 'miimon',
  UpDelaySec: 'updelay',
  DownDelaySec: 'downdelay',
  AdSelect: 'ad_select',
  AdActorSystemPriority: 'ad_actor_sys_prio',
  AdUserPortKey: 'ad_user_port_key',
  FailOverMACPolicy: 'fail_over_mac',
  ARPIntervalSec: 'arp_interval',
  ARPIPTargets: 'arp_ip_target',
  PrimaryReselectPolicy: 'primary_reselect',
  MinLinks: 'min_links',
  DynamicTransmitLoadBalancing: 'tlb_dynamic_lb',
};

function readNetworkd(units: readonly Unit[]) {
  const bonds = new BondList();
  for (const { line, sections } of units) {
    const netdev = sections.get('NetDev');
    const name = netdev?.get('Name');
    if (netdev?.get('Kind')?.toLowerCase() === 'bond' && name !== undefined) {
      const lag = bonds.open(name, line, true);
      lag.mac = readMac(netdev.get('MACAddress'));
      for (const [key, value] of sections.get('Bond') ?? []) {
        if (!Object.hasOwn(NETWORKD_OPTIONS, key)) continue;
        // A bare number in *Sec= is seconds (systemd.time(7)).
        const duration = key.endsWith('Sec') ? readDurationMs(value, 1000) : undefined;
        setBondOption(lag, NETWORKD_OPTIONS[key], duration === undefined ? value : String(duration));
      }
    }
    const bond = sections.get('Network')?.get('Bond');
    const members = sections.get('Match')?.get('Name');
    if (bond === undefined || members === undefined) continue;
    const lag = bonds.open(bond, line, false);
    const primary = /^(?:yes|true|1|on)$/i.test(sections.get('Network')?.get('PrimarySlave') ?? '');
    for (const member of members.split(/\s+/)) {
      lag.members.push({ name: member });
      if (primary) lag.primaryMember = member;
    }
  }
  return { ...bonds.finish(), interfaces: [] };
}

export const systemdNetworkd: StateImporter = {
  id: 'systemd-networkd',
  title: 'systemd-networkd .netdev and .network files',
  opens(line, next) {
    if (!/^\[(?:NetDev|Match|Network|Bond)\]$/.test(line)) return null;
    return PAIR.test(next) || next.startsWith('#') || next === '' ? 'more' : null;
  },
  start: () => new IniParser(new Set(['NetDev', 'Match']), readNetworkd),
};

function readKeyfiles(units: readonly Unit[]) {
  const bonds = new BondList();
  // A port may name its bond by interface name, by connection id or by UUID.
  const names = new Map<string, string>();
  for (const { sections } of units) {
    const connection = sections.get('connection');
    const name = connection?.get('interface-name') ?? sections.get('bond')?.get('interface-name');
    if (connection?.get('type') !== 'bond' || name === undefined) continue;
    for (const key of ['uuid', 'id']) {
      const alias = connection.get(key);
      if (alias !== undefined) names.set(alias, name);
    }
  }
  for (const { line, sections } of units) {
    const connection = sections.get('connection');
    if (connection === undefined) continue;
    const name = connection.get('interface-name') ?? connection.get('id');
    if (connection.get('type') === 'bond' && name !== undefined) {
      const lag = bonds.open(name, line, true);
      for (const [key, value] of sections.get('bond') ?? []) setBondOption(lag, key, value);
      lag.mac = readMac(sections.get('ethernet')?.get('cloned-mac-address'));
    }
    const kind = connection.get('port-type') ?? connection.get('slave-type');
    const master = connection.get('controller') ?? connection.get('master');
    if (kind === 'bond' && master !== undefined && name !== undefined) {
      const permanentMac = readMac(sections.get('ethernet')?.get('mac-address'));
      bonds.open(names.get(master) ?? master, line, false).members.push({ name, ...(permanentMac === undefined ? {} : { permanentMac }) });
    }
  }
  return { ...bonds.finish(), interfaces: [] };
}

export const networkManager: StateImporter = {
  id: 'networkmanager',
  title: 'NetworkManager keyfiles (.nmconnection)',
  opens: (line, next) => (line === '[connection]' && /^[a-z][\w.-]*=/.test(next) ? 'more' : null),
  start: () => new IniParser(new Set(['connection']), readKeyfiles),
};
