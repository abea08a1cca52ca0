import type { Flow, ResultDocument, SideId } from '../report/document.ts';
import type { LearnedSender } from './learn-model.ts';
import type { DirectionInference } from '../report/infer-document.ts';
import type { ExplainStep } from '../hash/policy.ts';
import type { MovedFlows, PlanChoice, PlanLoad, PlanQuery, PlanResult } from './plan-query.ts';

/** What one comma-separated term of `--where` compares. */
export interface FlowFilterTerm {
  readonly field: 'ip' | 'mac' | 'port' | 'vlan' | 'proto' | 'member' | 'verdict' | 'side';
  readonly value: string;
}

/** Which flows, in which order. Sorting is stable; ties keep the order of first frame. */
export interface FlowQuery {
  readonly where: readonly FlowFilterTerm[];
  /** A key of FLOW_SORT_FIELDS; prefix "-" for descending. */
  readonly sort: string;
  readonly top?: number;
}

export const FLOW_SORT_FIELDS = [
  'bytes',
  'packets',
  'firstTime',
  'lastTime',
  'duration',
  'observed',
  'verdict',
  'src',
  'dst',
  'srcPort',
  'dstPort',
  'protocol',
  'id',
] as const;

/** Flows of one LAG, made on demand from columns: a million of them fit in memory, a million objects do not. */
export interface FlowList {
  /** Flows listed: those that the query selects, `top` at most. */
  readonly length: number;
  /** Flows that the query selects, `top` aside. */
  readonly total: number;
  /** The i-th selected flow, as in the document. */
  at(i: number): Flow;
}

/** Bytes per time step and member, for charts. */
export interface LoadSeries {
  /** ISO time of the left edge of the first step, and step width in seconds. */
  readonly fromTime: string;
  readonly stepSeconds: number;
  readonly steps: number;
  /** One series per direction and member: bytes in each step (length `steps`). Observed on the wire. */
  readonly series: readonly { readonly from: SideId; readonly member: string; readonly bytes: Float64Array<ArrayBuffer> }[];
}

export interface FlowExplanation {
  readonly policy: string;
  readonly variant: string;
  /** Steps from the fields to the hash. */
  readonly steps: readonly ExplainStep[];
  readonly hash: string;
  /** Per epoch: active members in hash order, index and member. */
  readonly epochs: readonly {
    readonly fromTime: string;
    readonly toTime: string;
    readonly active: readonly string[];
    readonly index: number | null;
    readonly member: string | null;
  }[];
  readonly unpredicted: string | null;
}

/** Step of an inference: the sender that is looked at, and the family of rules that is weighed next; null before and after. */
export interface InferProgress {
  readonly from: SideId;
  readonly source: string | null;
}

/** The finished analysis of `flows`: the document without `lags[].flows`, and the flows on demand. */
export interface FlowsAnalysis {
  readonly document: ResultDocument;
  flows(lagId: string, query: FlowQuery): FlowList;
  /** One flow by its id, or null. */
  flow(lagId: string, flowId: string): Flow | null;
  load(lagId: string, steps: number, flow?: string): LoadSeries;
  explain(lagId: string, flowId: string): FlowExplanation | null;
  /** What-if over the captured traffic. Traffic and hashes are kept between calls, so that a moved slider answers at once. */
  plan(lagId: string, query: PlanQuery): PlanResult;
  /** Load in time under one scenario, on the same time steps as `load`; null if it does not exist. */
  planLoad(lagId: string, choice: PlanChoice, steps: number): PlanLoad | null;
  /** The `top` largest flows that move under one scenario; null if it does not exist. */
  movedFlows(lagId: string, choice: PlanChoice, top: number): MovedFlows | null;
  /** What the wire says of the sender of each direction, a→b and b→a; empty for an unknown LAG. Step by step; kept between calls. */
  infer(lagId: string): Generator<InferProgress, readonly DirectionInference[]>;
  /** The sender of a side, learned as a switch of unknown make; null where there is no such LAG. */
  learn(lagId: string, from: SideId): LearnedSender | null;
}
