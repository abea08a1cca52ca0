import type { Draft, OutputParser, StateImporter, StateLine } from '../importer.ts';
import type { InterfaceFacts, NeighborFacts } from '../state-facts.ts';
import { readInteger } from '../values.ts';

/** `lldpcli show neighbors [details]` (lldpd): which port of which system each interface is cabled to. */

const INTERFACE = /^Interface: +([\w.:@-]{1,32}), via: (?:LLDP|CDP\S*|EDP|FDP|SONMP|unknown)/;
const KNOWN =
  /^(?:-{10,}|LLDP (?:neighbors|interfaces):|Chassis:|Port:|VLAN: .*|PPVID: .*|PI: .*|LLDP-MED:|Unknown TLVs?:|(?:TLV|SysDescr|MgmtIP|MgmtIface|Capability|TTL|PMD autoneg|Adv|MAU oper type|MFS|Device Type|Inventory|Status|Administrative status|Time|PortAggregID|MDI Power|Device type|Power.*|Class|Software Revision|Firmware Revision|Serial Number|Manufacturer|Model|Hardware Revision|Asset ID):.*)$/;

class LldpcliParser implements OutputParser {
  private readonly interfaces: (Omit<InterfaceFacts, 'neighbor'> & { readonly neighbor: Draft<NeighborFacts> })[] = [];
  private seen = false;

  accept(line: StateLine): boolean {
    const title = INTERFACE.exec(line.text);
    if (title !== null) {
      this.interfaces.push({ name: title[1], neighbor: {} });
      return true;
    }
    if (/^LLDP (?:neighbors|interfaces):$/.test(line.text)) this.seen = true;
    const neighbor = this.interfaces[this.interfaces.length - 1]?.neighbor;
    const field = /^(ChassisID|SysName|PortID|PortDescr): +(?:(?:mac|ifname|local|ip|ifalias|unhandled) )?(.+)$/.exec(line.text);
    if (field !== null && neighbor !== undefined) {
      if (field[1] === 'ChassisID') neighbor.chassis = field[2];
      else if (field[1] === 'SysName') neighbor.systemName = field[2];
      else if (field[1] === 'PortID') neighbor.port = field[2];
      else neighbor.portDescription = field[2];
      return true;
    }
    const aggregate = /^(?:Port is aggregated\. )?PortAggregID: +(\d+)$/.exec(line.text);
    if (aggregate !== null && neighbor !== undefined) {
      neighbor.aggregateId = readInteger(aggregate[1]);
      return true;
    }
    return field !== null || KNOWN.test(line.text) || /^Interface: +[\w.:@-]{1,32}$/.test(line.text);
  }

  finish() {
    return this.seen || this.interfaces.length > 0 ? { lags: [], interfaces: this.interfaces } : null;
  }
}

export const lldpcli: StateImporter = {
  id: 'lldpcli',
  title: 'lldpcli show neighbors (lldpd)',
  opens: (line) => (INTERFACE.test(line) || /^LLDP (?:neighbors|interfaces):$/.test(line) ? 'more' : null),
  start: () => new LldpcliParser(),
};
