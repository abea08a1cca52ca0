import { tunnelName } from '../../plan/entropy.ts';
import { isPolarised } from '../../plan/polarisation.ts';
import type { EarlierHash } from '../../plan/polarisation.ts';
import { SIDES } from '../context.ts';
import type { OtherBond } from '../context.ts';
import type { RawFinding } from '../finding.ts';
import { LEAST_TUNNEL_SHARE } from '../ledger.ts';
import { isPartlySeen } from '../observed-share.ts';
import type { Rule } from '../rule.ts';
import { percent } from '../words.ts';

const bare = { since: null, evidence: [], members: [] } as const;

/** Ports of one parity under a hash that keeps their lowest bit. */
export const evenPorts: Rule = {
  id: 'balance/even-ports',
  severity: 'info',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const { policy, ledger } = context.directions[side];
      if (policy === null || ledger.portParity === null) return [];
      const { end, parity, flows, used, members, evidence } = ledger.portParity;
      return [{ ...bare, id: 'balance/even-ports', values: { policy, end, parity, flows, used, members }, side, evidence }];
    }),
};

export const tunnelHidesFlows: Rule = {
  id: 'balance/tunnel-hides-flows',
  severity: 'info',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const { ledger } = context.directions[side];
      if (context.members.length < 2) return [];
      return ledger.tunnels
        .filter(({ hides, share }) => hides && share >= LEAST_TUNNEL_SHARE)
        .map(({ kind, share, hashes, innerFlows, change, evidence }): RawFinding => ({
          ...bare,
          id: 'balance/tunnel-hides-flows',
          values: {
            tunnel: tunnelName(kind),
            share: percent(share),
            hashes,
            inner: innerFlows === null ? 'what is inside is hidden' : `${innerFlows} flows are inside`,
            change: change?.text ?? '',
          },
          side,
          evidence,
          changes: typeof change?.policy === 'string' ? [{ side, change: { kind: 'set-policy', policy: change.policy } }] : [],
        }));
    }),
};

/** Fullest member by hash values against the mean. */
const UNEVEN = 1.5;

/** The hash that has picked the flows; one of a bond that a state text tells of rather than any other that fits. */
function earlierText(earlier: readonly EarlierHash[], bonds: readonly OtherBond[]): string {
  const told = bonds.flatMap((bond) => {
    const hash = earlier.find(({ policy, modulo }) => policy === bond.policy && bond.members % modulo === 0);
    return hash === undefined ? [] : [{ bond, hash }];
  })[0];
  const { policy, variant, modulo, remainder } = told?.hash ?? earlier[0];
  const whose =
    told === undefined
      ? 'as if such a hash before this LAG had chosen them'
      : `and ${told.bond.name} of ${told.bond.path} hashes so over ${told.bond.members} members: what one of them carries comes here`;
  return `All of them leave ${remainder} when ${policy} (${variant}) is divided by ${modulo}, ${whose}.`;
}

/**
 * The hash would spread these headers, but not in the combinations that came here: an earlier hash that uses the same
 * bits has picked the flows (polarisation).
 */
export const polarised: Rule = {
  id: 'balance/polarised',
  severity: 'warn',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const { policy, ledger, active, agreement } = context.directions[side];
      // What the earlier LAG did was seen: said by `polarisedTiers`.
      if (policy === null || context.tiers.some((tier) => tier.side === side)) return [];
      const { spread } = ledger;
      if (spread === null || agreement.match < 0.95 * agreement.total || isPartlySeen(context, side)) return [];
      const { values, counts, lostBits, earlier } = spread;
      const fullest = Math.max(...counts);
      if (!isPolarised(spread) || fullest * counts.length <= UNEVEN * values) return [];
      return [
        {
          ...bare,
          id: 'balance/polarised',
          values: {
            policy,
            values,
            counts: counts.join(', '),
            lost: lostBits.toFixed(2),
            choice: Math.log2(counts.length).toFixed(2),
            shown: 'The same addresses and ports dealt out anew fall evenly, so what is missing is in their combinations.',
            earlier: earlierText(earlier, context.otherBonds),
          },
          members: active.filter((_, index) => counts[index] === fullest),
          side,
          evidence: ledger.heaviest,
          changes:
            policy === 'layer3+4' || policy === 'layer2+3'
              ? [{ side, change: { kind: 'set-policy', policy: policy === 'layer3+4' ? 'layer2+3' : 'layer3+4' } }]
              : [],
        },
      ];
    }),
};

/** A member was full for some windows while the LAG had room. */
export const microburst: Rule = {
  id: 'balance/microburst',
  severity: 'warn',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] =>
      context.directions[side].ledger.bursts.map((burst): RawFinding => ({
        id: 'balance/microburst',
        values: {
          ms: burst.totalMs,
          window: burst.windowMs,
          peak: percent(burst.peak),
          lag: percent(burst.lagLoad),
          mean: percent(burst.meanLoad),
          flow: burst.evidence.map(({ note }) => note).join('; '),
        },
        members: [burst.member],
        side,
        since: burst.since,
        evidence: burst.evidence,
      })),
    ),
};
