import type { Draft, OutputContext, OutputParser, StateImporter, StateLine } from '../importer.ts';
import { JsonCollector } from '../json-collector.ts';
import type { InterfaceFacts, LagFacts, MemberFacts, PortParameters } from '../state-facts.ts';
import { readDuplex, readMac } from '../values.ts';

/**
 * teamd: configuration (`teamdctl DEV config dump`), `teamdctl DEV state dump` (both JSON), `teamdctl DEV state` (text).
 * The hash indexes the ports in the order in which they were last enabled, which none of these texts tells.
 */

type JsonObject = Readonly<Record<string, unknown>>;

function asObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** What teamd hashes when `tx_hash` is not given (libteam, TEAM default). */
const DEFAULT_TX_HASH = 'eth,ipv4,ipv6';

function modeOf(runner: string | undefined): string | undefined {
  if (runner === 'lacp') return '802.3ad';
  if (runner === 'activebackup') return 'active-backup';
  if (runner === 'roundrobin') return 'balance-rr';
  if (runner === 'broadcast') return 'broadcast';
  return runner === 'loadbalance' ? 'static' : undefined;
}

function applyRunner(lag: Draft<LagFacts>, runner: string | undefined): void {
  lag.mode = modeOf(runner);
  if (runner === 'lacp' || runner === 'loadbalance') lag.policy = 'teamd';
}

function readEnd(value: unknown): PortParameters | undefined {
  const info = asObject(value);
  if (Object.keys(info).length === 0) return undefined;
  return {
    systemPriority: number(info['system_priority']),
    system: readMac(text(info['system'])),
    key: number(info['key']),
    portPriority: number(info['port_priority']),
    port: number(info['port']),
    state: number(info['state']),
  };
}

function readPort(name: string, value: unknown): { member: MemberFacts; facts: InterfaceFacts } {
  const port = asObject(value);
  const link = asObject(port['link']);
  const info = asObject(port['ifinfo']);
  const runner = asObject(port['runner']);
  const member: Draft<MemberFacts> = { name };
  member.mac = readMac(text(info['dev_addr']));
  member.ifIndex = number(info['ifindex']);
  member.speedMbps = number(link['speed']);
  member.duplex = readDuplex(text(link['duplex']));
  if (typeof link['up'] === 'boolean') member.linkUp = link['up'];
  member.lacpStatus = text(runner['state']);
  member.aggregatorId = number(asObject(runner['aggregator'])['id']);
  member.actor = readEnd(runner['actor_lacpdu_info']);
  member.partner = readEnd(runner['partner_lacpdu_info']);
  if (typeof runner['selected'] === 'boolean') member.active = runner['selected'];
  const { mac, ifIndex, speedMbps, linkUp } = member;
  return { member, facts: { name, mac, ifIndex, speedMbps, linkUp } };
}

class TeamJsonParser implements OutputParser {
  private readonly json = new JsonCollector();

  get complete(): boolean {
    return this.json.complete;
  }

  accept(line: StateLine): boolean {
    return this.json.push(line.text);
  }

  finish() {
    const root = asObject(this.json.value());
    const runner = asObject(root['runner']);
    const setup = asObject(root['setup']);
    const runnerName = text(runner['name']) ?? text(setup['runner_name']);
    const device = asObject(asObject(root['team_device'])['ifinfo']);
    if (runnerName === undefined) return null;
    const lag: Draft<LagFacts> = { name: text(root['device']) ?? text(device['ifname']) ?? null, members: [], membersInHashOrder: false };
    applyRunner(lag, runnerName);
    const hash = runner['tx_hash'];
    if (Array.isArray(hash)) lag.policyText = hash.filter((item) => typeof item === 'string').join(',');
    else if (root['setup'] === undefined && lag.policy !== undefined) {
      lag.policyText = DEFAULT_TX_HASH;
      lag.policyIsDefault = true;
    }
    if (root['setup'] === undefined) lag.configured = true;
    if (typeof runner['active'] === 'boolean') lag.lacpActive = runner['active'];
    if (typeof runner['fast_rate'] === 'boolean') lag.lacpRate = runner['fast_rate'] ? 'fast' : 'slow';
    lag.systemPriority = number(runner['sys_prio']);
    lag.mac = readMac(text(device['dev_addr']));
    lag.ifIndex = number(device['ifindex']);
    const ports = Object.entries(asObject(root['ports'])).map(([name, value]) => readPort(name, value));
    lag.members = ports.map(({ member }) => ({ ...member, ...(lag.mac === undefined ? {} : { mac: member.mac }) }));
    const partner = lag.members.find((member) => member.partner?.system !== undefined)?.partner;
    lag.system = lag.members.find((member) => member.actor?.system !== undefined)?.actor?.system;
    lag.partnerSystem = partner?.system;
    lag.partnerKey = partner?.key;
    return { lags: [lag], interfaces: ports.map(({ facts }) => ({ ...facts, master: lag.name ?? undefined })) };
  }
}

