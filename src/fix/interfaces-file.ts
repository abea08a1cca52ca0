import { bondChange, linesToSet, resultingMembers, verifyBond } from './bond-options.ts';
import type { Change } from './change.ts';
import { ovsOptionWords, verifyOvs } from './ovs-options.ts';
import { lines, type FixText } from './syntax.ts';
import { bondName, hostNames, type FixTarget } from './target.ts';

/** Stanzas of /etc/network/interfaces, which ifupdown (with ifenslave) and ifupdown2 share but for the options they know. */

export interface InterfacesDialect {
  /** Whether the program takes this option of the driver with this value. */
  takes(option: string, value: string): boolean;
  /** Commands that put the file into effect. */
  apply(bond: string): string;
  readonly note?: string;
}

const FILE = '# /etc/network/interfaces';

function stanza(name: string, options: readonly string[], keep: string | null): string[] {
  return [...(keep === null ? [] : [keep]), `auto ${name}`, `iface ${name} inet manual`, ...options.map((option) => `    ${option}`)];
}

function optionLine(name: string, value: string): string {
  return `bond-${name.replaceAll('_', '-')} ${name === 'arp_ip_target' ? value.replaceAll(',', ' ') : value}`;
}

export function writeInterfaces(change: Change, target: FixTarget, dialect: InterfacesDialect): FixText | null {
  const bond = bondName(target);
  const text = target.system === 'ovs' ? ovsStanza(change, target) : linuxStanzas(change, target, dialect);
  if (text === null) return null;
  return {
    text: lines(FILE, text, `# then: ${dialect.apply(bond)}`),
    verify: target.system === 'ovs' ? verifyOvs(bond) : verifyBond(bond),
    ...(dialect.note !== undefined && { note: dialect.note }),
  };
}

function linuxStanzas(change: Change, target: FixTarget, dialect: InterfacesDialect): string[] | null {
  const bond = bondName(target);
  switch (change.kind) {
    case 'raise-members':
      return hostNames(change.members).flatMap((name) => [`auto ${name}`, `iface ${name} inet manual`]);
    case 'set-speed':
      return hostNames(change.members).flatMap((name) =>
        stanza(name, [`link-speed ${change.speedMbps}`, `link-duplex ${change.duplex}`, 'link-autoneg off'], null),
      );
    case 'add-members':
    case 'remove-members':
      return [
        ...(change.kind === 'add-members' ? hostNames(change.members).flatMap((name) => stanza(name, [], null)) : []),
        ...stanza(bond, slavesLine(resultingMembers(change, target)), `# in the stanza of ${bond}, in place of its bond-slaves line:`),
      ];
    default: {
      const options = bondChange(change, target);
      if (options === null || !Object.entries(options.set).every(([name, value]) => dialect.takes(name, value))) return null;
      const members = hostNames(target.members);
      if (change.kind === 'create-lag') {
        return [
          ...members.flatMap((name) => stanza(name, [], null)),
          ...stanza(bond, [...slavesLine(members), ...Object.entries(options.set).map(([name, value]) => optionLine(name, value))], null),
        ];
      }
      const unset = options.unset.filter((name) => name in (target.options ?? {})).map((name) => optionLine(name, '').trim());
      const set = Object.entries(linesToSet(options, target)).map(([name, value]) => optionLine(name, value));
      return stanza(
        bond,
        [...slavesLine(members), ...set],
        `# in the stanza of ${bond}: set these lines, keep the others${unset.length === 0 ? '' : `, remove ${unset.join(', ')}`}`,
      );
    }
  }
}

function slavesLine(members: readonly string[]): string[] {
  return members.length === 0 ? [] : [`bond-slaves ${members.join(' ')}`];
}

/** `ovs_options` is one line: what is known to be in use is repeated. Ports of an Open vSwitch bond need `auto`. */
function ovsStanza(change: Change, target: FixTarget): string[] | null {
  const bond = bondName(target);
  if (change.kind === 'raise-members') return hostNames(change.members).flatMap((name) => stanza(name, [], null));
  const members = resultingMembers(change, target);
  const memberChange = change.kind === 'add-members' || change.kind === 'remove-members';
  const words = memberChange ? (target.options ?? {}) : ovsOptionWords(change, target);
  if (words === null) return null;
  const all = memberChange ? words : { ...target.options, ...words };
  const options = Object.entries(all)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
  return [
    ...(change.kind === 'create-lag' || change.kind === 'add-members' ? members.flatMap((name) => stanza(name, [], null)) : []),
    ...stanza(
      bond,
      [
        'ovs_type OVSBond',
        ...(target.bridge === undefined ? [] : [`ovs_bridge ${hostNames([target.bridge])[0]}`]),
        `ovs_bonds ${members.join(' ')}`,
        ...(options === '' ? [] : [`ovs_options ${options}`]),
      ],
      change.kind === 'create-lag' ? null : `# in the stanza of ${bond}: set these lines, keep the others`,
    ),
  ];
}
