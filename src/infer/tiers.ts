import { POLICIES } from '../hash/registry.ts';
import { measureDependence } from '../plan/independence.ts';
import type { Dependence } from '../plan/independence.ts';
import { randomSource } from '../plan/random.ts';
import { shuffleFields } from '../plan/shuffle-fields.ts';
import type { HashInput } from '../hash/hash-input.ts';
import { classesOf, commonFlows, evenly, placeOfHash, placesByRule, placesSeen } from './tier-flows.ts';
import type { CommonFlows, Tier, TierRule } from './tier-flows.ts';

/** The member that a second sender chooses follows from the one that a first sender chose. */
export interface Polarisation {
  /** Flows seen at both tiers. */
  readonly common: CommonFlows;
  /** First by second choice, in places of the members' orders. */
  readonly dependence: Dependence;
  /** False where the second tier gets only what some members of the first carry: the others' flows were placed by its rule. */
  readonly whole: boolean;
  /** Another policy of the second sender, and what would be left; null where none of its family helps or its rule is not known. */
  readonly remedy: { readonly policy: string; readonly sharedBits: number } | null;
}

/** Over all captures ever looked at it should not happen by chance. */
const NO_CHANCE = 1e-6;
/** Part of the choice that must be gone: structure in the addresses leaves some dependence under any hash. */
const LEAST_LOST = 0.25;
/** What is as likely by chance is none. */
const CHANCE = 0.01;
/** Flows whose headers a rule must see alike at both tiers before it is asked about those of the first alone. */
const SAME_HEADERS = 0.97;
const LEAST_FLOWS = 64;
const SEED = 0x7_1e25;

/** Null where too few flows pass both tiers, or where the second choice is free of the first. */
export function findPolarisation(first: Tier, second: Tier): Polarisation | null {
  if (first.members.length < 2 || second.members.length < 2) return null;
  const common = commonFlows(first, second);
  if (common.first.length < LEAST_FLOWS) return null;
  const before = placesSeen(first);
  const whole = new Set(common.first.map((flow) => before[flow]).filter((place) => place < first.members.length)).size > 1;
  if (!whole && !second.isSure) return null;
  const dependence = whole ? seenAtBoth(first, second, common, before) : foretold(first, second, common, before);
  if (dependence === null || dependence.chance >= NO_CHANCE) return null;
  const most = Math.min(Math.log2(dependence.rows.length), dependence.choiceBits);
  if (dependence.sharedBits < LEAST_LOST * most || isOfTraffic(first, second, common, dependence)) return null;
  return { common, dependence, whole, remedy: findRemedy(first, second, common, before, whole) };
}

function seenAtBoth(first: Tier, second: Tier, common: CommonFlows, before: Int16Array): Dependence | null {
  const here = placesSeen(second);
  const one = Int16Array.from(common.first, (flow) => before[flow]);
  const other = Int16Array.from(common.second, (flow) => here[flow]);
  return measureDependence(one, other, classesOf(first, common.first, one), classesOf(second, common.second, other));
}

/** Where the second sender's rule would put all that the first one sent, had it come there. */
function foretold(first: Tier, second: Tier, common: CommonFlows, before: Int16Array, rule = second.rule): Dependence | null {
  if (rule === null || !seesAlike(first, second, common, rule)) return null;
  const list = evenly(first.list);
  const { hash, place } = placesByRule(first.flows, list, rule, second.members.length);
  const one = Int16Array.from(list, (flow) => before[flow]);
  return measureDependence(one, place, classesOf(first, list, one), hash);
}

/** True if nothing that the rule looks at is rewritten between the tiers. */
function seesAlike(first: Tier, second: Tier, common: CommonFlows, rule: TierRule): boolean {
  const [there, here] = [
    placesByRule(first.flows, common.first, rule, second.members.length),
    placesByRule(second.flows, common.second, rule, second.members.length),
  ];
  const same = here.hash.reduce((sum, hash, i) => sum + (there.hash[i] === hash && there.place[i] >= 0 ? 1 : 0), 0);
  return same >= SAME_HEADERS * common.first.length;
}

/**
 * True if addresses and ports that go together, and not the two rules, bind the choices: with the same headers dealt out anew
 * most of it is gone. Not asked where a rule is not known.
 */
function isOfTraffic(first: Tier, second: Tier, common: CommonFlows, { sharedBits }: Dependence): boolean {
  if (first.rule === null || second.rule === null) return false;
  const dealt = (tier: Tier, list: Uint32Array): HashInput | null =>
    shuffleFields(tier.flows, list, LEAST_FLOWS, randomSource(SEED))?.shuffled ?? null;
  const [there, here] = [dealt(first, common.first), dealt(second, common.second)];
  if (there === null || here === null) return false;
  const [one, other] = [hashInput(there, first.rule, first.members.length), hashInput(here, second.rule, second.members.length)];
  const left = measureDependence(one.place, other.place, one.hash, other.hash);
  return left !== null && left.sharedBits < sharedBits / 2;
}

function hashInput(input: HashInput, { policy, variant, basis }: TierRule, count: number): { hash: Uint32Array; place: Int16Array } {
  const out = { hash: new Uint32Array(input.length), reason: new Uint8Array(input.length) };
  policy.hash(input, { variant, basis, memberCount: count }, out);
  return { hash: out.hash, place: Int16Array.from(out.hash, (hash, i) => (out.reason[i] === 0 ? placeOfHash(policy, hash, count) : -1)) };
}

/** The policy of the second sender's family that leaves least of the dependence, if that is as good as none. */
function findRemedy(first: Tier, second: Tier, common: CommonFlows, before: Int16Array, whole: boolean): Polarisation['remedy'] {
  const { rule, members } = second;
  if (rule === null) return null;
  const one = Int16Array.from(common.first, (flow) => before[flow]);
  const classes = classesOf(first, common.first, one);
  let best: Polarisation['remedy'] = null;
  for (const policy of POLICIES) {
    if (policy.family !== rule.policy.family || policy.selector !== rule.policy.selector || policy.id === rule.policy.id) continue;
    const variant = policy.variants.some(({ id }) => id === rule.variant) ? rule.variant : policy.defaultVariant;
    const other = { policy, variant, basis: rule.basis };
    let left: Dependence | null;
    if (whole) {
      const { hash, place } = placesByRule(second.flows, common.second, other, members.length);
      left = measureDependence(one, place, classes, hash);
    } else left = foretold(first, second, common, before, other);
    if (left === null || left.chance < CHANCE || left.columns.length < members.length) continue;
    if (best === null || left.sharedBits < best.sharedBits) best = { policy: policy.id, sharedBits: left.sharedBits };
  }
  return best;
}
