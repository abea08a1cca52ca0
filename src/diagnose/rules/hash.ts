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
      const { agreement, policy, policySource, ledger } = context.directions[side];
      const wrong = agreement.total - agreement.match;
      if (
        policy === null ||
        (policySource !== 'option' && policySource !== 'state') ||
        wrong < Math.max(LEAST_WRONG, MOST_WRONG * agreement.total)
      )
        return [];
      const since = ledger.wrong.reduce<RawFinding['since']>(
        (first, { time }) =>
          first === null || (time !== null && (time.seconds - first.seconds || time.nanos - first.nanos) < 0) ? time : first,
        null,
      );
      const values = { wrong, match: agreement.match, total: agreement.total, policy };
      return [{ id: 'hash/mismatch', values, side, members: ledger.wrongMembers, since, evidence: ledger.wrong }];
    }),
};

/** A state text names one policy, the traffic shows another. */
export const policyDiffersFromState: Rule = {
  id: 'hash/policy-differs-from-state',
  severity: 'warn',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const { stated, policy, policySource, agreement, ledger, policyVariant } = context.directions[side];
      if (stated?.refuted !== true || policy === null || policySource !== 'inferred') return [];
      const same = stated.policy === policy;
      const name = (id: string, variant: string | null): string => (same && variant !== null ? `${id} (${variant})` : id);
      return [
        {
          ...bare,
          id: 'hash/policy-differs-from-state',
          values: {
            stated: name(stated.policy, stated.variant),
            inferred: name(policy, policyVariant),
            path: stated.path,
            match: agreement.match,
            total: agreement.total,
          },
          side,
          evidence: ledger.heaviest,
          changes: same ? [] : [{ side, change: { kind: 'set-policy', policy: stated.policy } }],
        },
      ];
    }),
};

/** The policy was changed while it was captured. The text of the other state is told by the same id: what is configured is not what was. */
export const policyChanged: Rule = {
  id: 'hash/policy-differs-from-state',
  severity: 'warn',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const { policyChanges, agreement } = context.directions[side];
      const { match, total } = agreement;
      return policyChanges.map(({ since, before, after, evidence }) => ({
        ...bare,
        id: 'hash/policy-differs-from-state',
        message: 'hash/policy-changed',
        values: { before, after, match, total },
        side,
        since,
        evidence,
      }));
    }),
};

const PORT_POLICIES: ReadonlySet<string> = new Set([
  'layer3+4',
  'encap3+4',
  'ovs-balance-tcp',
  'cisco-src-port',
  'cisco-dst-port',
  'cisco-src-dst-port',
]);

/** Later fragments carry no ports: with a policy that looks at ports they hash apart from the packets of their conversation. */
export const fragmentsSplit: Rule = {
  id: 'hash/fragments-split',
  severity: 'info',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const { policy, ledger } = context.directions[side];
      if (policy === null || !PORT_POLICIES.has(policy) || ledger.fragmentPackets === 0) return [];
      const portless = policy === 'encap3+4' ? 'encap2+3' : 'layer2+3';
      return [
        {
          ...bare,
          id: 'hash/fragments-split',
          values: { count: ledger.fragmentPackets, policy },
          side,
          evidence: ledger.fragments,
          changes: policy === 'layer3+4' || policy === 'encap3+4' ? [{ side, change: { kind: 'set-policy', policy: portless } }] : [],
        },
      ];
    }),
};

/** Part of the traffic that no packet field explains, in more than a trifle. */
const LEAST_UNPREDICTED = 0.05;

export const unpredictable: Rule = {
  id: 'hash/unpredictable',
  severity: 'info',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const { unpredicted, packets, policy, ledger } = context.directions[side];
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
          evidence: ledger.unpredicted,
        },
      ];
    }),
};
