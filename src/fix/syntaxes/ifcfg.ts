import { bondChange, resultingOptions, verifyBond } from '../bond-options.ts';
import type { Change } from '../change.ts';
import { lines, type FixSyntax, type FixText } from '../syntax.ts';
import { bondName, hostNames, type FixTarget } from '../target.ts';

/**
 * ifcfg files of Red Hat's initscripts ("Networking Guide", channel bonding): BONDING_OPTS are handed to the driver as
 * they are, all in one line.
 */

const FOLDER = '/etc/sysconfig/network-scripts';

function memberFile(name: string, bond: string): string[] {
  return [`# ${FOLDER}/ifcfg-${name}`, `DEVICE=${name}`, 'TYPE=Ethernet', 'ONBOOT=yes', 'BOOTPROTO=none', `MASTER=${bond}`, 'SLAVE=yes'];
}

function write(change: Change, target: FixTarget): FixText | null {
  const bond = bondName(target);
  const restart = [`# then: ifdown ${bond}; ifup ${bond}`];
  const done = (text: readonly string[]): FixText => ({
    text: lines(text, restart),
    verify: verifyBond(bond),
    note: 'The bond is down for a moment. Where NetworkManager reads these files: nmcli connection reload first.',
  });
  switch (change.kind) {
    case 'add-members':
      return done(hostNames(change.members).flatMap((name) => memberFile(name, bond)));
    case 'remove-members':
      return done(
        hostNames(change.members).flatMap((name) => [
          `# ${FOLDER}/ifcfg-${name}: remove MASTER=${bond} and SLAVE=yes`,
          `DEVICE=${name}`,
          'TYPE=Ethernet',
          'ONBOOT=yes',
          'BOOTPROTO=none',
        ]),
      );
    case 'raise-members':
      return done(hostNames(change.members).flatMap((name) => [`# ${FOLDER}/ifcfg-${name}`, `DEVICE=${name}`, 'ONBOOT=yes']));
    case 'set-speed':
      return done(
        hostNames(change.members).flatMap((name) => [
          `# ${FOLDER}/ifcfg-${name}`,
          `DEVICE=${name}`,
          `ETHTOOL_OPTS="speed ${change.speedMbps} duplex ${change.duplex} autoneg off"`,
        ]),
      );
    default: {
      const options = bondChange(change, target);
      if (options === null) return null;
      const complete = target.options?.mode !== undefined || change.kind === 'create-lag';
      const words = Object.entries(change.kind === 'create-lag' ? options.set : resultingOptions(options, target)).map(
        ([name, value]) => `${name}=${value}`,
      );
      const file = [
        `# ${FOLDER}/ifcfg-${bond}${complete ? '' : ': add these words to BONDING_OPTS, in place of those of the same name'}`,
        `DEVICE=${bond}`,
        ...(change.kind === 'create-lag' ? ['TYPE=Bond', 'BONDING_MASTER=yes', 'ONBOOT=yes', 'BOOTPROTO=none'] : []),
        `BONDING_OPTS="${words.join(' ')}"`,
      ];
      return done(change.kind === 'create-lag' ? [...file, ...hostNames(target.members).flatMap((name) => memberFile(name, bond))] : file);
    }
  }
}

export const ifcfg: FixSyntax = { id: 'ifcfg', title: 'ifcfg files with BONDING_OPTS (Red Hat)', systems: ['linux'], write };
