import type { Flow, Verdict } from '../../report/document.ts';
import { formatFlowDetail, formatFlowEnds } from '../../report/format-flow.ts';

/** Mark and word of a verdict: never colour alone. */
export const VERDICT_MARKS: Record<Verdict, string> = { match: '✓', mismatch: '✗', moved: '↷', control: '·', unpredicted: '?' };

export function flowTitle(flow: Flow): string {
  const { protocol, src, dst } = formatFlowEnds(flow);
  const detail = formatFlowDetail(flow);
  return `${protocol} ${src} → ${dst}${detail ? ` (${detail})` : ''}`;
}

/**
 * The member the policy says, in the epoch the flow lived in. `predicted.member` of the document is that of the longest
 * epoch; a `match` says that, epoch by epoch, the frames were where the policy puts them.
 */
export function predictedMember(flow: Flow): string | null {
  if (flow.predicted === null) return null;
  return flow.verdict === 'match' ? flow.observed : flow.predicted.member;
}
