import type { Draft, OutputParser, StateImporter, StateLine } from '../importer.ts';
import { finishConfiguredBond, setBondOption } from '../linux-bond-options.ts';
import { applyPortConfig, readOvsMode } from '../ovs-words.ts';
import type { LagFacts, MemberFacts, StateNote } from '../state-facts.ts';
import { readMac } from '../values.ts';

/** netplan YAML. Read by its known keys, not by its indentation, so that a text that lost it can still be read. */

const SECTIONS = new Set([
  'ethernets',
  'bonds',
  'bridges',
  'vlans',
  'wifis',
  'tunnels',
  'modems',
  'vrfs',
  'dummy-devices',
  'openvswitch',
  'virtual-ethernets',
  'nm-devices',
]);
/** Keys that open a block of their own below a definition; anything else that ends in a colon is the name of a definition. */
const BLOCKS = new Set([
  'interfaces',
  'parameters',
  'nameservers',
  'addresses',
  'search',
  'routes',
  'routing-policy',
  'match',
  'dhcp4-overrides',
  'dhcp6-overrides',
  'access-points',
  'auth',
  'arp-ip-targets',
  'mux',
  'optional-addresses',
  'networkmanager',
  'passthrough',
  'external-ids',
  'other-config',
  'controller',
  'protocols',
  'regulatory-domain',
  'link-local',
  'ovs',
  'renderer',
  'to',
  'via',
  'ssl',
  'port-priority',
  'path-cost',
]);
const SCALARS =
  /^(?:version|renderer|dhcp4|dhcp6|dhcp-identifier|gateway4|gateway6|mtu|macaddress|optional|critical|accept-ra|wakeonlan|set-name|name|id|link|link-local|to|via|on-link|metric|table|from|search|addresses|scope|type|emit-lldp|ignore-carrier|activation-mode|infiniband-mode|driver|password|use-[a-z-]+|route-metric|stp|forward-delay|hello-time|max-age|ageing-time|priority|path-cost|port-priority|receive-checksum-offload|transmit-checksum-offload|[a-z-]+-offload|hostname|send-hostname|mcast-snooping|rstp|fail-mode|ipv6-[a-z-]+|optional-addresses|mark|type-of-service|lacp)$/;

type Lag = Draft<Omit<LagFacts, 'members'>> & { members: MemberFacts[] };

interface Entry {
  readonly lag: Lag;
  readonly line: number;
  ovs: boolean;
  modeText?: string;
}

class NetplanParser implements OutputParser {
  private readonly lags: Entry[] = [];
  private section: string | null = null;
  private block: string | null = null;
  private current: Entry | null = null;
  private titles = 0;

  accept(line: StateLine): boolean {
    const text = line.text.replace(/\s+#.*$/, '');
    if (text.startsWith('#') || text === '---') return true;
    const item = /^- (.+)$/.exec(text);
    if (item !== null) return this.acceptItem(item[1]);
    const pair = /^["']?([\w.:@/-]{1,64})["']?:(?: (.*))?$/.exec(text);
    if (pair === null) return false;
    const [, key, value] = pair;
    if (key === 'network' && value === undefined) {
      this.titles++;
      this.section = null;
      this.current = null;
      return true;
    }
    if ((value === undefined || value === '{}') && SECTIONS.has(key) && this.block !== 'match') {
      // `openvswitch:` stands at the top as well as below a bond.
      if (key === 'openvswitch' && this.current !== null) {
        this.current.ovs = true;
        this.block = key;
        return true;
      }
      this.titles++;
      this.section = key;
      this.block = null;
      this.current = null;
      return true;
    }
    return this.acceptPair(key, value?.trim(), line.number);
  }

  private acceptItem(value: string): boolean {
    if (this.block === 'interfaces' && this.current !== null) this.current.lag.members.push({ name: value.replace(/["']/g, '') });
    else if (this.block === 'arp-ip-targets' && this.current !== null)
      this.current.lag.arpTargets = [...(this.current.lag.arpTargets ?? []), value];
    return this.section !== null;
  }

  private acceptPair(key: string, value: string | undefined, line: number): boolean {
    if (value === undefined || value === '' || value === '{}') {
      if (BLOCKS.has(key)) {
        this.block = key;
        return this.section !== null;
      }
      if (this.section === null) return false;
      this.block = null;
      this.current = null;
      if (this.section === 'bonds') {
        this.current = { lag: { name: key, configured: true, members: [], membersInHashOrder: false }, line, ovs: false };
        this.lags.push(this.current);
      }
      return true;
    }
    const lag = this.current?.lag;
    if (lag !== undefined) {
      if (key === 'interfaces') {
        for (const name of value.replace(/[[\]"']/g, '').split(/[,\s]+/)) if (name !== '') lag.members.push({ name });
        return true;
      }
      if (key === 'macaddress') {
        lag.mac = readMac(value);
        return true;
      }
      if (key === 'mode' && /^["']?balance-(?:tcp|slb)["']?$/.test(value)) {
        lag.mode = readOvsMode(value.replace(/["']/g, ''));
        lag.policy = lag.mode;
        if (this.current !== null) this.current.ovs = true;
        return true;
      }
      const unquoted = value.replace(/^\[|\]$/g, '').replace(/["']/g, '');
      if (key === 'lacp' && this.block === 'openvswitch') {
        if (unquoted === 'off') lag.lacpStatus = 'off';
        else lag.lacpActive = unquoted === 'active';
        return true;
      }
      // Open vSwitch calls its own modes active-backup and balance-slb; which kind of bond it is stands further below.
      if (key === 'mode' && this.current !== null) this.current.modeText = unquoted;
      if (this.block === 'other-config' && applyPortConfig(lag, key, unquoted)) return true;
      if (this.block !== 'addresses' && setBondOption(lag, key, unquoted)) return true;
    }
    return SCALARS.test(key) && (this.titles > 0 || this.section !== null);
  }

  finish() {
    if (this.titles === 0) return null;
    const notes: StateNote[] = [];
    for (const { lag, line, ovs, modeText } of this.lags) {
      if (!ovs) finishConfiguredBond(lag, line, notes);
      else if (lag.mode?.startsWith('ovs-') !== true) {
        lag.mode = modeText === undefined ? 'ovs-active-backup' : readOvsMode(modeText);
        lag.policy = lag.mode;
      }
    }
    return { lags: this.lags.map(({ lag }) => lag), interfaces: [], notes };
  }
}

export const netplan: StateImporter = {
  id: 'netplan',
  title: 'netplan YAML',
  opens(line, next) {
    if (line === 'network:' && /^(?:version|renderer|ethernets|bonds|bridges|vlans|wifis|openvswitch)\b/.test(next)) return 'new';
    return line === 'bonds:' && /^["']?[\w.-]+["']?:$/.test(next) ? 'more' : null;
  },
  start: () => new NetplanParser(),
};
