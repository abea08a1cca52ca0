/** LACPDUs in time as lanes, one per port and end: what to draw, bounded by the pixels there are. */
import type { PduTimeline } from '../../pipeline/pdu-timeline.ts';

export interface Lane {
  /** Place of the member in the LAG. */
  readonly member: number;
  readonly side: 0 | 1;
  /** Places in the timeline, in order of time. */
  readonly pdus: Uint32Array;
}

/** One lane for each end of each member that has LACPDUs at all. */
export function buildLanes(timeline: PduTimeline, memberCount: number): Lane[] {
  const counts = new Uint32Array(memberCount * 2);
  const spoken = new Uint8Array(memberCount);
  for (let i = 0; i < timeline.length; i++) {
    spoken[timeline.member[i]] = 1;
    if (timeline.side[i] < 2) counts[timeline.member[i] * 2 + timeline.side[i]]++;
  }
  const lists = Array.from(counts, (count) => new Uint32Array(count));
  const used = new Uint32Array(counts.length);
  for (let i = 0; i < timeline.length; i++) {
    if (timeline.side[i] > 1) continue;
    const lane = timeline.member[i] * 2 + timeline.side[i];
    lists[lane][used[lane]++] = i;
  }
  return lists.flatMap((pdus, lane): Lane[] => (spoken[lane >> 1] === 1 ? [{ member: lane >> 1, side: (lane & 1) as 0 | 1, pdus }] : []));
}

/** A piece of a lane in pixel columns, `to` not included. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

export interface LaneMarks {
  /** Per state bit: where it is set all the time, and where it changes within a column. */
  readonly set: readonly (readonly Run[])[];
  readonly mixed: readonly (readonly Run[])[];
  /** Columns with a LACPDU that says the same as the one before, and with one that says something new. */
  readonly ticks: readonly number[];
  readonly changes: readonly number[];
}

const BITS = 8;
const NO_RUNS: readonly (readonly Run[])[] = Array.from({ length: BITS }, () => []);
/** Until the marks are worked out. */
export const NO_MARKS: LaneMarks = { set: NO_RUNS, mixed: NO_RUNS, ticks: [], changes: [] };

/**
 * The marks of a lane over `range` (seconds) in `columns` pixel columns: a state holds until the next LACPDU of that end,
 * the last one until `endSeconds`. Never more marks than columns, however many LACPDUs there are.
 */
export function drawLane(
  timeline: PduTimeline,
  lane: Lane,
  range: readonly [number, number],
  columns: number,
  endSeconds: number,
): LaneMarks {
  const [from, to] = range;
  const perSecond = columns / (to - from);
  const { atSeconds, actorState } = timeline;
  const { pdus } = lane;
  /** Bits seen set, and seen clear, in each column. */
  const ones = new Uint8Array(columns);
  const zeros = new Uint8Array(columns);
  const said = new Uint8Array(columns);
  let i = firstAtOrAfter(timeline, pdus, from);
  if (i > 0) i--;
  for (; i < pdus.length; i++) {
    const start = atSeconds[pdus[i]];
    if (start > to) break;
    const end = i + 1 < pdus.length ? atSeconds[pdus[i + 1]] : endSeconds;
    const state = actorState[pdus[i]];
    const first = Math.max(0, Math.floor((start - from) * perSecond));
    const last = Math.min(columns - 1, Math.max(first, Math.ceil((end - from) * perSecond) - 1));
    for (let column = first; column <= last; column++) {
      ones[column] |= state;
      zeros[column] |= ~state & 0xff;
    }
    if (start < from) continue;
    const isNew = i === 0 || actorState[pdus[i - 1]] !== state || timeline.partnerState[pdus[i - 1]] !== timeline.partnerState[pdus[i]];
    const column = Math.min(columns - 1, first);
    said[column] = Math.max(said[column], isNew ? 2 : 1);
  }
  const set: Run[][] = [];
  const mixed: Run[][] = [];
  for (let bit = 0; bit < BITS; bit++) {
    const mask = 1 << bit;
    set.push(runsOf(columns, (column) => (ones[column] & mask) !== 0 && (zeros[column] & mask) === 0));
    mixed.push(runsOf(columns, (column) => (ones[column] & zeros[column] & mask) !== 0));
  }
  const ticks: number[] = [];
  const changes: number[] = [];
  for (let column = 0; column < columns; column++) {
    if (said[column] === 1) ticks.push(column);
    else if (said[column] === 2) changes.push(column);
  }
  return { set, mixed, ticks, changes };
}

function runsOf(columns: number, holds: (column: number) => boolean): Run[] {
  const runs: Run[] = [];
  let from = -1;
  for (let column = 0; column <= columns; column++) {
    const now = column < columns && holds(column);
    if (now && from < 0) from = column;
    else if (!now && from >= 0) {
      runs.push({ from, to: column });
      from = -1;
    }
  }
  return runs;
}

/** Place in `pdus` of the first LACPDU at or after a time. */
function firstAtOrAfter({ atSeconds }: PduTimeline, pdus: Uint32Array, seconds: number): number {
  let low = 0;
  let high = pdus.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (atSeconds[pdus[middle]] < seconds) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The LACPDU of a lane nearest to a time, or -1. */
export function nearestPdu(timeline: PduTimeline, lane: Lane, seconds: number): number {
  const { pdus } = lane;
  const at = firstAtOrAfter(timeline, pdus, seconds);
  const after = at < pdus.length ? pdus[at] : -1;
  const before = at > 0 ? pdus[at - 1] : -1;
  if (after < 0 || before < 0) return Math.max(after, before);
  return seconds - timeline.atSeconds[before] <= timeline.atSeconds[after] - seconds ? before : after;
}
