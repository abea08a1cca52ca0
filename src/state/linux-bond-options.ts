import type { Draft } from './importer.ts';
import { modeUsesPolicy, readLacpRate, readLinuxMode, readLinuxPolicy } from './linux-bond-words.ts';
import type { LagFacts, StateNote } from './state-facts.ts';
import { readBoolean, readInteger } from './values.ts';

/**
 * Options of the Linux bonding driver as every configuration syntax spells them: names are compared without case and
 * with `_` for `-` (Documentation/networking/bonding.rst; the aliases are those of netplan, systemd-networkd, ifupdown).
 */

type Setter = (lag: Draft<LagFacts>, value: string) => void;

/** Durations: a bare number is milliseconds unless the syntax says seconds; units of systemd and netplan are understood. */
export function readDurationMs(text: string, bareUnitMs = 1): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)\s?(us|ms|s|sec|seconds?|min)?$/.exec(text.trim());
  if (match === null) return undefined;
  const factor =
    match[2] === undefined ? bareUnitMs : match[2] === 'ms' ? 1 : match[2] === 'us' ? 0.001 : match[2] === 'min' ? 60_000 : 1000;
  return Math.round(Number(match[1]) * factor);
}

function words(value: string): string[] {
  return value.split(/[,\s]+/).filter((word) => word !== '');
}

const setMode: Setter = (lag, value) => {
  lag.mode = readLinuxMode(value) ?? lag.mode;
};
const setPolicy: Setter = (lag, value) => {
  lag.policyText = value;
};
const setMiimon: Setter = (lag, value) => {
  lag.miiMonitorMs = readDurationMs(value);
};
const setRate: Setter = (lag, value) => {
  lag.lacpRate = readLacpRate(value);
};
const setUpDelay: Setter = (lag, value) => {
  lag.upDelayMs = readDurationMs(value);
};
const setDownDelay: Setter = (lag, value) => {
  lag.downDelayMs = readDurationMs(value);
};
const setPrimary: Setter = (lag, value) => {
  lag.primaryMember = words(value)[0];
};
const setArpTargets: Setter = (lag, value) => {
  lag.arpTargets = words(value);
};
const setArpInterval: Setter = (lag, value) => {
  lag.arpIntervalMs = readDurationMs(value);
};
const setMinLinks: Setter = (lag, value) => {
  lag.minLinks = readInteger(value);
};
const setAdSelect: Setter = (lag, value) => {
  lag.adSelect = value;
};
const setFailOverMac: Setter = (lag, value) => {
  lag.failOverMac = ['none', 'active', 'follow'][Number(value)] ?? value;
};
const setReselect: Setter = (lag, value) => {
  lag.primaryReselect = ['always', 'better', 'failure'][Number(value)] ?? value;
};

const OPTIONS: Readonly<Record<string, Setter>> = {
  mode: setMode,
  xmit_hash_policy: setPolicy,
  transmit_hash_policy: setPolicy,
  miimon: setMiimon,
  mii_monitor_interval: setMiimon,
  lacp_rate: setRate,
  updelay: setUpDelay,
  up_delay: setUpDelay,
  downdelay: setDownDelay,
  down_delay: setDownDelay,
  primary: setPrimary,
  arp_interval: setArpInterval,
  arp_ip_target: setArpTargets,
  arp_ip_targets: setArpTargets,
  min_links: setMinLinks,
  ad_select: setAdSelect,
  fail_over_mac: setFailOverMac,
  fail_over_mac_policy: setFailOverMac,
  primary_reselect: setReselect,
  primary_reselect_policy: setReselect,
  lacp_active: (lag, value) => {
    lag.lacpActive = readBoolean(value);
  },
  ad_user_port_key: (lag, value) => {
    lag.userPortKey = readInteger(value);
  },
  ad_actor_sys_prio: (lag, value) => {
    lag.systemPriority = readInteger(value);
  },
  tlb_dynamic_lb: (lag, value) => {
    lag.tlbDynamicLoadBalancing = readBoolean(value);
  },
};

/** Options that are known and say nothing about which member a frame takes. */
const OTHERS = new Set([
  'use_carrier',
  'arp_validate',
  'arp_all_targets',
  'num_grat_arp',
  'num_unsol_na',
  'resend_igmp',
  'all_slaves_active',
  'all_members_active',
  'packets_per_slave',
  'packets_per_member',
  'lp_interval',
  'peer_notify_delay',
  'ad_actor_system',
  'num_peer_notif',
  'active_slave',
  'queue_id',
  'give_a_chance',
  'gratuitous_arp',
  'gratuitious_arp',
  'learn_packet_interval',
  'arp_missed_max',
  'slave',
  'lacp_bypass_allow',
  'lacp_bypass_period',
]);

/** Sets one option; false if the driver has none of that name. */
export function setBondOption(lag: Draft<LagFacts>, name: string, value: string): boolean {
  const key = name.toLowerCase().replaceAll('-', '_');
  const cleaned = value.trim().replace(/^["']|["']$/g, '');
  if (Object.hasOwn(OPTIONS, key)) {
    OPTIONS[key](lag, cleaned);
    return true;
  }
  return OTHERS.has(key);
}

/**
 * Works out what a configured bond does: the default mode is balance-rr, the default policy layer2, the default rate slow
 * (drivers/net/bonding/bond_main.c), and notes what is missing.
 */
export function finishConfiguredBond(lag: Draft<LagFacts>, line: number, notes: StateNote[]): void {
  lag.configured = true;
  lag.mode ??= 'balance-rr';
  const name = lag.name ?? undefined;
  if (lag.mode === '802.3ad') {
    lag.lacpRate ??= 'slow';
    lag.lacpActive ??= true;
  }
  if (modeUsesPolicy(lag.mode, lag.tlbDynamicLoadBalancing ?? true)) {
    if (lag.policyText === undefined) {
      lag.policy = 'layer2';
      lag.policyIsDefault = true;
      notes.push({ id: 'config/default-policy', line, lag: name, detail: 'no transmit hash policy is given: the driver uses layer2' });
    } else lag.policy = readLinuxPolicy(lag.policyText);
  }
  if ((lag.miiMonitorMs ?? 0) === 0 && (lag.arpIntervalMs ?? 0) === 0) {
    notes.push({
      id: 'config/missing-miimon',
      line,
      lag: name,
      detail: 'neither miimon nor arp_interval is given: the configuration does not say how a lost link is noticed',
    });
  }
}
