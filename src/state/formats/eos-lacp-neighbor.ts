import type { OutputParser, StateImporter, StateLine } from '../importer.ts';
import type { PortParameters } from '../state-facts.ts';
import { MemberIndex, type DraftLag } from '../member-index.ts';
import { readSwitchMac } from '../switch-words.ts';
import { readNumber } from '../values.ts';

/** `show lacp neighbor` (peer), `show lacp interface`, `show lacp internal` and `show port-channel` (Arista EOS). */

/** ALGs+CD: A/P activity, S/L timeout, G/I aggregation, s+/s- in sync, C collecting, D distributing, X expired, d defaulted. */
export function readEosState(text: string): number | undefined {
  const match = /^([AP])([SL])([GI])(s[+-])(C?)(D?)(X?)(d?)$/.exec(text);
  if (match === null) return undefined;
  const set = [
    match[1] === 'A',
    match[2] === 'S',
    match[3] === 'G',
    match[4] === 's+',
    match[5] !== '',
    match[6] !== '',
    match[8] !== '',
    match[7] !== '',
  ];
  return set.reduce((octet, bit, index) => octet | (bit ? 1 << index : 0), 0);
}

const TITLE = /^Port Channel (Port-Channel\d{1,5}):?(?: \(.*\))?$/;
const HEADER_LINE =
  /^(?:State: A = Active, P = Passive;.*|G = Aggregable, I = Individual;.*|C = Collecting.*|D = Distributing.*|d = default neighbor state|\|.*|Port\s+(?:Status|Reason|Time became active)\b.*|[-|\s]{8,}|Configured, but inactive ports:|Fallback mode.*|Minimum (?:links|speed).*|No Active Ports)$/;
const PARTNER =
  /^(\S+)\s+(\S[\w ]{0,24}?)\s*\|\s*(?:\S+\s*\|\s*)?([0-9A-F]{4}),((?:[0-9a-f]{2}-){5}[0-9a-f]{2})\s+(\d{1,5})\s+([APSLGIsCDXd+-]{4,10})\s+(0x[0-9A-Fa-f]{1,4})\s+(\d{1,5})(?:\s+(\d{1,5}))?$/;
const ACTOR =
  /^(\S+)\s+(\S[\w ]{0,24}?)\s*\|\s*(?:[\w ]{1,20}\s+\d{1,6}\s+(\d{1,5})\s+)?([APSLGIsCDXd+-]{4,10})\s+(0x[0-9A-Fa-f]{1,4})(?:\s+0x[0-9A-Fa-f]{1,4})?\s+(\d{1,5})$/;

class EosLacpNeighborParser implements OutputParser {
  private readonly byName = new MemberIndex();
  private readonly lags = new Map<string, DraftLag>();
  private lag: DraftLag | null = null;

  accept(line: StateLine): boolean {
    const text = line.text;
    const title = TITLE.exec(text);
    if (title !== null) {
      this.lag = this.lags.get(title[1]) ?? { name: title[1], members: [], membersInHashOrder: false };
      this.lags.set(title[1], this.lag);
      return true;
    }
    if (HEADER_LINE.test(text)) return true;
    return (
      this.lag !== null && (this.acceptPartner(this.lag, text) || this.acceptActor(this.lag, text) || this.acceptPorts(this.lag, text))
    );
  }

  private acceptPartner(lag: DraftLag, text: string): boolean {
    const row = PARTNER.exec(text);
    if (row === null) return false;
    const partner: PortParameters = {
      systemPriority: Number.parseInt(row[3], 16),
      system: readSwitchMac(row[4]),
      port: readNumber(row[5]),
      state: readEosState(row[6]),
      key: readNumber(row[7]),
      portPriority: readNumber(row[8]),
    };
    const member = this.byName.member(lag, row[1]);
    member.lacpStatus = row[2];
    member.active = row[2] === 'Bundled';
    member.partner = partner;
    if (row[9] !== undefined) member.actor = { ...member.actor, port: readNumber(row[9]) };
    lag.mode = '802.3ad';
    lag.partnerSystem ??= partner.system;
    lag.partnerKey ??= partner.key;
    return true;
  }

  private acceptActor(lag: DraftLag, text: string): boolean {
    const row = ACTOR.exec(text);
    const state = row === null ? undefined : readEosState(row[4]);
    if (row === null || state === undefined) return false;
    const member = this.byName.member(lag, row[1]);
    member.actor = { ...member.actor, state, key: readNumber(row[5]), portPriority: readNumber(row[6]) };
    if (row[3] !== undefined) member.actor = { ...member.actor, port: readNumber(row[3]) };
    return true;
  }

  private acceptPorts(lag: DraftLag, text: string): boolean {
    const active = /^Active Ports:\s*(.*)$/.exec(text);
    if (active !== null) {
      for (const name of active[1].split(/\s+/)) if (name !== '') this.byName.member(lag, name).active = true;
      lag.linkUp = lag.members.length > 0;
      return true;
    }
    // "Ethernet1   waiting for LACP response" (inactive) or "Ethernet8  Sun 17:33:23  LACP  Active" (active)
    const port = /^((?:Et|Ethernet|PeerEthernet|Management)[\d/.]+)\s+(\S.*)$/.exec(text);
    if (port === null) return false;
    const row = /\s(LACP|Static)\s+(Active|Passive|On|N\/A)$/.exec(port[2]);
    const member = this.byName.member(lag, port[1]);
    member.active = row !== null;
    if (row === null) member.lacpStatus = port[2];
    else lag.mode = row[1] === 'LACP' ? '802.3ad' : 'static';
    return true;
  }

  finish() {
    return this.lags.size === 0 ? null : { lags: [...this.lags.values()], interfaces: [] };
  }
}

export const eosLacpNeighbor: StateImporter = {
  id: 'eos-lacp-neighbor',
  title: 'show lacp neighbor, show lacp interface, show port-channel (EOS)',
  opens: (line) => (TITLE.test(line) || line.startsWith('State: A = Active, P = Passive; S=ShortTimeout') ? 'more' : null),
  start: () => new EosLacpNeighborParser(),
};
