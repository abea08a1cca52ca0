import { portOf, SIDES } from '../context.ts';
import type { DiagnoseContext } from '../context.ts';
import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';

const LEAST_FLOWS = 20;

/** The only member that carries data of a side although it has enough flows to fill all; -1 otherwise. */
function onlyMember(context: DiagnoseContext, side: 0 | 1): number {
  const { memberFlows, memberPackets, flows, packets } = context.directions[side];
  if (memberFlows.length < 2 || flows < LEAST_FLOWS) return -1;
  return memberPackets.findIndex((count) => count === packets);
}

/** Open vSwitch announces its defaults: system priority 65534, port priority 65535 (lib/lacp.c). */
function isOpenVSwitch(context: DiagnoseContext, side: 0 | 1): boolean {
  if (context.directions[side].policy?.startsWith('ovs-') === true) return true;
  if (context.facts.some((fact) => fact.side === side && fact.facts.mode?.startsWith('ovs-') === true)) return true;
  return context.ports.some((port) => port.side === side && port.actor?.systemPriority === 65534 && port.actor.portPriority === 65535);
}

function allUp(context: DiagnoseContext, side: 0 | 1): boolean {
  return context.ports.length > 0 && context.members.every((_, m) => portOf(context, m, side)?.state === 'up');
}

/**
 * No state text says what the side is, and the other end does not spread its flows by a rule: both may run active-backup, whose
 * ends need not use the same member.
 */
function mayBeActiveBackup(context: DiagnoseContext, side: 0 | 1, member: number): boolean {
  if (context.facts.some((fact) => fact.side === side && fact.facts.mode !== undefined)) return false;
  const other = side === 0 ? 1 : 0;
  const { policy, flows } = context.directions[other];
  return onlyMember(context, other) === member || (flows > 0 && (policy === null || policy.includes('active-backup')));
}

/** Every active flow on one member: expected in active-backup, with a frozen Open vSwitch map, or where LACP holds the others back. */
export const oneMember: Rule = {
  id: 'balance/one-member',
  severity: 'info',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const member = onlyMember(context, side);
      if (member < 0) return [];
      const mode = context.facts.find((fact) => fact.side === side)?.facts.mode;
      const { policy, ledger, flows } = context.directions[side];
      let why = 'No LACP: active-backup, or a bond whose other members are out of use.';
      if (mode?.includes('active-backup') === true || policy?.includes('active-backup') === true)
        why = 'It runs active-backup: one member at a time is meant.';
      else if (allUp(context, side)) {
        why = 'LACP is up on all members: the hash of these flows does not vary, or the sender uses one member by configuration.';
        if (isOpenVSwitch(context, side))
          why = mayBeActiveBackup(context, side, member)
            ? 'LACP is up on all members: active-backup, or a frozen bucket map of Open vSwitch.'
            : 'LACP is up on all members: the bucket map of Open vSwitch is frozen.';
        else if (ledger.portParity !== null)
          why = `LACP is up on all members: all ${ledger.portParity.end} ports are ${ledger.portParity.parity}, and the hash keeps their lowest bit.`;
      } else if (context.ports.length > 0) why = 'LACP is not up on the others.';
      return [
        {
          id: 'balance/one-member',
          values: { flows, why },
          members: [member],
          side,
          since: null,
          evidence: ledger.heaviest,
        },
      ];
    }),
};

/** Open vSwitch gave its buckets out while one member was up, and never moved them. */
export const frozenMap: Rule = {
  id: 'ovs/frozen-map',
  severity: 'info',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const member = onlyMember(context, side);
      const mode = context.facts.find((fact) => fact.side === side)?.facts.mode;
      if (member < 0 || !isOpenVSwitch(context, side) || !allUp(context, side) || mode?.includes('active-backup') === true) return [];
      if (mayBeActiveBackup(context, side, member)) return [];
      return [
        {
          id: 'ovs/frozen-map',
          values: {},
          members: [member],
          side,
          since: null,
          evidence: [],
          changes: [{ side, change: { kind: 'set-rebalance-interval', intervalMs: 10_000 } }],
        },
      ];
    }),
};
