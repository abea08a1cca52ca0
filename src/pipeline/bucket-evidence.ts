/** Frames that show where buckets were: what the findings on buckets point at. */
import type { FrameEvidence } from '../diagnose/finding.ts';
import { rowBytes, STAT_FIRST_FRAME, STAT_FIRST_NANOS, STAT_FIRST_SECONDS } from '../flows/flow-table.ts';
import { toMs, type LagFlows } from '../flows/lag-flows.ts';
import type { BucketEvent } from '../infer/bucket-events.ts';
import type { DirectionAnalysis } from './analyze-direction.ts';

/** Frames named in a finding at most. */
const MOST_FRAMES = 6;
/** The first frame on the new member ends the interval that a move lies in, but for rounding. */
const ROUNDING_MS = 1;

interface FirstFrame {
  readonly bucket: number;
  readonly member: number;
  readonly ms: number;
  readonly source: number;
  readonly row: number;
  readonly rows: Uint32Array;
}

/** The first frames that buckets sent on their new members, of the earliest moves whose flows show one. */
export function framesOfMoves(flows: LagFlows, direction: DirectionAnalysis, events: readonly BucketEvent[]): FrameEvidence[] {
  const moves = events.flatMap((event) => event.moves);
  const firsts = firstFrames(flows, direction, new Set(moves.map(({ bucket }) => bucket)));
  const found: FrameEvidence[] = [];
  for (const { bucket, to, byMs } of moves) {
    const first = firsts.find((f) => f.bucket === bucket && f.member === to && Math.abs(f.ms - byMs) <= ROUNDING_MS);
    if (first !== undefined) found.push(describe(first, `first frame of bucket ${bucket} on its new member`));
    if (found.length === MOST_FRAMES) break;
  }
  return found;
}

/** A frame of each of these buckets, on the member it was seen on. */
export function framesOfBuckets(flows: LagFlows, direction: DirectionAnalysis, buckets: readonly number[]): FrameEvidence[] {
  const listed = buckets.slice(0, MOST_FRAMES);
  const firsts = firstFrames(flows, direction, new Set(listed));
  return listed.flatMap((bucket) => {
    const of = firsts.filter((f) => f.bucket === bucket).sort((x, y) => x.ms - y.ms);
    return of.length === 0 ? [] : [describe(of[0], `frame of bucket ${bucket}`)];
  });
}

/** What each flow of some buckets sent first on each member. */
function firstFrames(flows: LagFlows, { list, hash, placement }: DirectionAnalysis, buckets: ReadonlySet<number>): FirstFrame[] {
  const { merged, memberOfTable, originSeconds } = flows;
  const found: FirstFrame[] = [];
  for (const flow of list) {
    const bucket = hash[flow] & 0xff;
    if (placement.reason[flow] !== 0 || !buckets.has(bucket)) continue;
    for (let e = merged.entryFrom[flow]; e < merged.entryFrom[flow + 1]; e++) {
      const t = merged.entryTable[e];
      const { kind, source, columns } = merged.tables[t];
      const row = merged.entryRow[e];
      const { rows } = columns;
      if (kind !== 'frames' || rowBytes(rows, row) === 0) continue;
      const ms = toMs(rows[row + STAT_FIRST_SECONDS], rows[row + STAT_FIRST_NANOS], originSeconds);
      found.push({ bucket, member: memberOfTable[t], ms, source, row, rows });
    }
  }
  return found;
}

function describe({ source, row, rows }: FirstFrame, note: string): FrameEvidence {
  return {
    source,
    frame: rows[row + STAT_FIRST_FRAME],
    time: { seconds: rows[row + STAT_FIRST_SECONDS], nanos: rows[row + STAT_FIRST_NANOS] },
    note,
  };
}
