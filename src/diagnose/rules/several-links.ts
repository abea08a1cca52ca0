import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';

/** LACPDUs of several links in one capture: what each port does can be told, but not which link a data frame was on. */
export const severalLinks: Rule = {
  id: 'capture/several-links',
  severity: 'warn',
  check: (context) =>
    context.members.flatMap((_, m): RawFinding[] => {
      const ports = context.ports.filter((port) => port.member === m && port.link !== null && port.own.length > 0);
      const side = ports[0]?.side;
      const own = ports.filter((port) => port.side === side);
      if (side === undefined || own.length < 2) return [];
      return [
        {
          id: 'capture/several-links',
          values: {
            count: own.length,
            ports: own.map(({ actor }) => actor?.port ?? '?').join(', '),
            system: own[0].actor?.system ?? '',
          },
          members: [m],
          side,
          since: null,
          evidence: own.map(({ own: [first] }) => ({
            source: first.source,
            frame: first.frame,
            time: first,
            note: `port ${first.pdu.actor.port}`,
          })),
        },
      ];
    }),
};
