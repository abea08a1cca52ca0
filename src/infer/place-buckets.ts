import type { LagFlows } from '../flows/lag-flows.ts';
import { visitSlices } from '../flows/lag-flows.ts';
import type { BucketEvent } from './bucket-events.ts';
import { holdAt, UNKNOWN_MEMBER } from './learn-buckets.ts';
import type { BucketHold, BucketTable } from './learn-buckets.ts';
import type { ActiveEpoch } from '../plan/active-epoch.ts';
import { createPlacement, VERDICT_MATCH, VERDICT_MISMATCH, VERDICT_MOVED, VERDICT_UNPREDICTED } from '../plan/place.ts';
import type { Placement } from '../plan/place.ts';

/** A frame this close to a move of its bucket may still be on the old member (contract, "transition"). */
const MOVE_SLACK_MS = 500;
/** A member counts as in use in an epoch that holds buckets of it for longer than this. */
const EDGE_MS = 1_000;

/** Epochs of a bucket table: it begins anew when a member is lost and its buckets go to others, and when all are drawn anew. */
export function bucketEpochs(flows: LagFlows, table: BucketTable, order: readonly number[], events: readonly BucketEvent[]): ActiveEpoch[] {
  const starts = events.filter(({ kind, moves }) => kind !== 'rebalance' && moves.length > 0).map(({ toMs }) => toMs);
  const bounds = [flows.firstMs, ...new Set(starts), flows.lastMs];
  return bounds.slice(0, -1).map((fromMs, e) => {
    const toMs = bounds[e + 1];
    const holding = new Set<number>();
    for (const holds of table) {
      holds.forEach((hold, h) => {
        const until = holds[h + 1]?.fromMs ?? Infinity;
        if (hold.fromMs < toMs - EDGE_MS && until > fromMs + EDGE_MS) holding.add(hold.member);
      });
    }
    const active = order.filter((m) => holding.has(m));
    return {
      fromMs,
      toMs,
      active: active.length > 0 ? active : [...order],
      why: e === 0 ? 'start' : 'map-changed',
      slackMs: MOVE_SLACK_MS,
    };
  });
}

export interface BucketPlaceRequest {
  readonly flows: LagFlows;
  readonly list: Uint32Array;
  readonly isData: (flow: number) => boolean;
  readonly epochs: readonly ActiveEpoch[];
  readonly longest: number;
  readonly table: BucketTable;
  /** Buckets whose member a state text tells: their first frame is a test too. */
  readonly known: ReadonlySet<number>;
  readonly bucketOf: (flow: number) => number;
  readonly reasonOf: (flow: number) => number;
  readonly unknownBucket: number;
  readonly reasonCount: number;
}

/**
 * Holds every slice against the bucket table. Where the table was learned from the same frames, the first slice of each
 * bucket taught it and is no test: it stays unpredicted, `unknown-bucket`.
 */
export function placeBuckets(request: BucketPlaceRequest): Placement {
  const { flows, table, bucketOf } = request;
  const { count } = flows.merged;
  const placement = createPlacement(flows, request.reasonCount, request.longest);
  const { agreement, unpredicted, predicted } = placement;
  const taught = findTeachers(request);
  const tested = new Uint32Array(count);
  const lastMember = new Uint8Array(count);
  const moved = new Uint8Array(count);
  visitSlices(flows, 'frames', (flow, member, ms, packets, bytes) => {
    if (!request.isData(flow)) return;
    const bucket = bucketOf(flow);
    const own = request.reasonOf(flow);
    const hold = own === 0 ? holdAt(table[bucket], ms) : null;
    const isTeacher = own === 0 && !request.known.has(bucket) && taught[bucket].some((slice) => slice.flow === flow && slice.ms === ms);
    if (hold === null || hold.member === UNKNOWN_MEMBER || isTeacher) {
      const reason = own === 0 ? request.unknownBucket : own;
      unpredicted[reason].packets += packets;
      unpredicted[reason].bytes += bytes;
      if (placement.reason[flow] === 0) placement.reason[flow] = reason;
      return;
    }
    if (hold.member !== member && nearMove(table[bucket], ms)) {
      placement.transitionPackets += packets;
      placement.transitionBytes += bytes;
      return;
    }
    if (lastMember[flow] !== 0 && lastMember[flow] !== member + 1 && hold.member !== member) moved[flow] = 1;
    lastMember[flow] = member + 1;
    tested[flow] += packets;
    agreement.packets.total += packets;
    agreement.bytes.total += bytes;
    predicted[hold.member].packets += packets;
    predicted[hold.member].bytes += bytes;
    if (hold.member === member) {
      agreement.packets.match += packets;
      agreement.bytes.match += bytes;
    } else placement.wrong[flow] += packets;
  });
  for (let i = 0; i < request.list.length; i++) {
    const flow = request.list[i];
    if (tested[flow] === 0) {
      placement.verdict[flow] = placement.reason[flow] !== 0 ? VERDICT_UNPREDICTED : VERDICT_MATCH;
      continue;
    }
    placement.verdict[flow] = placement.wrong[flow] === 0 ? VERDICT_MATCH : moved[flow] === 1 ? VERDICT_MOVED : VERDICT_MISMATCH;
    placement.reason[flow] = 0;
    agreement.flows.total++;
    if (placement.wrong[flow] === 0) agreement.flows.match++;
    const hold = holdAt(table[bucketOf(flow)], (request.epochs[request.longest].fromMs + request.epochs[request.longest].toMs) / 2);
    if (hold !== null && hold.member !== UNKNOWN_MEMBER) predicted[hold.member].flows++;
  }
  return placement;
}

interface Teacher {
  readonly fromMs: number;
  flow: number;
  ms: number;
}

/** The first slice of each bucket, and the first after each time when nothing told who held it. */
function findTeachers(request: BucketPlaceRequest): Teacher[][] {
  const first = request.table.map((holds) => {
    const teachers: Teacher[] = [{ fromMs: -Infinity, flow: -1, ms: Infinity }];
    holds.forEach((hold, h) => {
      if (h > 0 && holds[h - 1].member === UNKNOWN_MEMBER) teachers.push({ fromMs: hold.fromMs, flow: -1, ms: Infinity });
    });
    return teachers;
  });
  visitSlices(request.flows, 'frames', (flow, _member, ms) => {
    if (!request.isData(flow) || request.reasonOf(flow) !== 0) return;
    for (const teacher of first[request.bucketOf(flow)])
      if (ms >= teacher.fromMs && ms < teacher.ms) [teacher.flow, teacher.ms] = [flow, ms];
  });
  return first;
}

function nearMove(holds: readonly BucketHold[], ms: number): boolean {
  return holds.some((hold) => Math.abs(hold.fromMs - ms) <= MOVE_SLACK_MS);
}
