import type { Change } from '../../fix/change.ts';
import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';
import type { TierFacts } from '../tier-facts.ts';

/** Two LAGs in a row were captured, and which member a flow takes in this one follows from the one that it took before. */
export const polarisedTiers: Rule = {
  id: 'balance/polarised',
  severity: 'warn',
  check: (context) =>
    context.tiers.map((tier): RawFinding => ({
      id: 'balance/polarised',
      values: {
        policy: tier.rule ?? 'this sender',
        values: tier.values,
        counts: tier.rows.map(({ member, counts }) => `${counts.join(', ')} (from ${member})`).join('; '),
        lost: tier.sharedBits.toFixed(2),
        choice: tier.choiceBits.toFixed(2),
        shown: `${tier.flows} flows were seen in ${tier.first.lagId} before, and the member here follows from the member there (independent hashes: ${chanceText(tier.chance)}).`,
        earlier: earlierText(tier),
      },
      members: tier.members,
      side: tier.side,
      since: null,
      evidence: tier.evidence,
      changes: changesFor(tier).map((change) => ({ side: tier.side, change })),
    })),
};

function chanceText(chance: number): string {
  return chance < 1e-12 ? 'less than 1 in 10^12' : chance.toExponential(0);
}

function earlierText({ first, rule, whole, remedy }: TierFacts): string {
  const sender = `Side ${first.side === 0 ? 'a' : 'b'} of ${first.lagId}`;
  const same =
    first.rule === null
      ? `By which rule ${sender.toLowerCase()} places them is not known.`
      : first.rule === rule
        ? `${sender} hashes by ${first.rule} too.`
        : `${sender} hashes by ${first.rule}, which uses the same bits.`;
  const harm = whole
    ? 'As long as all of those members end at one sender its members are filled alike; of a single one of them (MLAG, two switches) the flows use a part of the members here only.'
    : 'Only what some members there carry comes here, so a part of the members here stays empty.';
  const cure = remedy === null ? '' : ` With ${remedy.policy} here ${remedy.sharedBits.toFixed(2)} bits would be gone.`;
  return `${same} ${harm}${cure}`;
}

function changesFor({ remedy, isOpenVSwitch, firstBasis }: TierFacts): Change[] {
  if (remedy !== null) return [{ kind: 'set-policy', policy: remedy.policy }];
  return isOpenVSwitch ? [{ kind: 'set-hash-basis', basis: firstBasis + 1 }] : [];
}
