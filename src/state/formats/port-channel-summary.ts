import type { Draft, OutputParser, StateImporter, StateLine } from '../importer.ts';
import type { LagFacts, MemberFacts } from '../state-facts.ts';
import { applyPortFlags, modeOfProtocol } from '../switch-words.ts';

/**
 * `show etherchannel summary` (Cisco IOS, IOS XE), `show port-channel summary` (NX-OS; EOS prints the same table
 * without group and type). The order of the ports is that of the listing, not of the hash.
 */

const HEADER = /^(?:Group\s+Port-channel\s+Protocol\s+Ports|Group Port-\s+Type\s+Protocol\s+Member Ports|Port-Channel\s+Protocol\s+Ports)$/;
const LEGEND = /^(?:Flags\b:?\s*)?(?:[A-Za-z*^+-]|P\/bndl|s\/susp|RU|SU) +- {1,2}\S/;
const OTHER = /^(?:Flags|Channel|-[-\s]+|-+\+[-+]+|Number of (?:channel-groups|channels|aggregators).*)$/;
const ROW = /^(?:\d{1,5}\s+)?(Po[\w./-]{1,16})\(([A-Za-z]{1,4})\)\s+(?:Eth\s+)?([A-Za-z]{2,6}(?:\([ap]\))?|-)(?:\s+(.*))?$/;
const PORT = /^([A-Za-z][\w./:-]{0,31})\(([A-Za-z+*^-]{1,8})\)$/;

type Lag = Draft<Omit<LagFacts, 'members'>> & { members: MemberFacts[] };

class PortChannelSummaryParser implements OutputParser {
  private readonly lags: Lag[] = [];

  accept(line: StateLine): boolean {
    const text = line.text;
    const row = ROW.exec(text);
    if (row !== null) {
      const [, name, flags, protocol, ports] = row;
      this.lags.push({
        name,
        flags,
        protocol,
        mode: ports === '--' ? undefined : modeOfProtocol(protocol),
        linkUp: flags.includes('U'),
        members: [],
        membersInHashOrder: false,
      });
      return ports === undefined || ports === '--' || this.addPorts(ports);
    }
    if (HEADER.test(text) || OTHER.test(text) || LEGEND.test(text)) return true;
    return this.lags.length > 0 && this.addPorts(text);
  }

  private addPorts(text: string): boolean {
    const words = text.split(/\s+/);
    const matches = words.map((word) => PORT.exec(word));
    if (matches.some((match) => match === null)) return false;
    for (const match of matches) {
      if (match === null) continue;
      const member: Draft<MemberFacts> = { name: match[1] };
      applyPortFlags(member, match[2]);
      this.lags[this.lags.length - 1].members.push(member);
    }
    return true;
  }

  finish() {
    return this.lags.length === 0 ? null : { lags: this.lags, interfaces: [] };
  }
}

export const portChannelSummary: StateImporter = {
  id: 'port-channel-summary',
  title: 'show etherchannel summary (IOS), show port-channel summary (NX-OS, EOS)',
  opens(line, next) {
    if (line === 'Flags' && next.startsWith('-----')) return 'new';
    if (HEADER.test(line) || /^Number of (?:channel-groups|channels) in use: \d+$/.test(line)) return 'more';
    return /^Flags: +D - [dD]own\b/.test(line) || /^a - LACP Active +p - LACP Passive/.test(line) ? 'more' : null;
  },
  start: () => new PortChannelSummaryParser(),
};
