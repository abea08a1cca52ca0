import type { OutputParser, StateImporter, StateLine } from '../importer.ts';
import type { LearnedMac } from '../state-facts.ts';
import { readInteger, readMac } from '../values.ts';

/** `ovs-appctl fdb/show BRIDGE` (Open vSwitch): which MAC addresses live behind which OpenFlow port. */

const HEADER = /^port\s+VLAN\s+MAC\s+Age$/;

class OvsFdbParser implements OutputParser {
  private readonly learned: LearnedMac[] = [];

  accept(line: StateLine): boolean {
    if (HEADER.test(line.text)) return true;
    const match = /^(\S+)\s+(\d{1,4})\s+([0-9a-f:]{17})\s+(?:\d+|static)$/i.exec(line.text);
    const mac = readMac(match?.[3]);
    if (match === null || mac === undefined) return false;
    const vlan = Number(match[2]);
    const openflowPort = readInteger(match[1]);
    this.learned.push({ mac, vlan, ...(openflowPort === undefined ? { port: match[1] } : { openflowPort }) });
    return true;
  }

  finish() {
    return { lags: [], interfaces: [], learnedMacs: this.learned };
  }
}

export const ovsFdb: StateImporter = {
  id: 'ovs-fdb-show',
  title: 'ovs-appctl fdb/show (Open vSwitch)',
  opens: (line) => (HEADER.test(line) ? 'new' : null),
  start: () => new OvsFdbParser(),
};
