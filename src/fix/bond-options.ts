import { LINUX_MODES, type Change } from './change.ts';
import { hostNames, ipv4Only, withMembers, withoutMembers, type FixTarget } from './target.ts';

/**
 * A change as options of the Linux bonding driver (Documentation/networking/bonding.rst), which every Linux syntax spells
 * in its own way.
 */

export const LINUX_POLICIES: ReadonlySet<string> = new Set(['layer2', 'layer2+3', 'layer3+4', 'encap2+3', 'encap3+4', 'vlan+srcmac']);

export interface BondChange {
  /** Options to set, in the order in which they are written. */
  readonly set: Readonly<Record<string, string>>;
  /** Options that must not stand beside them. */
  readonly unset: readonly string[];
}

/** Modes in which the driver refuses ARP monitoring (`bond_opts[BOND_OPT_ARP_INTERVAL].unsuppmodes`). */
const NO_ARP_MONITOR = new Set(['802.3ad', 'balance-tlb', 'balance-alb']);

/** null where the change is none of options, or the driver would refuse it. */
export function bondChange(change: Change, target: FixTarget): BondChange | null {
  switch (change.kind) {
    case 'set-mode':
      return LINUX_MODES.includes(change.mode)
        ? { set: { mode: change.mode, ...monitorWith(target) }, unset: unsetWith(change.mode) }
        : null;
    case 'set-policy':
      return LINUX_POLICIES.has(change.policy) ? only({ xmit_hash_policy: change.policy }) : null;
    case 'set-lacp-rate':
      return only({ lacp_rate: change.rate });
    case 'set-lacp-activity':
      return only({ lacp_active: change.active ? 'on' : 'off' });
    case 'set-link-monitor':
      return { set: { miimon: String(change.intervalMs) }, unset: ['arp_interval', 'arp_ip_target', 'arp_validate'] };
    case 'set-arp-monitor': {
      const targets = ipv4Only(change.targets);
      if (targets.length === 0 || NO_ARP_MONITOR.has(target.options?.mode ?? '')) return null;
      const set: Record<string, string> = { arp_interval: String(change.intervalMs), arp_ip_target: targets.join(',') };
      if (change.validate !== undefined) set.arp_validate = change.validate;
      return { set, unset: ['miimon', 'updelay', 'downdelay'] };
    }
    case 'set-fail-over-mac':
      return only({ fail_over_mac: change.policy });
    case 'set-primary':
      return only({ primary: hostNames([change.member])[0], ...(change.reselect !== undefined && { primary_reselect: change.reselect }) });
    case 'set-min-links':
      return only({ min_links: String(change.count) });
    case 'set-ad-select':
      return only({ ad_select: change.select });
    case 'create-lag':
      if (change.policy !== undefined && !LINUX_POLICIES.has(change.policy)) return null;
      return only({
        mode: change.protocol === 'lacp' ? '802.3ad' : 'balance-xor',
        miimon: '100',
        ...(change.protocol === 'lacp' && { lacp_rate: change.lacpRate ?? 'slow' }),
        ...(change.policy !== undefined && { xmit_hash_policy: change.policy }),
      });
    default:
      return null;
  }
}

function only(set: Readonly<Record<string, string>>): BondChange {
  return { set, unset: [] };
}

/** A mode without any monitor never notices a lost link. */
function monitorWith(target: FixTarget): Record<string, string> {
  return target.options?.miimon === undefined ? { miimon: '100' } : { miimon: target.options.miimon };
}

/** Options that the driver refuses in a mode. */
function unsetWith(mode: string): string[] {
  return [
    ...(NO_ARP_MONITOR.has(mode) ? ['arp_interval', 'arp_ip_target', 'arp_validate'] : []),
    ...(mode === '802.3ad' ? [] : ['lacp_rate', 'ad_select']),
    ...(mode === 'active-backup' || mode === 'balance-tlb' || mode === 'balance-alb' ? [] : ['primary', 'primary_reselect']),
  ];
}

/** All options that then hold: those known to be in use, changed. */
export function resultingOptions({ set, unset }: BondChange, target: FixTarget): Record<string, string> {
  const kept = Object.entries(target.options ?? {}).filter(([name]) => !unset.includes(name));
  return { ...Object.fromEntries(kept), ...set };
}

/** The mode, known or set, and the options that change: as little as a file needs. */
export function linesToSet(bond: BondChange, target: FixTarget): Record<string, string> {
  const mode = target.options?.mode;
  return { ...(mode !== undefined && { mode }), ...bond.set };
}

/** The members after the change. */
export function resultingMembers(change: Change, target: FixTarget): string[] {
  if (change.kind === 'add-members') return hostNames(withMembers(target, change.members));
  if (change.kind === 'remove-members') return hostNames(withoutMembers(target, change.members));
  return hostNames(target.members);
}

/** Shows the options, the members and LACP of a Linux bond. */
export function verifyBond(bond: string): string {
  return `cat /proc/net/bonding/${bond}`;
}

/** Options that the driver takes only while the bond is down (BOND_OPTFLAG_IFDOWN), and those only without members (_NOSLAVES). */
export const NEEDS_DOWN: ReadonlySet<string> = new Set(['mode', 'lacp_rate', 'lacp_active', 'ad_select', 'tlb_dynamic_lb']);
export const NEEDS_NO_MEMBERS: ReadonlySet<string> = new Set(['mode', 'fail_over_mac']);
