/**
 * The names and numbers of the Linux bonding driver's modes and transmit policies
 * (Documentation/networking/bonding.rst; numbers as in `bond_mode_tbl` and `bond_xmit_hashtype_tbl`).
 */

const MODES = ['balance-rr', 'active-backup', 'balance-xor', 'broadcast', '802.3ad', 'balance-tlb', 'balance-alb'] as const;

/** Words of `/proc/net/bonding` (bond_mode_name). */
const MODE_TITLES: Readonly<Record<string, string>> = {
  'load balancing (round-robin)': 'balance-rr',
  'fault-tolerance (active-backup)': 'active-backup',
  'load balancing (xor)': 'balance-xor',
  'fault-tolerance (broadcast)': 'broadcast',
  'IEEE 802.3ad Dynamic link aggregation': '802.3ad',
  'transmit load balancing': 'balance-tlb',
  'adaptive load balancing': 'balance-alb',
};

const POLICIES = ['layer2', 'layer3+4', 'layer2+3', 'encap2+3', 'encap3+4', 'vlan+srcmac'] as const;

/** Mode id of a name, a number or a title of `/proc`; undefined if there is none. */
export function readLinuxMode(text: string): string | undefined {
  const value = text.trim().replace(/^["']|["']$/g, '');
  if (/^[0-6]$/.test(value)) return MODES[Number(value)];
  const lower = value.toLowerCase();
  if (lower === 'lacp') return '802.3ad';
  if (lower === 'balance-slb') return undefined;
  return MODES.find((mode) => mode === lower) ?? MODE_TITLES[value.replace(/\s*\(fail_over_mac \w+\)$/, '')];
}

/** Policy id of a name, a number, or a name with its number ("layer3+4 (1)"). */
export function readLinuxPolicy(text: string): string | undefined {
  const value = text
    .trim()
    .replace(/^["']|["']$/g, '')
    .replace(/\s*\(\d\)$/, '')
    .toLowerCase();
  if (/^[0-5]$/.test(value)) return POLICIES[Number(value)];
  return POLICIES.find((policy) => policy === value);
}

/** Whether the mode places frames by the transmit policy. */
export function modeUsesPolicy(mode: string | undefined, dynamicLoadBalancing = true): boolean {
  if (mode === '802.3ad' || mode === 'balance-xor') return true;
  return (mode === 'balance-tlb' || mode === 'balance-alb') && !dynamicLoadBalancing;
}

export function readLacpRate(text: string): 'fast' | 'slow' | undefined {
  const value = text
    .trim()
    .replace(/^["']|["']$/g, '')
    .toLowerCase();
  if (value === 'fast' || value === '1') return 'fast';
  return value === 'slow' || value === '0' ? 'slow' : undefined;
}
