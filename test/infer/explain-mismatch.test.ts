import { describe, expect, it } from 'vitest';
import { explainMismatches } from '../../src/infer/explain-mismatch.ts';
import type { MismatchRequest } from '../../src/infer/explain-mismatch.ts';
import type { LagFlows } from '../../src/flows/lag-flows.ts';
import type { Activity } from '../../src/plan/activity.ts';
import type { ActiveEpoch } from '../../src/plan/active-epoch.ts';

/** Frames as [ms, flow, member], one table per member. */
function flowsOf(frames: readonly (readonly [number, number, number])[], members: number): LagFlows {
  const tables = Array.from({ length: members }, (_, m) => {
    const own = frames.filter(([, , member]) => member === m);
    return {
      kind: 'frames',
      flowOf: Uint32Array.from([0, 1, 2, 3]),
      columns: {
        slices: {
          count: own.length,
          flow: Uint32Array.from(own, ([, flow]) => flow),
          window: Uint32Array.from(own, ([ms]) => ms),
          packets: new Uint32Array(own.length).fill(1),
          bytes: new Uint32Array(own.length).fill(100),
          originSeconds: 0,
          widthMs: 1,
        },
      },
    };
  });
  return {
    merged: { tables, count: 4 },
    memberOfTable: Uint8Array.from({ length: members }, (_, m) => m),
    memberCount: members,
    originSeconds: 0,
    firstMs: 0,
    lastMs: 60_000,
    widthMs: 1,
  } as unknown as LagFlows;
}

const BINS = 60;

function busy(members: number): Activity {
  return {
    binMs: 1_000,
    bins: BINS,
    fromMs: 0,
    lacp: new Int8Array(members * BINS).fill(1),
    lacpOther: new Int8Array(members * BINS).fill(1),
    anyFrame: new Uint8Array(members * BINS).fill(1),
  } as unknown as Activity;
}

const start: ActiveEpoch = { fromMs: 0, toMs: 60_000, active: [0, 1], why: 'start', slackMs: 0 };

function reasonFor(frames: readonly (readonly [number, number, number])[], more: Partial<MismatchRequest> = {}): string | undefined {
  return explainMismatches({
    flows: flowsOf(frames, 2),
    wrong: [0],
    predictedFlows: 100,
    epochs: [start],
    activity: busy(2),
    expectedAt: () => 0,
    bucketReason: null,
    isSplitFragment: () => false,
    ...more,
  }).get(0);
}

describe('reasons of flows that are elsewhere than predicted', () => {
  it('names hidden input where the rule holds for the others and nothing changed', () => {
    expect(reasonFor([[20_000, 0, 1]])).toBe('hidden-input');
  });

  it('names none where the rule does not hold for the others either', () => {
    expect(reasonFor([[20_000, 0, 1]], { wrong: [0, 1, 2], predictedFlows: 10 })).toBe('unknown');
  });

  it('knows a fragment of a policy that looks at ports', () => {
    expect(reasonFor([[20_000, 0, 1]], { isSplitFragment: () => true })).toBe('fragment');
  });

  it('sees that the named member was down', () => {
    const activity = busy(2);
    activity.lacp[20] = 0;
    expect(reasonFor([[20_000, 0, 1]], { activity })).toBe('member-down');
    const silent = busy(2);
    silent.anyFrame.fill(0, 18, 30);
    expect(reasonFor([[20_000, 0, 1]], { activity: silent })).toBe('member-down');
  });

  it('sees that the neighbouring epoch puts the frame there', () => {
    const expectedAt = (_flow: number, epoch: number): number => epoch;
    const after = (why: ActiveEpoch['why']): readonly ActiveEpoch[] => [
      { ...start, toMs: 22_000 },
      { ...start, fromMs: 22_000, active: [1, 0], why },
    ];
    expect(reasonFor([[20_000, 0, 1]], { expectedAt, epochs: after('re-enslaved') })).toBe('re-enslaved');
    expect(reasonFor([[20_000, 0, 1]], { expectedAt, epochs: after('link-lost') })).toBe('member-down');
    expect(reasonFor([[2_000, 0, 1]], { expectedAt, epochs: after('link-lost') })).toBe('starts-late');
  });

  it('takes the word of the buckets first', () => {
    expect(reasonFor([[500, 0, 1]], { bucketReason: () => 'rebalance' })).toBe('rebalance');
  });
});
