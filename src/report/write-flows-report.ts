import type { Flow, ResultDocument } from './document.ts';

/** What the writers of `flows` need: the document without `lags[].flows`, and the flows one at a time. */
export interface FlowsReport {
  readonly document: ResultDocument;
  /** The flows of a LAG that the user asked for, in the order asked for; `total`: all flows of the LAG that the filter selects. */
  flowsOf(lagId: string): FlowRows;
}

export interface FlowRows {
  readonly length: number;
  readonly total: number;
  at(i: number): Flow;
  /** The same as JSON text: many rows are written faster so. */
  json(i: number): string;
}

/** Rows written between two looks at the target's buffer. */
export const ROWS_PER_DRAIN = 64;
