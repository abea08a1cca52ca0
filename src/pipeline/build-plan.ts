import type { LagAnalysis } from './analyze-lag.ts';
import type { FlowsAnalysis } from './flows-analysis.ts';
import { EMPTY_PLAN } from './plan-query.ts';

/** The what-if part of a finished analysis. */
export function createPlanViews(lags: readonly LagAnalysis[]): Pick<FlowsAnalysis, 'plan' | 'planLoad'> {
  void lags;
  return { plan: () => EMPTY_PLAN, planLoad: () => null };
}
