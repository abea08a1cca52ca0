import type { ShareBins } from '../plan/share-bins.ts';
import type { PlanDirectionTables } from './plan-direction.ts';

/** What all scenarios of a query share. */
export interface ScenarioContext {
  readonly tables: PlanDirectionTables;
  readonly inTime: boolean;
  readonly chance: boolean;
  readonly draws: number | undefined;
  /** Whole-capture shares of each rule, by `ruleKey`; null where the replay in time is wanted. */
  readonly bins: ReadonlyMap<string, ShareBins> | null;
  /** Speed of the LAG's member m (-1 and above the count: one that does not exist yet), or null. */
  readonly speedOf: (member: number, extra: number) => number | null;
  /** Time between rebalancing rounds, where a state text tells. */
  readonly rebalanceMs: number | undefined;
}
