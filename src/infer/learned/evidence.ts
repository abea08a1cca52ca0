/** How much flows say for a rule against members drawn blindly, in bits. */
import type { FieldRows } from './field-sets.ts';

/** Asked for where a rule was chosen among many: as many bits as there are numbers to try, and one false one in a million. */
export const LEAST_CHOSEN_BITS = 24 + 20;

/** Bits of evidence that a field does not enter, before its values are free to be anything. */
export const FREE_FIELD_BITS = 10;

/** What each test that is passed is worth: two rows share a member by chance as often as these do. */
export function bitsOfTest(rows: FieldRows, list: ArrayLike<number>): number {
  const counts = new Float64Array(rows.members);
  for (let n = 0; n < list.length; n++) counts[rows.member[list[n]]]++;
  return -Math.log2(counts.reduce((sum, count) => sum + (count / Math.max(1, list.length)) ** 2, 0));
}

/** Tests of which some failed: to say which takes bits away. */
export function evidenceOf(tests: number, failed: number, bits: number): number {
  let choice = 0;
  for (let k = 1; k <= failed; k++) choice += Math.log2((tests - failed + k) / k);
  return (tests - failed) * bits - choice;
}
