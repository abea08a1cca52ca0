/** Modes of a LAG's end as the contract names them (section 4). */
export const LAG_MODES = [
  '802.3ad',
  'balance-xor',
  'active-backup',
  'balance-rr',
  'broadcast',
  'balance-tlb',
  'balance-alb',
  'ovs-balance-tcp',
  'ovs-balance-slb',
  'ovs-active-backup',
  'static',
  'unknown',
] as const;
export type LagMode = (typeof LAG_MODES)[number];
