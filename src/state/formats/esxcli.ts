import type { Draft, OutputContext, OutputParser, StateImporter, StateLine } from '../importer.ts';
import type { InterfaceFacts, LagFacts } from '../state-facts.ts';
import { readDuplex, readInteger, readMac } from '../values.ts';

/** Values of `Load Balancing` (`esxcli network vswitch standard policy failover`): registry ids. */
const POLICIES: Readonly<Record<string, string>> = {
  iphash: 'esxi-ip-hash',
  srcmac: 'esxi-src-mac',
  srcport: 'esxi-port-id',
  portid: 'esxi-port-id',
  mac: 'esxi-src-mac',
};

/** `esxcli network vswitch standard policy failover get -v vSwitch0`, and `… portgroup policy failover get -p NAME`. */
class EsxFailoverParser implements OutputParser {
  private readonly lag: Draft<LagFacts>;
  private active: string[] = [];
  private standby: string[] = [];
  private fields = 0;

  constructor(context: OutputContext) {
    const name = /(?:-v|--vswitch-name|-p|--portgroup-name)[ =]"?([^"\s]+)/.exec(context.command ?? '')?.[1] ?? null;
    this.lag = { name, members: [], membersInHashOrder: false };
  }

  accept(line: StateLine): boolean {
    const match = /^([A-Z][A-Za-z ]{2,60}?):(?: (.*))?$/.exec(line.text);
    if (match === null) return false;
    const value = (match[2] ?? '').trim();
    const names = value.split(/,\s*/).filter((name) => name !== '');
    if (match[1] === 'Load Balancing') {
      this.lag.policyText = value;
      this.lag.policy = Object.hasOwn(POLICIES, value) ? POLICIES[value] : undefined;
      // Without LACP on a standard switch: IP hash goes with a static bundle on the physical switch.
      this.lag.mode = value === 'explicit' ? 'active-backup' : 'static';
    } else if (match[1] === 'Active Adapters') this.active = names;
    else if (match[1] === 'Standby Adapters') this.standby = names;
    else if (!/^(?:Network Failure Detection|Notify Switches|Failback|Unused Adapters|Override Vswitch [A-Za-z ]+)$/.test(match[1]))
      return false;
    this.fields++;
    return true;
  }

  finish() {
    if (this.fields < 2) return null;
    this.lag.members = [...this.active.map((name) => ({ name, active: true })), ...this.standby.map((name) => ({ name, active: false }))];
    return { lags: [this.lag], interfaces: [] };
  }
}

export const esxFailover: StateImporter = {
  id: 'esxcli-failover',
  title: 'esxcli network vswitch standard policy failover get (VMware ESXi)',
  opens: (line, next) => (/^Load Balancing: [a-z]+$/.test(line) && next.startsWith('Network Failure Detection:') ? 'new' : null),
  start: (context) => new EsxFailoverParser(context),
};

const HEADER = /^Name\s+PCI Device\s+Driver\s+(?:Admin Status\s+Link Status|Link)\s+Speed\s+Duplex\s+MAC Address\s+MTU\s+Description$/;
const ROW =
  /^(vm\w{1,16}|vusb\d{1,4})\s+(\S+)\s+(\S+)\s+(?:(?:Up|Down)\s+)?(Up|Down)\s+(\d{1,7})\s+(\S+)\s+([0-9a-f:]{17})\s+\d+(?:\s.*)?$/;

/** `esxcli network nic list`. */
class EsxNicListParser implements OutputParser {
  private readonly interfaces: InterfaceFacts[] = [];
  private seen = false;

  accept(line: StateLine): boolean {
    if (HEADER.test(line.text) || /^-{3,}(?:\s+-{3,})*$/.test(line.text)) {
      this.seen = true;
      return true;
    }
    const row = ROW.exec(line.text);
    if (row === null) return false;
    const speed = readInteger(row[5]);
    this.interfaces.push({
      name: row[1],
      driver: row[3],
      linkUp: row[4] === 'Up',
      speedMbps: speed === 0 ? undefined : speed,
      duplex: readDuplex(row[6]),
      mac: readMac(row[7]),
      permanentMac: readMac(row[7]),
    });
    return true;
  }

  finish() {
    return this.seen || this.interfaces.length > 0 ? { lags: [], interfaces: this.interfaces } : null;
  }
}

export const esxNicList: StateImporter = {
  id: 'esxcli-nic-list',
  title: 'esxcli network nic list (VMware ESXi)',
  opens: (line) => (HEADER.test(line) || ROW.test(line) ? 'more' : null),
  start: () => new EsxNicListParser(),
};
