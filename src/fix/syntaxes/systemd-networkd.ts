import { bondChange, linesToSet, resultingMembers, verifyBond } from '../bond-options.ts';
import type { Change } from '../change.ts';
import { lines, type FixSyntax, type FixText } from '../syntax.ts';
import { bondName, hostNames, type FixTarget } from '../target.ts';

/** systemd.netdev(5) [Bond], systemd.network(5) [Network] Bond=, systemd.link(5). It has no word for lacp_active and vlan+srcmac. */
const NAMES: Readonly<Record<string, string>> = {
  mode: 'Mode',
  xmit_hash_policy: 'TransmitHashPolicy',
  lacp_rate: 'LACPTransmitRate',
  miimon: 'MIIMonitorSec',
  updelay: 'UpDelaySec',
  downdelay: 'DownDelaySec',
  ad_select: 'AdSelect',
  min_links: 'MinLinks',
  fail_over_mac: 'FailOverMACPolicy',
  arp_interval: 'ARPIntervalSec',
  arp_ip_target: 'ARPIPTargets',
  arp_validate: 'ARPValidate',
  primary_reselect: 'PrimaryReselectPolicy',
};

const IN_MILLISECONDS = new Set(['miimon', 'updelay', 'downdelay', 'arp_interval']);
const DIRECTORY = '/etc/systemd/network';
const RELOAD = 'networkctl reload';

function optionLines(options: Readonly<Record<string, string>>): string[] | null {
  const found: string[] = [];
  for (const [name, value] of Object.entries(options)) {
    const key = NAMES[name];
    if (key === undefined || value === 'vlan+srcmac') return null;
    found.push(`${key}=${IN_MILLISECONDS.has(name) ? `${value}ms` : name === 'arp_ip_target' ? value.replaceAll(',', ' ') : value}`);
  }
  return found;
}

function netdev(bond: string, options: readonly string[], gone: readonly string[] = []): string[] {
  return [
    `# the .netdev file of ${bond} in ${DIRECTORY}: set these keys, keep the others${gone.length === 0 ? '' : `, remove ${gone.join(', ')}`}`,
    '[NetDev]',
    `Name=${bond}`,
    'Kind=bond',
    '',
    '[Bond]',
    ...options,
  ];
}

function network(name: string, rest: readonly string[]): string[] {
  return [`# the .network file of ${name} in ${DIRECTORY}`, '[Match]', `Name=${name}`, '', '[Network]', ...rest];
}

function write(change: Change, target: FixTarget): FixText | null {
  const bond = bondName(target);
  const done = (text: readonly (readonly string[])[], apply: string, note?: string): FixText => ({
    text: lines(
      text.flatMap((part, i) => (i === 0 ? part : ['', ...part])),
      `# then: ${apply}`,
    ),
    verify: verifyBond(bond),
    ...(note !== undefined && { note }),
  });
  switch (change.kind) {
    case 'add-members':
      return done(
        hostNames(change.members).map((name) => network(name, [`Bond=${bond}`])),
        RELOAD,
      );
    case 'remove-members':
      return done(
        hostNames(change.members).map((name) => network(name, [`# remove: Bond=${bond}`])),
        RELOAD,
      );
    case 'set-primary':
      return change.reselect === undefined
        ? done([network(hostNames([change.member])[0], [`Bond=${bond}`, 'PrimarySlave=true'])], RELOAD)
        : null;
    case 'set-speed':
      return done(
        hostNames(change.members).map((name) => [
          `# ${DIRECTORY}/10-${name}.link`,
          '[Match]',
          `OriginalName=${name}`,
          '',
          '[Link]',
          'AutoNegotiation=no',
          `BitsPerSecond=${change.speedMbps}M`,
          `Duplex=${change.duplex}`,
        ]),
        `udevadm trigger --action=add /sys/class/net/${hostNames(change.members)[0] ?? 'NIC1'}`,
      );
    default: {
      const options = bondChange(change, target);
      const set = options === null ? null : optionLines(change.kind === 'create-lag' ? options.set : linesToSet(options, target));
      if (options === null || set === null) return null;
      if (change.kind === 'create-lag') {
        return done([netdev(bond, set), ...resultingMembers(change, target).map((name) => network(name, [`Bond=${bond}`]))], RELOAD);
      }
      const gone = options.unset.filter((name) => name in (target.options ?? {})).flatMap((name) => NAMES[name] ?? []);
      return done(
        [netdev(bond, set, gone)],
        `networkctl delete ${bond} && ${RELOAD}`,
        'An existing bond keeps its settings on reload, so it is deleted and made again: it is down for a moment.',
      );
    }
  }
}

export const systemdNetworkd: FixSyntax = {
  id: 'systemd-networkd',
  title: 'systemd-networkd .netdev and .network files',
  systems: ['linux'],
  write,
};
