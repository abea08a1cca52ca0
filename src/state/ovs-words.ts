import type { Draft } from './importer.ts';
import type { BucketFacts, LagFacts, StateNote } from './state-facts.ts';
import { readBoolean, readInteger, readMac } from './values.ts';

/** Names of Open vSwitch (vswitchd/vswitch.xml, ofproto/bond.c, lib/lacp.c; seen: 2.5 to 3.1). */

/** Mode and policy id of a `bond_mode`; undefined if it is none. */
export function readOvsMode(text: string): string | undefined {
  const value = text.replace(/^"|"$/g, '');
  return value === 'balance-tcp' || value === 'balance-slb' || value === 'active-backup' ? `ovs-${value}` : undefined;
}

/** A load no link can carry within a rebalancing interval: an underflow of the statistics (openvswitch/ovs-issues 319). */
export const ABSURD_LOAD_KILOBYTES = 1e11;

/** Keys of `other_config` of a port that Open vSwitch reads (vswitch.xml, table Port). */
const PORT_KEYS = new Set([
  'bond-hash-basis',
  'bond-detect-mode',
  'bond-miimon-interval',
  'bond-rebalance-interval',
  'bond-primary',
  'bond-stable-id',
  'lacp-system-id',
  'lacp-system-priority',
  'lacp-time',
  'lacp-fallback-ab',
  'lacp-port-id',
  'lacp-port-priority',
  'lacp-aggregation-key',
  'lb-output-action',
  'all-members-active',
  'rstp-enable',
  'rstp-port-priority',
  'rstp-port-num',
  'rstp-port-path-cost',
  'rstp-port-admin-edge',
  'rstp-port-auto-edge',
  'rstp-port-mcheck',
  'stp-enable',
  'stp-port-num',
  'stp-port-priority',
  'stp-path-cost',
  'hwaddr',
  'priority-tags',
  'qinq-ethtype',
  'transient',
  'mcast-snooping-flood',
  'mcast-snooping-flood-reports',
  'bond-rebalance-shuffle',
]);

/** Puts one `key=value` of a port's other_config into the LAG; false where Open vSwitch has no such key. */
export function applyPortConfig(lag: Draft<LagFacts>, key: string, rawValue: string): boolean {
  const value = rawValue.replace(/^"|"$/g, '');
  if (key === 'lacp-time') lag.lacpRate = value === 'fast' ? 'fast' : 'slow';
  else if (key === 'lb-output-action') lag.lbOutput = readBoolean(value);
  else if (key === 'bond-hash-basis') lag.hashBasis = readHashBasis(value);
  else if (key === 'bond-rebalance-interval') lag.rebalanceIntervalMs = readInteger(value);
  else if (key === 'lacp-fallback-ab') lag.lacpFallbackToActiveBackup = readBoolean(value);
  else if (key === 'lacp-system-id') lag.system = readMac(value);
  else if (key === 'lacp-system-priority') lag.systemPriority = readInteger(value);
  else if (key === 'bond-primary') lag.primaryMember = value;
  else if (key === 'bond-miimon-interval') lag.miiMonitorMs = readInteger(value);
  return PORT_KEYS.has(key);
}

/** A basis above 2147483647 is silently taken as 0 (seen with 3.1). */
function readHashBasis(value: string): number | undefined {
  const basis = readInteger(value);
  return basis !== undefined && basis > 0x7fffffff ? 0 : basis;
}

export function ignoredKeyNote(key: string, line: number, lag: string | undefined): StateNote {
  return {
    id: 'ovs/ignored-key',
    line,
    ...(lag === undefined ? {} : { lag }),
    detail: `Open vSwitch has no key ${key} in other_config of a port and ignores it`,
  };
}

/** The bond that one table of buckets tells of; its members are not known but from the buckets. `table` is what names it. */
export function bondOfTable(
  buckets: readonly BucketFacts[],
  table: Pick<LagFacts, 'lbOutput' | 'recirculationId' | 'datapathType' | 'datapathBondId'>,
): LagFacts {
  return {
    name: null,
    mode: 'ovs-balance-tcp',
    policy: 'ovs-balance-tcp',
    ...table,
    members: [],
    membersInHashOrder: false,
    buckets: [...buckets].sort((a, b) => a.bucket - b.bucket),
  };
}

/** `{a=b, c="d, e"}`, `[x, y]` of ovs-vsctl: the items, quotes kept together. Linear. */
export function splitOvsItems(text: string): readonly string[] {
  const inner = text.replace(/^[[{]/, '').replace(/[\]}]$/, '');
  const items: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i <= inner.length; i++) {
    const character = inner[i];
    if (character === '"' && inner[i - 1] !== '\\') quoted = !quoted;
    if (i < inner.length && (quoted || character !== ',')) continue;
    const item = inner.slice(start, i).trim();
    if (item !== '') items.push(item);
    start = i + 1;
  }
  return items;
}

export function unquote(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
