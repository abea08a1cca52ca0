/** Tables of buckets that follow a rule: a remainder of the bucket, or equal parts of the range, of the bucket XOR a number. */

/** Bits of evidence, beyond those of the choice of a rule. */
const LEAST_EVIDENCE = 20;
/** Share of rows that may be elsewhere. */
const MOST_WRONG = 0.03;
/** Rows of one bucket that are all elsewhere: no stray, but a table that was changed there. */
const CHANGED_ROWS = 3;
/** Bits of the narrowest bucket. */
const LEAST_BITS = 3;

/** Numbers a bucket as the rule does: bits `low` to `low + bits - 1`, perhaps mirrored, XOR `flip`. */
interface BucketOrder {
  readonly low: number;
  readonly bits: number;
  readonly mirrored: boolean;
  readonly flip: number;
}

type Rule = (bucket: number, bits: number, members: number) => number;

const RULES: readonly Rule[] = [(bucket, _bits, members) => bucket % members, (bucket, bits, members) => (bucket * members) >>> bits];

/** The table with every bucket filled by the rule that the seen ones follow; null where they follow none. `counts`: rows by bucket and member. */
export function completeTable(table: Int16Array, counts: Float64Array, members: number): Int16Array | null {
  const width = 31 - Math.clz32(table.length);
  const seen = table.reduce((sum, member) => sum + (member >= 0 ? 1 : 0), 0);
  let choices = 0;
  for (let bits = LEAST_BITS; bits <= width; bits++) choices += (width - bits + 1) * 2 * RULES.length * 2 ** bits;
  let spent = Math.log2(choices);
  for (let m = 2; m <= members; m++) spent += Math.log2(m);
  if (seen * Math.log2(members) - spent < LEAST_EVIDENCE) return null;
  for (let bits = LEAST_BITS; bits <= width; bits++)
    for (let low = 0; low + bits <= width; low++)
      for (const mirrored of [false, true])
        for (const rule of RULES)
          for (let flip = 0; flip < 1 << bits; flip++) {
            const order = { low, bits, mirrored, flip };
            const found = followRule(table, counts, members, order, rule);
            if (found !== null) return found;
          }
  return null;
}

function followRule(table: Int16Array, counts: Float64Array, members: number, order: BucketOrder, rule: Rule): Int16Array | null {
  const places = Uint8Array.from(table, (_, bucket) => rule(numberOf(bucket, order), order.bits, members));
  const votes = new Float64Array(members * members);
  for (let bucket = 0; bucket < table.length; bucket++)
    for (let m = 0; m < members; m++) votes[places[bucket] * members + m] += counts[bucket * members + m];
  const memberOf = Array.from({ length: members }, (_, place) => {
    const own = votes.subarray(place * members, (place + 1) * members);
    return own.indexOf(Math.max(...own));
  });
  if (new Set(memberOf).size < members) return null;
  let rows = 0;
  let wrong = 0;
  for (let bucket = 0; bucket < table.length; bucket++) {
    const own = counts.subarray(bucket * members, (bucket + 1) * members);
    const all = own.reduce((sum, count) => sum + count, 0);
    const right = own[memberOf[places[bucket]]];
    if (right === 0 && all >= CHANGED_ROWS) return null;
    rows += all;
    wrong += all - right;
  }
  return wrong > rows * MOST_WRONG ? null : Int16Array.from(table, (_, bucket) => memberOf[places[bucket]]);
}

function numberOf(bucket: number, { low, bits, mirrored, flip }: BucketOrder): number {
  const own = ((bucket >>> low) & ((1 << bits) - 1)) ^ flip;
  if (!mirrored) return own;
  let turned = 0;
  for (let b = 0; b < bits; b++) turned |= ((own >>> b) & 1) << (bits - 1 - b);
  return turned;
}
