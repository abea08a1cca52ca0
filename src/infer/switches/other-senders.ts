/** Senders with a known hash that is taken modulo the members, beside Linux: one line per family. */
import { hashFlows } from '../../flows/hash-flows.ts';
import { POLICIES } from '../../hash/registry.ts';
import type { HashPolicy } from '../../hash/policy.ts';
import type { Hypothesis } from '../hypothesis.ts';
import { scoreModuloRules } from '../modulo-rules.ts';
import type { Observation } from '../observe.ts';
import type { Candidate, OrderPrior, RuleFamily, RuleRequest, RuleSource } from '../rule-source.ts';
import { scoreRule } from '../score-rule.ts';
import { laggKeyHypotheses } from './lagg-keys.ts';
import { variantsOf } from './variant-shares.ts';

/** How often a policy of a family is the one in use, roughly. */
const POLICY_SHARES: Readonly<Record<string, number>> = {
  'esxi-ip-hash': 0.9,
  // VMware documents that the source MAC decides, not how: the formula is a guess.
  'esxi-src-mac': 0.02,
  'cisco-src-dst-ip': 0.4,
  'cisco-src-mac': 0.2,
  'cisco-src-dst-mac': 0.15,
  'cisco-src-dst-port': 0.1,
};
const RARE_POLICY = 0.03;

/** Rules of a policy for `members` members: its variants and, where a key decides, the keys that differ in what they do. */
export function hypothesesOf(policy: HashPolicy, members: number, logPrior: number): Hypothesis[] {
  const bases = policy.family === 'freebsd' ? laggKeys(members) : [0];
  return variantsOf(policy, logPrior).flatMap((hypothesis) =>
    bases.map((basis): Hypothesis => ({ ...hypothesis, basis, logPrior: hypothesis.logPrior - Math.log(bases.length) })),
  );
}

/**
 * Keys of FreeBSD's lagg that can be told apart: the prime of FNV is odd, so the low bits of the hash depend on the low
 * bits of the key alone (hash-spec 3.4). With other counts than powers of two all 32 bits matter: see lagg-keys.ts. The
 * highest of the low bits turns all members over alike, which the order of members makes up for.
 */
function laggKeys(members: number): number[] {
  if (members < 2 || members > 16 || (members & (members - 1)) !== 0) return [];
  return Array.from({ length: members / 2 }, (_, low) => members + low);
}

function proposeFamily(family: RuleFamily, request: RuleRequest, seen: Observation): readonly Candidate[] {
  const prior = request.familyPrior[family];
  const n = seen.members.length;
  if (prior === undefined || n < 2) return [];
  // Result buckets are eight: more members than that take turns in ways that nobody documented.
  if (family === 'cisco' && n > 8) return [];
  const policies = POLICIES.filter(
    (policy) => policy.family === family && (policy.selector === 'modulo' || policy.selector === 'bucket-8'),
  );
  const hypotheses = policies.flatMap((policy) =>
    hypothesesOf(policy, n, prior + Math.log(policies.length === 1 ? 1 : (POLICY_SHARES[policy.id] ?? RARE_POLICY))),
  );
  // Port numbers of LACP are no hash order on these systems: only an order that was asked for counts.
  const order = request.order?.weight === 'exact' ? request.order : null;
  return scoreModuloRules(hypotheses, { order }, seen);
}

/** A switch that shares its buckets out by history ("adaptive") has any table: it is read from the flows, and paid for. */
const TABLE_SHARE = 0.1;
const RESULT_BUCKETS = 8;

function proposeCiscoTables(request: RuleRequest, seen: Observation): Candidate[] {
  const prior = request.familyPrior.cisco;
  return prior === undefined
    ? []
    : scoreTables(
        POLICIES.filter((policy) => policy.family === 'cisco'),
        prior,
        seen,
      );
}

/** Tables of one policy that was asked for. */
export function ciscoTablesOf(policy: HashPolicy): RuleSource {
  return { id: 'cisco-table', family: 'cisco', costly: false, propose: (_request, seen) => scoreTables([policy], 0, seen) };
}

