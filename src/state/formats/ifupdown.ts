import type { Draft, OutputParser, StateImporter, StateLine } from '../importer.ts';
import { finishConfiguredBond, setBondOption } from '../linux-bond-options.ts';
import { applyOvsOptions } from '../ovs-options.ts';
import type { InterfaceFacts, LagFacts, StateNote } from '../state-facts.ts';

/** `/etc/network/interfaces` of ifupdown with ifenslave, ifupdown2 (Proxmox), and of the Open vSwitch scripts. */

interface Stanza {
  readonly name: string;
  readonly line: number;
  readonly families: Set<string>;
  method: string;
  /** Options with `-` for `_`, in the order of the text. */
  readonly options: { readonly key: string; readonly value: string; readonly line: number }[];
}

const IFACE =
  /^iface ([\w.:@-]{1,64})(?: (inet6?|ipx|can))?(?: (manual|static|dhcp|loopback|auto|ppp|tunnel|none|v4tunnel|bootp|wvdial))?$/;
const AUTO = /^(auto|allow-[\w.-]{1,64}) +([\w.:@-]{1,64}(?: +[\w.:@-]{1,64})*)$/;
const OPTION =
  /^((?:bond|ovs|bridge|vlan|wpa|wireless|ethernet|mtu|hw|offload|link)[-_][\w-]{1,64}|slaves|bond_[a-z_]{1,40}|address|netmask|network|broadcast|gateway|mtu|hwaddress|up|down|pre-up|post-up|pre-down|post-down|dns-[a-z]{1,20}|metric|mode|autoconf|accept_ra|vlan_raw_device|vlan-id|vlan|scope|pointopoint|alias|dad-attempts|privext|media|vxlan-[a-z-]{1,40}|vrf(?:-table)?)(?: +(.*))?$/;

const BOND_MARKS = new Set(['bond-slaves', 'slaves', 'bond-mode', 'bond-master']);

/** One file: a text may show several, one after the other. */
class InterfacesFile {
  readonly stanzas: Stanza[] = [];
  private readonly byName = new Map<string, Stanza>();
  readonly auto = new Set<string>();
  /** Names raised with their bond (`allow-bond0 eth0`): enough for ifenslave, not for the Open vSwitch scripts. */
  readonly allowed = new Set<string>();

  find(name: string): Stanza | undefined {
    return this.byName.get(name);
  }

  add(stanza: Stanza): void {
    this.stanzas.push(stanza);
    this.byName.set(stanza.name, stanza);
  }

  /** Takes out the stanzas from `start` on. */
  takeFrom(start: number): readonly Stanza[] {
    const taken = this.stanzas.splice(start);
    for (const stanza of taken) this.byName.delete(stanza.name);
    return taken;
  }

  read(): { lags: LagFacts[]; interfaces: InterfaceFacts[]; notes: StateNote[] } {
    const notes: StateNote[] = [];
    const lags = [...this.readLinuxBonds(notes), ...this.readOvsBonds(notes)];
    this.noteMixedBridges(lags, notes);
    const masters = new Map<string, string>();
    for (const lag of lags) for (const member of lag.members) masters.set(member.name, lag.name ?? '');
    return { lags, interfaces: this.stanzas.map((stanza) => ({ name: stanza.name, master: masters.get(stanza.name) })), notes };
  }

