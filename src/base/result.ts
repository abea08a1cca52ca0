import type { Issue } from './issue.ts';

/** The outcome of an operation on input that may be bad. Bad input is a value, never an exception. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly issue: Issue };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail<T = never>(issue: Issue): Result<T> {
  return { ok: false, issue };
}
