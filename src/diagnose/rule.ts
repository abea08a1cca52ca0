import type { DiagnoseContext } from './context.ts';
import type { RawFinding, Severity } from './finding.ts';
import type { FindingId } from './messages.ts';

/** One rule: silent on a healthy LAG. */
export interface Rule {
  readonly id: FindingId;
  readonly severity: Severity;
  check(context: DiagnoseContext): readonly RawFinding[];
}
