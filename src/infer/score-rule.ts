import { KIND_ORDINARY } from './field-sets.ts';
import { groupRows } from './group-rows.ts';
import { logAdd, logFactorial } from './log-math.ts';
import type { Observation } from './observe.ts';

/**
 * Rates at which a true rule is not what the capture shows. Rounded up from the real runs (docs/calibration.md has the
 * counts): a single flow elsewhere (a moment of transition); all flows that share a hash value elsewhere (a guest that
 * sends by another way); a whole kind of frame treated otherwise than the rule says, for everyday frames and for others.
 */
export const FLOW_ERROR = 0.005;
export const GROUP_ERROR = 0.005;
export const KIND_ERROR_ORDINARY = 1e-4;
export const KIND_ERROR = 0.02;

/** A rule's columns over the rows of an observation. */
export interface RuleColumns {
  /** Flows of one value cannot be told apart by the rule. */
  readonly group: Uint32Array;
  /** Member the rule names; -1 where it names none. */
  readonly predicted: Int16Array;
}

export interface RuleScore {
  /** Logarithm of the odds of what was seen against members drawn blindly for every flow. */
  readonly logOdds: number;
  readonly match: number;
  readonly total: number;
  readonly packetsMatch: number;
  readonly packetsTotal: number;
  /** Groups of flows predicted: independent tests. */
  readonly tests: number;
}

/**
 * Scores a rule that names a member. Flows that it cannot tell apart are one test: what moves one of them moves all. What
 * holds for one flow of a kind of frame holds for the kind, so that a rule is neither proved nor refuted by many flows of
 * one rare kind.
 */
export function scoreRule(seen: Observation, columns: RuleColumns): RuleScore {
  const { member, packets, kind } = seen;
  const n = Math.max(seen.members.length, 2);
  const { memberCount } = seen.flows;
  const blind = -Math.log(n);
  const { predicted } = columns;
  const { groupOf, count } = groupRows(predicted, kind, columns.group);
  const flowsOf = new Uint32Array(count);
  const wrongOf = new Uint32Array(count);
  const firstOf = new Uint32Array(count);
  const isMixed = new Uint8Array(count);
  let match = 0;
  let total = 0;
  let packetsMatch = 0;
  let packetsTotal = 0;
  for (let i = 0; i < member.length; i++) {
    const target = predicted[i];
    if (target < 0) continue;
    total++;
    for (let m = 0; m < memberCount; m++) packetsTotal += packets[i * memberCount + m];
    packetsMatch += packets[i * memberCount + target];
    const group = groupOf[i];
    if (flowsOf[group]++ === 0) firstOf[group] = i;
    else if (member[firstOf[group]] !== member[i]) isMixed[group] = 1;
    if (target === member[i]) match++;
    else wrongOf[group]++;
  }
  const kinds = new Map<number, { inRule: number; apart: number }>();
  const logRight = Math.log(1 - FLOW_ERROR);
  const logWrong = Math.log(FLOW_ERROR / (n - 1));
  for (let group = 0; group < count; group++) {
    const flows = flowsOf[group];
    const k = kind[firstOf[group]];
    const asRule = (flows - wrongOf[group]) * logRight + wrongOf[group] * logWrong;
    const apart = exceptional(flows, isMixed[group] === 1, blind);
    let sums = kinds.get(k);
    if (sums === undefined) kinds.set(k, (sums = { inRule: 0, apart: 0 }));
    sums.inRule += logAdd(Math.log(1 - GROUP_ERROR) + asRule, Math.log(GROUP_ERROR) + apart);
    sums.apart += apart;
  }
  let logOdds = -total * blind;
  for (const [k, { inRule, apart }] of kinds) {
    const rate = (k & KIND_ORDINARY) !== 0 ? KIND_ERROR_ORDINARY : KIND_ERROR;
    logOdds += logAdd(Math.log(1 - rate) + inRule, Math.log(rate) + apart);
  }
  return { logOdds, match, total, packetsMatch, packetsTotal, tests: count };
}

/** Flows outside the rule: together on any one member, or each on its own. */
function exceptional(flows: number, mixed: boolean, blind: number): number {
  const together = mixed ? -Infinity : blind + (flows - 1) * Math.log(1 - FLOW_ERROR);
  return logAdd(Math.log(0.5) + together, Math.log(0.5) + flows * blind);
}

/**
 * Scores "some function of these fields that nobody described": the first flow of a group may be anywhere, the others are
 * where it is. How a sender shares its groups out over the members is not known either: every split is as likely.
 */
export function scoreFunctionOf(seen: Observation, fields: Uint32Array): number {
  const n = Math.max(seen.members.length, 2);
  const { memberCount } = seen.flows;
  const counts = new Map<number, Float64Array>();
  for (let i = 0; i < seen.member.length; i++) {
    const of = counts.get(fields[i]) ?? new Float64Array(memberCount);
    of[seen.member[i]]++;
    counts.set(fields[i], of);
  }
  const groups = new Float64Array(memberCount);
  let logOdds = 0;
  for (const of of counts.values()) {
    const flows = of.reduce((sum, count) => sum + count, 0);
    const most = Math.max(...of);
    groups[of.indexOf(most)]++;
    const same = (most - 1) * Math.log(1 - FLOW_ERROR) + (flows - most) * Math.log(FLOW_ERROR / (n - 1));
    logOdds += logAdd(Math.log(1 - GROUP_ERROR) + same, Math.log(GROUP_ERROR) - (flows - 1) * Math.log(n)) + flows * Math.log(n);
  }
  return logOdds + logOfSplit(groups, n);
}

/** Logarithm of the probability of this very assignment of groups to `n` members, where every split of them is as likely. */
export function logOfSplit(groups: Float64Array, n: number): number {
  let total = 0;
  let log = logFactorial(n - 1);
  for (const count of groups) {
    total += count;
    log += logFactorial(count);
  }
  return log - logFactorial(total + n - 1);
}
