import { analyzeCaptures } from './analyze-captures.ts';
import type { AnalysisHost, AnalysisInput } from './analyze-captures.ts';
import type { AnalysisOptions } from './analysis-options.ts';
import { diagnose } from './build-findings.ts';
import type { FlowsAnalysis } from './flows-analysis.ts';
import { createFlowsAnalysis } from './flows-result.ts';
import { createPduViews } from './pdu-views.ts';
import type { PduViews } from './pdu-timeline.ts';
import { takeSteps } from './steps.ts';

export { Cancelled } from './steps.ts';
export type { AnalysisHost, AnalysisInput } from './analyze-captures.ts';

/**
 * The whole analysis of `flows`: the captures, what is wrong, and the flows on demand. Bad input ends in
 * `document.errors`; a bad request throws BadCall.
 */
export async function analyzeFlows(
  inputs: readonly AnalysisInput[],
  options: AnalysisOptions,
  host: AnalysisHost,
): Promise<FlowsAnalysis & PduViews> {
  const analysis = await analyzeCaptures(inputs, options, host);
  return {
    ...createFlowsAnalysis(await takeSteps(diagnose(analysis), host), analysis.lags),
    ...createPduViews(analysis),
  };
}
