import type { Draft, OutputParser, StateImporter, StateLine } from '../importer.ts';
import { splitOvsItems, unquote } from '../ovs-words.ts';
import type { InterfaceFacts, LagFacts } from '../state-facts.ts';
import { readInteger } from '../values.ts';

/** `ovs-vsctl show` (Open vSwitch): bridges, ports and interfaces; a port with several interfaces is a bond. */

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Columns the output shows where they are set (`ovs-vsctl`, show_tables). */
const COLUMN =
  /^(?:datapath_type|fail_mode|is_connected|ovs_version|type|options|error|tag|trunks|vlan_mode|Controller|Manager|target)\b:?/;

interface Port {
  readonly name: string;
  readonly bridge: string | undefined;
  readonly datapathType: () => string | undefined;
  readonly interfaces: Draft<InterfaceFacts>[];
  tag?: number;
  trunks?: readonly number[];
  vlanMode?: string;
}

class OvsVsctlShowParser implements OutputParser {
  private readonly ports: Port[] = [];
  private bridge: { name: string; datapathType?: string } | null = null;
  private port: Port | null = null;

  accept(line: StateLine): boolean {
    const text = line.text;
    if (UUID.test(text)) return true;
    const row = /^(Bridge|Port|Interface) (\S+)$/.exec(text);
    if (row !== null) return this.acceptRow(row[1], unquote(row[2]));
    if (!COLUMN.test(text)) return false;
    const column = /^(\w+): (.+)$/.exec(text);
    if (column !== null) this.acceptColumn(column[1], column[2]);
    return true;
  }

  private acceptRow(kind: string, name: string): boolean {
    if (kind === 'Bridge') {
      this.bridge = { name };
      this.port = null;
    } else if (kind === 'Port') {
      const bridge = this.bridge;
      this.port = { name, bridge: bridge?.name, datapathType: () => bridge?.datapathType, interfaces: [] };
      this.ports.push(this.port);
    } else {
      if (this.port === null) return false;
      this.port.interfaces.push({ name, bridge: this.port.bridge });
    }
    return true;
  }

  private acceptColumn(name: string, value: string): void {
    const { port } = this;
    if (name === 'datapath_type' && this.bridge !== null) this.bridge.datapathType = unquote(value);
    if (port === null) return;
    if (name === 'tag') port.tag = readInteger(value);
    else if (name === 'trunks') port.trunks = splitOvsItems(value).map(Number).filter(Number.isInteger);
    else if (name === 'vlan_mode') port.vlanMode = value;
    else if (name === 'type' && port.interfaces.length > 0) port.interfaces[port.interfaces.length - 1].kind = unquote(value);
  }

  finish() {
    if (this.ports.length === 0) return null;
    const lags: LagFacts[] = [];
    for (const port of this.ports) {
      if (port.interfaces.length < 2) continue;
      for (const item of port.interfaces) item.master = port.name;
      lags.push({
        name: port.name,
        bridge: port.bridge,
        datapathType: port.datapathType(),
        tag: port.tag,
        trunks: port.trunks,
        vlanMode: port.vlanMode,
        members: port.interfaces.map((item) => ({ name: item.name })),
        membersInHashOrder: false,
      });
    }
    return { lags, interfaces: this.ports.flatMap((port) => port.interfaces) };
  }
}

export const ovsVsctlShow: StateImporter = {
  id: 'ovs-vsctl-show',
  title: 'ovs-vsctl show (Open vSwitch)',
  opens(line, next) {
    if (UUID.test(line) && /^(?:Bridge|Manager|ovs_version)\b/.test(next)) return 'new';
    if (/^Bridge \S+$/.test(line) && /^(?:Port|Controller|datapath_type|fail_mode)\b/.test(next)) return 'more';
    return /^Port \S+$/.test(line) && /^(?:Interface \S+|tag: |trunks: )/.test(next) ? 'more' : null;
  },
  start: () => new OvsVsctlShowParser(),
};
