import type { ResultDocument } from './document.ts';
import type { InferHypothesis } from './infer-document.ts';
import type { DirectionRows } from './select-in-directions.ts';
import type { RowFields } from './select-rows.ts';

/** By what hypotheses can be selected and sorted. */
export const HYPOTHESIS_FIELDS = {
  members: ({ members }) => members,
  side: () => null,
  sortKeys: {
    probability: ({ probability }) => probability,
    policy: ({ policy }) => policy,
    variant: ({ variant }) => variant,
    agreement: ({ agreement }) => agreement.flows.match,
    tests: ({ tests }) => tests,
  },
} as const satisfies RowFields<InferHypothesis>;

/** What `infer` prints: the document, and which hypotheses of it. */
export interface InferReport {
  readonly document: ResultDocument;
  readonly rows: DirectionRows<InferHypothesis>;
}
