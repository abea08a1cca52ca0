import type { Change } from './change.ts';
import type { FixTarget, TargetSystem } from './target.ts';

/** A change written in one configuration syntax. */
export interface Fix {
  /** Id of the syntax. */
  readonly syntax: string;
  /** What to type, or what to put into a file; ends without line feed. */
  readonly text: string;
  /** Command that shows whether it worked. */
  readonly verify: string;
  /** What else is to know: what is interrupted, what does not last. */
  readonly note?: string;
}

export type FixText = Omit<Fix, 'syntax'>;

/** A configuration syntax: one file, one line in the registry. */
export interface FixSyntax {
  readonly id: string;
  readonly title: string;
  /** Systems whose configuration is written in it. */
  readonly systems: readonly TargetSystem[];
  /** null where this syntax cannot express the change. */
  write(change: Change, target: FixTarget): FixText | null;
}

/** Lines to text; what is null is left out. */
export function lines(...parts: readonly (string | null | readonly (string | null)[])[]): string {
  return parts
    .flat()
    .filter((line) => line !== null)
    .join('\n');
}
