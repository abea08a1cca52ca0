import type { OutputParser, StateImporter, StateLine } from '../importer.ts';
import { bondOfTable } from '../ovs-words.ts';
import type { BucketFacts } from '../state-facts.ts';

/**
 * `ovs-appctl dpif/dump-flows`, `dpctl/dump-flows` (Open vSwitch): flows after recirculation carry the whole 32-bit hash of the
 * packet that made them and the member that took it, so each names the member of one bucket.
 */

const FLOW = /^(?:ufid:[0-9a-f-]{36}[, ] ?)?(?:skb_priority\(|recirc_id\(|ct_state\()/;
const BUCKET = /\brecirc_id\((0x[0-9a-f]{1,8})\),dp_hash\(0x([0-9a-f]{1,8})\/0xff\)/;

class OvsDpifFlowsParser implements OutputParser {
  private readonly tables = new Map<number, Map<number, BucketFacts>>();
  private flows = 0;

  accept(line: StateLine): boolean {
    if (!FLOW.test(line.text)) return false;
    this.flows++;
    const bucket = BUCKET.exec(line.text);
    // A bond's member is a lone output: `actions:eno1`, behind a tag `actions:push_vlan(…),eno1`.
    const member = /\bactions:(?:push_vlan\([^)]{0,40}\),|pop_vlan,)?([A-Za-z][\w.:-]{0,31}|\d{1,5})$/.exec(line.text)?.[1];
    if (bucket === null || member === undefined) return true;
    const recirculationId = Number.parseInt(bucket[1].slice(2), 16);
    const table = this.tables.get(recirculationId) ?? new Map<number, BucketFacts>();
    this.tables.set(recirculationId, table);
    const index = Number.parseInt(bucket[2], 16) & 255;
    table.set(index, /^\d/.test(member) ? { bucket: index, datapathPort: Number(member) } : { bucket: index, member });
    return true;
  }

  finish() {
    if (this.flows === 0) return null;
    const lags = [...this.tables].map(([recirculationId, table]) => bondOfTable([...table.values()], { lbOutput: false, recirculationId }));
    return { lags, interfaces: [] };
  }
}

export const ovsDpifFlows: StateImporter = {
  id: 'ovs-dpif-flows',
  title: 'ovs-appctl dpif/dump-flows, dpctl/dump-flows (Open vSwitch)',
  opens: (line) => (FLOW.test(line) && line.includes('actions:') ? 'more' : null),
  start: () => new OvsDpifFlowsParser(),
};
