import type { Draft, OutputContext, OutputParser, StateImporter, StateLine } from '../importer.ts';
import type { InterfaceFacts } from '../state-facts.ts';
import { readDuplex, readMac, readSpeedMbps } from '../values.ts';

/** `ethtool IFACE`, `ethtool -i IFACE`, `ethtool -P IFACE` (Linux). */

const FIELD =
  /^(Supported ports|Supported link modes|Supported pause frame use|Supports auto-negotiation|Supported FEC modes|Advertised link modes|Advertised pause frame use|Advertised auto-negotiation|Advertised FEC modes|Link partner advertised [\w -]{4,30}|Speed|Lanes|Duplex|Port|PHYAD|Transceiver|Auto-negotiation|MDI-X|Supports Wake-on|Wake-on|Current message level|Link detected|SQI|Master\/Slave[\w ]*|master-slave[\w ]*|driver|version|firmware-version|expansion-rom-version|bus-info|supports-[\w-]{4,30}|Permanent address|Active FEC encodings?|Configured FEC encodings?):\s*(.*)$/i;
/** Further lines of a list of link modes, and the names of the message level. */
const CONTINUATION =
  /^(?:\d{1,6}base\S+(?:\s+\d{1,6}base\S+)*|(?:drv|probe|link|timer|ifdown|ifup|rx_err|tx_err|tx_queued|intr|tx_done|rx_status|pktdata|hw|wol)(?:\s+\w+)*|Not reported|None|RS|BaseR)$/i;

class EthtoolParser implements OutputParser {
  private readonly interfaces: Draft<InterfaceFacts>[] = [];
  private readonly context: OutputContext;

  constructor(context: OutputContext) {
    this.context = context;
  }

  private current(): Draft<InterfaceFacts> {
    if (this.interfaces.length === 0) {
      const name = /\bethtool\s+(?:-\S+\s+)*([\w.:@-]{1,32})\s*$/.exec(this.context.command ?? '')?.[1];
      this.interfaces.push({ name: name ?? '' });
    }
    return this.interfaces[this.interfaces.length - 1];
  }

  accept(line: StateLine): boolean {
    const text = line.text;
    const title = /^Settings for ([\w.:@-]{1,32}):$/.exec(text);
    if (title !== null) {
      this.interfaces.push({ name: title[1] });
      return true;
    }
    const field = FIELD.exec(text);
    if (field === null) return CONTINUATION.test(text) || text.startsWith('netlink error:');
    const [, key, value] = field;
    const facts = this.current();
    if (key === 'Speed') facts.speedMbps = readSpeedMbps(value);
    else if (key === 'Duplex') facts.duplex = readDuplex(value);
    else if (key === 'Link detected') facts.linkUp = /^yes\b/.test(value);
    else if (key === 'driver') facts.driver = value;
    else if (key === 'Permanent address') facts.permanentMac = readMac(value);
    return true;
  }

  finish() {
    const interfaces = this.interfaces.filter((item) => item.name !== '');
    return this.interfaces.length === 0 ? null : { lags: [], interfaces };
  }
}

export const ethtool: StateImporter = {
  id: 'ethtool',
  title: 'ethtool, ethtool -i, ethtool -P (Linux)',
  opens(line, next) {
    if (/^Settings for [\w.:@-]{1,32}:$/.test(line)) return 'more';
    if (/^driver: \S+$/.test(line) && next.startsWith('version:')) return 'new';
    return /^Permanent address: [0-9a-f:]{17}$/.test(line) ? 'new' : null;
  },
  start: (context) => new EthtoolParser(context),
};
