/** Where the marks of the map of flows, buckets and members lie: three rows, each mark above or below what it belongs to. */
import type { FlowMap, FlowMapBucket } from '../../pipeline/flows-analysis.ts';
import type { Flow } from '../../report/document.ts';

export interface MapSegment {
  readonly from: number;
  readonly to: number;
}

export interface MapMember extends MapSegment {
  /** Null: no member is known for these buckets. */
  readonly name: string | null;
  readonly share: number;
}

export interface MapBucket extends MapSegment {
  readonly bucket: FlowMapBucket;
}

export interface MapFlow extends MapSegment {
  readonly flow: Flow;
  readonly bucket: number;
  readonly bytes: number;
}

/** Flows of one bucket that are too thin to be seen alone. */
export interface MapRest extends MapSegment {
  readonly bucket: number;
  readonly flows: number;
}

export interface FlowMapLayout {
  readonly members: readonly MapMember[];
  readonly buckets: readonly MapBucket[];
  readonly flows: readonly MapFlow[];
  readonly rests: readonly MapRest[];
}

export type MapWeight = 'bytes' | 'flows';

/** Narrower flows are drawn together. In pixels. */
const THINNEST = 2.5;

/** Members in the order of the LAG, in each its buckets by number, in each its flows by size. */
export function layOutFlowMap(map: FlowMap, memberNames: readonly string[], weight: MapWeight, width: number): FlowMapLayout {
  const total = map.buckets.reduce((sum, bucket) => sum + bucket[weight], 0);
  const scale = total > 0 ? width / total : 0;
  const members: MapMember[] = [];
  const buckets: MapBucket[] = [];
  const flows: MapFlow[] = [];
  const rests: MapRest[] = [];
  let at = 0;
  for (const name of [...memberNames, null]) {
    const own = map.buckets.filter(
      (bucket) => (bucket.member !== null && memberNames.includes(bucket.member) ? bucket.member : null) === name,
    );
    const start = at;
    for (const bucket of own) {
      const end = at + bucket[weight] * scale;
      buckets.push({ bucket, from: at, to: end });
      let drawn = 0;
      let left = at;
      for (const { flow, bytes } of bucket.named) {
        const size = (weight === 'bytes' ? bytes : 1) * scale;
        if (size < THINNEST) break;
        flows.push({ flow, bucket: bucket.bucket, bytes, from: left, to: left + size });
        left += size;
        drawn++;
      }
      if (drawn < bucket.flows) rests.push({ bucket: bucket.bucket, flows: bucket.flows - drawn, from: left, to: end });
      at = end;
    }
    if (own.length > 0) members.push({ name, from: start, to: at, share: width > 0 ? (at - start) / width : 0 });
  }
  return { members, buckets, flows, rests };
}