  private readLinuxBonds(notes: StateNote[]): LagFacts[] {
    const bonds = new Map<string, { lag: Draft<LagFacts>; line: number; listed: string[]; joined: string[]; stanza: Stanza | undefined }>();
    const open = (name: string, line: number) => {
      let bond = bonds.get(name);
      if (bond === undefined) {
        bond = { lag: { name, members: [], membersInHashOrder: false }, line, listed: [], joined: [], stanza: this.find(name) };
        bonds.set(name, bond);
      }
      return bond;
    };
    for (const stanza of this.stanzas) {
      const bondOptions = stanza.options.filter((option) => option.key.startsWith('bond-') || option.key === 'slaves');
      // Options of a port alone (bond-give-a-chance) make no bond.
      if (!bondOptions.some((option) => BOND_MARKS.has(option.key))) continue;
      const master = bondOptions.find((option) => option.key === 'bond-master')?.value.split(' ', 1)[0];
      const bond = open(master ?? stanza.name, stanza.line);
      if (master !== undefined) bond.joined.push(stanza.name);
      for (const option of bondOptions) {
        if (option.key === 'bond-master') continue;
        if (option.key === 'bond-slaves' || option.key === 'slaves') {
          bond.listed.push(...readNames(option.value));
        } else
          setBondOption(bond.lag, option.key.slice(5), option.key === 'bond-arp-ip-target' ? option.value : option.value.split(' ', 1)[0]);
      }
    }
    return [...bonds.values()].map(({ lag, line, listed, joined, stanza }) => {
      const name = lag.name ?? undefined;
      if (listed.length > 0 && joined.length > 0) {
        notes.push({
          id: 'config/mixed-slaves-and-master',
          line,
          lag: name,
          detail: `bond-slaves lists ${listed.join(' ')}, and bond-master stands in ${joined.join(' ')}: use one of the two`,
        });
      }
      lag.members = [...new Set([...listed, ...joined])].map((member) => ({ name: member }));
      this.noteMembers(lag, notes, false);
      if (stanza !== undefined && stanza.method === 'manual' && stanza.options.some((option) => option.key === 'address')) {
        notes.push({
          id: 'config/address-on-manual',
          line: stanza.line,
          lag: name,
          detail: `${stanza.name} is inet manual and has an address: ifupdown does not set it`,
        });
      }
      finishConfiguredBond(lag, line, notes);
      return lag;
    });
  }

  private readOvsBonds(notes: StateNote[]): LagFacts[] {
    const lags: LagFacts[] = [];
    for (const stanza of this.stanzas) {
      const value = (key: string) => stanza.options.find((option) => option.key === key)?.value;
      if (value('ovs-type') !== 'OVSBond') continue;
      const lag: Draft<LagFacts> = {
        name: stanza.name,
        configured: true,
        members: [],
        membersInHashOrder: false,
        bridge: value('ovs-bridge'),
      };
      lag.members = readNames(value('ovs-bonds') ?? '').map((name) => ({ name }));
      applyOvsOptions(lag, value('ovs-options') ?? '', stanza.line, notes);
      this.noteMembers(lag, notes, true);
      lags.push(lag);
    }
    return lags;
  }

  private noteMembers(lag: LagFacts, notes: StateNote[], ovs: boolean): void {
    for (const { name } of lag.members) {
      const stanza = this.find(name);
      if (stanza === undefined || this.auto.has(name) || (!ovs && this.allowed.has(name))) continue;
      const hint = ovs ? 'an Open vSwitch bond needs auto for its ports' : 'without it the port may stay down';
      notes.push({
        id: 'config/slave-not-auto',
        line: stanza.line,
        lag: lag.name ?? undefined,
        member: name,
        detail: `${name} has no auto line: ${hint}`,
      });
    }
  }

  private noteMixedBridges(lags: readonly LagFacts[], notes: StateNote[]): void {
    const inOvs = new Set<string>();
    for (const lag of lags)
      if (lag.bridge !== undefined) for (const name of [lag.name ?? '', ...lag.members.map((member) => member.name)]) inOvs.add(name);
    for (const stanza of this.stanzas) {
      for (const option of stanza.options) if (option.key === 'ovs-ports') for (const name of option.value.split(' ')) inOvs.add(name);
    }
    for (const stanza of this.stanzas) {
      const ports = stanza.options.find((option) => option.key === 'bridge-ports');
      for (const name of ports?.value.split(' ') ?? []) {
        if (inOvs.has(name))
          notes.push({
            id: 'config/bridge-ovs-mix',
            line: ports?.line ?? stanza.line,
            member: name,
            detail: `${name} is in the Linux bridge ${stanza.name} and in an Open vSwitch bridge`,
          });
      }
    }
  }
}

