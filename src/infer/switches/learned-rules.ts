import { hashFlows } from '../../flows/hash-flows.ts';
import { learnedPolicyOf } from '../../hash/learned-policy.ts';
import { learnObservation } from '../learned/learn-observation.ts';
import type { RuleSource } from '../rule-source.ts';
import { scoreRule } from '../score-rule.ts';

/** Of the senders outside the known families, those whose function is solved are this share before the traffic is looked at. */
const SOLVED_SHARE = 0.5;

/** The unknown switch: a rule made from the flows themselves, worth what they show beyond what it was made from. */
export const learnedRules: RuleSource = {
  id: 'learned',
  family: 'other',
  costly: true,
  lastResort: true,
  *propose(request, seen) {
    const prior = request.familyPrior.other;
    const n = seen.members.length;
    if (prior === undefined || n < 2) return [];
    const names = request.memberNames ?? seen.members.map(String);
    const { kind, model, cases } = yield* learnObservation(seen, names);
    if (model === null || kind !== 'linear') return [];
    const policy = learnedPolicyOf(model);
    const requests = [{ policy, context: { variant: policy.defaultVariant, basis: 0, memberCount: n } }];
    const [{ hash, reason }] = hashFlows(seen.flows.merged, seen.sample, requests, false);
    const predicted = Int16Array.from(seen.sample, (_, i) => (reason[i] === 0 ? seen.members[hash[i]] : -1));
    // Flows that the solution cannot tell apart are those of one flow each: it looks at single bits.
    const score = scoreRule(seen, { group: Uint32Array.from(seen.sample, (_, i) => i), predicted });
    // What went into fitting the solution is no evidence for it.
    const fitted = cases.reduce((sum, { learned }) => sum + learned.fittedBits, 0) * Math.LN2;
    return [
      {
        hypothesis: { policy, variant: policy.defaultVariant, basis: 0, logPrior: prior + Math.log(SOLVED_SHARE) },
        order: [...seen.members],
        untested: [],
        logOdds: score.logOdds - fitted,
        predicted,
        flows: { match: score.match, total: score.total },
        packets: { match: score.packetsMatch, total: score.packetsTotal },
        tests: score.tests,
        learned: false,
      },
    ];
  },
};
