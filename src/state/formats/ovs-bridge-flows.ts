import type { Draft, OutputParser, StateImporter, StateLine } from '../importer.ts';
import { bondOfTable } from '../ovs-words.ts';
import type { BucketFacts } from '../state-facts.ts';
import { readInteger, readNumber } from '../values.ts';

/**
 * `ovs-appctl bridge/dump-flows BRIDGE` (Open vSwitch): its hidden rules `dp_hash=0xNN/0xff,actions=output:PORT`
 * are the whole bucket table of a balance-tcp bond (bucket 0 is printed `dp_hash=0/0xff`). Ports are OpenFlow numbers.
 */

const RULE = /^(?:cookie=0x[0-9a-f]+, )?(?:table_id=\d+, )?(?:duration=[\d.]+s, )/;
const BUCKET = /\brecirc_id=(0x[0-9a-f]+|\d+),dp_hash=(0x[0-9a-f]+|\d+)\/0xff,actions=output:("?[\w.-]+"?)$/;

class OvsBridgeFlowsParser implements OutputParser {
  private readonly tables = new Map<number, BucketFacts[]>();
  private rules = 0;

  accept(line: StateLine): boolean {
    if (!RULE.test(line.text)) return false;
    this.rules++;
    const match = BUCKET.exec(line.text);
    const bucket = readNumber(match?.[2]);
    const recirculationId = readNumber(match?.[1]);
    if (match === null || bucket === undefined || recirculationId === undefined || bucket > 255) return true;
    const port = match[3].replaceAll('"', '');
    const facts: Draft<BucketFacts> = { bucket };
    if (/^\d+$/.test(port)) facts.openflowPort = readInteger(port);
    else facts.member = port;
    facts.packets = readInteger(/\bn_packets=(\d+)/.exec(line.text)?.[1]);
    facts.bytes = readInteger(/\bn_bytes=(\d+)/.exec(line.text)?.[1]);
    const table = this.tables.get(recirculationId);
    if (table === undefined) this.tables.set(recirculationId, [facts]);
    else table.push(facts);
    return true;
  }

  finish() {
    if (this.rules === 0) return null;
    const lags = [...this.tables].map(([recirculationId, buckets]) => bondOfTable(buckets, { lbOutput: false, recirculationId }));
    return { lags, interfaces: [] };
  }
}

export const ovsBridgeFlows: StateImporter = {
  id: 'ovs-bridge-flows',
  title: 'ovs-appctl bridge/dump-flows (Open vSwitch)',
  opens: (line) => (RULE.test(line) && line.includes('actions=') ? 'more' : null),
  start: () => new OvsBridgeFlowsParser(),
};
