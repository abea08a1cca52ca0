/** Frames of generated flows, each on the member that a test names, through the whole analysis. */
import { buildPcapHeader, buildPcapRecord, concatBytes } from './capture-builder.ts';
import { frameOf } from './generated-captures.ts';
import type { GeneratedFlow } from './generated-switch.ts';
import type { AnalysisOptions } from '../../src/pipeline/analysis-options.ts';
import { DEFAULT_ANALYSIS_OPTIONS } from '../../src/pipeline/analysis-options.ts';
import { analyzeInfer } from '../../src/pipeline/analyze-infer.ts';
import type { Direction } from '../../src/report/document.ts';
import type { DirectionInference } from '../../src/report/infer-document.ts';
import { memberInputs } from './memory-input.ts';

/** Time between two frames. */
export const STEP_MS = 4;

/** Frames of the flows in turn, one each four milliseconds, on the member that `place` names for the n-th frame. */
export async function inferPlaced(
  flows: readonly GeneratedFlow[],
  frames: number,
  place: (flow: GeneratedFlow, n: number) => number,
  members = 2,
  options: Partial<AnalysisOptions> = {},
): Promise<DirectionInference & Direction> {
  const records: Uint8Array[][] = Array.from({ length: members }, () => []);
  for (let n = 0; n < frames; n++) {
    const flow = flows[n % flows.length];
    const ms = n * STEP_MS;
    // Every frame differs: equal ones would be copies.
    const data = concatBytes(frameOf(flow), Uint8Array.of(n >> 8, n & 0xff));
    records[place(flow, n)].push(buildPcapRecord({ seconds: 1_700_000_000 + Math.floor(ms / 1000), fraction: (ms % 1000) * 1000, data }));
  }
  const inputs = memberInputs(records.map((list) => concatBytes(buildPcapHeader(), ...list)));
  const { document } = await analyzeInfer(inputs, { ...DEFAULT_ANALYSIS_OPTIONS, oneLag: true, ...options }, {});
  return document.lags[0].directions.find((d) => d.totals.packets > 0) as unknown as DirectionInference & Direction;
}
