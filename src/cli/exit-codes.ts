/** Exit codes, as docs and contract publish them. */
export const EXIT_OK = 0;
/** `check` found something as bad as --fail-on. */
export const EXIT_FINDINGS = 1;
export const EXIT_USAGE = 2;
export const EXIT_UNREADABLE_INPUT = 3;
export const EXIT_INTERNAL = 4;
export const EXIT_OUTPUT = 5;
export const EXIT_INTERRUPTED = 130;

/** Ends the run with a message on standard error (none if empty) and this exit code. */
export class ExitError extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

export function usageError(message: string): ExitError {
  return new ExitError(EXIT_USAGE, message);
}
