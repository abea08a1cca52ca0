import type { Change } from './change.ts';
import { lines, type FixText } from './syntax.ts';
import { groupNumber, portNames, type FixTarget } from './target.ts';

/** Running configuration with channel groups, as IOS, NX-OS and EOS share it but for the details of a dialect. */

export interface ChannelDialect {
  readonly enter: string;
  /** `interface Port-channel1` of this system, without number. */
  readonly channel: string;
  /** Lines before the first channel group with LACP. */
  readonly beforeLacp: readonly string[];
  readonly rate: Readonly<Record<'fast' | 'slow', string>>;
  minLinks(count: number): string;
  /** Lines below the port; null where there is no such speed. */
  speed(speedMbps: number, duplex: 'full' | 'half'): readonly string[] | null;
  /** Global line, by policy id or by fields; null where this system has none of the kind. */
  balance(change: Change & { kind: 'set-policy' | 'set-switch-hash' }): string | null;
  verify(group: string): string;
  readonly verifyBalance: string;
  readonly rateNote?: string;
}

const CHANNEL_NOTE = 'The ports leave the channel for a moment: with mode on and active side by side the switch refuses the command.';

export function writeChannelGroup(change: Change, target: FixTarget, dialect: ChannelDialect): FixText | null {
  const group = groupNumber(target);
  const done = (body: readonly string[], note?: string, verify = dialect.verify(group)): FixText => ({
    text: lines(dialect.enter, body, 'end'),
    verify,
    ...(note !== undefined && { note }),
  });
  const onPorts = (names: readonly string[], body: readonly string[]): string[] =>
    portNames(names).flatMap((name) => [`interface ${name}`, ...body.map((line) => ` ${line}`)]);
  /** A group holds ports of one protocol only, so all leave before the first comes back. */
  const rejoin = (names: readonly string[], as: string): string[] => [
    ...(as === 'on' ? [] : dialect.beforeLacp),
    ...onPorts(names, ['no channel-group']),
    ...onPorts(names, [`channel-group ${group} mode ${as}`]),
  ];
  const mode = target.options?.mode === 'static' || target.options?.mode === 'balance-xor' ? 'on' : 'active';
  switch (change.kind) {
    case 'create-lag':
      if (change.policy !== undefined) return null;
      return done(
        [
          ...rejoin(target.members, change.protocol === 'lacp' ? 'active' : 'on'),
          ...(change.lacpRate === 'fast' && change.protocol === 'lacp' ? onPorts(target.members, [dialect.rate.fast]) : []),
        ],
        CHANNEL_NOTE,
      );
    case 'set-mode':
      if (change.mode === '802.3ad') return done(rejoin(target.members, 'active'), CHANNEL_NOTE);
      return change.mode === 'balance-xor' ? done(rejoin(target.members, 'on'), CHANNEL_NOTE) : null;
    case 'set-lacp-activity':
      return done(onPorts(target.members, [`channel-group ${group} mode ${change.active ? 'active' : 'passive'}`]));
    case 'add-members':
      return done([
        ...(mode === 'on' ? [] : dialect.beforeLacp),
        ...onPorts(change.members, ['no channel-group', `channel-group ${group} mode ${mode}`]),
      ]);
    case 'remove-members':
      return done(onPorts(change.members, ['no channel-group']));
    case 'raise-members':
      return done(onPorts(change.members, ['no shutdown']));
    case 'set-lacp-rate':
      return done(onPorts(target.members, [dialect.rate[change.rate]]), dialect.rateNote);
    case 'set-min-links':
      return done([`interface ${dialect.channel}${group}`, ` ${dialect.minLinks(change.count)}`]);
    case 'set-speed': {
      const speed = dialect.speed(change.speedMbps, change.duplex);
      return speed === null ? null : done(onPorts(change.members, speed));
    }
    case 'set-policy':
    case 'set-switch-hash': {
      const line = dialect.balance(change);
      return line === null
        ? null
        : done([line], 'It holds for all port-channels of the switch. Which fields there are differs by model.', dialect.verifyBalance);
    }
    default:
      return null;
  }
}

/** `src`, `dst` or `src-dst`, and `mac`, `ip` or `port`, of a Cisco policy id. */
export function readCiscoId(policy: string): { readonly ends: string; readonly field: string } | null {
  const match = /^cisco-(src|dst|src-dst)-(mac|ip|port)$/.exec(policy);
  return match === null ? null : { ends: match[1], field: match[2] };
}
