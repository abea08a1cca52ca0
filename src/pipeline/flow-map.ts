/** Which flows fall into which bucket, and so to which member. */
import type { SideId } from '../report/document.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import { selectFlows } from './flow-query.ts';
import type { FlowRows } from './flow-rows.ts';
import type { FlowMap, FlowMapBucket, FlowQuery } from './flows-analysis.ts';
import { sumSpan } from './time-span.ts';

/**
 * The flows that one side sends, by bucket (Open vSwitch) or index among the active members. The `most` largest ones of
 * the query are named, the others only counted.
 */
export function buildFlowMap(lag: LagAnalysis, rows: FlowRows, from: SideId, query: FlowQuery, most: number): FlowMap {
  const direction = lag.directions[from === 'a' ? 0 : 1];
  const where = [...query.where.filter(({ field }) => field !== 'side'), { field: 'side', value: from } as const];
  const { list } = selectFlows(lag, rows, { ...query, where, sort: '-bytes', top: undefined });
  const inSpan = query.span === undefined ? null : sumSpan(lag.flows, query.span);
  const buckets = new Map<number, FlowMapBucket>();
  const unplaced = { flows: 0, packets: 0, bytes: 0 };
  let named = 0;
  // Buckets of several chassis have the same numbers: none of them is shown for the other.
  const isPlaced = direction.sender.policy !== null;
  for (const flow of list) {
    const packets = inSpan === null ? rows.packets(flow) : inSpan.packets[flow];
    const bytes = inSpan === null ? rows.bytes(flow) : inSpan.bytes[flow];
    const bucket = isPlaced ? rows.bucket(flow) : null;
    const at = bucket === null ? unplaced : bucketAt(buckets, bucket);
    at.flows++;
    at.packets += packets;
    at.bytes += bytes;
    if (bucket === null) continue;
    const held = at as FlowMapBucket;
    const member = rows.predictedMember(flow);
    if (held.member === null && member >= 0) held.member = lag.plan.members[member].name;
    if (named++ < most) held.named.push({ flow: rows.at(flow), packets, bytes });
  }
  return {
    from,
    kind: !isPlaced ? null : direction.sender.buckets === undefined ? 'index' : 'bucket',
    buckets: [...buckets.values()].sort((first, second) => first.bucket - second.bucket),
    unplaced,
  };
}

function bucketAt(buckets: Map<number, FlowMapBucket>, bucket: number): FlowMapBucket {
  const known = buckets.get(bucket) ?? { bucket, member: null, flows: 0, packets: 0, bytes: 0, named: [] };
  buckets.set(bucket, known);
  return known;
}
