import type { HashInput } from './hash-input.ts';

/** Where a formula comes from: system, version, and how sure it is. */
export interface SourceReference {
  readonly system: string;
  readonly versions: string;
  /** `measured`: scored packet by packet against the real system; `read`: from its source; `documented`; `secondary`. */
  readonly confidence: 'measured' | 'read' | 'documented' | 'secondary';
  readonly reference: string;
}

export interface PolicyVariant {
  readonly id: string;
  readonly title: string;
  readonly source: SourceReference;
}

/** Why a row cannot be predicted (contract, section 3). 0 means: predicted. */
export const UNPREDICTED_REASONS = [
  null,
  'socket-hash',
  'cut-header',
  'no-destination-mac',
  'in-frame-tag',
  'keyed-hash',
  'unknown-bucket',
  'unknown-policy',
  'before-up',
  'kernel-bug',
  'hidden-input',
] as const;
export type UnpredictedReason = Exclude<(typeof UNPREDICTED_REASONS)[number], null>;

/** Code of a reason for the `reason` column. */
export function reasonCode(reason: UnpredictedReason): number {
  return UNPREDICTED_REASONS.indexOf(reason);
}

/** How a hash becomes a member. */
export type Selector =
  /** index = hash mod active members, in the sender's order. */
  | 'modulo'
  /** bucket = hash & 255, the bucket's member is state of the sender (Open vSwitch). */
  | 'bucket-256'
  /** 8 result buckets shared out over the members (Cisco). */
  | 'bucket-8'
  /** No hash: the member does not follow from the packet. */
  | 'none';

export interface HashContext {
  readonly variant: string;
  /** Open vSwitch hash basis or FreeBSD lagg key, 0 if unknown; 0 elsewhere. */
  readonly basis: number;
  /** Members in use, where the reason depends on it (socket hash of encap3+4); 0 if unknown. */
  readonly memberCount: number;
}

/** Columns a policy writes, one row per row of the input. */
export interface HashOutput {
  readonly hash: Uint32Array;
  /** Index into UNPREDICTED_REASONS; 0: the hash decides. */
  readonly reason: Uint8Array;
}

/** One step of a worked-out hash, for `predict --explain` and the page. */
export interface ExplainStep {
  readonly label: string;
  readonly value: string;
}

/**
 * A rule by which a sender picks the member. One file per policy, one line in the registry.
 * `hash` fills `out.hash[i]` and `out.reason[i]` for i in [0, input.length).
 */
/** MAC addresses, tags and EtherType; the outer headers and what they quote too. */
export type HashDepth = 'ethernet' | 'outer';

export interface HashPolicy {
  readonly id: string;
  readonly title: string;
  readonly family: 'linux' | 'ovs' | 'vmware' | 'cisco' | 'freebsd' | 'team' | 'other';
  readonly selector: Selector;
  readonly variants: readonly PolicyVariant[];
  /** The variant used when nothing says otherwise. */
  readonly defaultVariant: string;
  /** True where the reason column depends on `HashContext.memberCount` (socket hash of encap3+4). */
  readonly reasonDependsOnMemberCount?: boolean;
  /** With it: numbers of members (2 on) of one class have the same reasons. Absent: each is its own. */
  memberCountClass?(memberCount: number): number;
  /** How far into the frame the formula looks (columns of what lies deeper need not be filled). Absent: as far as there is. */
  readonly depth?: HashDepth;
  /** Which kinds of fields may enter, in the words of the user interface ("source MAC", "IP addresses", "ports"). */
  readonly fields: readonly string[];
  hash(input: HashInput, context: HashContext, out: HashOutput): void;
  /** The same hash for one row, step by step; the last step is the hash. */
  explain(input: HashInput, row: number, context: HashContext): readonly ExplainStep[];
}

/** The number that a hash starts from, as a document tells it: null where the policy has none, or it is not known. */
export function toldBasis(policy: HashPolicy | null, basis: number): number | null {
  return policy?.family === 'ovs' ? basis : policy?.family === 'freebsd' && basis !== 0 ? basis : null;
}
