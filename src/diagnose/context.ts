import type { Neighbour } from '../lacp/neighbour.ts';
import type { ObservedSpan } from '../lacp/observed-time.ts';
import type { PduEvent } from '../lacp/pdu-sequence.ts';
import type { PortHistory } from '../lacp/port-history.ts';
import type { FrameDoubles } from '../flows/frame-doubles.ts';
import type { LagFacts, StateNote } from '../state/state-facts.ts';
import type { ClockSkew } from './clocks.ts';
import type { Conversations } from './conversations.ts';
import type { FrameEvidence, Moment } from './finding.ts';
import type { PolicyChange } from './policy-change.ts';
import type { Reordering } from './reordering.ts';
import type { StartQuery } from './flow-starts.ts';
import type { LedgerFacts } from './ledger-facts.ts';
import type { TierFacts } from './tier-facts.ts';
import type { MemberTraffic } from './traffic.ts';

/** A capture that takes part in the LAG. */
export interface CaptureFacts {
  readonly path: string;
  readonly packets: number;
  readonly firstTime: Moment | null;
  readonly lastTime: Moment | null;
  readonly truncated: { readonly offset: number; readonly reason: string } | null;
  readonly dropped: number | null;
  readonly malformedPackets: number;
  readonly bytes: number;
  /** Hash of its first flows and their packets. */
  readonly fingerprint: number;
  /** Frames of its beginning that were recorded twice. */
  readonly doubles: FrameDoubles;
  /** Number of the capture's first source in the analysis. */
  readonly source: number;
  /** LAG member indices that it shows. */
  readonly members: readonly number[];
}

/** What a state text says of one side. */
export interface SideFacts {
  readonly path: string;
  readonly side: 0 | 1;
  readonly facts: LagFacts;
  /** LAG member index of each of the text's members, -1 where none fits. */
  readonly members: readonly number[];
}

/** What a port says of itself by LLDP, CDP or PAgP. */
export interface NeighbourFacts {
  readonly member: number;
  readonly side: 0 | 1 | null;
  readonly neighbour: Neighbour;
  readonly source: number;
  readonly frame: number;
  readonly time: Moment;
}

/** How one side sends. */
export interface DirectionFacts {
  readonly side: 0 | 1;
  readonly policy: string | null;
  readonly policyVariant: string | null;
  /** 0 to 1; 1 for a policy that was given. */
  readonly policyConfidence: number;
  readonly policySource: 'option' | 'state' | 'inferred' | 'default';
  readonly flows: number;
  readonly packets: number;
  /** Packets and flows seen on each member. */
  readonly memberPackets: readonly number[];
  readonly memberFlows: readonly number[];
  readonly memberBytes: readonly number[];
  readonly agreement: { readonly match: number; readonly total: number };
  readonly balance: { readonly maxOverMean: number | null; readonly pValue: number | null };
  readonly unpredicted: readonly { readonly reason: string; readonly packets: number }[];
  readonly transitionPackets: number;
  /** What a state text names as the policy, and whether the traffic refutes it. */
  readonly stated: { readonly policy: string; readonly variant: string | null; readonly path: string; readonly refuted: boolean } | null;
  /** Where the policy was changed during the capture. */
  readonly policyChanges: readonly PolicyChange[];
  /** Members in use for the longest time. */
  readonly active: readonly number[];
  readonly ledger: LedgerFacts;
  /** Null for senders without buckets. */
  readonly buckets: BucketFindings | null;
  /** A field that decides although the policy does not look at it, if one does. */
  readonly hiddenInput: HiddenInputFacts | null;
}

/** Buckets of an Open vSwitch sender. */
export interface BucketFindings {
  /** Buckets that a state text puts elsewhere than all their frames were, of those told that carried traffic. */
  readonly misplaced: readonly number[];
  /** A frame of each of the first of them. */
  readonly misplacedFrames: readonly FrameEvidence[];
  readonly told: number;
  readonly rebalances: readonly { readonly since: Moment; readonly buckets: readonly number[]; readonly members: readonly number[] }[];
  /** First frames of moved buckets on their new members. */
  readonly movedFrames: readonly FrameEvidence[];
  readonly intervalSeconds: number | null;
}

