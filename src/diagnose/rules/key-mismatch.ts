import { hasPartner } from '../../lacp/port-transitions.ts';
import { nameList, SIDES } from '../context.ts';
import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';

/** Low six bits of a Linux key: speed and duplex (drivers/net/bonding/bond_3ad.c, __get_link_speed). */
const SPEED_BITS = 0x3f;

/** One system, different keys on the members of a LAG, and not all of them work. */
export const keyMismatch: Rule = {
  id: 'lacp/key-mismatch',
  severity: 'error',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const ports = context.ports.filter((port) => port.side === side && port.actor !== null);
      const bySystem = new Map<string, typeof ports>();
      for (const port of ports) bySystem.set(port.actor?.system ?? '', [...(bySystem.get(port.actor?.system ?? '') ?? []), port]);
      return [...bySystem.values()].flatMap((own): RawFinding[] => {
        const keys = new Map<number, number[]>();
        for (const { actor, member } of own) if (actor !== null) keys.set(actor.key, [...(keys.get(actor.key) ?? []), member]);
        const idle = own.filter((port) => port.state !== 'up' && port.partner !== null && hasPartner({ partner: port.partner }));
        if (keys.size < 2 || idle.length === 0) return [];
        const speeds = new Set([...keys.keys()].map((key) => key & SPEED_BITS));
        return [
          {
            id: 'lacp/key-mismatch',
            values: {
              keys: [...keys].map(([key, members]) => `${key}: ${nameList(context, members)}`).join('; '),
              likely:
                speeds.size > 1
                  ? 'The keys differ in their speed bits: the members differ in speed or duplex.'
                  : 'The ports belong to different channel groups.',
            },
            members: idle.map((port) => port.member),
            ports: idle,
            side,
            since: idle[0].own[0],
            evidence: idle.map((port) => {
              const last = port.own[port.own.length - 1];
              return { source: last.source, frame: last.frame, time: last, note: `key ${port.actor?.key}, state ${port.state}` };
            }),
            changes:
              speeds.size > 1
                ? []
                : [{ side, change: { kind: 'add-members', members: idle.map((port) => context.members[port.member].name) } }],
          },
        ];
      });
    }),
};
