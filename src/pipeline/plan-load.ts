import { NOWHERE } from '../plan/plan-traffic.ts';
import type { PlanDirectionTables } from './plan-direction.ts';
import type { PlanChoice, PlanLoad } from './plan-query.ts';
import { layOutMembers, slotsOf } from './plan-scenario.ts';
import { chooseSteps } from './time-span.ts';
import { formatAxisTime } from './time-text.ts';

/** Bytes per step and member under one scenario; what its hash does not decide is shared out evenly. */
export function planLoad(tables: PlanDirectionTables, choice: PlanChoice, steps: number): PlanLoad | null {
  const { traffic } = tables;
  const { flows, slices, spanMs } = traffic;
  if (steps < 1 || traffic.list.length === 0) return null;
  const { stepMs, fromMs, count } = chooseSteps(flows, spanMs, steps);
  const isCurrent = choice.current === true;
  // Without a policy: the one in use.
  const rule = isCurrent ? null : choice.policy === undefined ? tables.ownRule : tables.ruleFor(choice.policy);
  if (!isCurrent && rule === null) return null;
  const layout = layOutMembers(tables, isCurrent ? tables.order.length : (choice.memberCount ?? tables.order.length), choice.failed ?? []);
  if (layout.live.length === 0) return null;
  const series = layout.members.map(() => new Float64Array(count));
  const slotOfMember = new Map(layout.members.map((m, slot) => [m, slot]));
  const slots = rule === null ? null : slotsOf(tables, rule, layout);
  for (let s = 0; s < slices.count; s++) {
    const step = Math.min(Math.max(Math.floor((slices.ms[s] - fromMs) / stepMs), 0), count - 1);
    const slot = slots === null ? (slotOfMember.get(tables.current.member[s]) ?? NOWHERE) : slots[slices.place[s]];
    if (slot !== NOWHERE) series[slot][step] += slices.bytes[s];
    else for (const live of layout.live) series[live][step] += slices.bytes[s] / layout.live.length;
  }
  return {
    fromTime: formatAxisTime(flows.originSeconds, fromMs),
    stepSeconds: stepMs / 1000,
    steps: count,
    members: layout.names.map((name, slot) => ({ name, bytes: series[slot] })),
  };
}
