import { SIDES } from '../context.ts';
import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';

const bare = { since: null, evidence: [], members: [] } as const;
/** Packets that may disagree: some at the edges of a change of members. */
const MOST_WRONG = 0.02;
const LEAST_WRONG = 10;

/** The policy was given or stands in a state text, and the wire does not follow it. */
export const hashMismatch: Rule = {
  id: 'hash/mismatch',
  severity: 'error',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const { agreement, policy, policySource } = context.directions[side];
      const wrong = agreement.total - agreement.match;
      if (
        policy === null ||
        (policySource !== 'option' && policySource !== 'state') ||
        wrong < Math.max(LEAST_WRONG, MOST_WRONG * agreement.total)
      )
        return [];
      return [{ ...bare, id: 'hash/mismatch', values: { wrong, match: agreement.match, total: agreement.total, policy }, side }];
    }),
};

/** Part of the traffic that no packet field explains, in more than a trifle. */
const LEAST_UNPREDICTED = 0.05;

export const unpredictable: Rule = {
  id: 'hash/unpredictable',
  severity: 'info',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const { unpredicted, packets, policy } = context.directions[side];
      const inherent = unpredicted.filter(
        ({ reason }) => reason === 'socket-hash' || reason === 'keyed-hash' || reason === 'kernel-bug' || reason === 'hidden-input',
      );
      const sum = inherent.reduce((total, { packets: count }) => total + count, 0);
      if (policy === null || sum === 0 || sum < LEAST_UNPREDICTED * packets) return [];
      return [
        {
          ...bare,
          id: 'hash/unpredictable',
          values: { packets: sum, total: packets, reasons: inherent.map(({ reason, packets: count }) => `${reason} ${count}`).join(', ') },
          side,
        },
      ];
    }),
};

/** Modes that place by no hash. Open vSwitch places by its bucket map, which it moves by load and not by chance. */
const NOT_HASHING: ReadonlySet<string> = new Set(['balance-rr', 'active-backup', 'broadcast', 'balance-tlb', 'balance-alb']);

/** Worse than chance (an ideal hash would be so in less than one of 1000 cases) and above 1.5 × the mean. */
export const skewed: Rule = {
  id: 'balance/skewed',
  severity: 'warn',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const { balance, policy, policySource, memberPackets, packets } = context.directions[side];
      if (
        policy === null ||
        NOT_HASHING.has(policy) ||
        policy.startsWith('ovs-') ||
        policySource === 'default' ||
        balance.maxOverMean === null ||
        balance.pValue === null
      )
        return [];
      // All on one member is a finding of its own.
      if (balance.maxOverMean <= 1.5 || balance.pValue >= 0.001 || memberPackets.some((count) => count === packets)) return [];
      const fullest = memberPackets.indexOf(Math.max(...memberPackets));
      return [
        {
          ...bare,
          id: 'balance/skewed',
          values: { ratio: balance.maxOverMean.toFixed(2), p: balance.pValue.toPrecision(1) },
          members: [fullest],
          side,
        },
      ];
    }),
};

export const fewFlows: Rule = {
  id: 'balance/few-flows',
  severity: 'info',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const { flows } = context.directions[side];
      const count = context.members.length;
      return flows === 0 || count < 2 || flows >= 4 * count ? [] : [{ ...bare, id: 'balance/few-flows', values: { flows, count }, side }];
    }),
};
