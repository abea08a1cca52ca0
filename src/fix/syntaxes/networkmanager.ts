import { bondChange, verifyBond } from '../bond-options.ts';
import type { Change } from '../change.ts';
import { lines, type FixSyntax, type FixText } from '../syntax.ts';
import { bondName, hostNames, type FixTarget } from '../target.ts';

/**
 * nmcli(1). Option names are those of the driver (nm-settings-nmcli(5), bond.options). A profile need not be called like
 * its device, so its name is asked for; `master` is understood by all releases (`controller` from 1.42 on).
 */

const NOTE = 'Activating the profile takes the bond down for a moment.';

function profileOf(device: string, variable: string): string {
  return `${variable}=$(nmcli -g GENERAL.CONNECTION device show ${device})`;
}

function write(change: Change, target: FixTarget): FixText | null {
  const bond = bondName(target);
  const done = (text: readonly string[], note?: string): FixText => ({
    text: lines(text),
    verify: verifyBond(bond),
    ...(note !== undefined && { note }),
  });
  switch (change.kind) {
    case 'create-lag': {
      const options = bondChange(change, target);
      if (options === null) return null;
      const words = Object.entries(options.set)
        .map(([name, value]) => `${name}=${value}`)
        .join(',');
      return done([
        `nmcli connection add type bond con-name ${bond} ifname ${bond} bond.options ${words}`,
        ...hostNames(target.members).map(
          (name) => `nmcli connection add type ethernet con-name ${bond}-${name} ifname ${name} master ${bond}`,
        ),
        ...hostNames(target.members).map((name) => `nmcli connection up ${bond}-${name}`),
      ]);
    }
    case 'add-members':
      return done(
        hostNames(change.members).flatMap((name) => [
          `nmcli connection add type ethernet con-name ${bond}-${name} ifname ${name} master ${bond}`,
          `nmcli connection up ${bond}-${name}`,
        ]),
      );
    case 'remove-members':
      return done(
        hostNames(change.members).flatMap((name) => [
          profileOf(name, 'member'),
          'nmcli connection modify "$member" connection.master "" connection.slave-type ""',
          'nmcli connection up "$member"',
        ]),
      );
    case 'raise-members':
      return done(
        hostNames(change.members).flatMap((name) => [
          profileOf(name, 'member'),
          'nmcli connection modify "$member" connection.autoconnect yes',
          'nmcli connection up "$member"',
        ]),
      );
    case 'set-speed':
      return done(
        hostNames(change.members).flatMap((name) => [
          profileOf(name, 'member'),
          `nmcli connection modify "$member" 802-3-ethernet.auto-negotiate no 802-3-ethernet.speed ${change.speedMbps} 802-3-ethernet.duplex ${change.duplex}`,
          'nmcli connection up "$member"',
        ]),
      );
    default: {
      const options = bondChange(change, target);
      // A comma separates options here, so that a list of addresses would need an escape that differs by release.
      if (options === null || options.set.arp_ip_target?.includes(',') === true) return null;
      const gone = options.unset.filter((name) => name in (target.options ?? {}) || name === 'miimon');
      return done(
        [
          profileOf(bond, 'bond'),
          ...gone.map((name) => `nmcli connection modify "$bond" -bond.options ${name}`),
          ...Object.entries(options.set).map(([name, value]) => `nmcli connection modify "$bond" +bond.options ${name}=${value}`),
          'nmcli connection up "$bond"',
        ],
        options.set.lacp_active === undefined ? NOTE : `${NOTE} Older releases of NetworkManager do not know lacp_active.`,
      );
    }
  }
}

export const networkmanager: FixSyntax = { id: 'networkmanager', title: 'nmcli (NetworkManager)', systems: ['linux'], write };
