import { decodeFlowKey } from '../flows/flow-fields.ts';
import { findMoves } from '../plan/plan-moves.ts';
import { NOWHERE } from '../plan/plan-traffic.ts';
import { formatFlowEnds } from '../report/format-flow.ts';
import { flowId } from './flow-rows.ts';
import type { PlanDirectionTables } from './plan-direction.ts';
import type { MovedFlow, MovedFlows, PlanChoice } from './plan-query.ts';
import { holdersOf, layOutMembers, slotsOf } from './plan-scenario.ts';

/** The largest flows that a scenario takes off the member that carried them: what may be reordered, or found elsewhere, after the change. */
export function listMovedFlows(tables: PlanDirectionTables, choice: PlanChoice, top: number): MovedFlows | null {
  const { traffic, lag } = tables;
  const { list, flows } = traffic;
  const rule = choice.policy === undefined ? tables.ownRule : tables.ruleFor(choice.policy);
  if (choice.current === true || rule === null) return null;
  const layout = layOutMembers(tables, choice.memberCount ?? tables.order.length, choice.failed ?? []);
  if (layout.live.length === 0) return null;
  const slots = slotsOf(tables, rule, layout);
  const { from, bytes, moved, mayMove } = findMoves(traffic, layout, slots, holdersOf(tables, rule));
  const places: number[] = [];
  for (let p = 0; p < list.length; p++) if (from[p] !== NOWHERE) places.push(p);
  places.sort((x, y) => bytes[y] - bytes[x] || x - y);
  const { merged } = flows;
  const describe = (p: number): MovedFlow => {
    const flow = list[p];
    const ends = formatFlowEnds(decodeFlowKey(merged.tables[merged.keyTable[flow]].columns.rows, merged.keyStart[flow]));
    return {
      id: flowId(flow),
      text: `${ends.protocol} ${ends.src} → ${ends.dst}`,
      bytes: bytes[p],
      from: lag.plan.members[from[p]].name,
      to: slots[p] === NOWHERE ? null : layout.names[slots[p]],
    };
  };
  return { total: moved.flows, totalBytes: moved.bytes, undecided: mayMove.flows, flows: places.slice(0, Math.max(top, 0)).map(describe) };
}
