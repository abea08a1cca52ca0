import { bondChange, NEEDS_DOWN, NEEDS_NO_MEMBERS, verifyBond, type BondChange } from '../bond-options.ts';
import type { Change } from '../change.ts';
import { lines, type FixSyntax, type FixText } from '../syntax.ts';
import { bondName, hostNames, type FixTarget } from '../target.ts';

/** ip-link(8) and ethtool(8): at once, until the next start. */

const NOT_LASTING = 'At once, but only until the next start: change the configuration file as well.';

function set(device: string, rest: string): string {
  return `ip link set dev ${device} ${rest}`;
}

/** A device that is up is refused by older drivers. Enslaving raises it. */
function enslave(name: string, bond: string): string[] {
  return [set(name, 'down'), set(name, `master ${bond}`)];
}

/** The driver itself switches the other monitor off when one is set. */
function setOptions(change: BondChange, target: FixTarget): FixText {
  const bond = bondName(target);
  const members = hostNames(target.members);
  const names = Object.keys(change.set);
  const released = names.some((name) => NEEDS_NO_MEMBERS.has(name));
  const down = names.some((name) => NEEDS_DOWN.has(name)) || released;
  const options = Object.entries(change.set)
    .map(([name, value]) => `${name} ${value}`)
    .join(' ');
  return {
    text: lines(
      down ? set(bond, 'down') : null,
      released ? members.map((name) => set(name, 'nomaster')) : [],
      set(bond, `type bond ${options}`),
      released ? members.flatMap((name) => enslave(name, bond)) : [],
      down ? set(bond, 'up') : null,
    ),
    verify: verifyBond(bond),
    note: down ? `${bond} is down for a moment: its routes and IPv6 addresses are lost and must be set again. ${NOT_LASTING}` : NOT_LASTING,
  };
}

function write(change: Change, target: FixTarget): FixText | null {
  const bond = bondName(target);
  const done = (text: readonly string[], note = NOT_LASTING): FixText => ({ text: lines(text), verify: verifyBond(bond), note });
  switch (change.kind) {
    case 'add-members':
      return done(hostNames(change.members).flatMap((name) => enslave(name, bond)));
    case 'remove-members':
      return done(hostNames(change.members).map((name) => set(name, 'nomaster')));
    case 'raise-members':
      return done(hostNames(change.members).map((name) => set(name, 'up')));
    case 'set-speed':
      return done(
        hostNames(change.members).map((name) => `ethtool -s ${name} speed ${change.speedMbps} duplex ${change.duplex} autoneg off`),
      );
    case 'create-lag': {
      const options = bondChange(change, target);
      if (options === null) return null;
      const words = Object.entries(options.set)
        .map(([name, value]) => `${name} ${value}`)
        .join(' ');
      return done([
        `ip link add ${bond} type bond ${words}`,
        ...hostNames(target.members).flatMap((name) => enslave(name, bond)),
        set(bond, 'up'),
      ]);
    }
    default: {
      const options = bondChange(change, target);
      return options === null ? null : setOptions(options, target);
    }
  }
}

export const iproute2: FixSyntax = { id: 'iproute2', title: 'ip link (iproute2), ethtool', systems: ['linux'], write };
