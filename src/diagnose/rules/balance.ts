import { SIDES } from '../context.ts';
import type { RawFinding } from '../finding.ts';
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
      const { bytes, largestFlowBytes, flows } = context.directions[side];
      if (context.members.length < 2 || flows < LEAST_FLOWS || largestFlowBytes <= bytes / 2) return [];
      return [{ ...bare, id: 'balance/elephant', values: { share: percent(largestFlowBytes / bytes), flows }, side }];
    }),
};

/** Policies that look at MAC addresses (and VLAN) only. */
const MAC_POLICIES: ReadonlySet<string> = new Set([
  'layer2',
  'vlan+srcmac',
  'ovs-balance-slb',
  'esxi-src-mac',
  'cisco-src-mac',
  'cisco-dst-mac',
  'cisco-src-dst-mac',
]);

export const singleMacPair: Rule = {
  id: 'balance/single-mac-pair',
  severity: 'info',
  check: (context) =>
    SIDES.flatMap((side): RawFinding[] => {
      const { policy, macPairs, flows, policySource } = context.directions[side];
      if (policy === null || policySource === 'default' || !MAC_POLICIES.has(policy) || macPairs !== 1 || flows < LEAST_FLOWS) return [];
      return [
        {
          ...bare,
          id: 'balance/single-mac-pair',
          values: { policy, flows },
          side,
          changes: policy === 'layer2' ? [{ side, change: { kind: 'set-policy', policy: 'layer3+4' } }] : [],
        },
      ];
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
      const { policy, fragmentPackets } = context.directions[side];
      if (policy === null || !PORT_POLICIES.has(policy) || fragmentPackets === 0) return [];
      return [{ ...bare, id: 'hash/fragments-split', values: { count: fragmentPackets, policy }, side }];
    }),
};
