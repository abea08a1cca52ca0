/**
 * Public API for Node: the analysis with files from this machine. The host-neutral parts take bytes from anywhere;
 * here a path is enough.
 */
import { openInputs } from './cli/input-arguments.ts';
import type { AnalysisOptions } from './pipeline/analysis-options.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from './pipeline/analysis-options.ts';
import { analyzeFlows, type AnalysisHost } from './pipeline/analyze.ts';
import type { FlowsAnalysis } from './pipeline/flows-analysis.ts';

export { openFileSource, openStandardInput, type OpenedSource } from './cli/node-file-source.ts';
export { analyzeFlows } from './pipeline/analyze.ts';
export type { AnalysisHost, AnalysisInput } from './pipeline/analyze.ts';
export type { AnalysisOptions, SenderOptions, TimeOption } from './pipeline/analysis-options.ts';
export type { ByteSource } from './pipeline/byte-source.ts';
export type { FlowList, FlowQuery, FlowsAnalysis } from './pipeline/flows-analysis.ts';
export type { Flow, Lag, ResultDocument } from './report/document.ts';

/** A capture or state text by its path, and the member it was taken on if that is to be told. */
export interface InputFile {
  readonly path: string;
  readonly memberName?: string;
}

/** The analysis of `lacpviz flows`. What cannot be read stands in `document.errors`; a request that makes no sense throws BadCall. */
export function analyzeFiles(
  files: readonly (string | InputFile)[],
  options: Partial<AnalysisOptions> = {},
  host: AnalysisHost = {},
): Promise<FlowsAnalysis> {
  const inputs = openInputs(files.map((file) => (typeof file === 'string' ? { path: file } : file)));
  return analyzeFlows(inputs, { ...DEFAULT_ANALYSIS_OPTIONS, ...options }, host);
}
