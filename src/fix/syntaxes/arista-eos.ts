import { writeChannelGroup, type ChannelDialect } from '../channel-group.ts';
import type { FixSyntax } from '../syntax.ts';

/**
 * Arista EOS (User Manual, "Port Channels and LACP"). `lacp timer` took the place of `lacp rate`. The hash is chosen per
 * platform: only the lines of the Trident family are written, as configurations of 7050X and 7060X show them.
 */

/** Above a gigabit the spelling differs by release and module. */
const SPEEDS: ReadonlySet<number> = new Set([100, 1000]);

const EOS: ChannelDialect = {
  enter: 'configure',
  channel: 'Port-Channel',
  beforeLacp: [],
  rate: { fast: 'lacp timer fast', slow: 'lacp timer normal' },
  minLinks: (count) => `port-channel min-links ${count}`,
  speed: (speedMbps, duplex) =>
    !SPEEDS.has(speedMbps) || (duplex === 'half' && speedMbps > 100) ? null : [`speed forced ${speedMbps}${duplex}`],
  balance(change) {
    const fields = change.kind === 'set-switch-hash' ? change.fields : change.policy === 'cisco-src-dst-ip' ? 'ip' : null;
    if (fields === null || fields === 'mac') return null;
    return `port-channel load-balance trident fields ip source-ip destination-ip${fields === 'ip' ? '' : ' source-port destination-port'}`;
  },
  verify: (group) => `show port-channel ${group} detailed`,
  verifyBalance: 'show port-channel load-balance trident fields',
  rateNote: 'Older releases of EOS say lacp rate.',
};

export const aristaEos: FixSyntax = {
  id: 'arista-eos',
  title: 'Arista EOS',
  systems: ['switch'],
  write: (change, target) => writeChannelGroup(change, target, EOS),
};
