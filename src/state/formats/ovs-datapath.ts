import type { Draft, OutputParser, StateImporter, StateLine } from '../importer.ts';
import { bondOfTable } from '../ovs-words.ts';
import type { BucketFacts, InterfaceFacts } from '../state-facts.ts';
import { readInteger } from '../values.ts';

/** `ovs-appctl dpif-netdev/bond-show` (userspace datapath with lb-output-action): the bucket table by datapath port. */
class DatapathBondParser implements OutputParser {
  private readonly bonds = new Map<number, BucketFacts[]>();
  private bond: BucketFacts[] | null = null;
  private seen = false;

  accept(line: StateLine): boolean {
    if (line.text === 'Bonds:') {
      this.seen = true;
      return true;
    }
    const bond = /^bond-id (\d{1,9}):?$/.exec(line.text);
    if (bond !== null) {
      this.bond = [];
      this.bonds.set(Number(bond[1]), this.bond);
      return true;
    }
    const bucket = /^bucket (\d{1,3}) - (?:member|slave) (\d{1,9})$/.exec(line.text);
    if (bucket === null || this.bond === null) return false;
    if (Number(bucket[1]) < 256) this.bond.push({ bucket: Number(bucket[1]), datapathPort: Number(bucket[2]) });
    return true;
  }

  finish() {
    if (!this.seen && this.bonds.size === 0) return null;
    const table = { lbOutput: true, datapathType: 'netdev' };
    const lags = [...this.bonds].map(([datapathBondId, buckets]) => bondOfTable(buckets, { ...table, datapathBondId }));
    return { lags, interfaces: [] };
  }
}

export const ovsDatapathBond: StateImporter = {
  id: 'ovs-dpif-netdev-bond-show',
  title: 'ovs-appctl dpif-netdev/bond-show (Open vSwitch)',
  opens(line, next) {
    if (line === 'Bonds:' && (next === '' || next.startsWith('bond-id '))) return 'new';
    return /^bond-id \d+:?$/.test(line) && next.startsWith('bucket ') ? 'more' : null;
  },
  start: () => new DatapathBondParser(),
};

/** `ovs-appctl dpif/show`: names with their OpenFlow and datapath port numbers. */
class DatapathShowParser implements OutputParser {
  private readonly interfaces: InterfaceFacts[] = [];
  private bridge: string | undefined;
  private seen = false;

  accept(line: StateLine): boolean {
    const text = line.text;
    if (DATAPATH.test(text)) {
      this.seen = true;
      return true;
    }
    const port = /^(\S+) (\d+|none)\/(\d+|none): \((\S+?)(?::.*)?\)$/.exec(text);
    if (port !== null) {
      const facts: Draft<InterfaceFacts> = { name: port[1], kind: port[4], bridge: this.bridge };
      facts.openflowPort = readInteger(port[2]);
      facts.datapathPort = readInteger(port[3]);
      this.interfaces.push(facts);
      return true;
    }
    const bridge = /^(\S+):(?: hit:\d+ missed:\d+)?$/.exec(text);
    if (bridge === null) return false;
    this.bridge = bridge[1];
    return true;
  }

  finish() {
    return this.seen || this.interfaces.length > 0 ? { lags: [], interfaces: this.interfaces } : null;
  }
}

const DATAPATH = /^(?:netdev|system)@\S+: hit:\d+ missed:\d+$/;

export const ovsDatapathShow: StateImporter = {
  id: 'ovs-dpif-show',
  title: 'ovs-appctl dpif/show (Open vSwitch)',
  opens: (line) => (DATAPATH.test(line) ? 'more' : null),
  start: () => new DatapathShowParser(),
};
