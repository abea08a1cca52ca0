import type { Draft, OutputParser, StateImporter, StateLine } from '../importer.ts';
import type { LagFacts, MemberFacts, PortParameters } from '../state-facts.ts';
import { readInteger, readMac, readStateWords } from '../values.ts';

/** `ovs-appctl lacp/show` (Open vSwitch, lib/lacp.c; "slave" up to 2.15, "member" since). */

type Lag = Draft<Omit<LagFacts, 'members'>> & { members: Draft<MemberFacts>[] };

function applyEnd(end: Draft<PortParameters>, key: string, value: string): boolean {
  if (key === 'sys_id') end.system = readMac(value);
  else if (key === 'sys_priority') end.systemPriority = readInteger(value);
  else if (key === 'port_id') end.port = readInteger(value);
  else if (key === 'port_priority') end.portPriority = readInteger(value);
  else if (key === 'key') end.key = readInteger(value);
  else if (key === 'state') end.state = readStateWords(value.split(' ').filter((word) => word !== ''));
  else return false;
  return true;
}

class OvsLacpShowParser implements OutputParser {
  private readonly lags: Lag[] = [];
  private member: Draft<MemberFacts> | null = null;
  private lines = 0;

  private lag(): Lag {
    if (this.lags.length === 0) this.lags.push({ name: null, membersInHashOrder: false, members: [] });
    return this.lags[this.lags.length - 1];
  }

  accept(line: StateLine): boolean {
    const text = line.text;
    const title = /^---- (\S+) ----$/.exec(text);
    if (title !== null) {
      this.lags.push({ name: title[1], membersInHashOrder: false, members: [] });
      this.member = null;
      return true;
    }
    const member = /^(?:member|slave): (\S+): (.+)$/.exec(text);
    if (member !== null) {
      this.member = { name: member[1], lacpStatus: member[2] };
      this.lag().members.push(this.member);
      this.lines++;
      return true;
    }
    const known = this.member === null ? this.acceptMaster(text) : this.acceptMember(this.member, text);
    if (known) this.lines++;
    return known;
  }

  private acceptMaster(text: string): boolean {
    const match = /^(status|sys_id|sys_priority|aggregation key|lacp_time): (.+)$/.exec(text);
    if (match === null) return false;
    const lag = this.lag();
    const [, key, value] = match;
    if (key === 'status') {
      lag.lacpActive = /\bactive\b/.test(value);
      lag.lacpStatus = value;
    } else if (key === 'sys_id') lag.system = readMac(value);
    else if (key === 'sys_priority') lag.systemPriority = readInteger(value);
    else if (key === 'aggregation key') lag.actorKey = readInteger(value);
    else lag.lacpRate = value === 'fast' ? 'fast' : 'slow';
    return true;
  }

  private acceptMember(member: Draft<MemberFacts>, text: string): boolean {
    const end = /^(actor|partner) (\w+):\s*(.*)$/.exec(text);
    if (end !== null) {
      const [, side, key, value] = end;
      const parameters: Draft<PortParameters> = side === 'actor' ? (member.actor ??= {}) : (member.partner ??= {});
      return applyEnd(parameters, key, value);
    }
    const own = /^(port_id|port_priority|may_enable): (\S+)$/.exec(text);
    if (own === null) return false;
    // The port id of Open vSwitch is the OpenFlow port number unless lacp-port-id says otherwise.
    if (own[1] === 'may_enable') member.mayEnable = own[2] === 'true';
    return true;
  }

  finish() {
    if (this.lines === 0) return null;
    for (const lag of this.lags) {
      for (const member of lag.members) {
        const { actor, partner } = member;
        if (partner?.system !== undefined && lag.partnerSystem === undefined && member.lacpStatus?.includes('attached') === true) {
          lag.partnerSystem = partner.system;
          lag.partnerKey = partner.key;
        }
        if (actor?.state !== undefined) member.active = member.mayEnable === true && (actor.state & 0x30) === 0x30;
      }
    }
    return { lags: this.lags, interfaces: [] };
  }
}

export const ovsLacpShow: StateImporter = {
  id: 'ovs-lacp-show',
  title: 'ovs-appctl lacp/show (Open vSwitch)',
  opens(line, next) {
    if (/^---- \S+ ----$/.test(line) && next.startsWith('status: ')) return 'more';
    return /^(?:member|slave): \S+: (?:current|defaulted|expired)\b/.test(line) ? 'more' : null;
  },
  start: () => new OvsLacpShowParser(),
};
