import type { Change } from '../change.ts';
import { lines, type FixSyntax, type FixText } from '../syntax.ts';
import { hostNames, withMembers, withoutMembers, type FixTarget } from '../target.ts';

/**
 * esxcli network vswitch standard policy failover set (ESXCLI reference). A standard switch knows no LACP; on a
 * distributed switch LACP is configured in vCenter, for which there is no command here.
 */
const BALANCING: Readonly<Record<string, string>> = { 'esxi-ip-hash': 'iphash', 'esxi-src-mac': 'mac', 'esxi-port-id': 'portid' };

function write(change: Change, target: FixTarget): FixText | null {
  const name = target.bond !== null && /^[\w.-]{1,64}$/.test(target.bond) ? target.bond : 'VSWITCH';
  const set = (words: string, note?: string): FixText => ({
    text: lines(`esxcli network vswitch standard policy failover set -v ${name} ${words}`),
    verify: `esxcli network vswitch standard policy failover get -v ${name}`,
    ...(note !== undefined && { note }),
  });
  switch (change.kind) {
    case 'set-policy': {
      const balancing = BALANCING[change.policy];
      if (balancing === undefined) return null;
      return set(
        `-l ${balancing}`,
        balancing === 'iphash'
          ? 'IP hash needs a static channel (mode on) at the physical switch, link status detection, and no standby uplinks.'
          : 'The physical switch must not bundle these ports. Port groups that override the policy keep their own.',
      );
    }
    case 'add-members':
      return set(`-a ${hostNames(withMembers(target, change.members)).join(',')}`);
    case 'remove-members': {
      const left = withoutMembers(target, change.members);
      return left.length === 0 ? null : set(`-a ${hostNames(left).join(',')}`, 'An uplink that is neither active nor standby is unused.');
    }
    case 'set-mode':
      if (change.mode !== 'active-backup' || target.members.length < 2) return null;
      return set(`-l explicit -a ${hostNames(target.members)[0]} -s ${hostNames(target.members).slice(1).join(',')}`);
    case 'set-speed':
      return {
        text: lines(hostNames(change.members).map((nic) => `esxcli network nic set -n ${nic} -S ${change.speedMbps} -D ${change.duplex}`)),
        verify: 'esxcli network nic list',
      };
    default:
      return null;
  }
}

export const esxi: FixSyntax = { id: 'esxi', title: 'esxcli (VMware ESXi, standard switch)', systems: ['esxi'], write };
