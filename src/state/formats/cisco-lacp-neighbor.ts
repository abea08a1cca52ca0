import type { Draft, OutputParser, StateImporter, StateLine } from '../importer.ts';
import type { MemberFacts } from '../state-facts.ts';
import { MemberIndex, type DraftLag } from '../member-index.ts';
import { readSwitchMac } from '../switch-words.ts';
import { readNumber } from '../values.ts';

/** `show lacp neighbor`, `show lacp internal` (Cisco IOS, IOS XE in two layouts, NX-OS). */

const KNOWN =
  /^(?:Flags:.*LACPDUs.*|F - Device is (?:requesting|sending) [Ff]ast LACPDUs.*|A - Device is in [Aa]ctive mode.*|(?:Partner|Local) ?information:?|(?:Partner.s|Local) information:?|LACP port\b.*|Port\s+(?:Flags|System ID|State)\b.*|(?:LACP )?Partner\s+Partner\b.*|(?:LACP Partner|Port Priority)\s.*|Age of the port.*|-[-\s]*)$/;
const GROUP = /^(?:Channel group (\d{1,5})(?: neighbors)?|(port-channel\d{1,5}) neighbors)$/;

/** Gi0/0 SA 32768 0000.0000.3402 18s 0x0 0x2 0x8 0x3D: flags, priority, system, age, (admin key), oper key, port, state. */
const PARTNER =
  /^(\S+)\s+([SF][AP])\s+(\d{1,5})\s+([0-9a-f.]{14})\s+(\d+)s\s+(?:0x[0-9A-Fa-f]+\s+)?(0x[0-9A-Fa-f]+)\s+(0x[0-9A-Fa-f]+)\s+(0x[0-9A-Fa-f]+)$/i;
/** Gi0/0 SA bndl 32768 0x1 0x1 0x1 0x3D: flags, state, priority, admin key, oper key, port, state. */
const LOCAL = /^(\S+)\s+([SF][AP])\s+([a-z-]{2,8})\s+(\d{1,5})\s+0x[0-9A-Fa-f]+\s+(0x[0-9A-Fa-f]+)\s+(0x[0-9A-Fa-f]+)\s+(0x[0-9A-Fa-f]+)$/i;
/** Gi2/0/1 32768,0007.eb49.5e80 0xC 19s SP, followed by "32768 0x3 0x3C": port priority, oper key, state. */
const PARTNER_FIRST = /^(\S+)\s+(\d{1,5}),\s?([0-9a-f.-]{11,17})\s+(0x[0-9A-Fa-f]+)\s+(\d+)s?\s+([SF][AP])$/i;
const PARTNER_SECOND = /^(\d{1,5})\s+(0x[0-9A-Fa-f]+)\s+(0x[0-9A-Fa-f]+)$/;

class CiscoLacpNeighborParser implements OutputParser {
  private readonly byName = new MemberIndex();
  private readonly lags: DraftLag[] = [];
  private last: Draft<MemberFacts> | null = null;

  accept(line: StateLine): boolean {
    const text = line.text;
    const group = GROUP.exec(text);
    if (group !== null) {
      this.openLag(group[2] ?? `Po${group[1]}`);
      return true;
    }
    return this.acceptPartner(text) || this.acceptLocal(text) || KNOWN.test(text);
  }

  private openLag(name: string | null): DraftLag {
    const lag: DraftLag = { name, mode: '802.3ad', protocol: 'LACP', members: [], membersInHashOrder: false };
    this.lags.push(lag);
    this.last = null;
    return lag;
  }

  private member(name: string): Draft<MemberFacts> {
    return this.byName.member(this.lags[this.lags.length - 1] ?? this.openLag(null), name);
  }

  private acceptPartner(text: string): boolean {
    const row = PARTNER.exec(text);
    if (row !== null) {
      this.member(row[1]).partner = {
        portPriority: readNumber(row[3]),
        system: readSwitchMac(row[4]),
        key: readNumber(row[6]),
        port: readNumber(row[7]),
        state: readNumber(row[8]),
      };
      return true;
    }
    const first = PARTNER_FIRST.exec(text);
    if (first !== null) {
      this.last = this.member(first[1]);
      this.last.partner = { systemPriority: readNumber(first[2]), system: readSwitchMac(first[3]), port: readNumber(first[4]) };
      return true;
    }
    const second = PARTNER_SECOND.exec(text);
    if (second === null || this.last === null) return false;
    this.last.partner = {
      ...this.last.partner,
      portPriority: readNumber(second[1]),
      key: readNumber(second[2]),
      state: readNumber(second[3]),
    };
    this.last = null;
    return true;
  }

  private acceptLocal(text: string): boolean {
    const row = LOCAL.exec(text);
    if (row === null) return false;
    const member = this.member(row[1]);
    member.flags = row[2];
    member.lacpStatus = row[3];
    member.active = row[3] === 'bndl';
    member.actor = { portPriority: readNumber(row[4]), key: readNumber(row[5]), port: readNumber(row[6]), state: readNumber(row[7]) };
    return true;
  }

  finish() {
    const lags = this.lags.filter((lag) => lag.members.length > 0);
    for (const lag of lags) {
      const partner = lag.members.find((member) => member.partner !== undefined)?.partner;
      lag.partnerSystem = partner?.system;
      lag.partnerKey = partner?.key;
    }
    return lags.length === 0 ? null : { lags, interfaces: [] };
  }
}

export const ciscoLacpNeighbor: StateImporter = {
  id: 'cisco-lacp-neighbor',
  title: 'show lacp neighbor, show lacp internal (IOS, NX-OS)',
  opens(line) {
    if (GROUP.test(line)) return 'more';
    if (/^Flags: +S - Device is (?:requesting|sending) Slow LACPDUs/.test(line)) return 'more';
    return PARTNER.test(line) || PARTNER_FIRST.test(line) || LOCAL.test(line) ? 'more' : null;
  },
  start: () => new CiscoLacpNeighborParser(),
};
