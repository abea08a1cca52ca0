import type { Draft, OutputContext, OutputParser, StateImporter, StateLine } from '../importer.ts';
import { modeUsesPolicy, readLacpRate, readLinuxMode, readLinuxPolicy } from '../linux-bond-words.ts';
import type { LagFacts, MemberFacts, PortParameters, StateNote } from '../state-facts.ts';
import { readBoolean, readDuplex, readInteger, readMac, readSpeedMbps } from '../values.ts';

/**
 * `/proc/net/bonding/<bond>` of the Linux bonding driver (drivers/net/bonding/bond_procfs.c).
 * The order of its "Slave Interface" sections is the order of enslaving, which is the order the hash indexes.
 */

type Lag = Draft<Omit<LagFacts, 'members'>>;
type Member = Draft<MemberFacts>;
type End = Draft<PortParameters>;

/** Newer drivers (seen: 5.10 and later) print the release of their kernel; older ones their own version with a date, which says nothing. */
function readKernel(version: string): string | undefined {
  const match = /^v(\d{1,2}\.\d{1,3}\S{0,100})$/.exec(version);
  return match === null || /^3\.[0-7]\.\d$/.test(match[1]) ? undefined : match[1];
}

const MASTER: Readonly<Record<string, (lag: Lag, value: string) => void>> = {
  'Bonding Mode': (lag, value) => {
    const failOverMac = /\(fail_over_mac (\w+)\)$/.exec(value);
    if (failOverMac) lag.failOverMac = failOverMac[1];
    lag.mode = readLinuxMode(value);
  },
  'Transmit Hash Policy': (lag, value) => {
    lag.policyText = value;
    lag.policy = readLinuxPolicy(value);
  },
  'Primary Slave': (lag, value) => {
    const match = /^(\S+)(?: \(primary_reselect (\w+)\))?$/.exec(value);
    if (match === null) return;
    if (match[1] !== 'None') lag.primaryMember = match[1];
    if (match[2] !== undefined) lag.primaryReselect = match[2];
  },
  'Currently Active Slave': (lag, value) => {
    if (value !== 'None') lag.activeMember = value;
  },
  'MII Status': (lag, value) => {
    lag.linkUp = value === 'up';
  },
  'MII Polling Interval (ms)': (lag, value) => {
    lag.miiMonitorMs = readInteger(value);
  },
  'Up Delay (ms)': (lag, value) => {
    lag.upDelayMs = readInteger(value);
  },
  'Down Delay (ms)': (lag, value) => {
    lag.downDelayMs = readInteger(value);
  },
  'Peer Notification Delay (ms)': () => undefined,
  'ARP Polling Interval (ms)': (lag, value) => {
    lag.arpIntervalMs = readInteger(value);
  },
  'ARP Missed Max': () => undefined,
  'ARP IP target/s (n.n.n.n form)': (lag, value) => {
    lag.arpTargets = value.split(/[,\s]+/).filter((target) => target !== '');
  },
  'NS IPv6 target/s (xx::xx form)': () => undefined,
  'LACP active': (lag, value) => {
    lag.lacpActive = readBoolean(value);
  },
  'LACP rate': (lag, value) => {
    lag.lacpRate = readLacpRate(value);
  },
  'Min links': (lag, value) => {
    lag.minLinks = readInteger(value);
  },
  'Aggregator selection policy (ad_select)': (lag, value) => {
    lag.adSelect = value;
  },
  'System priority': (lag, value) => {
    lag.systemPriority = readInteger(value);
  },
  'System MAC address': (lag, value) => {
    lag.system = readMac(value);
  },
  'Aggregator ID': (lag, value) => {
    lag.activeAggregatorId = readInteger(value);
  },
  'Number of ports': (lag, value) => {
    lag.aggregatorPorts = readInteger(value);
  },
  'Actor Key': (lag, value) => {
    lag.actorKey = readInteger(value);
  },
  'Partner Key': (lag, value) => {
    lag.partnerKey = readInteger(value);
  },
  'Partner Mac Address': (lag, value) => {
    lag.partnerSystem = readMac(value);
  },
};

const MEMBER: Readonly<Record<string, (member: Member, value: string) => void>> = {
  'MII Status': (member, value) => {
    member.linkUp = value === 'up';
  },
  Speed: (member, value) => {
    member.speedMbps = readSpeedMbps(value);
  },
  Duplex: (member, value) => {
    member.duplex = readDuplex(value);
  },
  'Link Failure Count': (member, value) => {
    member.linkFailures = readInteger(value);
  },
  'Permanent HW addr': (member, value) => {
    member.permanentMac = readMac(value);
  },
  'Slave queue ID': (member, value) => {
    member.queueId = readInteger(value);
  },
  'Aggregator ID': (member, value) => {
    member.aggregatorId = readInteger(value);
  },
  'Actor Churn State': (member, value) => {
    member.actorChurn = value;
  },
  'Partner Churn State': (member, value) => {
    member.partnerChurn = value;
  },
  'Actor Churned Count': (member, value) => {
    member.actorChurnedCount = readInteger(value);
  },
  'Partner Churned Count': (member, value) => {
    member.partnerChurnedCount = readInteger(value);
  },
};

