import type { HashPolicy } from '../hash/policy.ts';
import type { TunnelEntropy } from '../plan/entropy.ts';
import type { Microburst } from '../plan/microbursts.ts';
import type { Placement } from '../plan/place.ts';
import type { HashSpread } from '../plan/polarisation.ts';
import type { PortParity } from '../plan/port-parity.ts';
import type { FrameEvidence, Moment } from './finding.ts';

/** One direction as the analysis left it. */
export interface LedgerDirection {
  readonly list: Uint32Array;
  readonly sender: {
    readonly policy: HashPolicy | null;
    readonly variant: string;
    readonly basis: number;
    readonly order: readonly number[];
    readonly source: 'option' | 'state' | 'inferred' | 'default';
  };
  readonly epochs: readonly { readonly active: readonly number[] }[];
  readonly placement: Placement;
  predictedMember(flow: number): number;
}

/** What a direction's flows have in common and which of them show what, in few passes over them. */
export interface LedgerFacts {
  readonly bytes: number;
  readonly largestFlowBytes: number;
  readonly macPairs: number;
  readonly fragmentPackets: number;
  /** The heaviest flows; the largest first. */
  readonly heaviest: readonly FrameEvidence[];
  readonly fragments: readonly FrameEvidence[];
  /** Frames that are not where the policy puts them. */
  readonly wrong: readonly FrameEvidence[];
  readonly wrongMembers: readonly number[];
  /** Flows that no packet field explains. */
  readonly unpredicted: readonly FrameEvidence[];
  readonly tunnels: readonly TunnelFacts[];
  readonly portParity: (PortParity & { readonly evidence: readonly FrameEvidence[] }) | null;
  /** How hash values fall on the members; null where nothing made it worth a look. */
  readonly spread: HashSpread | null;
  readonly bursts: readonly (Microburst & { readonly since: Moment; readonly evidence: readonly FrameEvidence[] })[];
}

export interface TunnelFacts extends TunnelEntropy {
  readonly evidence: readonly FrameEvidence[];
}

export const NO_LEDGER: LedgerFacts = {
  bytes: 0,
  largestFlowBytes: 0,
  macPairs: 0,
  fragmentPackets: 0,
  heaviest: [],
  fragments: [],
  wrong: [],
  wrongMembers: [],
  unpredicted: [],
  tunnels: [],
  portParity: null,
  spread: null,
  bursts: [],
};
