import type { FrameEvidence } from './finding.ts';

/** An earlier LAG whose choice of members decides the choice in this one. */
export interface TierFacts {
  /** The sender of this LAG whose choice is not free. */
  readonly side: 0 | 1;
  readonly first: { readonly lagId: string; readonly side: 0 | 1; readonly rule: string | null };
  /** Policy of the sender here; null where no known formula places its flows. */
  readonly rule: string | null;
  /** Flows seen in both LAGs. */
  readonly flows: number;
  /** Per member of the earlier LAG: how many different hash values fall on each of `members`. */
  readonly rows: readonly { readonly member: string; readonly counts: readonly number[] }[];
  /** LAG member indices. */
  readonly members: readonly number[];
  readonly values: number;
  /** Bits of the choice here that the choice there tells, and bits that there are. */
  readonly sharedBits: number;
  readonly choiceBits: number;
  /** Chance that two independent hashes go together as much. */
  readonly chance: number;
  /** False where only what some members of the earlier LAG carry comes here. */
  readonly whole: boolean;
  /** Policy of the same family that leaves as good as nothing of it. */
  readonly remedy: { readonly policy: string; readonly sharedBits: number } | null;
  /** Basis of the earlier sender, 0 if it has none. */
  readonly firstBasis: number;
  readonly isOpenVSwitch: boolean;
  readonly evidence: readonly FrameEvidence[];
}
