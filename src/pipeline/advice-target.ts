import type { Change } from '../fix/change.ts';
import { writeFixes } from '../fix/registry.ts';
import { targetOfLag } from '../fix/target.ts';
import type { FixTarget, TargetSystem } from '../fix/target.ts';
import type { PlanDirectionTables } from './plan-direction.ts';

type WrittenFix = ReturnType<typeof writeFixes>[number];

/** The configuration of a change at the sender of a direction, in the syntax asked for or in all. */
export function writeAdvice(tables: PlanDirectionTables, syntax: string | undefined): (change: Change | null) => WrittenFix[] {
  const target = targetOf(tables);
  return (change) => (change === null ? [] : writeFixes(change, target, syntax));
}

/** The system to configure: as its state text says, else as its policy's family tells. */
function targetOf({ lag, direction, rule }: PlanDirectionTables): FixTarget {
  const known = lag.facts.find(({ side }) => side === direction.side);
  const family = rule?.policy.family;
  const system: TargetSystem = family === 'ovs' || family === 'linux' ? family : family === 'vmware' ? 'esxi' : 'switch';
  if (known !== undefined) return targetOfLag(known.facts, system);
  return { system, bond: null, members: lag.plan.members.map(({ name }) => name) };
}
