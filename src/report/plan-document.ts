/**
 * What `plan` adds to the document: scenarios per direction and advice. Rates are bits per second, windows seconds,
 * sizes bytes as Ethernet frames without FCS.
 */
import type { UnpredictedReason } from '../hash/policy.ts';

/** Low end, middle and high end: the 5th, 50th and 95th percentile over the tables that the sender may have drawn. */
export interface PlanRange {
  low: number;
  middle: number;
  high: number;
}

/** The highest rate in any window of this width; windows lie on multiples of their width since 1970. */
export interface PlanPeak {
  /** Seconds. */
  window: number;
  bps: number;
}

/**
 * One member under a scenario. Packets and bytes hold all that the direction sent: what the hash decides where it puts
 * it, what it leaves open (`uncertain`) where it was seen (current scenario) or by expected value, rounded.
 */
export interface PlanMember {
  name: string;
  packets: number;
  bytes: number;
  /** Share of the bytes. */
  share: number;
  /** Highest rate in any window of `peakWindow` seconds; null where only whole-capture shares were asked for, as in records without times. */
  peakBps: number | null;
  meanBps: number | null;
  /** Every window width that the captures' grain allows, widest first. */
  peaks: PlanPeak[];
  speedMbps: number | null;
  /** Of the link's speed; null where that is not known. */
  meanLoad: number | null;
  peakLoad: number | null;
  /** Where the sender's table is random: over its possible tables. */
  shareRange?: PlanRange;
  peakRange?: PlanRange;
}

/** What one direction's traffic does under one policy, number of members, and failure. */
export interface PlanScenario {
  policy: string | null;
  variant: string | null;
  basis: number | null;
  memberCount: number;
  /** Names in hash order, failed ones included. */
  order: string[];
  failed: string[];
  /** Policy, order and members as they were when the traffic was captured, epoch by epoch. */
  current: boolean;
  fromTime: string | null;
  toTime: string | null;
  /** In hash order, failed ones included (with nothing). */
  members: PlanMember[];
  /** Over the members that did not fail; of the current scenario over those in use for the longest time. */
  balance: { jain: number | null; maxOverMean: number | null; effectiveMembers: number | null; pValue: number | null };
  /** Width in seconds of the windows of `peakBps`; null where there is no time. */
  peakWindow: number | null;
  /** Flows (and their bytes) that would not be on the member that carried them, or by the sender's table carries them now: for certain. */
  moved: { flows: number; bytes: number };
  /** Flows that may move as well: the scenario does not tell their member. */
  mayMove: { flows: number; bytes: number };
  /** What the hash does not decide, and why (the commonest reason). */
  uncertain: { packets: number; bytes: number; reason: UnpredictedReason | null };
  /** Random placements behind the ranges; 0 where nothing is left to chance. `balance` is then their mean. */
  draws: number;
  /** The fullest member of each random placement. */
  busiest?: { share: PlanRange; peakBps: PlanRange };
}

export interface PlanAdvice {
  /** 1 is best. */
  rank: number;
  /** `change-nothing`, `split-flows`, or an action of the pipeline's `AdviceAction`. */
  action: string;
  policy: string | null;
  variant: string | null;
  memberCount: number;
  /** The sender that is to be changed. */
  side: 'a' | 'b';
  why: string;
  gain: string;
  cost: string;
  fix: { syntax: string; text: string }[];
  /** Commands that show whether it worked, one per syntax of `fix`. */
  verify: string[];
  /** The busiest member before and after: share of bytes and peak rate. */
  effect: {
    busiestShareBefore: number;
    busiestShareAfter: number;
    peakBpsBefore: number | null;
    peakBpsAfter: number | null;
    movedFlows: number;
  } | null;
}

/** One test flow of a cover. */
export interface PlanCoverFlow {
  /** Name, or null where members have none. */
  member: string | null;
  /** In hash order, from 0. */
  index: number;
  src: string;
  dst: string;
  srcPort: number;
  dstPort: number;
  /** What `lacpviz predict` takes. */
  packet: string;
}

/** The fewest test flows that reach every member under a policy. */
export interface PlanCover {
  from: 'a' | 'b' | null;
  policy: string;
  variant: string;
  basis: number;
  memberCount: number;
  /** Names in hash order, or empty. */
  order: string[];
  vary: 'ports' | 'addresses';
  flows: PlanCoverFlow[];
  /** Members (indices in hash order) that nothing was found for. */
  missing: number[];
  /** True where every member is reached. */
  complete: boolean;
  /** What to run: servers first, then clients. */
  commands: string[];
  note: string | null;
}
