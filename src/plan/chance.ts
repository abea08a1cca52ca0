import { normal, randomSource } from './random.ts';

/**
 * What an ideal hash does to given flows: each takes one of the members with equal chance, apart from all others. The
 * distribution of the sum of squared loads depends on the flows and on the number of members only, not on any policy,
 * so one distribution judges all of them.
 */

/** Flows that can take the same members: those of a stretch of time in which the same members were active. */
export interface PlaceableFlows {
  /** Bytes of each flow. */
  readonly weights: Float64Array;
  /** Of each member they can take: its place among the counted loads, -1 where it is not counted. */
  readonly targets: readonly number[];
}

export interface ImbalanceDistribution {
  /** Sums of squared loads, ascending: of all outcomes, or of random ones. */
  readonly values: Float64Array;
  /** True: every outcome is there, and all are equally likely. */
  readonly exact: boolean;
}

const DRAWS = 10_000;
/** Outcomes that are rather listed than drawn. */
const MOST_OUTCOMES = 1 << 17;
/**
 * Up to so many flows each one is drawn. Of more the largest are, and the rest, all smaller, are drawn together as a
 * normal deviate of their exact covariance; docs/calibration.md holds how far that is from drawing all.
 */
const MOST_DRAWN = 1024;
const LARGEST_DRAWN = 256;
/** Members up to which all draws are made, and how many draws are at least. */
const MOST_MEMBERS = 64;
const LEAST_DRAWS = 200;
/** Placements of a few flows are looked up in a table of this many rows at most, and of this many numbers. */
const MOST_TABLE_ROWS = 1024;
const MOST_TABLE_CELLS = 8192;

/**
 * `members`: number of counted loads. Seeded: the same flows give the same distribution. `mostDrawn`: up to so many flows
 * each is drawn; tests compare with all of them.
 */
export function imbalanceDistribution(
  groups: readonly PlaceableFlows[],
  members: number,
  draws = DRAWS,
  mostDrawn = MOST_DRAWN,
): ImbalanceDistribution {
  const used = groups
    .map(({ weights, targets }) => ({ weights: withoutZeros(weights), targets }))
    .filter(({ weights, targets }) => weights.length > 0 && targets.length > 0);
  const outcomes = countOutcomes(used, members);
  return outcomes <= MOST_OUTCOMES
    ? listOutcomes(used, members, outcomes)
    : drawOutcomes(used, members, affordable(draws, members), mostDrawn);
}

/** Each draw costs its members: of more than any LAG has there are fewer. */
function affordable(draws: number, members: number): number {
  return members <= MOST_MEMBERS ? draws : Math.max(LEAST_DRAWS, Math.floor((draws * MOST_MEMBERS) / members));
}

/** A copy, since drawing puts the largest first. */
function withoutZeros(weights: Float64Array): Float64Array {
  const kept = new Float64Array(weights.length);
  let count = 0;
  for (let i = 0; i < weights.length; i++) if (weights[i] > 0) kept[count++] = weights[i];
  return kept.subarray(0, count);
}

/** Probability of a sum of squares at least as large. Of drawn outcomes the observed one counts as another draw, so that the test keeps its level. */
export function chanceAtLeast({ values, exact }: ImbalanceDistribution, squares: number): number {
  // Rounding must not make an outcome equal to the observed one count as smaller.
  const threshold = squares * (1 - 1e-9);
  let from = 0;
  let to = values.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (values[middle] < threshold) from = middle + 1;
    else to = middle;
  }
  const atLeast = values.length - from;
  return exact ? atLeast / values.length : (atLeast + 1) / (values.length + 1);
}

/** Where one list of members holds all, the first flow may stay where it is: the others are placed relative to it. */
function fixesFirst(groups: readonly PlaceableFlows[], members: number): boolean {
  return groups.length === 1 && groups[0].targets.length === members && !groups[0].targets.includes(-1);
}

function countOutcomes(groups: readonly PlaceableFlows[], members: number): number {
  let outcomes = 1;
  for (const { weights, targets } of groups) outcomes *= targets.length ** weights.length;
  return fixesFirst(groups, members) ? outcomes / members : outcomes;
}

function listOutcomes(groups: readonly PlaceableFlows[], members: number, outcomes: number): ImbalanceDistribution {
  const values = new Float64Array(outcomes);
  const load = new Float64Array(members);
  const flows = groups.flatMap(({ weights, targets }) => Array.from(weights, (weight) => ({ weight, targets })));
  let at = 0;
  const place = (flow: number): void => {
    if (flow === flows.length) {
      values[at++] = sumOfSquares(load, 0, members);
      return;
    }
    const { weight, targets } = flows[flow];
    for (const target of targets) {
      if (target < 0) {
        place(flow + 1);
        continue;
      }
      // Restored, not subtracted: sums of other flows must not keep a trace of this one.
      const before = load[target];
      load[target] = before + weight;
      place(flow + 1);
      load[target] = before;
    }
  };
  if (fixesFirst(groups, members)) {
    load[0] = flows[0].weight;
    place(1);
  } else place(0);
  return { values: values.sort(), exact: true };
}

