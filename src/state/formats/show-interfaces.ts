import type { Draft, OutputParser, StateImporter, StateLine } from '../importer.ts';
import type { InterfaceCounters, InterfaceFacts, LagFacts, MemberFacts } from '../state-facts.ts';
import { readDuplex, readInteger, readSpeedMbps } from '../values.ts';
import { readSwitchMac } from '../switch-words.ts';

/** `show interfaces [Port-Channel N]` (Arista EOS, Cisco IOS and NX-OS): port-channels with members, speed, counters. */

type Counters = Draft<InterfaceCounters>;

interface Section {
  readonly facts: Draft<InterfaceFacts>;
  readonly counters: Counters;
  readonly members: MemberFacts[];
  outputDiscards?: number;
}

const TITLE =
  /^((?:Port-[Cc]hannel|port-channel|Ethernet|Management|mgmt|Vlan|Loopback|(?:Fast|Gigabit|TenGigabit|TwentyFiveGig|TwentyFiveGigabit|FortyGigabit|FortyGig|HundredGig|HundredGigabit|TwoGigabit)(?:Ethernet|E)?)\s?[\d./:]{0,16}) is (up|down|administratively down)\b/;
/** Lines of every kind of interface that say nothing about a LAG. */
const KNOWN =
  /^(?:\d|admin state|Description|Internet address|Internet protocol|Broadcast address|IP MTU|MTU |Ethernet MTU|Encapsulation|Keepalive|Half-duplex|Auto-|auto-|Duplex|input flow-control|output flow-control|Input flow-control|ARP type|Last (?:input|clearing|link)|Input queue|Queueing|Output queue|Fallback|Up \d|Down \d|Loopback Mode|reliability|Port mode|Beacon|Switchport|EtherType|Rate mode|Load-Interval|RX$|TX$|Received|Sent|media type|Hardware is Loopback|Hardware is Vlan|Switched|Dedicated|medium|Active members|No\. of members|Active-[Ll]ast|Last link|Transmitter|Full-duplex|line protocol|Member of|address|Time|Output 0|Carrier|Unknown|full-duplex)/i;

class ShowInterfacesParser implements OutputParser {
  private readonly sections: Section[] = [];

  accept(line: StateLine): boolean {
    const text = line.text;
    const title = TITLE.exec(text);
    if (title !== null) {
      const facts: Draft<InterfaceFacts> = { name: title[1].replace(/\s/g, ''), linkUp: title[2] === 'up' };
      this.sections.push({ facts, counters: {}, members: [] });
      return true;
    }
    const section = this.sections[this.sections.length - 1];
    if (section === undefined) return false;
    const known = this.acceptHardware(section, text) || this.acceptMember(section, text) || this.acceptCounter(section, text);
    return known || KNOWN.test(text);
  }

  private acceptHardware(section: Section, text: string): boolean {
    const hardware = /^Hardware(?: is|:) ([^,]{1,40}), address(?: is|:) ([0-9a-f.]{14})/.exec(text);
    if (hardware !== null) {
      section.facts.mac = readSwitchMac(hardware[2]);
      section.facts.kind = hardware[1];
      return true;
    }
    const bandwidth = /\bBW (\d+) ?[Kk]bit/.exec(text);
    if (bandwidth !== null) {
      section.facts.speedMbps = Number(bandwidth[1]) / 1000;
      return true;
    }
    const duplex = /^(Full|Half|full|half)-duplex, ([\d.]+ ?[GMT]?b\/s)/.exec(text);
    if (duplex === null) return false;
    section.facts.duplex = readDuplex(duplex[1]);
    section.facts.speedMbps ??= readSpeedMbps(duplex[2]);
    return true;
  }

