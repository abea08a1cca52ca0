import type { Change } from '../fix/change.ts';
import type { PortHistory } from '../lacp/port-history.ts';
import type { FindingId } from './messages.ts';

export type Severity = 'error' | 'warn' | 'info';

export interface Moment {
  readonly seconds: number;
  readonly nanos: number;
}

/** A frame (or a line of a state text) that shows it. `source`: number of the capture's source in the analysis. */
export interface FrameEvidence {
  readonly source: number;
  /** Record number in its capture, from 1. */
  readonly frame: number;
  readonly time: Moment | null;
  readonly note: string;
}

/** What a rule found, before it is put into words: values for the placeholders of its message. */
export interface RawFinding {
  readonly id: FindingId;
  /** The text that tells it, where that is not the one of its id. */
  readonly message?: FindingId;
  readonly values: Readonly<Record<string, string | number>>;
  /** LAG member indices. */
  readonly members: readonly number[];
  /** The ports meant: named where a member's captures show several links. */
  readonly ports?: readonly PortHistory[];
  /** The end at fault, or the one that shows it; null for both. */
  readonly side: 0 | 1 | null;
  readonly since: Moment | null;
  readonly evidence: readonly FrameEvidence[];
  /** What to change at which side. */
  readonly changes?: readonly { readonly side: 0 | 1; readonly change: Change }[];
}
