import type { Draft, OutputParser, StateImporter, StateLine } from '../importer.ts';
import { finishConfiguredBond, setBondOption } from '../linux-bond-options.ts';
import type { InterfaceFacts, LagFacts, MemberFacts, StateNote } from '../state-facts.ts';
import { readMac } from '../values.ts';

/** `ifcfg-*` files of Red Hat and SUSE (BONDING_OPTS, BONDING_MODULE_OPTS), one or several pasted together. */

interface Device {
  readonly line: number;
  readonly values: Map<string, string>;
}

const ASSIGNMENT = /^([A-Z][A-Z0-9_]{1,40})=(.*)$/;
const FIRST_KEYS = /^(?:DEVICE|BONDING_OPTS|BONDING_MODULE_OPTS|BONDING_MASTER|MASTER|TYPE=["']?Bond|STARTMODE|ONBOOT|BOOTPROTO)=?/;

class IfcfgParser implements OutputParser {
  private readonly devices: Device[] = [];

  accept(line: StateLine): boolean {
    if (line.text.startsWith('#')) return true;
    const match = ASSIGNMENT.exec(line.text);
    if (match === null) return false;
    let device = this.devices[this.devices.length - 1];
    // A key that comes again belongs to the next file.
    if (device === undefined || device.values.has(match[1])) {
      device = { line: line.number, values: new Map() };
      this.devices.push(device);
    }
    device.values.set(match[1], match[2].trim().replace(/^(["'])(.*)\1$/, '$2'));
    return true;
  }

  finish() {
    const notes: StateNote[] = [];
    const lags = new Map<string, { lag: Draft<LagFacts> & { members: MemberFacts[] }; line: number; options: boolean }>();
    const interfaces: InterfaceFacts[] = [];
    const open = (name: string, line: number) => {
      let entry = lags.get(name);
      if (entry === undefined) {
        entry = { lag: { name, configured: true, members: [], membersInHashOrder: false }, line, options: false };
        lags.set(name, entry);
      }
      return entry;
    };
    for (const { line, values } of this.devices) {
      const name = values.get('DEVICE') ?? values.get('NAME');
      if (name === undefined) continue;
      const options = values.get('BONDING_OPTS') ?? values.get('BONDING_MODULE_OPTS');
      const isBond = options !== undefined || values.get('TYPE') === 'Bond' || /^yes$/i.test(values.get('BONDING_MASTER') ?? '');
      const master = values.get('MASTER');
      interfaces.push({
        name,
        master,
        mac: readMac(values.get('MACADDR')),
        permanentMac: readMac(values.get('HWADDR')),
        kind: isBond ? 'bond' : undefined,
      });
      if (isBond) {
        const entry = open(name, line);
        entry.options = true;
        readOptions(entry.lag, options ?? '');
        for (const [key, value] of values) if (/^BONDING_SLAVE_?\d+$/.test(key)) entry.lag.members.push({ name: value });
      } else if (master !== undefined) open(master, line).lag.members.push({ name, permanentMac: readMac(values.get('HWADDR')) });
    }
    if (interfaces.length === 0) return null;
    const list = [...lags.values()].map(({ lag, line, options }) => {
      // A member's file alone does not say what the bond does.
      if (options) finishConfiguredBond(lag, line, notes);
      return lag;
    });
    return { lags: list, interfaces, notes };
  }
}

function readOptions(lag: Draft<LagFacts>, text: string): void {
  for (const word of text.split(/\s+/)) {
    const at = word.indexOf('=');
    if (at > 0) setBondOption(lag, word.slice(0, at), word.slice(at + 1));
  }
}

export const ifcfg: StateImporter = {
  id: 'ifcfg',
  title: 'ifcfg files with BONDING_OPTS (Red Hat, SUSE)',
  opens: (line) => (FIRST_KEYS.test(line) && ASSIGNMENT.test(line) ? 'more' : null),
  start: () => new IfcfgParser(),
};
