import type { Draft, OutputParser, StateImporter, StateLine } from '../importer.ts';
import type { LagFacts, MemberFacts } from '../state-facts.ts';
import { bucketsOfMasks, modeOfProtocol } from '../switch-words.ts';

/**
 * `show etherchannel N port-channel` (Cisco IOS): the hexadecimal Load of each port tells its result buckets,
 * bit b = bucket b. All ports 00 means that the switch does not tell (seen on software switches).
 */

type Lag = Draft<Omit<LagFacts, 'members'>> & { members: Draft<MemberFacts>[] };

const COLUMNS = /^Index\s+Load\s+Port\s+EC state\s+No of bits$/;
const KNOWN =
  /^(?:Channel-group listing:|Group: \d+|Group state =.*|Ports: \d.*|Port-channels: \d.*|Minimum Links: \d+|Port-channels in the group:|Ports in the Port-channel:|Age of the Port-channel\s+=.*|Logical slot\/port\s+=.*|GC\s+=.*|HotStandBy port\s*=.*|Port security\s*=.*|Fast-switchover\s*=.*|Fast-switchover Dampening\s*=.*|Load share deferral\s*=.*|Standalone\s*=.*|Time since last port .*|Number of ports.*|Passive port list.*|Last applied Hash.*|-[-+\s]*)$/i;

class PortChannelDetailParser implements OutputParser {
  private readonly lags: Lag[] = [];

  accept(line: StateLine): boolean {
    const text = line.text;
    const title = /^Port-channel: (Po\S+)/.exec(text);
    if (title !== null) {
      this.lags.push({ name: title[1], members: [], membersInHashOrder: false });
      return true;
    }
    if (COLUMNS.test(text) || KNOWN.test(text)) return true;
    const lag = this.lags[this.lags.length - 1];
    if (lag === undefined) return false;
    const field = /^(Protocol|Port state)\s+=\s+(.+)$/.exec(text);
    if (field !== null) {
      if (field[1] === 'Protocol') {
        lag.protocol = field[2];
        lag.mode = modeOfProtocol(field[2]);
      } else {
        lag.flags = field[2];
        lag.linkUp = / Ag-Inuse\b/.test(field[2]);
      }
      return true;
    }
    const row = /^\d+\s+(?:0x)?([0-9A-Fa-f]{2})\s+([A-Za-z][\w./:-]{0,31})\s+(\S.*?)\s+\d+$/.exec(text);
    if (row === null) return false;
    lag.members.push({ name: row[2], loadMask: Number.parseInt(row[1], 16), flags: row[3], lacpStatus: row[3] });
    return true;
  }

  finish() {
    for (const lag of this.lags) {
      lag.buckets = bucketsOfMasks(lag.members);
      // All zero: the masks are not told, so they say nothing about the members.
      if (lag.buckets === undefined) for (const member of lag.members) delete member.loadMask;
    }
    return this.lags.length === 0 ? null : { lags: this.lags, interfaces: [] };
  }
}

export const portChannelDetail: StateImporter = {
  id: 'port-channel-detail',
  title: 'show etherchannel N port-channel (IOS, load masks)',
  opens(line) {
    if (/^Port-channel: Po\d+(?:\s+\(Primary Aggregator\))?$/i.test(line)) return 'more';
    return /^(?:Channel-group listing:|Port-channels in the group:)$/.test(line) ? 'more' : null;
  },
  start: () => new PortChannelDetailParser(),
};