export const teamJson: StateImporter = {
  id: 'teamd-json',
  title: 'teamd configuration and teamdctl state dump (JSON)',
  wholeText: true,
  opens(line, next) {
    if (line === '{') return /^"(?:device|runner|setup|ports|link_watch|hwaddr)"\s*:/.test(next) ? 'new' : null;
    return line.startsWith('{') && /"runner"\s*:\s*\{/.test(line.slice(0, 4096)) ? 'new' : null;
  },
  start: () => new TeamJsonParser(),
};

class TeamStateParser implements OutputParser {
  private readonly lag: Draft<LagFacts> & { members: Draft<MemberFacts>[] };
  private member: Draft<MemberFacts> | null = null;
  private part = '';

  constructor(context: OutputContext) {
    const name = /\bteamdctl\s+([\w.-]{1,32})\s/.exec(`${context.command ?? ''} `)?.[1];
    this.lag = { name: name ?? null, members: [], membersInHashOrder: false };
  }

  accept(line: StateLine): boolean {
    const title = /^(setup|ports|runner):$/.exec(line.text);
    // "runner:" stands below a port too: there the next field tells a port's runner from the team's.
    if (title !== null) {
      this.part = title[1] === 'runner' && this.part === 'ports' ? 'port-runner' : title[1];
      return true;
    }
    const field = /^([\w ]{2,40}):\s+(\S.*)$/.exec(line.text);
    if (field !== null) return this.acceptField(field[1], field[2]);
    if (/^(?:link watches|instance\[[\w.]+\]):$/.test(line.text)) return true;
    const port = /^([\w.:@-]{1,32})$/.exec(line.text);
    if (port === null || (this.part !== 'ports' && this.part !== 'port-runner')) return false;
    this.part = 'ports';
    this.member = { name: port[1] };
    this.lag.members.push(this.member);
    return true;
  }

  private acceptField(key: string, value: string): boolean {
    const { lag, member } = this;
    if (key === 'runner') applyRunner(lag, value);
    else if (key === 'active') lag.lacpActive = value === 'yes';
    else if (key === 'fast rate') lag.lacpRate = value === 'yes' ? 'fast' : 'slow';
    else if (key === 'active port') lag.activeMember = value;
    else if (member !== null && key === 'link summary') member.linkUp = value === 'up';
    else if (member !== null && key === 'aggregator ID') member.aggregatorId = Number(/^\d+/.exec(value)?.[0] ?? Number.NaN);
    else if (member !== null && key === 'selected') member.active = value === 'yes';
    else if (member !== null && key === 'state') member.lacpStatus = value;
    else if (!/^(?:name|link|down count|up count|kernel team mode|PID FILE|D-BUS enabled|ZeroMQ enabled|daemonized|debug level)$/.test(key))
      return false;
    return true;
  }

  finish() {
    return this.lag.members.length === 0 && this.lag.mode === undefined ? null : { lags: [this.lag], interfaces: [] };
  }
}

export const teamState: StateImporter = {
  id: 'teamdctl-state',
  title: 'teamdctl DEV state (text)',
  opens: (line, next) => (line === 'setup:' && /^runner: \w+$/.test(next) ? 'new' : null),
  start: (context) => new TeamStateParser(context),
};
