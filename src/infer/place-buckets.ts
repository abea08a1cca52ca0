import type { LagFlows } from '../flows/lag-flows.ts';
import { visitSlices } from '../flows/lag-flows.ts';
import { BUCKETS, holdAt } from './learn-buckets.ts';
import type { BucketTable } from './learn-buckets.ts';
import type { ActiveEpoch } from '../plan/epochs.ts';
import { createPlacement, VERDICT_MATCH, VERDICT_MISMATCH, VERDICT_MOVED, VERDICT_UNPREDICTED } from '../plan/place.ts';
import type { Placement } from '../plan/place.ts';

/** A frame this close to a move of its bucket may still be on the old member (contract, "transition"). */
const MOVE_SLACK_MS = 500;
/** Moves within this time of each other are one event. */
const EVENT_MS = 1_000;
/** So many buckets moving at once are a change of the map (member lost, reconfiguration), not a rebalance. */
const MAP_CHANGE_BUCKETS = 12;

export interface BucketMove {
  readonly ms: number;
  readonly bucket: number;
  readonly from: number;
  readonly to: number;
}

/** Moves of the table in order of time. */
export function listMoves(table: BucketTable): BucketMove[] {
  const moves: BucketMove[] = [];
  table.forEach((holds, bucket) => {
    for (let h = 1; h < holds.length; h++) moves.push({ ms: holds[h].fromMs, bucket, from: holds[h - 1].member, to: holds[h].member });
  });
  return moves.sort((x, y) => x.ms - y.ms);
}

/** Epochs of a bucket table: it begins anew when many buckets move at once. */
export function bucketEpochs(flows: LagFlows, table: BucketTable, order: readonly number[]): ActiveEpoch[] {
  const moves = listMoves(table);
  const starts: number[] = [];
  for (let i = 0; i < moves.length;) {
    let j = i;
    while (j < moves.length && moves[j].ms - moves[i].ms <= EVENT_MS) j++;
    if (j - i >= MAP_CHANGE_BUCKETS) starts.push(moves[i].ms);
    i = j;
  }
  const bounds = [flows.firstMs, ...starts, flows.lastMs];
  return bounds.slice(0, -1).map((fromMs, e) => {
    const toMs = bounds[e + 1];
    const holding = new Set<number>();
    for (const holds of table) {
      holds.forEach((hold, h) => {
        const until = holds[h + 1]?.fromMs ?? Infinity;
        if (hold.fromMs < toMs - EVENT_MS && until > fromMs + EVENT_MS) holding.add(hold.member);
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
    const isTeacher = own === 0 && !request.known.has(bucket) && taught[bucket].flow === flow && taught[bucket].ms === ms;
    if (hold === null || isTeacher) {
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
    if (hold !== null) predicted[hold.member].flows++;
  }
  return placement;
}

/** The first slice of each bucket. */
function findTeachers(request: BucketPlaceRequest): { flow: number; ms: number }[] {
  const first = Array.from({ length: BUCKETS }, () => ({ flow: -1, ms: Infinity }));
  visitSlices(request.flows, 'frames', (flow, _member, ms) => {
    if (!request.isData(flow) || request.reasonOf(flow) !== 0) return;
    const teacher = first[request.bucketOf(flow)];
    if (ms < teacher.ms) [teacher.flow, teacher.ms] = [flow, ms];
  });
  return first;
}

function nearMove(holds: BucketTable[number], ms: number): boolean {
  return holds.some((hold) => Math.abs(hold.fromMs - ms) <= MOVE_SLACK_MS);
}
