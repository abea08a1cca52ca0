import type { FindingId, Message } from '../messages.ts';

/** Titles and first sentences of one language. A finding that is missing is told wholly in English. */
export type Translation = Readonly<Partial<Record<FindingId, Message>>>;

/** Words that a sentence of each language takes for the sides. */
export interface SideWords {
  readonly a: string;
  readonly b: string;
  readonly both: string;
}

/**
 * Placeholders whose values are English words or sentences, made by rules and importers: translations do without them,
 * so that no sentence mixes two languages.
 */
export const ENGLISH_VALUES: ReadonlySet<string> = new Set([
  'cause',
  'change',
  'earlier',
  'end',
  'heard',
  'inner',
  'likely',
  'named',
  'note',
  'parity',
  'reason',
  'reasons',
  'seen',
  'times',
  'until',
  'why',
]);
