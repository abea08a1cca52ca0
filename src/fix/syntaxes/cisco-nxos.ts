import { readCiscoId, writeChannelGroup, type ChannelDialect } from '../channel-group.ts';
import type { SwitchHashFields } from '../change.ts';
import type { FixSyntax } from '../syntax.ts';

/** Cisco NX-OS (Nexus 9000 Interfaces Configuration Guide, "Configuring Port Channels"). Half duplex has gone there. */
const FIELDS: Readonly<Record<SwitchHashFields, string>> = { mac: 'src-dst mac', ip: 'src-dst ip', 'ip-and-ports': 'src-dst ip-l4port' };

const NXOS: ChannelDialect = {
  enter: 'configure terminal',
  channel: 'port-channel',
  beforeLacp: ['feature lacp'],
  rate: { fast: 'lacp rate fast', slow: 'lacp rate normal' },
  minLinks: (count) => `lacp min-links ${count}`,
  speed: (speedMbps, duplex) => (duplex === 'half' ? null : [`speed ${speedMbps}`, 'duplex full']),
  balance(change) {
    if (change.kind === 'set-switch-hash') return `port-channel load-balance ${FIELDS[change.fields]}`;
    const id = readCiscoId(change.policy);
    return id === null ? null : `port-channel load-balance ${id.ends} ${id.field === 'port' ? 'l4port' : id.field}`;
  },
  verify: (group) => `show port-channel summary interface port-channel ${group}`,
  verifyBalance: 'show port-channel load-balance',
  rateNote: 'Some releases take it only while the port is shut down.',
};

export const ciscoNxos: FixSyntax = {
  id: 'cisco-nxos',
  title: 'Cisco NX-OS',
  systems: ['switch'],
  write: (change, target) => writeChannelGroup(change, target, NXOS),
};