  private acceptMember(section: Section, text: string): boolean {
    const eos = /^\.\.\. (\S+) ?, (?:(Full|Half)-duplex, )?([\d.]+[GMT]?b\/s)?/.exec(text);
    if (eos !== null) {
      section.members.push({ name: eos[1], duplex: readDuplex(eos[2]), speedMbps: readSpeedMbps(eos[3]), active: true });
      return true;
    }
    const list = /^Members in this channel: (.*)$/.exec(text);
    if (list !== null) {
      for (const name of list[1].split(/[,\s]+/)) if (name !== '') section.members.push({ name });
      return true;
    }
    const master = /^Member of (Port-Channel\d+)$/.exec(text) ?? /^Belongs to (Po\d+)$/.exec(text);
    if (master === null) return false;
    section.facts.master = master[1];
    return true;
  }

  private acceptCounter(section: Section, text: string): boolean {
    const { counters } = section;
    const packets = /^(\d+) packets (input|output), (\d+) bytes/.exec(text);
    if (packets !== null) {
      if (packets[2] === 'input') {
        counters.rxPackets = readInteger(packets[1]);
        counters.rxBytes = readInteger(packets[3]);
      } else {
        counters.txPackets = readInteger(packets[1]);
        counters.txBytes = readInteger(packets[3]);
      }
      return true;
    }
    const multicast = /^Received \d+ broadcasts,? \(?(\d+) multicasts?\)?/.exec(text);
    if (multicast !== null) {
      counters.rxMulticastPackets = readInteger(multicast[1]);
      return true;
    }
    const errors = /^(\d+) (input|output) errors\b/.exec(text);
    const discards = /\b(\d+) (input|output) discards?$/.exec(text);
    if (errors !== null && errors[2] === 'input') counters.rxErrors = readInteger(errors[1]);
    if (errors !== null && errors[2] === 'output') counters.txErrors = readInteger(errors[1]);
    if (discards !== null && discards[2] === 'input') counters.rxDropped = readInteger(discards[1]);
    if (discards !== null && discards[2] === 'output') {
      section.outputDiscards = readInteger(discards[1]);
      counters.txDropped = section.outputDiscards;
    }
    return errors !== null || discards !== null;
  }

  finish() {
    if (this.sections.every((section) => section.facts.mac === undefined && section.members.length === 0)) return null;
    const byName = new Map(this.sections.map((section) => [section.facts.name, section]));
    const byMaster = new Map<string, Section[]>();
    for (const section of this.sections) {
      const { master } = section.facts;
      if (master !== undefined) byMaster.set(master, [...(byMaster.get(master) ?? []).slice(0, 63), section]);
    }
    const lags: LagFacts[] = [];
    for (const section of this.sections) {
      section.facts.counters = section.counters;
      if (/^Port-Channel/i.test(section.facts.name)) lags.push(readLag(section, byName, byMaster.get(section.facts.name) ?? []));
    }
    return { lags, interfaces: this.sections.map((section) => section.facts) };
  }
}

function readLag(section: Section, byName: ReadonlyMap<string, Section>, owned: readonly Section[]): LagFacts {
  const { name, mac, linkUp, speedMbps } = section.facts;
  const listed = new Set(section.members.map((member) => member.name));
  const others: MemberFacts[] = owned
    .filter((other) => !listed.has(other.facts.name))
    .map((other) => ({ name: other.facts.name, active: false }));
  const members = [...section.members, ...others].map((member): MemberFacts => {
    const own = byName.get(member.name);
    return own === undefined
      ? member
      : {
          ...member,
          mac: own.facts.mac,
          linkUp: own.facts.linkUp,
          speedMbps: member.speedMbps ?? own.facts.speedMbps,
          counters: own.counters,
        };
  });
  return {
    name,
    mac,
    linkUp,
    speedMbps,
    members,
    membersInHashOrder: false,
    counters: section.counters,
    outputDiscards: section.outputDiscards,
  };
}

export const showInterfaces: StateImporter = {
  id: 'show-interfaces',
  title: 'show interfaces, show interfaces Port-Channel (EOS, IOS, NX-OS)',
  opens: (line, next) => (TITLE.test(line) && /^(?:Hardware|admin state|Ethernet|Internet|Description)/.test(next) ? 'more' : null),
  start: () => new ShowInterfacesParser(),
};
