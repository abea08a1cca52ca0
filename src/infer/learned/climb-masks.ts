/**
 * Known numbers of a key of which single bits are left out. With j bits of the key taken for ones that enter, two flows of one
 * computed bucket still share a true one if they agree in those j: once in 2^j. So numbers that are nearly right stand out by how
 * often flows that meet share a member, and each bit that is set right doubles what stands out.
 */
import { bitsOfTest } from './evidence.ts';
import type { FieldRows } from './field-sets.ts';
import { wholeKey, type KeyMasks } from './field-masks.ts';
import { byteAt, isUsual, keyFields, keySequences, type KeyField } from './key-fields.ts';
import { distinctByValue, makeValue, triedValues, valuesOf } from './known-values.ts';
import { numberFamilies, type NumberFamily } from './number-families.ts';
import { createRandom, shuffle } from './random.ts';
import { createRefuter } from './refuted-keys.ts';
import { BUCKET_BITS, solveBuckets, type SolvedBuckets } from './solve-buckets.ts';

/** Rows that numbers are compared by. */
const MOST_ROWS = 2000;
/** Widths of windows that are looked at: the widest, and one in which many more flows meet. */
const WIDTHS = [BUCKET_BITS, BUCKET_BITS / 2] as const;
/** Standard deviations by which a number stands out; by chance one in a million does. */
const LEAST_DEVIATION = 5;
/** Numbers that are looked at closely. */
const MOST_STARTS = 24;
/** A bit is set right where that makes the number stand out more by so much. */
const LEAST_GAIN = 0.5;

interface Start {
  readonly family: NumberFamily;
  readonly key: readonly KeyField[];
  readonly shift: number;
  readonly width: number;
  readonly deviation: number;
}

/** Null where no number stands out, or none that does explains the rows in the end. */
export function climbMasks(rows: FieldRows, list: Uint32Array, seed: number): SolvedBuckets | null {
  const keys = keySequences(keyFields(rows, list)).filter(isUsual);
  if (keys.length === 0) return null;
  const widest = keys.reduce((most, key) => (key.length > most.length ? key : most));
  const distinct = distinctByValue(makeValue(numberFamilies()[0], widest), rows, list);
  const sample = shuffle(distinct, createRandom(seed)).subarray(0, MOST_ROWS);
  const meter = createMeter(rows, sample);
  for (const start of findStarts(rows, sample, keys, meter)) {
    const solved = climb(rows, list, sample, start, meter);
    if (solved !== null) return solved;
  }
  return null;
}

/** How far a number stands out, in standard deviations of what chance would do. */
type Meter = (values: Uint32Array, shift: number, width: number) => number;

function createMeter(rows: FieldRows, sample: Uint32Array): Meter {
  const { members } = rows;
  const member = Uint8Array.from(sample, (row) => rows.member[row]);
  const same = 2 ** -bitsOfTest(rows, sample);
  // By bucket: rows of it, then those of each member.
  const stride = members + 1;
  const counts = new Int32Array((1 << BUCKET_BITS) * stride);
  return (values, shift, width) => {
    // Hot path.
    const last = (1 << width) - 1;
    counts.fill(0, 0, (last + 1) * stride);
    let pairs = 0;
    let alike = 0;
    for (let n = 0; n < values.length; n++) {
      const at = ((values[n] >>> shift) & last) * stride;
      pairs += counts[at]++;
      alike += counts[at + 1 + member[n]]++;
    }
    return pairs === 0 ? 0 : (2 * (alike - pairs * same)) / Math.sqrt(4 * pairs * same * (1 - same));
  };
}

function findStarts(rows: FieldRows, sample: Uint32Array, keys: readonly KeyField[][], meter: Meter): Start[] {
  const starts: Start[] = [];
  const isRefuted = createRefuter(rows, sample);
  const whole = keys.map((key) => ({ key, masks: wholeKey(key) })).filter((key) => !isRefuted(key));
  for (const family of numberFamilies())
    for (const { key, values, fill } of triedValues(rows, sample, family, whole)) {
      fill(sample.length);
      for (const width of WIDTHS)
        for (let shift = 0; shift + width <= family.width; shift++) {
          const deviation = meter(values, shift, width);
          if (deviation > LEAST_DEVIATION) starts.push({ family, key, shift, width, deviation });
        }
    }
  return starts.sort((x, y) => y.deviation - x.deviation).slice(0, MOST_STARTS);
}

/** Leaves out bits of the key, or takes them back, as long as the number stands out more. */
function climb(rows: FieldRows, list: Uint32Array, sample: Uint32Array, start: Start, meter: Meter): SolvedBuckets | null {
  const { family, key, shift, width } = start;
  const masks: KeyMasks = wholeKey(key).map((mask) => mask.slice());
  const values = valuesOf(makeValue(family, key), rows, sample);
  const bits = bitsOfKey(rows, sample, family, key).filter(({ adds }) => ((adds >>> shift) & ((1 << width) - 1)) !== 0);
  const tried = new Uint32Array(values.length);
  let best = start.deviation;
  let steps = 0;
  for (; steps < bits.length; steps++) {
    let chosen: KeyBit | null = null;
    const before = best;
    for (const bit of bits) {
      for (let n = 0; n < values.length; n++) tried[n] = values[n] ^ (bit.isSet[n] & bit.adds);
      const deviation = meter(tried, shift, width);
      if (deviation <= best || deviation < before + LEAST_GAIN) continue;
      best = deviation;
      chosen = bit;
    }
    if (chosen === null) break;
    for (let n = 0; n < values.length; n++) values[n] ^= chosen.isSet[n] & chosen.adds;
    masks[chosen.at][chosen.byte] ^= 1 << chosen.bit;
  }
  const value = makeValue(family, key, masks);
  const spent = steps * Math.log2(bits.length + 1);
  for (let low = Math.max(0, shift + width - BUCKET_BITS); low <= Math.min(shift, Math.max(0, family.width - BUCKET_BITS)); low++) {
    const solved = solveBuckets(rows, list, value, low, spent);
    if (solved !== null) return solved;
  }
  return null;
}

/** A bit of the key that varies: where it stands, what it adds to the number, and in which rows (all bits of a word, or none). */
interface KeyBit {
  readonly at: number;
  readonly byte: number;
  readonly bit: number;
  readonly adds: number;
  readonly isSet: Int32Array;
}

function bitsOfKey(rows: FieldRows, sample: Uint32Array, family: NumberFamily, key: readonly KeyField[]): KeyBit[] {
  return key.flatMap((field, at) => {
    const table = family.table(field, family.offset(key, at));
    const found: KeyBit[] = [];
    for (let byte = 0; byte < field.bytes; byte++)
      for (let bit = 0; bit < 8; bit++) {
        if (((field.varying[byte] >> bit) & 1) === 0) continue;
        const isSet = Int32Array.from(sample, (row) => -((byteAt(rows, row, field, byte) >> bit) & 1));
        found.push({ at, byte, bit, adds: table[byte * 256 + (1 << bit)], isSet });
      }
    return found;
  });
}
