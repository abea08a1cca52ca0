import { visitSlices } from '../flows/lag-flows.ts';
import { UNKNOWN_MEMBER } from '../infer/learn-buckets.ts';
import type { BucketReport, BucketRow } from '../report/bucket-document.ts';
import type { DirectionAnalysis } from './analyze-direction.ts';
import type { LagAnalysis } from './analyze-lag.ts';
import { formatAxisTime } from './time-text.ts';

/** Bucket table over time, and why it changed; nothing for senders without buckets. */
export function buildBuckets(lag: LagAnalysis, direction: DirectionAnalysis): BucketReport {
  const { sender, list, bucketOf } = direction;
  const { buckets } = sender;
  if (buckets === undefined) return {};
  const name = (m: number): string | null => (m === UNKNOWN_MEMBER ? null : lag.plan.members[m].name);
  const time = (ms: number): string => formatAxisTime(lag.flows.originSeconds, Math.min(Math.max(ms, lag.flows.firstMs), lag.flows.lastMs));
  const flows = new Uint32Array(buckets.table.length);
  const packets = new Float64Array(buckets.table.length);
  const bytes = new Float64Array(buckets.table.length);
  const isHashed = new Uint8Array(lag.flows.merged.count);
  for (const flow of list) {
    // What cannot be hashed (a cut header) has no bucket.
    if (!direction.hasBucket(flow)) continue;
    isHashed[flow] = 1;
    flows[bucketOf(flow)]++;
  }
  visitSlices(lag.flows, 'frames', (flow, _member, _ms, framePackets, frameBytes) => {
    if (isHashed[flow] !== 1) return;
    packets[bucketOf(flow)] += framePackets;
    bytes[bucketOf(flow)] += frameBytes;
  });
  const rows = buckets.table.flatMap((holds, bucket): BucketRow[] =>
    holds.length === 0
      ? []
      : [
          {
            bucket,
            holds: holds.map((hold) => ({ fromTime: time(hold.fromMs), member: name(hold.member) })),
            flows: flows[bucket],
            packets: packets[bucket],
            bytes: bytes[bucket],
            source: buckets.known.has(bucket) ? 'state' : 'learned',
          },
        ],
  );
  return {
    buckets: rows,
    bucketEvents: buckets.events.map(({ kind, fromMs, toMs, member, moves }) => ({
      kind,
      fromTime: time(fromMs),
      toTime: time(toMs),
      member: name(member),
      moves: moves.map(({ bucket, from, to }) => ({ bucket, from: lag.plan.members[from].name, to: lag.plan.members[to].name })),
    })),
    rebalanceInterval: buckets.rebalanceIntervalMs === null ? null : buckets.rebalanceIntervalMs / 1000,
  };
}
