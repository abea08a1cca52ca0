import type { LearnedFieldId } from '../../hash/learned-fields.ts';
import type { FieldRole, Selector } from '../../hash/learned-model.ts';

/** What was learned of a class of frames. */
export interface LearnedClass {
  readonly kind: 'linear' | 'classes' | 'keyed' | 'undecided';
  readonly selector: Selector | null;
  readonly roles: ReadonlyMap<LearnedFieldId, FieldRole>;
  /** Flows that the selector places, and those of them where they were seen: of all, and of those kept back. */
  readonly flows: number;
  readonly right: number;
  readonly heldOut: number;
  readonly heldOutRight: number;
  /** Unknowns of the linear system, and dependencies that confirmed it (or refuted it, where it is not linear). */
  readonly rank: number;
  readonly tests: number;
  /** Repeats of equal field values, and those on another member. */
  readonly repeats: number;
  readonly contradictions: number;
  /** True where a linear function was looked for with enough flows and refuted. */
  readonly notLinear: boolean;
  /** Bits of evidence that went into fitting what was learned. */
  readonly fittedBits: number;
  /** The function in words, where it is one that has a name. */
  readonly title?: string;
}
