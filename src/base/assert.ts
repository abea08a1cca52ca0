/** Guards what only a bug of ours can break. Bad input never ends here: it becomes an Issue. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`internal error: ${message}`);
}