function scoreTables(policies: readonly HashPolicy[], prior: number, seen: Observation): Candidate[] {
  const n = seen.members.length;
  if (n < 2 || n > RESULT_BUCKETS) return [];
  const requests = policies.map((policy) => ({ policy, context: { variant: policy.defaultVariant, basis: 0, memberCount: n } }));
  return hashFlows(seen.flows.merged, seen.sample, requests, false).map(({ hash, reason }, p): Candidate => {
    const table = majority(seen, hash, reason);
    const predicted = Int16Array.from(seen.sample, (_, i) => (reason[i] === 0 ? table[hash[i] & 7] : -1));
    const score = scoreRule(seen, { group: hash, predicted });
    const used = table.filter((member) => member >= 0).length;
    const policy = policies[p];
    const logPrior = prior + Math.log(TABLE_SHARE * (POLICY_SHARES[policy.id] ?? RARE_POLICY));
    return {
      hypothesis: { policy, variant: policy.defaultVariant, basis: 0, logPrior },
      order: [...seen.members],
      untested: [],
      logOdds: score.logOdds - used * Math.log(n),
      predicted,
      flows: { match: score.match, total: score.total },
      packets: { match: score.packetsMatch, total: score.packetsTotal },
      tests: Math.max(score.total - used, 0),
      learned: true,
    };
  });
}

/** Member with most flows of each bucket, -1 without any. */
function majority(seen: Observation, hash: Uint32Array, reason: Uint8Array): number[] {
  const { memberCount } = seen.flows;
  const counts = new Uint32Array(RESULT_BUCKETS * memberCount);
  for (let i = 0; i < hash.length; i++) if (reason[i] === 0) counts[(hash[i] & 7) * memberCount + seen.member[i]]++;
  return Array.from({ length: RESULT_BUCKETS }, (_, bucket) => {
    const of = counts.subarray(bucket * memberCount, (bucket + 1) * memberCount);
    const most = Math.max(...of);
    return most === 0 ? -1 : of.indexOf(most);
  });
}

function familySource(family: RuleFamily): RuleSource {
  return { id: family, family, costly: false, propose: (request, seen) => proposeFamily(family, request, seen) };
}

/** teamd: ports in the order of enabling, which is found by the fit (more-facts, teamd 3). */
export const teamRules = familySource('team');
/** VMware standard switches. */
export const vmwareRules = familySource('vmware');
/** Cisco result buckets in fixed distribution: bucket b on link b mod n. */
export const ciscoRules: RuleSource = {
  id: 'cisco',
  family: 'cisco',
  costly: false,
  propose: (request, seen) => [...proposeFamily('cisco', request, seen), ...proposeCiscoTables(request, seen)],
};
/** FreeBSD lagg, the low bits of its key calibrated by the flows. */
export const freebsdRules = familySource('freebsd');
/** The whole key, where it counts. */
export const laggKeyRules: RuleSource = {
  id: 'freebsd-keys',
  family: 'freebsd',
  costly: true,
  lastResort: true,
  propose: (request, seen) => {
    const prior = request.familyPrior.freebsd;
    const policies = prior === undefined ? [] : POLICIES.filter(({ family }) => family === 'freebsd');
    return proposeLaggKeys(
      policies.flatMap((policy) => variantsOf(policy, prior ?? 0)),
      request.order,
      seen,
    );
  },
};
/** Keys of a lagg that was asked for. */
export const askedLaggKeys: RuleSource = {
  id: 'freebsd-keys',
  costly: false,
  propose: (request, seen) => proposeLaggKeys(request.hypotheses, request.order, seen),
};

function proposeLaggKeys(variants: readonly Hypothesis[], order: OrderPrior | null, seen: Observation): readonly Candidate[] {
  const hypotheses = laggKeyHypotheses(variants, seen);
  return hypotheses.length === 0 ? [] : scoreModuloRules(hypotheses, { order: order?.weight === 'exact' ? order : null }, seen);
}
