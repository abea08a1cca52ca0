/** Seconds from the start of a chart's data. */
export type TimeRange = readonly [number, number];
