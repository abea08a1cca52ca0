export type EpochCause = 'start' | 'lacp' | 'link-lost' | 'link-returned' | 're-enslaved' | 'silence' | 'map-changed';

/** A stretch of time in which the sender used the same members in the same order. */
export interface ActiveEpoch {
  readonly fromMs: number;
  readonly toMs: number;
  /** Member indices in hash order; empty before the sender's LACP came up. */
  readonly active: readonly number[];
  readonly why: EpochCause;
  /** Frames this close to the start of the epoch may still follow the epoch before (contract: 1 s, 3 s if known only from silence). */
  readonly slackMs: number;
}

/** Index of the hash within `count` members: how the sender's policy selects. */
export type IndexOf = (flow: number, count: number) => number;

/** Whether a flow's frames on a member, at a moment (milliseconds on the LAG's axis), may decide about epochs. */
export type IsPlaceableAt = (flow: number, member: number, ms: number) => boolean;

/** So near to a change of members a LACPDU or a silence speaks for it. */
export const EVIDENCE_MS = 1_500;
