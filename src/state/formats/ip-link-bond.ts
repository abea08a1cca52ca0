import type { Draft } from '../importer.ts';
import { modeUsesPolicy, readLacpRate, readLinuxMode, readLinuxPolicy } from '../linux-bond-words.ts';
import type { InterfaceFacts, LagFacts, MemberFacts, StateNote } from '../state-facts.ts';
import { isZeroMac, readInteger, readMac } from '../values.ts';

/**
 * What `ip link` says of bonds, from its text and its JSON alike. The kernel prints links by interface index;
 * no field of a bond or of its members (ad_aggregator_id, queue_id, prio) gives the order of enslaving, so
 * `membersInHashOrder` is false as soon as there are two members.
 */

export interface LinkRecord {
  readonly facts: Draft<InterfaceFacts>;
  readonly line: number;
  /** Attributes of the bond (`bond mode 802.3ad miimon 100 …`), by the names of the text form. */
  bond?: ReadonlyMap<string, string>;
  /** Attributes of the membership (`bond_slave state ACTIVE …`). */
  bondMember?: ReadonlyMap<string, string>;
}

function readMember(record: LinkRecord): MemberFacts {
  const { facts, bondMember: values } = record;
  const member: Draft<MemberFacts> = {
    name: facts.name,
    mac: facts.mac,
    ifIndex: facts.ifIndex,
    speedMbps: facts.speedMbps,
    linkUp: facts.linkUp,
    counters: facts.counters,
  };
  // Before 5.10-era iproute2 the permanent address is missing where it equals the current one.
  member.permanentMac = readMac(values?.get('perm_hwaddr')) ?? facts.permanentMac;
  if (values === undefined) return member;
  const state = values.get('state');
  if (state !== undefined) member.active = state === 'ACTIVE';
  const mii = values.get('mii_status');
  if (mii !== undefined) member.linkUp = mii === 'UP';
  member.linkFailures = readInteger(values.get('link_failure_count'));
  member.queueId = readInteger(values.get('queue_id'));
  member.aggregatorId = readInteger(values.get('ad_aggregator_id'));
  const actor = readInteger(values.get('ad_actor_oper_port_state'));
  const partner = readInteger(values.get('ad_partner_oper_port_state'));
  if (actor !== undefined) member.actor = { state: actor };
  if (partner !== undefined) member.partner = { state: partner };
  return member;
}

function readBond(name: string, record: LinkRecord | undefined, members: readonly MemberFacts[]): LagFacts {
  const lag: Draft<LagFacts> = { name, members, membersInHashOrder: members.length < 2 };
  if (record === undefined) return lag;
  const values = record.bond ?? new Map<string, string>();
  lag.mac = record.facts.mac;
  lag.ifIndex = record.facts.ifIndex;
  lag.linkUp = record.facts.linkUp;
  lag.counters = record.facts.counters;
  if (record.facts.master !== undefined) lag.bridge = record.facts.master;
  if (record.bond === undefined) return lag;
  lag.mode = readLinuxMode(values.get('mode') ?? '');
  const dynamic = values.get('tlb_dynamic_lb');
  if (dynamic !== undefined) lag.tlbDynamicLoadBalancing = dynamic !== '0';
  lag.policyText = values.get('xmit_hash_policy');
  if (lag.policyText !== undefined && modeUsesPolicy(lag.mode, lag.tlbDynamicLoadBalancing ?? true))
    lag.policy = readLinuxPolicy(lag.policyText);
  lag.lacpRate = readLacpRate(values.get('lacp_rate') ?? '');
  const active = values.get('lacp_active');
  if (active !== undefined) lag.lacpActive = active === 'on';
  lag.minLinks = readInteger(values.get('min_links'));
  lag.miiMonitorMs = readInteger(values.get('miimon'));
  lag.arpIntervalMs = readInteger(values.get('arp_interval'));
  lag.upDelayMs = readInteger(values.get('updelay'));
  lag.downDelayMs = readInteger(values.get('downdelay'));
  lag.failOverMac = values.get('fail_over_mac');
  lag.primaryReselect = values.get('primary_reselect');
  lag.primaryMember = values.get('primary');
  lag.activeMember = values.get('active_slave');
  lag.adSelect = values.get('ad_select');
  lag.activeAggregatorId = readInteger(values.get('ad_aggregator'));
  lag.aggregatorPorts = readInteger(values.get('ad_num_ports'));
  lag.actorKey = readInteger(values.get('ad_actor_key'));
  lag.partnerKey = readInteger(values.get('ad_partner_key'));
  lag.partnerSystem = readMac(values.get('ad_partner_mac'));
  lag.systemPriority = readInteger(values.get('ad_actor_sys_prio'));
  lag.userPortKey = readInteger(values.get('ad_user_port_key'));
  const system = readMac(values.get('ad_actor_system'));
  if (lag.mode === '802.3ad') lag.system = system === undefined || isZeroMac(system) ? lag.mac : system;
  return lag;
}

/** Bonds and interfaces of a list of links; bonds in the order of the text. */
export function readLinks(records: readonly LinkRecord[]): { lags: LagFacts[]; interfaces: InterfaceFacts[]; notes: StateNote[] } {
  const byName = new Map<string, LinkRecord>();
  for (const record of records) byName.set(record.facts.name, record);
  const members = new Map<string, MemberFacts[]>();
  const notes: StateNote[] = [];
  for (const [name, record] of byName) {
    if (record.bond !== undefined && !members.has(name)) members.set(name, []);
    const master = record.facts.master;
    if (record.bondMember === undefined || master === undefined) continue;
    const member = readMember(record);
    const list = members.get(master);
    if (list === undefined) members.set(master, [member]);
    else list.push(member);
    if ((member.linkFailures ?? 0) > 0) {
      notes.push({
        id: 'bond/link-failures',
        line: record.line,
        lag: master,
        member: name,
        detail: `${member.linkFailures} link failures counted`,
      });
    }
  }
  const lags = [...members].map(([name, list]) => readBond(name, byName.get(name), list));
  const active = new Map(lags.map((lag) => [lag.name, lag.mode === 'active-backup' ? lag.activeMember : undefined]));
  for (const lag of lags) {
    const name = active.get(lag.name);
    if (name !== undefined) for (const member of lag.members as Draft<MemberFacts>[]) member.active = member.name === name;
  }
  return { lags, interfaces: [...byName.values()].map((record) => record.facts), notes };
}
