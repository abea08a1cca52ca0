/**
 * What is to be changed at one end of a LAG, in words that no configuration syntax owns. Each syntax writes it in its
 * own, or says that it cannot.
 */

export const LINUX_MODES = ['balance-rr', 'active-backup', 'balance-xor', 'broadcast', '802.3ad', 'balance-tlb', 'balance-alb'] as const;
export type LinuxMode = (typeof LINUX_MODES)[number];

/** Fields that a switch is to hash: MAC addresses, IP addresses, or IP addresses and ports. */
export type SwitchHashFields = 'mac' | 'ip' | 'ip-and-ports';

export type Change =
  /** A LAG of the target's members, made new or written anew. `static`: without LACP (Linux: balance-xor). */
  | { readonly kind: 'create-lag'; readonly protocol: 'lacp' | 'static'; readonly lacpRate?: 'fast' | 'slow'; readonly policy?: string }
  /** Linux bonding mode. At a switch: 802.3ad is LACP, balance-xor a static channel. */
  | { readonly kind: 'set-mode'; readonly mode: LinuxMode }
  /** Id of the policy registry: Linux, Open vSwitch, Cisco or ESXi. */
  | { readonly kind: 'set-policy'; readonly policy: string }
  | { readonly kind: 'set-switch-hash'; readonly fields: SwitchHashFields }
  /** How often the other end is asked to send (IEEE 802.1AX, LACP_Timeout). */
  | { readonly kind: 'set-lacp-rate'; readonly rate: 'fast' | 'slow' }
  | { readonly kind: 'set-lacp-activity'; readonly active: boolean }
  | { readonly kind: 'set-link-monitor'; readonly intervalMs: number }
  /** Linux, not with 802.3ad, balance-tlb and balance-alb. Takes the place of the link monitor. */
  | {
      readonly kind: 'set-arp-monitor';
      readonly intervalMs: number;
      readonly targets: readonly string[];
      readonly validate?: 'none' | 'active' | 'backup' | 'all';
    }
  | { readonly kind: 'set-fail-over-mac'; readonly policy: 'none' | 'active' | 'follow' }
  | { readonly kind: 'set-primary'; readonly member: string; readonly reselect?: 'always' | 'better' | 'failure' }
  | { readonly kind: 'set-min-links'; readonly count: number }
  | { readonly kind: 'set-ad-select'; readonly select: 'stable' | 'bandwidth' | 'count' }
  /** The members become part of the target LAG, whatever they belonged to before. */
  | { readonly kind: 'add-members'; readonly members: readonly string[] }
  | { readonly kind: 'remove-members'; readonly members: readonly string[] }
  | { readonly kind: 'set-speed'; readonly members: readonly string[]; readonly speedMbps: number; readonly duplex: 'full' | 'half' }
  /** The members come up with the system (ifupdown: `auto`). */
  | { readonly kind: 'raise-members'; readonly members: readonly string[] }
  /** Open vSwitch: time between rebalancing rounds; 0 switches it off. */
  | { readonly kind: 'set-rebalance-interval'; readonly intervalMs: number }
  | { readonly kind: 'set-hash-basis'; readonly basis: number }
  | { readonly kind: 'set-lb-output'; readonly on: boolean }
  /** Open vSwitch: behave as active-backup while there is no LACP partner. */
  | { readonly kind: 'set-lacp-fallback'; readonly on: boolean }
  /** Open vSwitch: a key of other_config that it does not know. */
  | { readonly kind: 'remove-ignored-key'; readonly key: string };

export type ChangeKind = Change['kind'];
