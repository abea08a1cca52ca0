import type { Draft, OutputParser, StateImporter, StateLine } from '../importer.ts';
import type { LacpCounters, LagFacts, MemberFacts } from '../state-facts.ts';

/** `ovs-appctl lacp/show-stats` (Open vSwitch). */

const COUNTERS: Readonly<Record<string, keyof LacpCounters | null>> = {
  'TX PDUs': 'txPdus',
  'RX PDUs': 'rxPdus',
  'RX Bad PDUs': 'rxBadPdus',
  'RX Marker Request PDUs': null,
  'Link Expired': 'expired',
  'Link Defaulted': 'defaulted',
  'Carrier Status Changed': 'carrierChanges',
};

const TITLE = /^---- (\S+) statistics ----$/;

class OvsLacpStatsParser implements OutputParser {
  private readonly lags: (LagFacts & { members: MemberFacts[] })[] = [];
  private counters: Draft<LacpCounters> | null = null;

  accept(line: StateLine): boolean {
    const title = TITLE.exec(line.text);
    if (title !== null) {
      this.lags.push({ name: title[1], members: [], membersInHashOrder: false });
      this.counters = null;
      return true;
    }
    const member = /^(?:member|slave): (\S+):$/.exec(line.text);
    if (member !== null && this.lags.length > 0) {
      this.counters = {};
      this.lags[this.lags.length - 1].members.push({ name: member[1], lacpCounters: this.counters });
      return true;
    }
    const counter = /^([A-Za-z ]+): (\d{1,15})$/.exec(line.text);
    if (counter === null || this.counters === null || !Object.hasOwn(COUNTERS, counter[1])) return false;
    const field = COUNTERS[counter[1]];
    if (field !== null) this.counters[field] = Number(counter[2]);
    return true;
  }

  finish() {
    return this.lags.length === 0 ? null : { lags: this.lags, interfaces: [] };
  }
}

export const ovsLacpStats: StateImporter = {
  id: 'ovs-lacp-stats',
  title: 'ovs-appctl lacp/show-stats (Open vSwitch)',
  opens: (line) => (TITLE.test(line) ? 'more' : null),
  start: () => new OvsLacpStatsParser(),
};
