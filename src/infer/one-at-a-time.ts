import type { SliceSequence } from './learn-buckets.ts';

/** Changes of the member in use that a capture may hold and still show one member at a time: failovers, not turns. */
const MOST_CHANGES = 4;
/** Of all slices: a table of buckets in use changes members from slice to slice. */
const MOST_CHANGES_SHARE = 0.01;

/**
 * True where all data used one member at a time, whatever the header says. A failover moves every flow, and a table that
 * is learned follows it: such traffic proves no bucket function.
 */
export function isOneAtATime(slices: SliceSequence): boolean {
  let changes = 0;
  for (let i = 1; i < slices.count; i++) if (slices.member[i] !== slices.member[i - 1]) changes++;
  return changes <= MOST_CHANGES && changes <= 1 + MOST_CHANGES_SHARE * slices.count;
}
