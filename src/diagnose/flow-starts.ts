import type { DirectedFlows } from '../flows/direct-flows.ts';
import { NO_FLOW, STAT_FIRST_FRAME, STAT_FIRST_NANOS, STAT_FIRST_SECONDS } from '../flows/flow-table.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { toMs } from '../flows/lag-flows.ts';
import type { FrameEvidence, Moment } from './finding.ts';

/** Where and when: a member, the end that sent it (null: any), and a stretch of time on the LAG's axis. */
export interface StartQuery {
  readonly member: number;
  readonly side: 0 | 1 | null;
  readonly fromMs: number;
  readonly toMs: number;
  readonly pick: 'first' | 'last';
}

/**
 * The first (or last) frame with which a flow begins on a member within a stretch of time; null if none does. Flows keep the
 * record number of their first frame on each source, so this is where a frame can be shown without reading again.
 */
export function findFlowStart(flows: LagFlows, directed: DirectedFlows, query: StartQuery): Omit<FrameEvidence, 'note'> | null {
  const { merged, memberOfTable, originSeconds } = flows;
  let best: Omit<FrameEvidence, 'note'> | null = null;
  let bestMs = 0;
  merged.tables.forEach((table, t) => {
    if (table.kind !== 'frames' || memberOfTable[t] !== query.member) return;
    const { rows, starts, flows: count } = table.columns;
    for (let n = 0; n < count; n++) {
      const flow = table.flowOf[n];
      if (flow === NO_FLOW) continue;
      const side = directed.direction[flow];
      if (query.side !== null && side !== query.side) continue;
      const row = starts[n];
      const time: Moment = { seconds: rows[row + STAT_FIRST_SECONDS], nanos: rows[row + STAT_FIRST_NANOS] };
      const ms = toMs(time.seconds, time.nanos, originSeconds);
      if (ms < query.fromMs || ms > query.toMs) continue;
      if (best !== null && (query.pick === 'first' ? ms >= bestMs : ms <= bestMs)) continue;
      best = { source: table.source, frame: rows[row + STAT_FIRST_FRAME], time };
      bestMs = ms;
    }
  });
  return best;
}
