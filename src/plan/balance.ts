/** Balance of a direction's bytes over its members. */
export interface Balance {
  /** Jain's index (sum x)^2 / (n * sum x^2): 1 even, 1/n all on one. */
  readonly jain: number | null;
  readonly maxOverMean: number | null;
  /** 1 / sum of squared shares. */
  readonly effectiveMembers: number | null;
  /** Probability that an ideal hash placing the same flows gives a sum of squares at least as large. */
  readonly pValue: number | null;
}

const DRAWS = 10_000;
/** Flows drawn one by one; the rest, all smaller, are drawn together as a normal deviate of their exact variance. */
const SINGLE_FLOWS = 100;

/** `loads`: observed bytes per active member, silent ones included; `weights`: bytes of each flow placed on them. */
export function measureBalance(loads: readonly number[], weights: Float64Array): Balance {
  const n = loads.length;
  const sum = loads.reduce((total, x) => total + x, 0);
  if (n === 0 || sum === 0) return { jain: null, maxOverMean: null, effectiveMembers: null, pValue: null };
  const squares = loads.reduce((total, x) => total + x * x, 0);
  return {
    jain: (sum * sum) / (n * squares),
    maxOverMean: (Math.max(...loads) * n) / sum,
    effectiveMembers: (sum * sum) / squares,
    pValue: n === 1 ? 1 : chanceOfImbalance(weights, n, squares),
  };
}

/** Monte Carlo with a fixed seed: the same capture gives the same figure. */
function chanceOfImbalance(weights: Float64Array, members: number, squares: number): number {
  const single = Math.min(SINGLE_FLOWS, weights.length);
  const largest = findLargest(weights, single);
  let restSum = 0;
  let restVariance = 0;
  for (let i = 0; i < weights.length; i++) {
    restSum += weights[i];
    restVariance += weights[i] * weights[i];
  }
  for (let i = 0; i < single; i++) {
    restSum -= largest[i];
    restVariance -= largest[i] * largest[i];
  }
  // What rounding leaves where all are drawn one by one.
  if (single === weights.length) restSum = restVariance = 0;
  const random = randomSource(0x1acf0001);
  const load = new Float64Array(members);
  const noise = new Float64Array(members);
  const scale = Math.sqrt(restVariance / members);
  let atLeast = 0;
  // Rounding must not make an outcome equal to the observed one count as smaller.
  const threshold = squares * (1 - 1e-9);
  for (let d = 0; d < DRAWS; d++) {
    load.fill(restSum / members);
    for (let i = 0; i < single; i++) load[Math.floor(random() * members)] += largest[i];
    if (restVariance > 0) {
      let mean = 0;
      for (let m = 0; m < members; m++) mean += noise[m] = normal(random) * scale;
      mean /= members;
      for (let m = 0; m < members; m++) load[m] += noise[m] - mean;
    }
    let total = 0;
    for (let m = 0; m < members; m++) total += load[m] * load[m];
    if (total >= threshold) atLeast++;
  }
  return (atLeast + 1) / (DRAWS + 1);
}

/** The `count` largest values, descending: one pass, since there are many flows and few of them matter. */
function findLargest(values: Float64Array, count: number): Float64Array {
  const largest = new Float64Array(count).fill(-Infinity);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value <= largest[count - 1]) continue;
    let at = count - 1;
    while (at > 0 && largest[at - 1] < value) {
      largest[at] = largest[at - 1];
      at--;
    }
    largest[at] = value;
  }
  return largest;
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Small seeded generator (mulberry32); 32 bits of state are enough for 10^7 draws. */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
