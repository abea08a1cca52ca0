import type { Change } from './change.ts';
import { hostNames, type FixTarget } from './target.ts';

/** A change as columns of Open vSwitch's Port table (ovs-vswitchd.conf.db(5), "Port TABLE", Bonding Configuration). */

const MODES: Readonly<Record<string, string>> = {
  'ovs-balance-tcp': 'balance-tcp',
  'ovs-balance-slb': 'balance-slb',
  'ovs-active-backup': 'active-backup',
};

/** Column or `other_config:key` to value; null where Open vSwitch has nothing of the kind. */
export function ovsOptionWords(change: Change, target: FixTarget): Record<string, string> | null {
  switch (change.kind) {
    case 'create-lag': {
      const mode = change.policy === undefined ? (change.protocol === 'lacp' ? 'balance-tcp' : 'balance-slb') : MODES[change.policy];
      // balance-tcp needs LACP: without a partner it sends nothing at all.
      if (mode === undefined || (mode === 'balance-tcp' && change.protocol === 'static')) return null;
      if (change.protocol === 'static') return { bond_mode: mode, lacp: 'off' };
      return { bond_mode: mode, lacp: 'active', ...(change.lacpRate === 'fast' && { 'other_config:lacp-time': 'fast' }) };
    }
    case 'set-policy': {
      const mode = MODES[change.policy];
      if (mode === undefined) return null;
      const hasLacp = target.options?.lacp === 'active' || target.options?.lacp === 'passive';
      return { bond_mode: mode, ...(mode === 'balance-tcp' && !hasLacp && { lacp: 'active' }) };
    }
    case 'set-mode':
      if (change.mode === '802.3ad') return { lacp: 'active' };
      return change.mode === 'active-backup' ? { bond_mode: 'active-backup' } : null;
    case 'set-lacp-rate':
      return { 'other_config:lacp-time': change.rate };
    case 'set-lacp-activity':
      return { lacp: change.active ? 'active' : 'passive' };
    case 'set-link-monitor':
      return { 'other_config:bond-detect-mode': 'miimon', 'other_config:bond-miimon-interval': String(change.intervalMs) };
    case 'set-primary':
      return { 'other_config:bond-primary': hostNames([change.member])[0] };
    case 'set-rebalance-interval':
      return { 'other_config:bond-rebalance-interval': String(change.intervalMs) };
    case 'set-hash-basis':
      // Greater values are silently taken as 0 (seen with 3.1).
      return change.basis <= 0x7fffffff ? { 'other_config:bond-hash-basis': String(change.basis) } : null;
    case 'set-lb-output':
      return { 'other_config:lb-output-action': String(change.on) };
    case 'set-lacp-fallback':
      return { 'other_config:lacp-fallback-ab': String(change.on) };
    default:
      return null;
  }
}

export function verifyOvs(bond: string): string {
  return `ovs-appctl bond/show ${bond}; ovs-appctl lacp/show ${bond}`;
}
