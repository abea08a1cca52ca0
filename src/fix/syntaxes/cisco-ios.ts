import { readCiscoId, writeChannelGroup, type ChannelDialect } from '../channel-group.ts';
import type { SwitchHashFields } from '../change.ts';
import type { FixSyntax } from '../syntax.ts';

/** Cisco IOS and IOS XE (Catalyst, "Configuring EtherChannels"; command reference: channel-group, lacp rate, port-channel load-balance). */
const FIELDS: Readonly<Record<SwitchHashFields, string>> = {
  mac: 'src-dst-mac',
  ip: 'src-dst-ip',
  'ip-and-ports': 'src-dst-mixed-ip-port',
};

const IOS: ChannelDialect = {
  enter: 'configure terminal',
  channel: 'Port-channel',
  beforeLacp: [],
  rate: { fast: 'lacp rate fast', slow: 'lacp rate normal' },
  minLinks: (count) => `port-channel min-links ${count}`,
  speed: (speedMbps, duplex) => [`speed ${speedMbps}`, `duplex ${duplex}`],
  balance(change) {
    if (change.kind === 'set-switch-hash') return `port-channel load-balance ${FIELDS[change.fields]}`;
    const id = readCiscoId(change.policy);
    return id === null ? null : `port-channel load-balance ${id.ends}-${id.field}`;
  },
  verify: () => 'show etherchannel summary',
  verifyBalance: 'show etherchannel load-balance',
};

export const ciscoIos: FixSyntax = {
  id: 'cisco-ios',
  title: 'Cisco IOS, IOS XE',
  systems: ['switch'],
  write: (change, target) => writeChannelGroup(change, target, IOS),
};