class IfupdownParser implements OutputParser {
  private readonly files: InterfacesFile[] = [new InterfacesFile()];
  private current: Stanza | null = null;
  /** Number of stanzas and names raised before the last line that was not understood: later ones may open another file. */
  private stanzasBeforeBreak = 0;
  private raisedSinceBreak: { readonly set: 'auto' | 'allowed'; readonly name: string }[] = [];

  private file(): InterfacesFile {
    return this.files[this.files.length - 1];
  }

  accept(line: StateLine): boolean {
    const known = this.acceptLine(line);
    if (!known) {
      this.stanzasBeforeBreak = this.file().stanzas.length;
      this.raisedSinceBreak = [];
    }
    return known;
  }

  private acceptLine(line: StateLine): boolean {
    const text = line.text;
    if (text.startsWith('#') || /^(?:source|source-directory|mapping|rename|no-auto-down|no-scripts)\b/.test(text)) return true;
    const auto = AUTO.exec(text);
    if (auto !== null) {
      const set = auto[1] === 'auto' || auto[1] === 'allow-hotplug' || auto[1] === 'allow-auto' ? 'auto' : 'allowed';
      for (const name of auto[2].split(/ +/)) {
        this.file()[set].add(name);
        this.raisedSinceBreak.push({ set, name });
      }
      this.current = null;
      return true;
    }
    const normalized = text.replace(/\s+/g, ' ');
    const iface = IFACE.exec(normalized);
    if (iface !== null) {
      this.openStanza(iface[1], iface[2] ?? 'inet', iface[3] ?? 'manual', line.number);
      return true;
    }
    if (this.current === null) return false;
    const option = OPTION.exec(normalized);
    if (option === null) return false;
    this.current.options.push({ key: option[1].replaceAll('_', '-'), value: option[2] ?? '', line: line.number });
    return true;
  }

  private openStanza(name: string, family: string, method: string, line: number): void {
    const known = this.file().find(name);
    if (known !== undefined && !known.families.has(family)) {
      // The inet6 stanza beside the inet one of the same name.
      known.families.add(family);
      this.current = known;
      return;
    }
    if (known !== undefined) this.openFile();
    this.current = { name, line, families: new Set([family]), method, options: [] };
    this.file().add(this.current);
  }

  /** The same stanza again is another configuration: it takes along what stood after the last line of prose. */
  private openFile(): void {
    const file = new InterfacesFile();
    for (const stanza of this.file().takeFrom(this.stanzasBeforeBreak)) file.add(stanza);
    for (const { set, name } of this.raisedSinceBreak) file[set].add(name);
    this.files.push(file);
    this.stanzasBeforeBreak = 0;
  }

  finish() {
    const parsed = this.files.filter((file) => file.stanzas.length > 0).map((file) => file.read());
    if (parsed.length === 0) return null;
    return {
      lags: parsed.flatMap((item) => item.lags),
      interfaces: parsed.flatMap((item) => item.interfaces),
      notes: parsed.flatMap((item) => item.notes),
    };
  }
}

/** Names up to the first word that is none (a remark of the author). */
function readNames(value: string): string[] {
  const names: string[] = [];
  for (const word of value.split(' ')) {
    if (!/^[A-Za-z][\w.:@-]{0,31}$/.test(word)) break;
    if (word !== 'none') names.push(word);
  }
  return names;
}

export const ifupdown: StateImporter = {
  id: 'ifupdown',
  title: '/etc/network/interfaces (ifupdown, ifenslave, ifupdown2, OVSBond)',
  opens(line) {
    if (line.startsWith('iface')) return IFACE.test(line.replace(/\s+/g, ' ')) ? 'more' : null;
    return line.startsWith('a') && AUTO.test(line) && line.length < 200 ? 'more' : null;
  },
  start: () => new IfupdownParser(),
};
