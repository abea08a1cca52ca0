import type { ResultDocument } from '../report/document.ts';
import { analyzeCaptures } from './analyze-captures.ts';
import type { AnalysisHost, AnalysisInput } from './analyze-captures.ts';
import type { AnalysisOptions } from './analysis-options.ts';
import { diagnose } from './build-findings.ts';
import { takeSteps } from './steps.ts';

export interface CheckOptions {
  /** Fixes of this syntax only. */
  readonly syntax?: string;
}

/** The analysis of `check`: the document of all commands, with findings. */
export async function analyzeCheck(
  inputs: readonly AnalysisInput[],
  options: AnalysisOptions,
  host: AnalysisHost,
  { syntax }: CheckOptions = {},
): Promise<ResultDocument> {
  const analysis = await analyzeCaptures(inputs, options, host);
  return { ...(await takeSteps(diagnose(analysis, syntax), host)), command: 'check' };
}
