import type { Moment } from './finding.ts';

/** A TCP segment with payload, at its place in the captures. */
export interface Segment {
  readonly sequence: number;
  readonly length: number;
  /** Of the IPv4 header; null where there is none that counts. */
  readonly identification: number | null;
  readonly member: number;
  readonly ms: number;
  readonly source: number;
  readonly frame: number;
  readonly time: Moment;
}

/** Segments of one side that came after later ones of the same flow which took another member. */
export interface Reordering {
  readonly side: 0 | 1;
  /** Segments of flows on several members, and how many of them came late. */
  readonly segments: number;
  readonly late: number;
  readonly flows: number;
  /** Longest delay behind the segment that overtook, in milliseconds. */
  readonly longestMs: number;
  readonly members: readonly number[];
  /** Pairs: the segment that came late, and the one that overtook it. */
  readonly examples: readonly (readonly [late: Segment, earlier: Segment])[];
}

interface FlowState {
  newest: Segment;
  /** Sequence numbers seen lately: what comes again is a retransmission. */
  readonly seen: Set<number>;
  readonly side: 0 | 1;
  segments: number;
  late: number;
}

const REMEMBERED = 1_024;
const MAX_FLOWS = 20_000;
const MAX_EXAMPLES = 5;
/** A segment later than this was sent again, not overtaken; without an identification the bound is that of Wireshark. */
const LONGEST_MS = 100;
const LONGEST_UNNAMED_MS = 3;

/** Follows the sequence numbers of TCP flows, given in order of time over all members. */
export class SequenceTracker {
  readonly #flows = new Map<number, FlowState>();
  readonly #memberCount: number;
  readonly #longestMs: [number, number] = [0, 0];
  readonly #members: readonly [Set<number>, Set<number>] = [new Set(), new Set()];
  readonly #examples: readonly [[Segment, Segment][], [Segment, Segment][]] = [[], []];

  constructor(memberCount: number) {
    this.#memberCount = memberCount;
  }

  add(flow: number, side: 0 | 1, segment: Segment): void {
    const state = this.#flows.get(flow);
    if (state === undefined) {
      if (this.#flows.size < MAX_FLOWS && this.#memberCount > 1)
        this.#flows.set(flow, { newest: segment, seen: new Set([segment.sequence]), side, segments: 1, late: 0 });
      return;
    }
    state.segments++;
    const isAgain = state.seen.has(segment.sequence);
    state.seen.add(segment.sequence);
    if (state.seen.size > REMEMBERED) {
      const oldest = state.seen.values().next();
      if (oldest.done !== true) state.seen.delete(oldest.value);
    }
    const { newest } = state;
    if (((segment.sequence - newest.sequence) | 0) > 0) {
      state.newest = segment;
      return;
    }
    if (isAgain || segment.member === newest.member || !wasOvertaken(segment, newest)) return;
    state.late++;
    this.#longestMs[side] = Math.max(this.#longestMs[side], segment.ms - newest.ms);
    this.#members[side].add(segment.member).add(newest.member);
    if (this.#examples[side].length < MAX_EXAMPLES) this.#examples[side].push([segment, newest]);
  }

  take(): Reordering[] {
    return ([0, 1] as const).flatMap((side): Reordering[] => {
      const own = [...this.#flows.values()].filter((state) => state.side === side);
      const late = own.reduce((sum, state) => sum + state.late, 0);
      if (late === 0) return [];
      return [
        {
          side,
          segments: own.reduce((sum, state) => sum + state.segments, 0),
          late,
          flows: own.filter((state) => state.late > 0).length,
          longestMs: this.#longestMs[side],
          members: [...this.#members[side]].sort((x, y) => x - y),
          examples: this.#examples[side],
        },
      ];
    });
  }
}

/** Sent before the other one: by the identification of IPv4, which counts up; else by its little delay. */
function wasOvertaken(segment: Segment, newest: Segment): boolean {
  const delayMs = segment.ms - newest.ms;
  if (segment.identification === null || newest.identification === null) return delayMs <= LONGEST_UNNAMED_MS;
  const behind = (newest.identification - segment.identification) & 0xffff;
  return delayMs <= LONGEST_MS && behind > 0 && behind < 0x8000;
}
