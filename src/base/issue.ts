/** Codes of trouble with an input, as published in the JSON output (`errors[].code`). */
export type IssueCode =
  | 'missing'
  | 'directory'
  | 'unreadable'
  | 'empty'
  | 'not-a-capture'
  | 'unrecognized-text'
  | 'unsupported-format'
  | 'unsupported-link-type'
  | 'corrupt'
  | 'truncated';

/**
 * Trouble with an input: what, where and why. Collected and reported; the analysis goes on.
 * `partial` says that the input was read up to `offset` and what was read counts.
 */
export interface Issue {
  readonly code: IssueCode;
  /** Byte offset in the decompressed input, or null where no place can be named. */
  readonly offset: number | null;
  /** One sentence, plain text, in English. */
  readonly reason: string;
  readonly partial: boolean;
}
