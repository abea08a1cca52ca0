import type { Flow, Verdict } from '../../report/document.ts';
import { formatFlowDetail, formatFlowEnds } from '../../report/format-flow.ts';

/** Mark and word of a verdict: never colour alone. */
export const VERDICT_MARKS: Record<Verdict, string> = { match: '✓', mismatch: '✗', moved: '↷', control: '·', unpredicted: '?' };

export function flowTitle(flow: Flow): string {
  const { protocol, src, dst } = formatFlowEnds(flow);
  const detail = formatFlowDetail(flow);
  return `${protocol} ${src} → ${dst}${detail ? ` (${detail})` : ''}`;
}
