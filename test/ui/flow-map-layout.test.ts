import { describe, expect, it } from 'vitest';
import type { FlowMap, FlowMapBucket } from '../../src/pipeline/flows-analysis.ts';
import type { Flow } from '../../src/report/document.ts';
import { layOutFlowMap } from '../../src/ui/charts/flow-map-layout.ts';

function bucket(number: number, member: string | null, sizes: readonly number[], more = 0): FlowMapBucket {
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return {
    bucket: number,
    member,
    flows: sizes.length + more,
    packets: 1,
    bytes,
    named: sizes.map((size, i) => ({ flow: { id: `f${number}${i}` } as Flow, packets: 1, bytes: size })),
  };
}

const MAP: FlowMap = {
  from: 'a',
  kind: 'bucket',
  buckets: [bucket(3, 'eth1', [400, 100]), bucket(7, 'eth0', [300]), bucket(9, null, [100]), bucket(12, 'eth0', [99, 1], 0)],
  unplaced: { flows: 0, packets: 0, bytes: 0 },
};

describe('the map of flows, buckets and members', () => {
  it('puts buckets below their members and flows below their buckets, as wide as their bytes', () => {
    const { members, buckets, flows, rests } = layOutFlowMap(MAP, ['eth0', 'eth1'], 'bytes', 1000);
    expect(members).toEqual([
      { name: 'eth0', from: 0, to: 400, share: 0.4 },
      { name: 'eth1', from: 400, to: 900, share: 0.5 },
      { name: null, from: 900, to: 1000, share: 0.1 },
    ]);
    expect(buckets.map((mark) => [mark.bucket.bucket, mark.from, mark.to])).toEqual([
      [7, 0, 300],
      [12, 300, 400],
      [3, 400, 900],
      [9, 900, 1000],
    ]);
    expect(flows.map((mark) => [mark.flow.id, mark.from, mark.to])).toEqual([
      ['f70', 0, 300],
      ['f120', 300, 399],
      ['f30', 400, 800],
      ['f31', 800, 900],
      ['f90', 900, 1000],
    ]);
    // Thinner than can be seen: drawn together with its like.
    expect(rests).toEqual([{ bucket: 12, flows: 1, from: 399, to: 400 }]);
  });

  it('by flows gives each the same width, and the unnamed ones the rest', () => {
    const map: FlowMap = { ...MAP, buckets: [bucket(0, 'eth0', [5], 3), bucket(1, 'eth1', [900])] };
    const { flows, rests, members } = layOutFlowMap(map, ['eth0', 'eth1'], 'flows', 100);
    expect(members.map(({ from, to }) => [from, to])).toEqual([
      [0, 80],
      [80, 100],
    ]);
    expect(flows.map(({ from, to }) => [from, to])).toEqual([
      [0, 20],
      [80, 100],
    ]);
    expect(rests).toEqual([{ bucket: 0, flows: 3, from: 20, to: 80 }]);
  });

  it('is empty without traffic', () => {
    expect(layOutFlowMap({ ...MAP, buckets: [] }, ['eth0'], 'bytes', 100)).toEqual({ members: [], buckets: [], flows: [], rests: [] });
  });
});
