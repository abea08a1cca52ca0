/** Time of day in UTC with milliseconds. */
export function clock({ seconds, nanos }: { seconds: number; nanos: number }): string {
  return `${new Date(seconds * 1000).toISOString().slice(11, 19)}.${String(Math.floor(nanos / 1e6)).padStart(3, '0')}`;
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

export function hexState(state: number): string {
  return `0x${state.toString(16).padStart(2, '0')}`;
}

/** The middle value; of an even count the mean of the two. 0 without any. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
