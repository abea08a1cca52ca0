import type { Change } from '../../fix/change.ts';
import type { DirectionFacts } from '../context.ts';
import { SIDES } from '../context.ts';
import type { RawFinding } from '../finding.ts';
import { isPartlySeen } from '../observed-share.ts';
import type { Rule } from '../rule.ts';
import { percent } from '../words.ts';

const bare = { since: null, evidence: [], members: [] } as const;
const LEAST_FLOWS = 4;

/** One flow holds more bytes than all others together: no policy that keeps its order can split it. */
export const elephant: Rule = {
  id: 'balance/elephant',
  severity: 'info',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const { ledger, flows } = context.directions[side];
      if (context.members.length < 2 || flows < LEAST_FLOWS) return [];
      const { bytes, largestFlowBytes } = ledger;
      if (largestFlowBytes <= bytes / 2) return [];
      const evidence = ledger.heaviest.slice(0, 1);
      const values = { share: percent(largestFlowBytes / bytes), flows, flow: evidence[0]?.note ?? '' };
      return [{ ...bare, id: 'balance/elephant', values, side, evidence }];
    }),
};

/** Policies that look at MAC addresses (and VLAN) only, each with one of its own family that looks deeper. */
const DEEPER: Readonly<Record<string, string>> = {
  layer2: 'layer3+4',
  'vlan+srcmac': 'layer3+4',
  'ovs-balance-slb': 'ovs-balance-tcp',
  'esxi-src-mac': 'esxi-ip-hash',
  'cisco-src-mac': 'cisco-src-dst-ip',
  'cisco-dst-mac': 'cisco-src-dst-ip',
  'cisco-src-dst-mac': 'cisco-src-dst-ip',
};

function deeperChange(policy: string, side: 0 | 1): { side: 0 | 1; change: Change }[] {
  const deeper = DEEPER[policy];
  return deeper === undefined ? [] : [{ side, change: { kind: 'set-policy', policy: deeper } }];
}

export const singleMacPair: Rule = {
  id: 'balance/single-mac-pair',
  severity: 'info',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const { policy, ledger, flows, policySource } = context.directions[side];
      if (policy === null || policySource === 'default' || DEEPER[policy] === undefined || ledger.macPairs !== 1 || flows < LEAST_FLOWS)
        return [];
      return [
        {
          ...bare,
          id: 'balance/single-mac-pair',
          values: { policy, flows, deeper: DEEPER[policy] },
          side,
          evidence: ledger.heaviest,
          changes: deeperChange(policy, side),
        },
      ];
    }),
};

/** Modes that place by no hash. Open vSwitch places by its bucket map, which it moves by load and not by chance. */
const NOT_HASHING: ReadonlySet<string> = new Set(['balance-rr', 'active-backup', 'broadcast', 'balance-tlb', 'balance-alb']);
/** Above this the fullest member is worth a word (contract). */
const UNEVEN = 1.5;
/** An ideal hash would be so in less than one of 1000 cases. */
const WORSE_THAN_CHANCE = 0.001;
/** As likely as this is nothing to wonder at. */
const CHANCE = 0.05;

/** A rule read off the wire must be this sure before its balance is judged. */
const SURE = 0.95;

/** Places by a known hash, on more than one member: its balance is the hash's doing. */
function isHashed({ policy, policySource, policyConfidence, memberPackets, packets }: DirectionFacts): boolean {
  if (policySource === 'inferred' && policyConfidence < SURE) return false;
  if (policy === null || NOT_HASHING.has(policy) || policy.startsWith('ovs-') || policySource === 'default') return false;
  // All on one member is a finding of its own.
  return !memberPackets.some((count) => count === packets);
}

function fullestMember({ active, memberBytes }: DirectionFacts): number {
  return active.reduce((best, member) => (memberBytes[member] > memberBytes[best] ? member : best), active[0]);
}

export const skewed: Rule = {
  id: 'balance/skewed',
  severity: 'warn',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const facts = context.directions[side];
      const { maxOverMean, pValue } = facts.balance;
      if (!isHashed(facts) || maxOverMean === null || pValue === null || isPartlySeen(context, side)) return [];
      if (maxOverMean <= UNEVEN || pValue >= WORSE_THAN_CHANCE) return [];
      return [
        {
          ...bare,
          id: 'balance/skewed',
          values: { ratio: maxOverMean.toFixed(2), p: pValue < 0.0002 ? '< 0.0002' : pValue.toPrecision(1), policy: facts.policy ?? '' },
          members: [fullestMember(facts)],
          side,
          evidence: facts.ledger.heaviest,
          changes:
            facts.policy === 'layer2+3'
              ? [{ side, change: { kind: 'set-policy', policy: 'layer3+4' } }]
              : deeperChange(facts.policy ?? '', side),
        },
      ];
    }),
};

/** Uneven, and no fault: these flows fall so under an ideal hash too. */
export const byChance: Rule = {
  id: 'balance/chance',
  severity: 'info',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const facts = context.directions[side];
      const { maxOverMean, pValue } = facts.balance;
      if (!isHashed(facts) || maxOverMean === null || pValue === null || maxOverMean <= UNEVEN || pValue < CHANCE) return [];
      if (isPartlySeen(context, side)) return [];
      return [
        {
          ...bare,
          id: 'balance/chance',
          values: {
            ratio: maxOverMean.toFixed(2),
            p: percent(pValue),
            flows: facts.flows,
            largest: percent(facts.ledger.largestFlowBytes / Math.max(1, facts.ledger.bytes)),
          },
          members: [fullestMember(facts)],
          side,
          evidence: facts.ledger.heaviest,
        },
      ];
    }),
};

export const fewFlows: Rule = {
  id: 'balance/few-flows',
  severity: 'info',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const { flows, ledger } = context.directions[side];
      const count = context.members.length;
      if (flows === 0 || count < 2 || flows >= LEAST_FLOWS * count) return [];
      return [{ ...bare, id: 'balance/few-flows', values: { flows, count, wanted: LEAST_FLOWS * count }, side, evidence: ledger.heaviest }];
    }),
};
