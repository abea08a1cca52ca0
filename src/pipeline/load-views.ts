/** What flows send in time, for charts: all of them per member, the largest ones each, and a few in small. */
import { visitSlices } from '../flows/lag-flows.ts';
import type { Flow, SideId } from '../report/document.ts';
import { predictedMember } from '../report/format-flow.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import { selectFlows } from './flow-query.ts';
import { parseFlowId, type FlowRows } from './flow-rows.ts';
import { sliceIndex, visitSlicesOf } from './slice-index.ts';
import type { FlowBeside, FlowLoads, FlowQuery, LoadSeries } from './flows-analysis.ts';
import { chooseSteps, spanOnAxis, type TimeSpan } from './time-span.ts';
import { formatAxisTime } from './time-text.ts';

const NO_LOAD = { fromTime: formatAxisTime(0, 0), stepSeconds: 1, steps: 0 } as const;

/** Bytes per direction, member and step; of one flow where its id is given. */
export function loadSeries(lag: LagAnalysis | undefined, steps: number, flowIdText: string | undefined): LoadSeries {
  if (lag === undefined || steps < 1) return { ...NO_LOAD, series: [] };
  const { flows, plan, directed } = lag;
  const { stepMs, fromMs, count } = chooseSteps(flows, flows.lastMs - flows.firstMs, steps);
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

/** Bytes per step of each flow of a list, on the steps of `loadSeries`. */
export function flowLoads(lag: LagAnalysis | undefined, rows: FlowRows | undefined, query: FlowQuery, steps: number): FlowLoads {
  if (lag === undefined || rows === undefined || steps < 1) return { ...NO_LOAD, rows: [] };
  const { flows } = lag;
  const { list } = selectFlows(lag, rows, query);
  const { stepMs, fromMs, count } = chooseSteps(flows, flows.lastMs - flows.firstMs, steps);
  const series = sumSteps(lag, list, fromMs, stepMs, count);
  return {
    fromTime: formatAxisTime(flows.originSeconds, fromMs),
    stepSeconds: stepMs / 1000,
    steps: count,
    rows: Array.from(list, (flow, i) => ({ flow: rows.at(flow), bytes: series[i].load })),
  };
}

/** What stands beside flows in a list. Ids that are none give null. */
export function flowsBeside(
  lag: LagAnalysis | undefined,
  rows: FlowRows | undefined,
  ids: readonly string[],
  steps: number,
  span: TimeSpan | undefined,
): readonly (FlowBeside | null)[] {
  if (lag === undefined || rows === undefined || steps < 1) return ids.map(() => null);
  const list = Int32Array.from(ids, (id) => {
    const flow = parseFlowId(id);
    return flow < rows.count && flow >= 0 && rows.isListed(flow) ? flow : -1;
  });
  const { fromMs, toMs } = spanOnAxis(lag.flows, span);
  const sums = sumSteps(lag, list, fromMs, (toMs - fromMs) / steps, steps);
  return Array.from(list, (flow, i) => {
    if (flow < 0) return null;
    const reverse = rows.reverseOf(flow);
    const { packets, load } = sums[i];
    return { reverse: reverse < 0 ? null : endsUp(rows.at(reverse)), packets, bytes: load.reduce((sum, bytes) => sum + bytes, 0), load };
  });
}

function endsUp(flow: Flow): FlowBeside['reverse'] {
  return { id: flow.id, observed: flow.observed, predicted: predictedMember(flow) };
}

/** Per flow of a list: bytes per step, and packets in all of them. */
function sumSteps(lag: LagAnalysis, list: ArrayLike<number>, fromMs: number, stepMs: number, count: number) {
  const index = sliceIndex(lag.flows);
  return Array.from(list, (flow) => {
    const sum = { packets: 0, load: new Float64Array(count) };
    if (flow < 0) return sum;
    visitSlicesOf(index, flow, (ms, packets, bytes) => {
      const step = Math.floor((ms - fromMs) / stepMs);
      if (step < 0 || step >= count) return;
      sum.packets += packets;
      sum.load[step] += bytes;
    });
    return sum;
  });
}
