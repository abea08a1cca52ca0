import type { OutputParser, StateImporter, StateLine } from '../importer.ts';
import { readOvsMode } from '../ovs-words.ts';
import type { LagFacts } from '../state-facts.ts';
import { readInteger } from '../values.ts';

/** `ovs-appctl bond/list` (Open vSwitch): one line per bond, columns separated by tabs. */

class OvsBondListParser implements OutputParser {
  private readonly lags: LagFacts[] = [];
  private seen = false;

  accept(line: StateLine): boolean {
    if (HEADER.test(line.text)) {
      this.seen = true;
      return true;
    }
    const match = /^(\S+)\s+(\S+)\s+(-?\d+)\s+(\S.*)$/.exec(line.text);
    const mode = match === null ? undefined : readOvsMode(match[2]);
    if (match === null || mode === undefined) return false;
    const members = match[4].split(/,\s*/).filter((name) => name !== '');
    this.lags.push({
      name: match[1],
      mode,
      policy: mode,
      policyText: match[2],
      recirculationId: readInteger(match[3]),
      // The order of a hash table, not that of the buckets.
      membersInHashOrder: false,
      members: members.map((name) => ({ name })),
    });
    return true;
  }

  finish() {
    return this.lags.length === 0 && !this.seen ? null : { lags: this.lags, interfaces: [] };
  }
}

const HEADER = /^bond\s+type\s+recircID\s+(?:members|slaves)$/;

export const ovsBondList: StateImporter = {
  id: 'ovs-bond-list',
  title: 'ovs-appctl bond/list (Open vSwitch)',
  opens: (line) => (HEADER.test(line) ? 'new' : null),
  start: () => new OvsBondListParser(),
};
