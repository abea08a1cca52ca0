import { describe, expect, it } from 'vitest';
import { BIT_CHANGES_HASH, BIT_MOVES, BIT_UNREAD, explorePacket, turnBitOfText } from '../../src/plan/explore.ts';

const PACKET = 'tcp 10.0.0.1:4000 > 10.0.0.2:80 smac 02:00:00:00:00:11 dmac 02:00:00:00:00:22';

function explore(text: string, ...choices: Parameters<typeof explorePacket>[1]) {
  const explored = explorePacket(text, choices);
  if (!explored.ok) throw new Error(explored.issue.reason);
  const { fields, policies } = explored.value;
  const effect = (policy: number, path: string, bit: number): number => {
    let at = 0;
    for (const field of fields) {
      if (field.path === path) return policies[policy].effects[at + bit];
      at += field.bits.length;
    }
    throw new Error(`no field ${path}`);
  };
  return { fields, policies, effect };
}

describe('the explorer', () => {
  it('shows what enters each hash, side by side', () => {
    const { policies, effect } = explore(PACKET, { policy: 'layer2', memberCount: 2 }, { policy: 'layer3+4', memberCount: 2 });
    expect(policies.map(({ prediction }) => prediction?.policy)).toEqual(['layer2', 'layer3+4']);
    expect(policies[1].prediction?.steps?.length).toBeGreaterThan(2);
    expect(effect(0, 'srcPort', 0)).toBe(BIT_UNREAD);
    expect(effect(0, 'srcMac', 47)).toBe(BIT_MOVES);
    // The last byte of the MAC enters; the first ones do not.
    expect(effect(0, 'srcMac', 0)).toBe(BIT_UNREAD);
    expect(effect(1, 'srcMac', 47)).toBe(BIT_UNREAD);
    expect([BIT_CHANGES_HASH, BIT_MOVES]).toContain(effect(1, 'src', 31));
  });

  it('turns a bit of the text', () => {
    const turned = turnBitOfText(PACKET, 'dstPort', 15);
    expect(turned).toEqual({ ok: true, value: PACKET.replace(':80 ', ':81 ') });
    expect(turnBitOfText(PACKET, 'spi', 0).ok).toBe(false);
  });

  it('names what a policy lacks, and what cannot be read', () => {
    const { policies } = explore('tcp 10.0.0.1:4000 > 10.0.0.2:80', { policy: 'layer2', memberCount: 2 });
    expect(policies[0].prediction).toBeNull();
    expect(policies[0].trouble).toContain('srcMac');
    expect(explorePacket('gibberish', []).ok).toBe(false);
  });
});
