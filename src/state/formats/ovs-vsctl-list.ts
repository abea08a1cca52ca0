import type { Draft, OutputParser, StateImporter, StateLine } from '../importer.ts';
import { applyPortConfig, ignoredKeyNote, readOvsMode, splitOvsItems, unquote } from '../ovs-words.ts';
import type { InterfaceCounters, InterfaceFacts, LagFacts, StateNote } from '../state-facts.ts';
import { readBoolean, readDuplex, readInteger, readMac } from '../values.ts';

/** `ovs-vsctl list port`, `list interface`, `list bridge` (Open vSwitch database; values as of vswitch.ovsschema). */

interface Row {
  readonly line: number;
  readonly columns: Map<string, { readonly value: string; readonly line: number }>;
}

const EMPTY = new Set(['[]', '{}', '""', '']);

class OvsVsctlListParser implements OutputParser {
  private readonly rows: Row[] = [];

  accept(line: StateLine): boolean {
    const match = /^([a-z_0-9]{1,64})\s*: (.*)$/.exec(line.text) ?? /^([a-z_0-9]{1,64})\s*:()$/.exec(line.text);
    if (match === null) return false;
    let row = this.rows[this.rows.length - 1];
    // Rows are set apart by an empty line; with --columns there may be no _uuid, so a column that comes again opens the next row.
    if (row === undefined || match[1] === '_uuid' || row.columns.has(match[1])) {
      row = { line: line.number, columns: new Map() };
      this.rows.push(row);
    }
    row.columns.set(match[1], { value: match[2], line: line.number });
    return true;
  }

  finish() {
    const lags: LagFacts[] = [];
    const interfaces: InterfaceFacts[] = [];
    const notes: StateNote[] = [];
    let known = 0;
    for (const row of this.rows) {
      const has = (name: string) => row.columns.has(name);
      if (has('bond_mode') && has('interfaces')) {
        const lag = readPort(row, notes);
        if (lag !== null) lags.push(lag);
      } else if (has('ofport') || has('link_state') || has('mac_in_use')) interfaces.push(readInterface(row));
      else if (!has('datapath_type')) continue;
      known++;
    }
    return known === 0 ? null : { lags, interfaces, notes };
  }
}

function text(row: Row, name: string): string | undefined {
  const value = row.columns.get(name)?.value;
  return value === undefined || EMPTY.has(value) ? undefined : unquote(value);
}

function readPort(row: Row, notes: StateNote[]): LagFacts | null {
  const memberUuids = splitOvsItems(text(row, 'interfaces') ?? '');
  const mode = readOvsMode(text(row, 'bond_mode') ?? '');
  const lacp = text(row, 'lacp');
  if (memberUuids.length < 2 && mode === undefined && lacp === undefined) return null;
  const lag: Draft<LagFacts> = { name: text(row, 'name') ?? null, members: [], membersInHashOrder: false, memberUuids };
  // An empty bond_mode means active-backup (vswitch.xml: the default since 1.10).
  lag.mode = mode ?? (memberUuids.length > 1 ? 'ovs-active-backup' : undefined);
  lag.policy = lag.mode;
  lag.policyText = text(row, 'bond_mode');
  if (mode === undefined && lag.mode !== undefined) lag.policyIsDefault = true;
  lag.activeMemberMac = readMac(text(row, 'bond_active_slave') ?? text(row, 'bond_active_member'));
  lag.upDelayMs = readInteger(text(row, 'bond_updelay'));
  lag.downDelayMs = readInteger(text(row, 'bond_downdelay'));
  if (lacp !== undefined) {
    lag.lacpActive = lacp === 'active';
    if (lacp === 'off') lag.lacpStatus = 'off';
    else lag.lacpRate = 'slow';
  }
  lag.vlanMode = text(row, 'vlan_mode');
  lag.tag = readInteger(text(row, 'tag'));
  const trunks = text(row, 'trunks');
  if (trunks !== undefined) lag.trunks = splitOvsItems(trunks).map(Number).filter(Number.isInteger);
  const line = row.columns.get('other_config')?.line ?? row.line;
  for (const item of splitOvsItems(text(row, 'other_config') ?? '')) {
    const at = item.indexOf('=');
    const key = unquote(item.slice(0, at));
    if (at > 0 && !applyPortConfig(lag, key, item.slice(at + 1))) notes.push(ignoredKeyNote(key, line, lag.name ?? undefined));
  }
  return lag;
}

const STATISTICS: Readonly<Record<string, keyof InterfaceCounters>> = {
  rx_bytes: 'rxBytes',
  rx_packets: 'rxPackets',
  rx_multicast_packets: 'rxMulticastPackets',
  rx_dropped: 'rxDropped',
  rx_errors: 'rxErrors',
  tx_bytes: 'txBytes',
  tx_packets: 'txPackets',
  tx_dropped: 'txDropped',
  tx_errors: 'txErrors',
};

function readInterface(row: Row): InterfaceFacts {
  const facts: Draft<InterfaceFacts> = { name: text(row, 'name') ?? '', uuid: text(row, '_uuid') };
  facts.ifIndex = readInteger(text(row, 'ifindex'));
  facts.mac = readMac(text(row, 'mac_in_use'));
  facts.kind = text(row, 'type');
  // link_speed is in bit/s.
  const speed = readInteger(text(row, 'link_speed'));
  if (speed !== undefined) facts.speedMbps = speed / 1e6;
  facts.duplex = readDuplex(text(row, 'duplex'));
  const state = text(row, 'link_state');
  if (state !== undefined) facts.linkUp = state === 'up';
  facts.openflowPort = readInteger(text(row, 'ofport'));
  facts.linkResets = readInteger(text(row, 'link_resets'));
  facts.lacpCurrent = readBoolean(text(row, 'lacp_current'));
  const counters: Draft<InterfaceCounters> = {};
  for (const item of splitOvsItems(text(row, 'statistics') ?? '')) {
    const [key, value] = item.split('=', 2);
    if (Object.hasOwn(STATISTICS, key)) counters[STATISTICS[key]] = readInteger(value);
  }
  facts.counters = counters;
  for (const item of splitOvsItems(text(row, 'status') ?? '')) {
    const [key, value] = item.split('=', 2);
    if (key === 'driver_name' && value !== undefined) facts.driver = unquote(value);
  }
  return facts;
}

export const ovsVsctlList: StateImporter = {
  id: 'ovs-vsctl-list',
  title: 'ovs-vsctl list port, list interface, list bridge (Open vSwitch)',
  opens(line, next) {
    if (/^_uuid\s*: [0-9a-f]{8}-/.test(line)) return 'more';
    return /^name {2,}: "?[\w.:-]+"?$/.test(line) && /^[a-z_]{2,40} *: /.test(next) ? 'more' : null;
  },
  start: () => new OvsVsctlListParser(),
};