const END: Readonly<Record<string, (end: End, value: string) => void>> = {
  'system priority': (end, value) => {
    end.systemPriority = readInteger(value);
  },
  'system mac address': (end, value) => {
    end.system = readMac(value);
  },
  'port key': (end, value) => {
    end.key = readInteger(value);
  },
  'oper key': (end, value) => {
    end.key = readInteger(value);
  },
  'port priority': (end, value) => {
    end.portPriority = readInteger(value);
  },
  'port number': (end, value) => {
    end.port = readInteger(value);
  },
  'port state': (end, value) => {
    end.state = readInteger(value);
  },
};

const TITLES = new Set(['802.3ad info', 'Active Aggregator Info:', 'details actor lacp pdu:', 'details partner lacp pdu:']);

class ProcNetBondingParser implements OutputParser {
  private readonly lag: Lag;
  private readonly members: Member[] = [];
  private readonly notes: StateNote[] = [];
  private member: Member | null = null;
  private end: End | null = null;
  private kernel: string | undefined;
  private lines = 0;

  constructor(context: OutputContext) {
    this.lag = { name: /\/proc\/net\/bonding\/([\w.:-]+)/.exec(context.command ?? '')?.[1] ?? null, membersInHashOrder: true };
  }

  accept(line: StateLine): boolean {
    const text = line.text;
    if (TITLES.has(text)) {
      this.openDetails(text);
      return true;
    }
    // Printed in place of the active aggregator's lines; it is the only line that names the bond.
    const nameless = /^bond (\S{1,64}) has no active aggregator$/.exec(text);
    if (nameless !== null) {
      this.lag.name ??= nameless[1];
      return true;
    }
    const colon = text.indexOf(': ');
    const key = colon > 0 ? text.slice(0, colon) : text.endsWith(':') ? text.slice(0, -1) : '';
    const value = colon > 0 ? text.slice(colon + 2).trim() : '';
    if (key === 'Ethernet Channel Bonding Driver') {
      this.kernel = readKernel(value);
      return true;
    }
    if (key === 'Slave Interface') {
      if (value === '') return false;
      this.member = { name: value };
      this.members.push(this.member);
      this.end = null;
      return true;
    }
    if (this.end !== null && Object.hasOwn(END, key)) {
      END[key](this.end, value);
      return true;
    }
    if (this.member !== null) {
      if (!Object.hasOwn(MEMBER, key)) return false;
      MEMBER[key](this.member, value);
      this.noteTrouble(this.member, key, line.number);
      return true;
    }
    if (!Object.hasOwn(MASTER, key)) return false;
    MASTER[key](this.lag, value);
    this.lines++;
    return true;
  }

  private openDetails(title: string): void {
    if (this.member === null || !title.startsWith('details')) return;
    this.end = {};
    if (title === 'details actor lacp pdu:') this.member.actor = this.end;
    else this.member.partner = this.end;
  }

  private noteTrouble(member: Member, key: string, line: number): void {
    const lag = this.lag.name ?? undefined;
    if (key === 'Link Failure Count' && (member.linkFailures ?? 0) > 0) {
      this.notes.push({ id: 'bond/link-failures', line, lag, member: member.name, detail: `${member.linkFailures} link failures counted` });
    }
    if (
      (key === 'Actor Churn State' && member.actorChurn === 'churned') ||
      (key === 'Partner Churn State' && member.partnerChurn === 'churned')
    ) {
      this.notes.push({ id: 'bond/churned', line, lag, member: member.name, detail: `${key}: churned` });
    }
    if (key === 'Speed' && member.speedMbps === undefined && member.linkUp === true) {
      this.notes.push({ id: 'bond/no-link-speed', line, lag, member: member.name, detail: 'the link is up, its speed is unknown' });
    }
  }

  finish() {
    const { lag, members } = this;
    // Cut within its first lines, perhaps within its name: the others have more. (Lines picked by grep are names only, all of them.)
    const known = members.map((member) => Object.keys(member).length);
    if (known.at(-1) === 1 && (known.length === 1 || known[0] > 1)) members.pop();
    // A few lines quoted in somebody's prose are no output.
    if (this.lines === 0 && members.every((member) => member.permanentMac === undefined)) return null;
    if (lag.mode !== undefined && !modeUsesPolicy(lag.mode, false)) delete lag.policy;
    markActive(lag, members);
    // The LACP system of a bond is its MAC address unless ad_actor_system says otherwise; the text prints no other.
    return { kernel: this.kernel, lags: [{ ...lag, members }], interfaces: [], notes: this.notes };
  }
}

/** Which members the driver uses now, where the text tells. */
function markActive(lag: Lag, members: readonly Member[]): void {
  for (const member of members) {
    if (lag.mode === 'active-backup') member.active = lag.activeMember === undefined ? undefined : member.name === lag.activeMember;
    else if (lag.mode === '802.3ad') {
      const inAggregator = lag.activeAggregatorId === undefined || member.aggregatorId === lag.activeAggregatorId;
      // Collecting and distributing (0x10, 0x20) of the actor.
      if (member.actor?.state !== undefined) member.active = member.linkUp === true && inAggregator && (member.actor.state & 0x30) === 0x30;
    } else if (member.linkUp !== undefined) member.active = member.linkUp;
  }
}

export const procNetBonding: StateImporter = {
  id: 'proc-net-bonding',
  title: '/proc/net/bonding/<bond> (Linux bonding driver)',
  opens(line) {
    if (line.startsWith('Ethernet Channel Bonding Driver:')) return 'new';
    if (line.startsWith('Bonding Mode: ') && readLinuxMode(line.slice(14)) !== undefined) return 'more';
    return line.startsWith('Slave Interface: ') ? 'more' : null;
  },
  start: (context) => new ProcNetBondingParser(context),
};
