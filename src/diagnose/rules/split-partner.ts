import { hasPartner } from '../../lacp/port-transitions.ts';
import { nameList, other, SIDES } from '../context.ts';
import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';

/** Members of one side that end at different partner systems. The odd ones are those that are not up, else the fewer. */
export const splitPartner: Rule = {
  id: 'lacp/split-partner',
  severity: 'error',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const ports = context.ports.filter((port) => port.side === side && port.partner !== null && hasPartner({ partner: port.partner }));
      const bySystem = new Map<string, typeof ports>();
      for (const port of ports) bySystem.set(port.partner?.system ?? '', [...(bySystem.get(port.partner?.system ?? '') ?? []), port]);
      if (bySystem.size < 2) return [];
      const groups = [...bySystem].sort(([, x], [, y]) => upCount(y) - upCount(x) || y.length - x.length);
      const [[main, mainPorts], ...odd] = groups;
      return odd.map(([system, oddPorts]): RawFinding => {
        const members = oddPorts.map((port) => port.member);
        return {
          id: 'lacp/split-partner',
          values: {
            odd: system,
            main,
            rest: nameList(
              context,
              mainPorts.map((port) => port.member),
            ),
          },
          members,
          side: other(side),
          since: oddPorts[0].heard[0] ?? oddPorts[0].own[0],
          evidence: oddPorts.map((port) => {
            const last = port.own[port.own.length - 1];
            return { source: last.source, frame: last.frame, time: last, note: `names partner ${system}` };
          }),
          changes: [{ side: other(side), change: { kind: 'add-members', members: members.map((m) => context.members[m].name) } }],
        };
      });
    }),
};

function upCount(ports: readonly { readonly state: string }[]): number {
  return ports.filter((port) => port.state === 'up').length;
}
