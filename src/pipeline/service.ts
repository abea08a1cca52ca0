import type { Flow, ResultDocument } from '../report/document.ts';
import type { AnalysisOptions } from './analysis-options.ts';
import type { FlowExplanation, FlowQuery, LoadSeries } from './flows-analysis.ts';

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
  flows(
    lagId: string,
    query: FlowQuery,
    offset: number,
    limit: number,
  ): Promise<{ readonly total: number; readonly flows: readonly Flow[] }>;
  /** One flow by its id (a link into the page, the reverse of a flow), or null. */
  flow(lagId: string, flowId: string): Promise<Flow | null>;
  load(lagId: string, steps: number, flow?: string): Promise<LoadSeries>;
  explain(lagId: string, flowId: string): Promise<FlowExplanation | null>;
}
