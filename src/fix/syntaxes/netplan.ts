import { bondChange, linesToSet, resultingMembers, verifyBond } from '../bond-options.ts';
import type { Change } from '../change.ts';
import { ovsOptionWords, verifyOvs } from '../ovs-options.ts';
import { lines, type FixSyntax, type FixText } from '../syntax.ts';
import { bondName, hostNames, type FixTarget } from '../target.ts';

/** netplan YAML (Netplan documentation, "YAML configuration": properties for device type `bonds:`, and OpenVSwitch). */
const NAMES: Readonly<Record<string, string>> = {
  mode: 'mode',
  lacp_rate: 'lacp-rate',
  miimon: 'mii-monitor-interval',
  min_links: 'min-links',
  xmit_hash_policy: 'transmit-hash-policy',
  ad_select: 'ad-select',
  arp_interval: 'arp-interval',
  arp_ip_target: 'arp-ip-targets',
  arp_validate: 'arp-validate',
  updelay: 'up-delay',
  downdelay: 'down-delay',
  fail_over_mac: 'fail-over-mac-policy',
  primary: 'primary',
  primary_reselect: 'primary-reselect-policy',
};

const HEAD = ['# the file in /etc/netplan that defines the bond: set these keys, keep the others'];
const NOTE = 'netplan try takes it back after two minutes unless it is confirmed.';

/** A scalar that YAML cannot take for something else. */
function scalar(value: string): string {
  return /^[A-Za-z][\w.+-]*$/.test(value) && !/^(?:on|off|yes|no|true|false|null|y|n)$/i.test(value)
    ? value
    : /^\d{1,15}$/.test(value)
      ? value
      : `"${value.replace(/["\\]/g, '')}"`;
}

function bondYaml(bond: string, members: readonly string[] | null, body: readonly string[], ethernets: readonly string[] = []): string {
  return lines(
    HEAD,
    'network:',
    '  version: 2',
    ethernets.length === 0 ? [] : ['  ethernets:', ...ethernets.map((name) => `    ${name}: {}`)],
    '  bonds:',
    `    ${bond}:`,
    members === null || members.length === 0 ? [] : [`      interfaces: [${members.join(', ')}]`],
    body.map((line) => `      ${line}`),
    '# then: netplan try',
  );
}

function parameterLines(options: Readonly<Record<string, string>>): string[] | null {
  const found: string[] = [];
  for (const [name, value] of Object.entries(options)) {
    const key = NAMES[name];
    // vlan+srcmac is not among its policies.
    if (key === undefined || value === 'vlan+srcmac') return null;
    found.push(
      `  ${key}: ${name === 'arp_ip_target' ? `[${value.split(',').join(', ')}]` : name === 'mode' && value === '802.3ad' ? value : scalar(value)}`,
    );
  }
  return found.length === 0 ? [] : ['parameters:', ...found];
}

function writeOvs(change: Change, target: FixTarget): FixText | null {
  const words = ovsOptionWords(change, target);
  if (words === null) return null;
  const { bond_mode: mode, lacp, ...other } = words;
  const config = Object.entries(other).map(([name, value]) => `    ${name.replace('other_config:', '')}: ${scalar(value)}`);
  const ovs = [
    ...(lacp === undefined ? [] : [`  lacp: ${lacp === 'off' ? '"off"' : lacp}`]),
    ...(config.length === 0 ? [] : ['  other-config:', ...config]),
  ];
  const body = [
    ...(mode === undefined ? [] : ['parameters:', `  mode: ${mode}`]),
    ...(ovs.length === 0 ? ['openvswitch: {}'] : ['openvswitch:', ...ovs]),
  ];
  const bond = bondName(target);
  return { text: bondYaml(bond, resultingMembers(change, target), body), verify: verifyOvs(bond), note: NOTE };
}

function write(change: Change, target: FixTarget): FixText | null {
  if (target.system === 'ovs') return writeOvs(change, target);
  const bond = bondName(target);
  const done = (text: string): FixText => ({ text, verify: verifyBond(bond), note: NOTE });
  const members = resultingMembers(change, target);
  switch (change.kind) {
    case 'add-members':
    case 'remove-members':
      return done(bondYaml(bond, members, [], change.kind === 'add-members' ? hostNames(change.members) : []));
    default: {
      const options = bondChange(change, target);
      if (options === null) return null;
      const body = parameterLines(change.kind === 'create-lag' ? options.set : linesToSet(options, target));
      if (body === null) return null;
      const gone = options.unset.filter((name) => name in (target.options ?? {})).map((name) => `# remove: ${NAMES[name]}`);
      return done(bondYaml(bond, members, [...body, ...gone], change.kind === 'create-lag' ? members : []));
    }
  }
}

export const netplan: FixSyntax = { id: 'netplan', title: 'netplan YAML (Ubuntu)', systems: ['linux', 'ovs'], write };
