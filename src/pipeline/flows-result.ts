import { createHashInput } from '../hash/hash-input.ts';
import { UNPREDICTED_REASONS } from '../hash/policy.ts';
import { fillHashInput } from '../flows/hash-input-from-keys.ts';
import { visitSlices } from '../flows/lag-flows.ts';
import { WINDOW_WIDTHS_MS } from '../flows/slice-log.ts';
import type { ResultDocument, SideId } from '../report/document.ts';
import { holdAt, UNKNOWN_MEMBER } from '../infer/learn-buckets.ts';
import type { DirectionInference } from '../report/infer-document.ts';
import type { ActiveEpoch } from '../plan/epochs.ts';
import type { DirectionAnalysis } from './analyze-direction.ts';
import { inferSteps } from './analyze-infer.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import { selectFlows } from './flow-query.ts';
import { FlowRows, formatHash, parseFlowId } from './flow-rows.ts';
import type { FlowExplanation, FlowList, FlowQuery, FlowsAnalysis, LoadSeries } from './flows-analysis.ts';
import { createPlanViews } from './build-plan.ts';
import { learnSender } from './learn-model.ts';
import { formatAxisTime } from './time-text.ts';

/** The finished analysis: answers from columns, on demand. */
export function createFlowsAnalysis(document: ResultDocument, lags: readonly LagAnalysis[]): FlowsAnalysis {
  const rowsOf = new Map<string, FlowRows>();
  const inferred = new Map<string, readonly DirectionInference[]>();
  const find = (lagId: string): LagAnalysis | undefined => lags.find((lag) => lag.plan.id === lagId);
  const rows = (lag: LagAnalysis): FlowRows => {
    const known = rowsOf.get(lag.plan.id) ?? new FlowRows(lag);
    rowsOf.set(lag.plan.id, known);
    return known;
  };
  return {
    document,
    flows(lagId: string, query: FlowQuery): FlowList {
      const lag = find(lagId);
      if (lag === undefined)
        return {
          length: 0,
          total: 0,
          at: () => {
            throw new RangeError('no flows');
          },
        };
      const { list, total } = selectFlows(lag, rows(lag), query);
      return { length: list.length, total, at: (i) => rows(lag).at(list[i]) };
    },
    flow(lagId, flowId) {
      const lag = find(lagId);
      const flow = parseFlowId(flowId);
      if (lag === undefined || flow < 0 || flow >= rows(lag).count || !rows(lag).isListed(flow)) return null;
      return rows(lag).at(flow);
    },
    load: (lagId, steps, flow) => loadSeries(find(lagId), steps, flow),
    explain: (lagId, flowId) => {
      const lag = find(lagId);
      return lag === undefined ? null : explainFlow(lag, parseFlowId(flowId));
    },
    learn(lagId, from) {
      const lag = find(lagId);
      return lag === undefined ? null : learnSender(lag, from === 'a' ? 0 : 1);
    },
    *infer(lagId) {
      const lag = find(lagId);
      if (lag === undefined) return [];
      const known = inferred.get(lagId) ?? (yield* inferSteps(lag));
      inferred.set(lagId, known);
      return known;
    },
    ...createPlanViews(lags),
  };
}

function loadSeries(lag: LagAnalysis | undefined, steps: number, flowIdText: string | undefined): LoadSeries {
  if (lag === undefined || steps < 1) return { fromTime: formatAxisTime(0, 0), stepSeconds: 1, steps: 0, series: [] };
  const { flows, plan, directed } = lag;
  const spanMs = Math.max(flows.lastMs - flows.firstMs, 1);
  const stepMs = WINDOW_WIDTHS_MS.find((w) => w >= flows.widthMs && spanMs / w <= steps) ?? Math.ceil(spanMs / steps);
  const fromMs = Math.floor(flows.firstMs / stepMs) * stepMs;
  const count = Math.floor((flows.lastMs - fromMs) / stepMs) + 1;
  const only = flowIdText === undefined ? -1 : parseFlowId(flowIdText);
  const sums = [0, 1].map(() => plan.members.map(() => new Float64Array(count)));
  visitSlices(flows, 'frames', (flow, member, ms, _packets, bytes) => {
    const side = directed.direction[flow];
    if (side > 1 || (flowIdText !== undefined && flow !== only)) return;
    const step = Math.floor((ms - fromMs) / stepMs);
    if (step >= 0 && step < count) sums[side][member][step] += bytes;
  });
  const series = (['a', 'b'] as const).flatMap((from: SideId, side) =>
    plan.members.map((member, m) => ({ from, member: member.name, bytes: sums[side][m] })),
  );
  return { fromTime: formatAxisTime(flows.originSeconds, fromMs), stepSeconds: stepMs / 1000, steps: count, series };
}

function explainFlow(lag: LagAnalysis, flow: number): FlowExplanation | null {
  const { merged, originSeconds } = lag.flows;
  if (flow < 0 || flow >= merged.count) return null;
  const side = lag.directed.direction[flow];
  if (side > 1 || lag.directed.control[flow] === 1) return null;
  const direction = lag.directions[side];
  const { policy, variant, basis } = direction.sender;
  if (policy === null) return null;
  const input = createHashInput(1);
  const { active } = direction.epochs[direction.placement.longest];
  fillHashInput(input, merged.tables[merged.keyTable[flow]].columns.rows, merged.keyStart.subarray(flow, flow + 1), 0, 1, {
    tagInFrame: false,
  });
  const hash = direction.hash[flow];
  return {
    policy: policy.id,
    variant,
    steps: policy.explain(input, 0, { variant, basis, memberCount: active.length }),
    hash: formatHash(hash),
    epochs: direction.epochs.map((epoch) => {
      const { index, member } = placeIn(direction, epoch, flow);
      return {
        fromTime: formatAxisTime(originSeconds, epoch.fromMs),
        toTime: formatAxisTime(originSeconds, epoch.toMs),
        active: epoch.active.map((m) => lag.plan.members[m].name),
        index,
        member: member === null ? null : lag.plan.members[member].name,
      };
    }),
    unpredicted: UNPREDICTED_REASONS[direction.placement.reason[flow]],
  };
}

/** Index (or bucket) and member of a flow in an epoch. */
function placeIn(direction: DirectionAnalysis, epoch: ActiveEpoch, flow: number): { index: number | null; member: number | null } {
  const { buckets } = direction.sender;
  if (buckets !== undefined) {
    const bucket = direction.bucketOf(flow);
    const member = holdAt(buckets.table[bucket], (epoch.fromMs + epoch.toMs) / 2)?.member ?? UNKNOWN_MEMBER;
    return { index: bucket, member: member === UNKNOWN_MEMBER ? null : member };
  }
  if (epoch.active.length === 0) return { index: null, member: null };
  const index = direction.hash[flow] % epoch.active.length;
  return { index, member: epoch.active[index] };
}
