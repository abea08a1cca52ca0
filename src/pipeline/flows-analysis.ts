import type { Direction, Flow, ResultDocument, SideId } from '../report/document.ts';
import type { LearnedSender } from './learn-model.ts';
import type { TimeSpan } from './time-span.ts';
import type { DirectionInference } from '../report/infer-document.ts';
import type { ExplainStep } from '../hash/policy.ts';
import type { Steps } from './steps.ts';
import type { MovedFlows, PlanChoice, PlanLoad, PlanQuery, PlanResult } from './plan-query.ts';

/** What one comma-separated term of `--where` compares. */
export interface FlowFilterTerm {
  readonly field: 'ip' | 'mac' | 'port' | 'vlan' | 'proto' | 'member' | 'verdict' | 'side' | 'bucket';
  readonly value: string;
}

/** Which flows, in which order. Sorting is stable; ties keep the order of first frame. */
export interface FlowQuery {
  readonly where: readonly FlowFilterTerm[];
  /** A key of FLOW_SORT_FIELDS; prefix "-" for descending. */
  readonly sort: string;
  readonly top?: number;
  /** Only flows with frames in it; `bytes` and `packets` then sort by what lies in it. */
  readonly span?: TimeSpan;
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
  'from',
  'predicted',
  'reason',
  'bucket',
  'vlan',
  'srcMac',
  'dstMac',
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
  /** The same as JSON text. */
  json(i: number): string;
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

/** Bytes per time step of some flows, on the steps of a LoadSeries. */
export interface FlowLoads {
  readonly fromTime: string;
  readonly stepSeconds: number;
  readonly steps: number;
  readonly rows: readonly { readonly flow: Flow; readonly bytes: Float64Array<ArrayBuffer> }[];
}

/** What stands beside a flow in a list. */
export interface FlowBeside {
  /** The flow back between the same ends with its member and the one predicted, or null. */
  readonly reverse: { readonly id: string; readonly observed: string | null; readonly predicted: string | null } | null;
  /** What it sent in the time asked for, and per step of it. */
  readonly packets: number;
  readonly bytes: number;
  readonly load: Float64Array<ArrayBuffer>;
}

/** Which flows of a sender fall into which bucket, and so to which member. */
export interface FlowMap {
  readonly from: SideId;
  /** `index`: among the active members of the longest epoch; null: no rule is known. */
  readonly kind: 'bucket' | 'index' | null;
  /** By number. */
  readonly buckets: readonly FlowMapBucket[];
  /** Flows without a bucket: control frames and what cannot be hashed. */
  readonly unplaced: { readonly flows: number; readonly packets: number; readonly bytes: number };
}

export interface FlowMapBucket {
  bucket: number;
  /** The member that the policy names for it (in the longest epoch), or null. */
  member: string | null;
  flows: number;
  packets: number;
  bytes: number;
  /** The largest ones, with what they sent in the span asked for. */
  named: { flow: Flow; packets: number; bytes: number }[];
}

/** A direction's load per member in a part of the time, as the document has it for all of it. */
export interface SpanBalance {
  readonly from: SideId;
  readonly totals: Direction['totals'];
  readonly agreement: Direction['agreement'];
  readonly members: Direction['members'];
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

/** The finished analysis of `flows`: the document without `lags[].flows`, and the flows on demand. */
export interface FlowsAnalysis {
  readonly document: ResultDocument;
  flows(lagId: string, query: FlowQuery): FlowList;
  /** One flow by its id, or null. */
  flow(lagId: string, flowId: string): Flow | null;
  load(lagId: string, steps: number, flow?: string): LoadSeries;
  /** Load in time of each flow that a query selects, on the same time steps as `load`. */
  flowLoads(lagId: string, query: FlowQuery, steps: number): FlowLoads;
  /** What stands beside flows in a list: null for an id that is none. */
  flowsBeside(lagId: string, flowIds: readonly string[], steps: number, span?: TimeSpan): readonly (FlowBeside | null)[];
  /** Flow, bucket and member of what one side sends; the `most` largest flows by name. Null for an unknown LAG. */
  flowMap(lagId: string, from: SideId, query: FlowQuery, most: number): FlowMap | null;
  /** Loads per member in a span, a→b and b→a; empty for an unknown LAG. */
  spanBalance(lagId: string, span: TimeSpan): readonly SpanBalance[];
  explain(lagId: string, flowId: string): FlowExplanation | null;
  /** What-if over the captured traffic, step by step. Traffic and hashes are kept between calls, so that a moved slider answers at once. */
  plan(lagId: string, query: PlanQuery): Steps<PlanResult>;
  /** Load in time under one scenario, on the same time steps as `load`; null if it does not exist. */
  planLoad(lagId: string, choice: PlanChoice, steps: number): PlanLoad | null;
  /** The `top` largest flows that move under one scenario; null if it does not exist. */
  movedFlows(lagId: string, choice: PlanChoice, top: number): MovedFlows | null;
  /** What the wire says of the sender of each direction, a→b and b→a; empty for an unknown LAG. Step by step; kept between calls. */
  infer(lagId: string): Steps<readonly DirectionInference[]>;
  /** The sender of a side, learned as a switch of unknown make; null where there is no such LAG. */
  learn(lagId: string, from: SideId): LearnedSender | null;
}