export interface HiddenInputFacts {
  readonly field: string;
  readonly flows: number;
  readonly groups: number;
  readonly evidence: readonly FrameEvidence[];
}

/** A bond known by its state text alone: how it places its frames. */
export interface OtherBond {
  readonly name: string;
  readonly path: string;
  readonly policy: string;
  /** Number of its members. */
  readonly members: number;
}

/** All that the rules may look at. One LAG of the captures, or one that only a state text names. */
export interface DiagnoseContext {
  /** null for a LAG of which nothing was captured. */
  readonly lagId: string | null;
  readonly members: readonly { readonly name: string; readonly captured: boolean }[];
  /** LACP system of each side; null without LACPDUs. */
  readonly systems: readonly [string | null, string | null];
  /** Side a and b of member 0, of member 1, …, of each link where captures show several; empty without any LACPDU. */
  readonly ports: readonly PortHistory[];
  /** When each member was captured, or seen to be silent after its capture ended: elsewhere no silence means anything. */
  readonly observed: readonly (readonly ObservedSpan[])[];
  readonly pdusOfMember: readonly (readonly PduEvent[])[];
  readonly malformedPdus: number;
  /** PAgP frames on each member. */
  readonly pagpFrames: readonly number[];
  readonly neighbours: readonly NeighbourFacts[];
  readonly sideOfPdu: (event: PduEvent) => 0 | 1 | null;
  readonly directions: readonly [DirectionFacts, DirectionFacts];
  readonly traffic: MemberTraffic;
  readonly facts: readonly SideFacts[];
  /** Facts of state texts as a whole: LAGs whose side could not be told, notes. */
  readonly lagTexts: readonly { readonly path: string; readonly facts: LagFacts }[];
  readonly notes: readonly { readonly path: string; readonly note: StateNote }[];
  readonly captures: readonly CaptureFacts[];
  /** Found when first asked for. */
  readonly conversations: () => Conversations;
  readonly reordering: readonly Reordering[];
  /** Earlier LAGs of the same flows whose choices decide those made here. */
  readonly tiers: readonly TierFacts[];
  /** Bonds that state texts tell of and nobody captured. */
  readonly otherBonds: readonly OtherBond[];
  /** A frame with which a flow begins, as evidence of what no LACPDU shows. */
  readonly flowStart: (query: StartQuery) => Omit<FrameEvidence, 'note'> | null;
  /** IPv4 addresses of a side's stations on this link, most frames first. */
  readonly addressesOf: (side: 0 | 1) => readonly string[];
  /** Clocks that differ, between members or between captures of one member. */
  readonly clockSkews: readonly ClockSkew[];
  /** Captures of the LAG itself, which were left out: names as captured, with their paths. */
  readonly bondDevices: readonly { readonly name: string; readonly path: string }[];
  readonly start: Moment;
  readonly end: Moment;
}

/** Of several links that one member's captures show, the first. */
export function portOf(context: DiagnoseContext, member: number, side: 0 | 1): PortHistory | null {
  return context.ports.find((port) => port.member === member && port.side === side) ?? null;
}

/** Both ports of each link. */
export function linksOf({ ports }: DiagnoseContext): (readonly [a: PortHistory, b: PortHistory])[] {
  return ports.flatMap((a, i) => (i % 2 === 0 ? [[a, ports[i + 1]] as const] : []));
}

/** The port at the other end of the same link. */
export function peerOf({ ports }: DiagnoseContext, port: PortHistory): PortHistory {
  const place = ports.indexOf(port);
  return ports[place % 2 === 0 ? place + 1 : place - 1];
}

export const SIDES = [0, 1] as const;

export function sideName(side: 0 | 1): string {
  return side === 0 ? 'a' : 'b';
}

export function other(side: 0 | 1): 0 | 1 {
  return side === 0 ? 1 : 0;
}

/** Names of members, in words. */
export function nameList(context: DiagnoseContext, members: readonly number[]): string {
  return members.map((m) => context.members[m].name).join(', ');
}
