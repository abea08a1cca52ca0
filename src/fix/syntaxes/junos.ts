import type { Change } from '../change.ts';
import { lines, type FixSyntax, type FixText } from '../syntax.ts';
import { groupNumber, portNames, type FixTarget } from '../target.ts';

/**
 * Junos (CLI reference: lacp (Aggregated Ethernet), 802.3ad, enhanced-hash-key), in `set` form. Members of EX and QFX:
 * `ether-options`; MX and SRX say `gigether-options`.
 */
function write(change: Change, target: FixTarget): FixText | null {
  const group = `ae${groupNumber(target)}`;
  const options = `set interfaces ${group} aggregated-ether-options`;
  const done = (body: readonly string[], note?: string): FixText => ({
    text: lines('configure', body, 'commit and-quit'),
    verify: `show lacp interfaces ${group}`,
    ...(note !== undefined && { note }),
  });
  const join = (names: readonly string[]): string[] =>
    portNames(names).map((name) => `set interfaces ${name} ether-options 802.3ad ${group}`);
  const withoutLacp = `delete interfaces ${group} aggregated-ether-options lacp`;
  switch (change.kind) {
    case 'create-lag':
      if (change.policy !== undefined) return null;
      return done(
        [
          ...join(target.members),
          ...(change.protocol === 'lacp'
            ? [`${options} lacp active`, `${options} lacp periodic ${change.lacpRate ?? 'slow'}`]
            : [withoutLacp]),
        ],
        `MX and SRX: gigether-options. A member carries no unit (delete interfaces PORT unit 0), and chassis aggregated-devices ethernet device-count must be above the number of ${group}.`,
      );
    case 'set-mode':
      if (change.mode === '802.3ad') return done([`${options} lacp active`]);
      return change.mode === 'balance-xor' ? done([withoutLacp]) : null;
    case 'set-lacp-activity':
      return done([`${options} lacp ${change.active ? 'active' : 'passive'}`]);
    case 'set-lacp-rate':
      return done([`${options} lacp periodic ${change.rate}`]);
    case 'set-min-links':
      return done([`${options} minimum-links ${change.count}`]);
    case 'add-members':
      return done(join(change.members), 'MX and SRX: gigether-options. A member carries no unit (delete interfaces PORT unit 0).');
    case 'remove-members':
      return done(portNames(change.members).map((name) => `delete interfaces ${name} ether-options 802.3ad`));
    case 'raise-members':
      return done(portNames(change.members).map((name) => `delete interfaces ${name} disable`));
    case 'set-switch-hash':
      // layer2-payload looks behind the Ethernet header: IP addresses and ports.
      if (change.fields === 'ip') return null;
      return {
        text: lines(
          'configure',
          `set forwarding-options enhanced-hash-key hash-mode ${change.fields === 'mac' ? 'layer2-header' : 'layer2-payload'}`,
          'commit and-quit',
        ),
        verify: 'show forwarding-options enhanced-hash-key',
        note: 'EX and QFX; it holds for all LAGs of the switch.',
      };
    default:
      return null;
  }
}

export const junos: FixSyntax = { id: 'junos', title: 'Junos', systems: ['switch'], write };
