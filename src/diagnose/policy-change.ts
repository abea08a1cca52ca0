import type { FrameEvidence, Moment } from './finding.ts';

/** A moment at which a sender began to place its frames by another policy. */
export interface PolicyChange {
  /** First frame that only the later policy explains. */
  readonly since: Moment;
  readonly before: string;
  readonly after: string;
  /** First flows on members where only the later policy puts them. */
  readonly evidence: readonly FrameEvidence[];
}
