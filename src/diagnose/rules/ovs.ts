import { SIDES } from '../context.ts';
import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';

/** Buckets named in a finding at most. */
const MOST_NAMED = 8;

function listBuckets(buckets: readonly number[]): string {
  const named = buckets.slice(0, MOST_NAMED).join(', ');
  return buckets.length > MOST_NAMED ? `${named} …` : named;
}

/** A state text puts buckets on other members than all their frames. */
export const bucketMismatch: Rule = {
  id: 'ovs/bucket-mismatch',
  severity: 'warn',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const buckets = context.directions[side].buckets;
      if (buckets === null || buckets.misplaced.length === 0) return [];
      const { misplaced, told } = buckets;
      const values = { count: misplaced.length, told, buckets: listBuckets(misplaced) };
      return [{ id: 'ovs/bucket-mismatch', values, members: [], side, since: null, evidence: buckets.misplacedFrames }];
    }),
};

/** Buckets moved from one member to another to even out the load: expected, and a cause of reordering. */
export const rebalanced: Rule = {
  id: 'ovs/rebalanced',
  severity: 'info',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const rounds = context.directions[side].buckets?.rebalances ?? [];
      if (rounds.length === 0) return [];
      const moves = rounds.reduce((sum, round) => sum + round.buckets.length, 0);
      const interval = context.directions[side].buckets?.intervalSeconds ?? null;
      return [
        {
          id: 'ovs/rebalanced',
          values: {
            count: moves,
            rounds: rounds.length,
            buckets: listBuckets([...new Set(rounds.flatMap((round) => round.buckets))]),
            interval: interval === null ? '?' : interval,
          },
          members: [...new Set(rounds.flatMap((round) => round.members))].sort((x, y) => x - y),
          side,
          since: rounds[0].since,
          evidence: context.directions[side].buckets?.movedFrames ?? [],
        },
      ];
    }),
};
