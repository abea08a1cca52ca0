import type { ResultDocument } from './document.ts';
import type { PlanMember, PlanScenario } from './plan-document.ts';
import type { DirectionRows } from './select-in-directions.ts';
import type { RowFields } from './select-rows.ts';

/** The member that is fullest: by its link's load where that is known, else by its peak, else by bytes. */
export function busiestMember({ members }: PlanScenario): PlanMember | undefined {
  const weight = ({ peakLoad, peakBps, bytes }: PlanMember): number => peakLoad ?? peakBps ?? bytes;
  let best: PlanMember | undefined;
  for (const member of members) if (best === undefined || weight(member) > weight(best)) best = member;
  return best;
}

/** By what scenarios can be selected and sorted. */
export const SCENARIO_FIELDS = {
  members: ({ order }) => order,
  side: () => null,
  sortKeys: {
    policy: ({ policy }) => policy,
    variant: ({ variant }) => variant,
    memberCount: ({ memberCount }) => memberCount,
    share: ({ members }) => Math.max(...members.map(({ share }) => share)),
    peakBps: (scenario) => busiestMember(scenario)?.peakBps ?? null,
    maxOverMean: ({ balance }) => balance.maxOverMean,
    pValue: ({ balance }) => balance.pValue,
    moved: ({ moved }) => moved.flows,
    uncertain: ({ uncertain }) => uncertain.bytes,
  },
} as const satisfies RowFields<PlanScenario>;

/** What `plan` prints: the document, and which scenarios of it. */
export interface PlanReport {
  readonly document: ResultDocument;
  readonly rows: DirectionRows<PlanScenario>;
}
