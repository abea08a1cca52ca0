import { analyzeFlows } from '../../src/pipeline/analyze.ts';
import { DEFAULT_ANALYSIS_OPTIONS, type SenderOptions } from '../../src/pipeline/analysis-options.ts';
import type { Direction } from '../../src/report/document.ts';
import { capturesOf } from '../support/generated-captures.ts';
import type { GeneratedFlow } from '../support/generated-switch.ts';
import { memberInputs } from '../support/memory-input.ts';

/** The direction of all frames, as captures of one sender alone show it. */
export async function analyzeSender(
  flows: readonly GeneratedFlow[],
  place: (flow: GeneratedFlow) => number,
  members: number,
  sender: SenderOptions = {},
): Promise<Direction> {
  const captures = capturesOf(
    flows.map((flow) => ({ flow, member: place(flow) })),
    members,
  );
  const { document } = await analyzeFlows(memberInputs(captures), { ...DEFAULT_ANALYSIS_OPTIONS, oneLag: true, sender }, {});
  const [direction] = document.lags[0].directions.filter((d) => d.totals.packets > 0);
  return direction;
}
