import type { Flow, ResultDocument, SideId } from '../report/document.ts';
import type { DirectionInference } from '../report/infer-document.ts';
import type { AnalysisOptions } from './analysis-options.ts';
import type { FlowExport, FlowExportFormat } from './export-flows.ts';
import type { FlowBeside, FlowExplanation, FlowLoads, FlowMap, FlowQuery, LoadSeries, SpanBalance } from './flows-analysis.ts';
import type { InferProgress } from './steps.ts';
import type { MovedFlows, PlanChoice, PlanLoad, PlanQuery, PlanResult } from './plan-query.ts';
import type { LearnedSender } from './learn-model.ts';
import type { TimeSpan } from './time-span.ts';
import type { LagLacp, PduDetail, PduTimeline } from './pdu-timeline.ts';

/** Progress of a scan: bytes as stored. `total` is undefined for streams. */
export interface ScanProgress {
  readonly doneBytes: number;
  readonly totalBytes: number | undefined;
  readonly packets: number;
  readonly phase: 'scan' | 'match-copies' | 'analyze';
}

/** A file handed to the service: in the page a File, or text pasted by the user. */
export interface ServiceFile {
  readonly path: string;
  /** Name of the member, if the user gave one. */
  readonly memberName?: string;
  readonly content: unknown;
}

/**
 * What the page asks of its analysis worker, through comlink. Nothing is thrown across: failures are values.
 * One analysis at a time; a new `analyze` cancels the one before.
 */
export interface AnalysisService {
  analyze(
    files: readonly ServiceFile[],
    options: AnalysisOptions,
    onProgress: (progress: ScanProgress) => void,
  ): Promise<
    { readonly ok: true; readonly document: ResultDocument } | { readonly ok: false; readonly reason: string; readonly cancelled: boolean }
  >;
  cancel(): void;
  /** Flows `offset` to `offset + limit` of a query; with `loadSteps` what stands beside each, its load in so many steps. */
  flows(
    lagId: string,
    query: FlowQuery,
    offset: number,
    limit: number,
    loadSteps?: number,
  ): Promise<{ readonly total: number; readonly flows: readonly Flow[]; readonly beside?: readonly (FlowBeside | null)[] }>;
  /** Flows `offset` to `offset + limit` of a query as CSV or JSON. */
  exportFlows(lagId: string, query: FlowQuery, format: FlowExportFormat, offset: number, limit: number): Promise<FlowExport | null>;
  /** One flow by its id (a link into the page, the reverse of a flow), or null. */
  flow(lagId: string, flowId: string): Promise<Flow | null>;
  load(lagId: string, steps: number, flow?: string): Promise<LoadSeries>;
  flowLoads(lagId: string, query: FlowQuery, steps: number): Promise<FlowLoads | null>;
  flowMap(lagId: string, from: SideId, query: FlowQuery, most: number): Promise<FlowMap | null>;
  spanBalance(lagId: string, span: TimeSpan): Promise<readonly SpanBalance[]>;
  explain(lagId: string, flowId: string): Promise<FlowExplanation | null>;
  /** What-if over the captured traffic; empty without an analysis or LAG. A query that makes no sense gives its reason. */
  plan(lagId: string, query: PlanQuery): Promise<PlanResult | { readonly failed: string }>;
  planLoad(lagId: string, choice: PlanChoice, steps: number): Promise<PlanLoad | null>;
  /** The `top` largest flows that move under one scenario. */
  movedFlows(lagId: string, choice: PlanChoice, top: number): Promise<MovedFlows | null>;
  /** What the wire says of the sender of each direction, a→b and b→a. */
  infer(lagId: string, onProgress?: (progress: InferProgress) => void): Promise<readonly DirectionInference[] | null>;
  /** Stops the running `infer`, as a new one and a new analysis do: it ends with null. */
  cancelInfer(): void;
  /** The sender of a side, learned as a switch of unknown make. */
  learn(lagId: string, from: SideId): Promise<LearnedSender | null>;
  /** What `lacp --json` adds to the LAG: every end of every member, cables, neighbours; no ports where nobody speaks LACP. */
  lacp(lagId: string): Promise<LagLacp | null>;
  /** All LACPDUs as columns. */
  pduTimeline(lagId: string): Promise<PduTimeline | null>;
  /** One LACPDU of the timeline with its bytes, or null. */
  pdu(lagId: string, i: number): Promise<PduDetail | null>;
}