function drawOutcomes(groups: readonly PlaceableFlows[], members: number, draws: number, mostDrawn: number): ImbalanceDistribution {
  const loads = new Float64Array(draws * members);
  const random = randomSource(0x1acf0001);
  const constant = new Float64Array(members);
  for (const { weights, targets } of groups) {
    if (targets.length === 1) {
      if (targets[0] >= 0) constant[targets[0]] += weights.reduce((sum, w) => sum + w, 0);
      continue;
    }
    const singles = weights.length <= mostDrawn ? weights.length : LARGEST_DRAWN;
    moveLargestFirst(weights, singles);
    drawSingles(loads, draws, members, weights.subarray(0, singles), targets, Math.floor(random() * 4_294_967_296));
    if (singles < weights.length) drawRest(loads, draws, members, weights.subarray(singles), targets, random);
  }
  const values = new Float64Array(draws);
  for (let d = 0; d < draws; d++) {
    for (let m = 0; m < members; m++) loads[d * members + m] += constant[m];
    values[d] = sumOfSquares(loads, d * members, members);
  }
  return { values: values.sort(), exact: false };
}

/** Adds placements of all `weights` to every draw: blocks of some flows at a time, whose placements are looked up in a table. */
function drawSingles(
  loads: Float64Array,
  draws: number,
  members: number,
  weights: Float64Array,
  targets: readonly number[],
  seed: number,
): void {
  const choices = targets.length;
  let block = 1;
  let rows = choices;
  while (block < weights.length && rows * choices <= MOST_TABLE_ROWS && rows * choices * members <= MOST_TABLE_CELLS) {
    rows *= choices;
    block++;
  }
  const table = new Float64Array(rows * members);
  let state = seed >>> 0;
  for (let from = 0; from < weights.length; from += block) {
    const count = Math.min(block, weights.length - from);
    const filled = fillTable(table, weights.subarray(from, from + count), targets, members);
    const scale = filled / 4_294_967_296;
    for (let d = 0; d < draws; d++) {
      // The generator of `randomSource`, inlined: millions of draws.
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      const row = Math.floor(((t ^ (t >>> 14)) >>> 0) * scale) * members;
      const at = d * members;
      for (let m = 0; m < members; m++) loads[at + m] += table[row + m];
    }
  }
}

/** Loads of every placement of `weights`; returns the number of placements. */
function fillTable(table: Float64Array, weights: Float64Array, targets: readonly number[], members: number): number {
  table.fill(0, 0, members);
  let rows = 1;
  for (const weight of weights) {
    for (let choice = targets.length - 1; choice >= 0; choice--) {
      const shift = choice * rows * members;
      if (shift > 0) table.copyWithin(shift, 0, rows * members);
      if (targets[choice] >= 0) for (let row = 0; row < rows; row++) table[shift + row * members + targets[choice]] += weight;
    }
    rows *= targets.length;
  }
  return rows;
}

/** Adds many small flows together: a normal deviate with the mean and covariance of placing each of them. */
function drawRest(
  loads: Float64Array,
  draws: number,
  members: number,
  weights: Float64Array,
  targets: readonly number[],
  random: () => number,
): void {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i];
    squares += weights[i] * weights[i];
  }
  const choices = targets.length;
  const scale = Math.sqrt(squares / choices);
  const noise = new Float64Array(choices);
  for (let d = 0; d < draws; d++) {
    let mean = 0;
    for (let c = 0; c < choices; c++) mean += noise[c] = normal(random) * scale;
    mean /= choices;
    for (let c = 0; c < choices; c++) if (targets[c] >= 0) loads[d * members + targets[c]] += sum / choices + noise[c] - mean;
  }
}

function sumOfSquares(loads: Float64Array, from: number, count: number): number {
  let sum = 0;
  for (let m = 0; m < count; m++) sum += loads[from + m] * loads[from + m];
  return sum;
}

/** Moves the `count` largest values to the front (Hoare's selection): there are many flows and few of them matter. */
function moveLargestFirst(values: Float64Array, count: number): void {
  let from = 0;
  let to = values.length - 1;
  while (count > 0 && count < values.length && from < to) {
    const pivot = values[(from + to) >>> 1];
    let i = from;
    let j = to;
    while (i <= j) {
      while (values[i] > pivot) i++;
      while (values[j] < pivot) j--;
      if (i > j) break;
      [values[i], values[j]] = [values[j], values[i]];
      i++;
      j--;
    }
    if (count - 1 <= j) to = j;
    else if (count - 1 >= i) from = i;
    else return;
  }
}
