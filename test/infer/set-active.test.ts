import { describe, expect, it } from 'vitest';
import { detectMode, type ModeContext } from '../../src/infer/detect-mode.ts';
import type { ModeSignatures } from '../../src/infer/mode-signatures.ts';
import type { Ranking } from '../../src/infer/rank-rules.ts';

const SIGNS: ModeSignatures = {
  everywhere: { match: 0, withReflections: 0, total: 10 },
  scattered: { match: 0, total: 10, evenness: { frames: 0, deviation: 0 } },
  cycle: { match: 0, total: 0, order: [], framesPerMember: 1 },
  oneAtATime: { match: 1000, total: 1000, members: [0, 1], left: [{ member: 0, ms: 5_000 }] },
  learning: [],
  ingressMacs: 0,
  followed: { match: 0, total: 0, unicast: 10, stations: [] },
  rewritten: { macs: [], addresses: 0, packets: 0 },
  arpAnswers: 0,
} as unknown as ModeSignatures;
const NOTHING = { seen: { members: [0, 1], member: new Int16Array(), sample: new Uint32Array() }, rules: [] } as unknown as Ranking;
const context = (distributes: boolean): ModeContext => ({
  lacp: 'up',
  maker: 'ovs',
  spanMs: 10_000,
  flows: 10,
  memberName: (m) => `eno${m}`,
  distributes: () => distributes,
});

describe('all data of an Open vSwitch bond that leaves a member', () => {
  it('is active-backup while that member goes on distributing', () => {
    const { mode, equivalent } = detectMode(SIGNS, NOTHING, context(true));
    expect(mode).toBe('ovs-active-backup');
    expect(equivalent).toContain('ovs-balance-tcp');
  });

  it('may be any mode where the member was lost', () => {
    const { mode, equivalent } = detectMode(SIGNS, NOTHING, context(false));
    expect(mode).toBe('ovs-balance-tcp');
    expect(equivalent).toContain('ovs-active-backup');
  });
});
