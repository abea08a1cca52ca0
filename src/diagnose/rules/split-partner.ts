import { hasPartner } from '../../lacp/port-transitions.ts';
import { portName } from '../../lacp/neighbour.ts';
import type { DiagnoseContext, NeighbourFacts } from '../context.ts';
import { nameList, other, SIDES } from '../context.ts';
import type { FrameEvidence, RawFinding } from '../finding.ts';
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
        const names = compareNeighbours(
          context,
          other(side),
          mainPorts.map((port) => port.member),
          members,
        );
        return {
          id: 'lacp/split-partner',
          values: {
            odd: system,
            named: names.text,
            main,
            rest: nameList(
              context,
              mainPorts.map((port) => port.member),
            ),
          },
          members,
          ports: oddPorts,
          side: other(side),
          since: oddPorts[0].heard[0] ?? oddPorts[0].own[0],
          evidence: [
            ...oddPorts.map((port): FrameEvidence => {
              const last = port.own[port.own.length - 1];
              return { source: last.source, frame: last.frame, time: last, note: `names partner ${system}` };
            }),
            ...names.evidence,
          ],
          changes: [{ side: other(side), change: { kind: 'add-members', members: members.map((m) => context.members[m].name) } }],
        };
      });
    }),
};

/** Whether the ports at the far ends belong to one system by LLDP or CDP, and to which of its aggregates. */
function compareNeighbours(
  context: DiagnoseContext,
  side: 0 | 1,
  main: readonly number[],
  odd: readonly number[],
): { readonly text: string; readonly evidence: readonly FrameEvidence[] } {
  const of = (members: readonly number[]): NeighbourFacts | undefined =>
    context.neighbours.find(
      (found) => found.side === side && members.includes(found.member) && found.neighbour.malformed === null && systemOf(found) !== null,
    );
  const [usual, strange] = [of(main), of(odd)];
  if (usual === undefined || strange === undefined) return { text: '', evidence: [] };
  const protocol = strange.neighbour.protocol.toUpperCase();
  const [usualAggregate, strangeAggregate] = [usual.neighbour.aggregate?.port, strange.neighbour.aggregate?.port];
  const isSame = systemOf(usual) === systemOf(strange);
  let text = isSame
    ? `${protocol} names the same switch on both, ${systemOf(strange)}`
    : `${protocol} names another system there: ${systemOf(strange)}, not ${systemOf(usual)}`;
  if (strangeAggregate !== undefined && usualAggregate !== undefined && strangeAggregate !== usualAggregate)
    text += `, and aggregated port ${strangeAggregate} against ${usualAggregate}`;
  return { text: `${text}.`, evidence: [strange, usual].map((found) => evidenceOf(context, found)) };
}

function systemOf({ neighbour }: NeighbourFacts): string | null {
  return neighbour.systemName ?? neighbour.chassis;
}

function evidenceOf(context: DiagnoseContext, found: NeighbourFacts): FrameEvidence {
  const { neighbour, source, frame, time, member } = found;
  const port = portName(neighbour);
  const aggregate = neighbour.aggregate === null ? '' : `, aggregated port ${neighbour.aggregate.port}`;
  return {
    source,
    frame,
    time,
    note: `${neighbour.protocol.toUpperCase()} on ${context.members[member].name}: ${systemOf(found)}${port === null ? '' : ` ${port}`}${aggregate}`,
  };
}

function upCount(ports: readonly { readonly state: string }[]): number {
  return ports.filter((port) => port.state === 'up').length;
}
