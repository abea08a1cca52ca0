import type { LagFlows } from '../flows/lag-flows.ts';
import type { HashInput } from '../hash/hash-input.ts';
import type { HashPolicy } from '../hash/policy.ts';
import { POLICIES } from '../hash/registry.ts';
import { chanceOfCounts } from './chi-square.ts';
import { randomSource } from './random.ts';
import { shuffleFields } from './shuffle-fields.ts';

/** The rule of a sender and the members that it fills. */
export interface HashRule {
  readonly policy: HashPolicy;
  readonly variant: string;
  readonly basis: number;
  readonly members: number;
}

/** How the flows' different hash values fall on the members, and what is behind an uneven fall. */
export interface HashSpread {
  /** Different hash values of the plain TCP and UDP flows, and how many of them fall on each index. */
  readonly values: number;
  readonly counts: readonly number[];
  /** Chance that as many independent values fall so unevenly. */
  readonly chance: number;
  /** The same headers dealt out anew (mean of several deals): even if the unevenness lies in how they go together. */
  readonly shuffledChance: number;
  /** Bits of the choice among the members that these flows do not have, of log2(members). */
  readonly lostBits: number;
  /** Hashes that give the same remainder for all these flows, as one before this LAG leaves them; none where no known one does. */
  readonly earlier: readonly EarlierHash[];
}

export interface EarlierHash {
  readonly policy: string;
  readonly variant: string;
  readonly modulo: number;
  readonly remainder: number;
}

/** Fewer flows may fall so by chance, or leave nothing to deal. */
const LEAST_FLOWS = 64;
/** That so many hash values fall so unevenly by chance; over all captures ever looked at it should not happen. */
const NO_CHANCE = 1e-6;
const DEALS = 5;
const SEED = 0x901a51;
/** Members of an earlier tier that are tried. */
const EARLIER_MEMBERS = [8, 4, 2, 3];
/** Values over which an earlier hash could have varied: fewer make a constant remainder nothing strange. */
const LEAST_EARLIER_VALUES = 32;

/** Null where there are too few plain flows, no formula, or nothing strange about how they fall. */
export function measureSpread(flows: LagFlows, list: Uint32Array, rule: HashRule): HashSpread | null {
  if (rule.policy.selector !== 'modulo' || rule.members < 2) return null;
  const random = randomSource(SEED);
  const first = shuffleFields(flows, list, LEAST_FLOWS, random);
  if (first === null) return null;
  const actual = countIndices(first.actual, rule);
  // Values that fall as chance lets them have nothing behind them, and looking for it takes most of the time.
  if (actual.values < LEAST_FLOWS || actual.chance >= NO_CHANCE) return null;
  let shuffledChance = countIndices(first.shuffled, rule).chance;
  for (let d = 1; d < DEALS; d++) {
    const deal = shuffleFields(flows, list, LEAST_FLOWS, random);
    if (deal !== null) shuffledChance += countIndices(deal.shuffled, rule).chance;
  }
  shuffledChance /= DEALS;
  return {
    ...actual,
    shuffledChance,
    lostBits: Math.log2(rule.members) - entropyOf(actual.counts),
    earlier: findEarlier(first.actual, first.shuffled),
  };
}

function hashAll(input: HashInput, policy: HashPolicy, variant: string, basis: number, members: number): Uint32Array | null {
  const out = { hash: new Uint32Array(input.length), reason: new Uint8Array(input.length) };
  policy.hash(input, { variant, basis, memberCount: members }, out);
  return out.reason.every((reason) => reason === 0) ? out.hash : null;
}

function countIndices(
  input: HashInput,
  { policy, variant, basis, members }: HashRule,
): { values: number; counts: number[]; chance: number } {
  const counts = Array.from({ length: members }, () => 0);
  const values = new Set(hashAll(input, policy, variant, basis, members) ?? []);
  for (const value of values) counts[value % members]++;
  return { values: values.size, counts, chance: chanceOfCounts(counts) };
}

function entropyOf(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((bits, count) => (count === 0 ? bits : bits - (count / total) * Math.log2(count / total)), 0);
}

/** Flows that must share the remainder: some may have come another way. And those that may once they are dealt out anew. */
const NEARLY_ALL = 0.97;
const NO_MORE_THAN_FAIR = 1.25;

/**
 * The hashes and numbers of members that leave one remainder to (nearly) all flows although the same headers dealt anew
 * have every remainder as often.
 */
function findEarlier(actual: HashInput, shuffled: HashInput): EarlierHash[] {
  const found: EarlierHash[] = [];
  for (const policy of POLICIES) {
    if (policy.selector !== 'modulo') continue;
    for (const { id: variant } of [...policy.variants].reverse()) {
      const hash = hashAll(actual, policy, variant, 0, 2);
      const dealt = hashAll(shuffled, policy, variant, 0, 2);
      if (hash === null || dealt === null || new Set(hash).size < LEAST_EARLIER_VALUES) continue;
      const fits = EARLIER_MEMBERS.map((modulo) => ({ policy: policy.id, variant, modulo, remainder: commonest(hash, modulo) })).find(
        ({ modulo, remainder }) =>
          shareOf(hash, modulo, remainder) >= NEARLY_ALL && shareOf(dealt, modulo, remainder) * modulo <= NO_MORE_THAN_FAIR,
      );
      if (fits !== undefined) found.push(fits);
    }
  }
  return found;
}

function commonest(hash: Uint32Array, modulo: number): number {
  const counts = new Uint32Array(modulo);
  for (const value of hash) counts[value % modulo]++;
  return counts.indexOf(Math.max(...counts));
}

function shareOf(hash: Uint32Array, modulo: number, remainder: number): number {
  return hash.reduce((count, value) => count + (value % modulo === remainder ? 1 : 0), 0) / hash.length;
}

/** Dealt out anew the same headers must fall as chance lets them. */
const FALLS_EVENLY = 0.01;

/**
 * True where an earlier hash has picked the flows. Addresses and ports that go together for another reason (clients
 * numbered like their servers) fall unevenly too, but leave no known hash one remainder.
 */
export function isPolarised({ chance, shuffledChance, earlier }: HashSpread): boolean {
  return chance < NO_CHANCE && shuffledChance >= FALLS_EVENLY && earlier.length > 0;
}
