import type { LearnedModel } from '../hash/learned-model.ts';
import type { Language } from '../diagnose/languages.ts';
import type { SideId } from '../report/document.ts';

/** What the user says of a sender. Absent fields are taken from state text, else inferred. */
export interface SenderOptions {
  /** Policy id of the registry. */
  readonly policy?: string;
  readonly variant?: string;
  /** `x.y`, `x.y.z`, a full release text, or a variant id. */
  readonly kernel?: string;
  readonly basis?: number;
  /** Member names in hash order. */
  readonly members?: readonly string[];
  /** A learned switch; `policy` is then `learned`. */
  readonly model?: LearnedModel;
}

/** A point in time: absolute, or relative to the first frame of all captures. */
export type TimeOption =
  | { readonly kind: 'absolute'; readonly seconds: number; readonly nanos: number }
  | { readonly kind: 'relative'; readonly seconds: number; readonly nanos: number };

export interface AnalysisOptions {
  /** For both sides; `sides` wins. */
  readonly sender: SenderOptions;
  readonly sides: { readonly [side in SideId]?: SenderOptions };
  /** MAC addresses of the local side, lower case with colons. */
  readonly local: readonly string[];
  /** All captures are one LAG. */
  readonly oneLag: boolean;
  /** Only this LAG is reported. */
  readonly lag?: string;
  readonly from?: TimeOption;
  readonly to?: TimeOption;
  /** Of the findings' titles and first sentences; English without it. */
  readonly language?: Language;
  /** Worker threads at most; 0: the executor decides. */
  readonly threads: number;
}

export const DEFAULT_ANALYSIS_OPTIONS: AnalysisOptions = { sender: {}, sides: {}, local: [], oneLag: false, threads: 0 };
