import type { Change } from '../change.ts';
import { ovsOptionWords, verifyOvs } from '../ovs-options.ts';
import { lines, type FixSyntax, type FixText } from '../syntax.ts';
import { bondName, hostNames, type FixTarget } from '../target.ts';

/** ovs-vsctl(8): at once and for good, as it is kept in the database. */
function write(change: Change, target: FixTarget): FixText | null {
  const bond = bondName(target);
  const done = (...text: readonly string[]): FixText => ({ text: lines(text), verify: verifyOvs(bond) });
  switch (change.kind) {
    case 'add-members':
      return done(...hostNames(change.members).map((name) => `ovs-vsctl --may-exist add-bond-iface ${bond} ${name}`));
    case 'remove-members':
      return done(...hostNames(change.members).map((name) => `ovs-vsctl --if-exists del-bond-iface ${bond} ${name}`));
    case 'raise-members':
      return done(...hostNames(change.members).map((name) => `ip link set dev ${name} up`));
    case 'remove-ignored-key':
      return /^[\w-]{1,64}$/.test(change.key) ? done(`ovs-vsctl remove port ${bond} other_config ${change.key}`) : null;
    default: {
      const words = ovsOptionWords(change, target);
      if (words === null) return null;
      const text = Object.entries(words)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ');
      if (change.kind !== 'create-lag') return done(`ovs-vsctl set port ${bond} ${text}`);
      const bridge = target.bridge === undefined ? 'BRIDGE' : hostNames([target.bridge])[0].replace(/^NIC1$/, 'BRIDGE');
      return done(`ovs-vsctl add-bond ${bridge} ${bond} ${hostNames(target.members).join(' ')} ${text}`);
    }
  }
}

export const ovs: FixSyntax = { id: 'ovs', title: 'ovs-vsctl (Open vSwitch)', systems: ['ovs'], write };
