import type { Draft, OutputParser, StateImporter, StateLine } from '../importer.ts';
import { JsonCollector } from '../json-collector.ts';
import type { InterfaceCounters, InterfaceFacts } from '../state-facts.ts';
import { readMac } from '../values.ts';
import type { LinkRecord } from './ip-link-bond.ts';
import { readLinks } from './ip-link-bond.ts';

/** `ip -d -j link`, `ip -j -s -d link` (iproute2). */

type JsonObject = Readonly<Record<string, unknown>>;

function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Names of the JSON form that differ from those of the text form. */
const RENAMED: Readonly<Record<string, string>> = {
  ad_lacp_active: 'lacp_active',
  ad_lacp_rate: 'lacp_rate',
  aggregator: 'ad_aggregator',
  num_ports: 'ad_num_ports',
  actor_key: 'ad_actor_key',
  partner_key: 'ad_partner_key',
  partner_mac: 'ad_partner_mac',
};

function flatten(value: JsonObject | undefined, into = new Map<string, string>()): ReadonlyMap<string, string> {
  for (const [key, item] of Object.entries(value ?? {})) {
    if (key === 'ad_info') flatten(asObject(item), into);
    else if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean') into.set(RENAMED[key] ?? key, String(item));
  }
  return into;
}

function readCounters(link: JsonObject): InterfaceCounters | undefined {
  const stats = asObject(link['stats64']) ?? asObject(link['stats']);
  if (stats === undefined) return undefined;
  const rx = asObject(stats['rx']) ?? {};
  const tx = asObject(stats['tx']) ?? {};
  return {
    rxBytes: asNumber(rx['bytes']),
    rxPackets: asNumber(rx['packets']),
    rxMulticastPackets: asNumber(rx['multicast']),
    rxDropped: asNumber(rx['dropped']),
    rxErrors: asNumber(rx['errors']),
    txBytes: asNumber(tx['bytes']),
    txPackets: asNumber(tx['packets']),
    txDropped: asNumber(tx['dropped']),
    txErrors: asNumber(tx['errors']),
  };
}

function readLink(link: JsonObject, line: number): LinkRecord | null {
  const name = asString(link['ifname']);
  if (name === undefined) return null;
  const info = asObject(link['linkinfo']) ?? {};
  const flags = Array.isArray(link['flags']) ? link['flags'] : [];
  const facts: Draft<InterfaceFacts> = {
    name,
    ifIndex: asNumber(link['ifindex']),
    mac: readMac(asString(link['address'])),
    permanentMac: readMac(asString(link['permaddr'])),
    master: asString(link['master']),
    kind: asString(info['info_kind']),
    linkUp: flags.length > 0 ? flags.includes('LOWER_UP') : undefined,
    counters: readCounters(link),
  };
  const record: LinkRecord = { facts, line };
  if (facts.kind === 'bond') record.bond = flatten(asObject(info['info_data']));
  else if (flags.includes('MASTER') && info['info_kind'] === undefined) facts.kind = 'bond';
  if (info['info_slave_kind'] === 'bond') record.bondMember = flatten(asObject(info['info_slave_data']));
  else if (info['info_slave_kind'] === undefined && flags.includes('SLAVE')) record.bondMember = new Map();
  return record;
}

class IpLinkJsonParser implements OutputParser {
  private readonly json = new JsonCollector();
  private firstLine = 0;

  get complete(): boolean {
    return this.json.complete;
  }

  accept(line: StateLine): boolean {
    if (this.firstLine === 0) this.firstLine = line.number;
    return this.json.push(line.text);
  }

  finish() {
    const records: LinkRecord[] = [];
    for (const item of this.json.items()) {
      const link = asObject(item);
      const record = link === undefined ? null : readLink(link, this.firstLine);
      if (record !== null) records.push(record);
    }
    return records.length === 0 ? null : readLinks(records);
  }
}

export const ipLinkJson: StateImporter = {
  id: 'ip-link-json',
  title: 'ip -d -j link (iproute2, JSON)',
  wholeText: true,
  opens(line, next) {
    const start = line.length < 64 ? line + next.slice(0, 512) : line.slice(0, 1024);
    return /^\[\s{0,64}\{/.test(start) && /"(?:ifindex|ifname)"\s{0,8}:/.test(start) ? 'new' : null;
  },
  start: () => new IpLinkJsonParser(),
};
