import type { FrameEvidence } from '../diagnose/finding.ts';
import { describeFlow } from '../diagnose/flow-evidence.ts';
import type { PolicyChange } from '../diagnose/policy-change.ts';
import { STAT_FIRST_FRAME, STAT_FIRST_NANOS, STAT_FIRST_SECONDS } from '../flows/flow-table.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { toMs } from '../flows/lag-flows.ts';
import { epochAt } from '../plan/place.ts';
import type { DirectionAnalysis } from './analyze-direction.ts';
import { momentOf } from './bucket-facts.ts';

/** Flows shown of each change. */
const SHOWN = 4;

/** The moments at which a sender's policy was changed while it was captured, for the rules. */
export function policyChanges(flows: LagFlows, direction: DirectionAnalysis, names: readonly string[]): PolicyChange[] {
  const { spans } = direction;
  const idOf = (span: number): string => spans[span].sender.policy?.id ?? spans[span].sender.named ?? 'no known policy';
  return spans.slice(1).map(({ fromMs }, s) => ({
    since: momentOf(flows, fromMs),
    before: idOf(s),
    after: idOf(s + 1),
    evidence: firstOfNewRule(flows, direction, fromMs, names),
  }));
}

/** The first flows that begin where the rule from a moment on puts them, and the one before it does not. */
function firstOfNewRule(flows: LagFlows, direction: DirectionAnalysis, changeMs: number, names: readonly string[]): FrameEvidence[] {
  const { merged, memberOfTable, originSeconds } = flows;
  const { epochs, placement, list } = direction;
  const after = epochAt(epochs, changeMs);
  const memberIn = (epoch: number, flow: number): number => {
    const { active } = epochs[epoch];
    return active.length === 0 ? -1 : active[direction.hashIn(epoch)[flow] % active.length];
  };
  const found: { ms: number; evidence: FrameEvidence }[] = [];
  for (const flow of list) {
    if (after === 0 || placement.reason[flow] !== 0 || memberIn(after, flow) === memberIn(after - 1, flow)) continue;
    for (let e = merged.entryFrom[flow]; e < merged.entryFrom[flow + 1]; e++) {
      const { kind, columns, source } = merged.tables[merged.entryTable[e]];
      const member = memberOfTable[merged.entryTable[e]];
      if (kind !== 'frames' || member !== memberIn(after, flow)) continue;
      const row = merged.entryRow[e];
      const time = { seconds: columns.rows[row + STAT_FIRST_SECONDS], nanos: columns.rows[row + STAT_FIRST_NANOS] };
      const ms = toMs(time.seconds, time.nanos, originSeconds);
      // Windows of flows are whole milliseconds.
      if (ms < Math.floor(changeMs)) continue;
      const note = `${describeFlow(flows, flow)} on ${names[member]}, before it would have been on ${names[memberIn(after - 1, flow)]}`;
      found.push({ ms, evidence: { source, frame: columns.rows[row + STAT_FIRST_FRAME], time, note } });
    }
  }
  return found
    .sort((x, y) => x.ms - y.ms)
    .slice(0, SHOWN)
    .map(({ evidence }) => evidence);
}
