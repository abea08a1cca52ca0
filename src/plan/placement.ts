import type { LagFlows } from '../flows/lag-flows.ts';
import type { ActiveEpoch } from './active-epoch.ts';

/** Verdicts of flows; 0 is that of flows that were not placed. */
export const VERDICT_MATCH = 1;
export const VERDICT_MISMATCH = 2;
export const VERDICT_MOVED = 3;
export const VERDICT_UNPREDICTED = 4;

export interface PacketsAndBytes {
  packets: number;
  bytes: number;
}

/** How a direction's frames stand to the prediction. Columns have one row per flow of the LAG (other directions stay 0). */
export interface Placement {
  /** VERDICT_* per flow. */
  readonly verdict: Uint8Array;
  /** Index into UNPREDICTED_REASONS of flows that are not predicted. */
  readonly reason: Uint8Array;
  /** Per flow: packets outside transitions that were not where the policy puts them. */
  readonly wrong: Uint32Array;
  /** Frames in `transition`. */
  transitionPackets: number;
  transitionBytes: number;
  readonly agreement: {
    flows: { match: number; total: number };
    packets: { match: number; total: number };
    bytes: { match: number; total: number };
  };
  /** Per index of UNPREDICTED_REASONS. */
  readonly unpredicted: PacketsAndBytes[];
  /** Per member: what the policy puts there. */
  readonly predicted: { flows: number; packets: number; bytes: number }[];
  /** Index of the longest epoch. */
  readonly longest: number;
}

/** What a rule says of each flow. The member is `hash % count` of the active ones. */
export interface RuleColumns {
  readonly hash: Uint32Array;
  /** Per flow: reason code of those that cannot be predicted for `count` active members, 0 of those that can. */
  reasonsFor(count: number): Uint8Array;
}

export interface PlaceRequest {
  readonly flows: LagFlows;
  readonly epochs: readonly ActiveEpoch[];
  /** Hashed flows of the direction. */
  readonly list: Uint32Array;
  /** Per flow: 1 if it is hashed data of the direction. */
  readonly data: Uint8Array;
  /** Of each epoch: what its rule says of the flows. */
  readonly rules: readonly RuleColumns[];
  /** True if the flow's source is the member's own permanent address and its destination a group: sent by the member for itself. */
  readonly isOwnFrame: (flow: number, member: number) => boolean;
  /** Reason code of frames sent while no member was active, or by a member for itself while it was not. */
  readonly beforeUp: number;
  readonly reasonCount: number;
}

/** A placement with nothing placed yet. */
export function createPlacement(flows: LagFlows, reasonCount: number, longest: number): Placement {
  const { count } = flows.merged;
  return {
    verdict: new Uint8Array(count),
    reason: new Uint8Array(count),
    wrong: new Uint32Array(count),
    transitionPackets: 0,
    transitionBytes: 0,
    agreement: { flows: { match: 0, total: 0 }, packets: { match: 0, total: 0 }, bytes: { match: 0, total: 0 } },
    unpredicted: Array.from({ length: reasonCount }, () => ({ packets: 0, bytes: 0 })),
    predicted: Array.from({ length: flows.memberCount }, () => ({ flows: 0, packets: 0, bytes: 0 })),
    longest,
  };
}
