/** Keys that rows refute whatever is computed of them: rows that are equal in all that enters, and yet on different members. */
import type { FieldRows } from './field-sets.ts';
import type { FieldMask } from './field-masks.ts';
import { byteAt, doesVary, type KeyField } from './key-fields.ts';
import type { MaskedKey } from './known-values.ts';
import { memoize } from './memoize.ts';
import { createRandom } from './random.ts';

/** Share of rows that may be elsewhere, and rows that may be in any case. */
const MOST_WRONG = 0.03;
const FEW = 2;

/** True for keys of which more rows of the list are elsewhere than may be, whichever member each value has. */
export function createRefuter(rows: FieldRows, list: ArrayLike<number>): (key: MaskedKey) => boolean {
  const { members } = rows;
  const most = Math.max(FEW, list.length * MOST_WRONG);
  const random = createRandom(1);
  const member = Uint8Array.from({ length: list.length }, (_, n) => rows.member[list[n]]);
  // The sum of the tags names what enters.
  const entering = memoize((field: KeyField) =>
    memoize((mask: FieldMask) => ({ tag: Math.floor(random() * 2 ** 48), hashes: hashesOf(rows, list, field, mask) })),
  );
  const known = new Map<number, boolean>();
  const size = 2 ** Math.ceil(Math.log2(list.length * 2 + 1));
  const hashes = new Uint32Array(list.length);
  const rowAt = new Int32Array(size);
  const valueOf = new Uint32Array(list.length);
  const counts = new Uint16Array(list.length * members);

  const count = (): number => {
    rowAt.fill(-1);
    let values = 0;
    let wrong = 0;
    for (let n = 0; n < hashes.length; n++) {
      let place = hashes[n] & (size - 1);
      while (rowAt[place] >= 0 && hashes[rowAt[place]] !== hashes[n]) place = (place + 1) & (size - 1);
      if (rowAt[place] < 0) {
        rowAt[place] = n;
        valueOf[n] = values;
        counts.fill(0, values * members, ++values * members);
      }
      counts[valueOf[rowAt[place]] * members + member[n]]++;
    }
    for (let at = 0; at < values * members; at += members) {
      let largest = 0;
      for (let m = 0; m < members; m++) {
        wrong += counts[at + m];
        if (counts[at + m] > largest) largest = counts[at + m];
      }
      wrong -= largest;
    }
    return wrong;
  };

  return ({ key, masks }) => {
    const parts = key.flatMap((field, f) => (doesVary(field) ? [entering(field)(masks[f])] : []));
    const name = parts.reduce((sum, { tag }) => sum + tag, 0);
    let refuted = known.get(name);
    if (refuted === undefined) {
      hashes.fill(0);
      for (const part of parts) for (let n = 0; n < hashes.length; n++) hashes[n] += part.hashes[n];
      known.set(name, (refuted = count() > most));
    }
    return refuted;
  };
}

/** A number for each row that is the same for the same bits; sums of them name values of several fields. */
function hashesOf(rows: FieldRows, list: ArrayLike<number>, field: KeyField, mask: FieldMask): Uint32Array {
  const salt = field.word * 0x9e3779b1;
  return Uint32Array.from({ length: list.length }, (_, n) => {
    let hash = salt;
    for (let b = 0; b < field.bytes; b++) {
      hash = Math.imul(hash ^ (byteAt(rows, list[n], field, b) & mask[b]), 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  });
}
