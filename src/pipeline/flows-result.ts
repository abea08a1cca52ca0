import { createHashInput } from '../hash/hash-input.ts';
import { UNPREDICTED_REASONS } from '../hash/policy.ts';
import { fillHashInput } from '../flows/hash-input-from-keys.ts';
import type { ResultDocument } from '../report/document.ts';
import type { DirectionInference } from '../report/infer-document.ts';
import type { DirectionAnalysis } from './analyze-direction.ts';
import { inferSteps } from './analyze-infer.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import { buildFlowMap } from './flow-map.ts';
import { selectFlows } from './flow-query.ts';
import { FlowJson } from './flow-json.ts';
import { FlowRows, formatHash, parseFlowId } from './flow-rows.ts';
import type { FlowExplanation, FlowList, FlowQuery, FlowsAnalysis } from './flows-analysis.ts';
import { createPlanViews } from './build-plan.ts';
import { learnSender } from './learn-model.ts';
import { flowLoads, flowsBeside, loadSeries } from './load-views.ts';
import { memberAt } from './member-at.ts';
import { spanBalance } from './span-balance.ts';
import { formatAxisTime } from './time-text.ts';

function noFlow(): never {
  throw new RangeError('no flows');
}

const NO_FLOWS: FlowList = { length: 0, total: 0, at: noFlow, json: noFlow };

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
      if (lag === undefined) return NO_FLOWS;
      const { list, total } = selectFlows(lag, rows(lag), query);
      const text = new FlowJson(lag, rows(lag));
      return { length: list.length, total, at: (i) => rows(lag).at(list[i]), json: (i) => text.at(list[i]) };
    },
    flow(lagId, flowId) {
      const lag = find(lagId);
      const flow = parseFlowId(flowId);
      if (lag === undefined || flow < 0 || flow >= rows(lag).count || !rows(lag).isListed(flow)) return null;
      return rows(lag).at(flow);
    },
    load: (lagId, steps, flow) => loadSeries(find(lagId), steps, flow),
    flowLoads(lagId, query, steps) {
      const lag = find(lagId);
      return flowLoads(lag, lag && rows(lag), query, steps);
    },
    flowsBeside(lagId, flowIds, steps, span) {
      const lag = find(lagId);
      return flowsBeside(lag, lag && rows(lag), flowIds, steps, span);
    },
    flowMap(lagId, from, query, most) {
      const lag = find(lagId);
      return lag === undefined ? null : buildFlowMap(lag, rows(lag), from, query, most);
    },
    spanBalance(lagId, span) {
      const lag = find(lagId);
      return lag === undefined ? [] : spanBalance(lag, span);
    },
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

function explainFlow(lag: LagAnalysis, flow: number): FlowExplanation | null {
  const { merged, originSeconds } = lag.flows;
  if (flow < 0 || flow >= merged.count) return null;
  const side = lag.directed.direction[flow];
  if (side > 1 || lag.directed.control[flow] === 1) return null;
  const whole = lag.directions[side];
  const direction = whole.chassis?.partOf(flow) ?? whole;
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
    epochs: direction.epochs.map((epoch, e) => {
      const { index, member } = placeIn(direction, e, flow);
      return {
        fromTime: formatAxisTime(originSeconds, epoch.fromMs),
        toTime: formatAxisTime(originSeconds, epoch.toMs),
        active: epoch.active.map((m) => lag.plan.members[m].name),
        index,
        member: member < 0 ? null : lag.plan.members[member].name,
      };
    }),
    unpredicted: UNPREDICTED_REASONS[direction.placement.reason[flow]],
  };
}

/** Index (or bucket) and member of a flow in an epoch. */
function placeIn(direction: DirectionAnalysis, e: number, flow: number): { index: number | null; member: number } {
  const { fromMs, toMs, active } = direction.epochs[e];
  const member = memberAt(direction, flow, e, (fromMs + toMs) / 2);
  if (direction.sender.buckets !== undefined) return { index: direction.bucketOf(flow), member };
  return { index: active.length === 0 ? null : direction.hashIn(e)[flow] % active.length, member };
}
