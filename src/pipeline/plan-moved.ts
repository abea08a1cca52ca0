import { decodeFlowKey } from '../flows/flow-fields.ts';
import { NOWHERE } from '../plan/plan-traffic.ts';
import { formatFlowEnds } from '../report/format-flow.ts';
import { flowId } from './flow-rows.ts';
import type { PlanDirectionTables } from './plan-direction.ts';
import type { MovedFlow, MovedFlows, PlanChoice } from './plan-query.ts';
import { layOutMembers, slotsOf } from './plan-scenario.ts';

/** The largest flows that a scenario takes off the member that carried them: what may be reordered, or found elsewhere, after the change. */
export function listMovedFlows(tables: PlanDirectionTables, choice: PlanChoice, top: number): MovedFlows | null {
  const { traffic, lag } = tables;
  const { list, slices, home, flows } = traffic;
  const rule = choice.policy === undefined ? tables.ownRule : tables.ruleFor(choice.policy);
  if (choice.current === true || rule === null) return null;
  const layout = layOutMembers(tables, choice.memberCount ?? tables.order.length, choice.failed ?? []);
  if (layout.live.length === 0) return null;
  const slots = slotsOf(tables, rule, layout);
  // As the scenario counts them: a flow moves if any part of it was elsewhere.
  const bytes = new Float64Array(list.length);
  const came = new Uint8Array(list.length).fill(NOWHERE);
  for (let s = 0; s < slices.count; s++) {
    const p = slices.place[s];
    const seen = slices.member[s];
    if (slots[p] === NOWHERE || seen === NOWHERE || layout.members[slots[p]] === seen) continue;
    bytes[p] += slices.bytes[s];
    if (came[p] !== home[p]) came[p] = seen;
  }
  let undecided = 0;
  let totalBytes = 0;
  const places: number[] = [];
  for (let p = 0; p < list.length; p++) {
    if (slots[p] === NOWHERE) undecided++;
    if (came[p] === NOWHERE) continue;
    places.push(p);
    totalBytes += bytes[p];
  }
  places.sort((x, y) => bytes[y] - bytes[x] || x - y);
  const { merged } = flows;
  const describe = (p: number): MovedFlow => {
    const flow = list[p];
    const ends = formatFlowEnds(decodeFlowKey(merged.tables[merged.keyTable[flow]].columns.rows, merged.keyStart[flow]));
    return {
      id: flowId(flow),
      text: `${ends.protocol} ${ends.src} → ${ends.dst}`,
      bytes: bytes[p],
      from: lag.plan.members[came[p]].name,
      to: layout.names[slots[p]],
    };
  };
  return { total: places.length, totalBytes, undecided, flows: places.slice(0, Math.max(top, 0)).map(describe) };
}
