import { describe, expect, it } from 'vitest';
import type { DiagnoseContext, SideFacts } from '../../src/diagnose/context.ts';
import { frozenMap, oneMember } from '../../src/diagnose/rules/one-member.ts';
import { NOTHING_SENT } from '../../src/pipeline/direction-facts.ts';

const TOLD: SideFacts = {
  path: 'bond-show.txt',
  side: 1,
  members: [],
  facts: { name: 'bond0', mode: 'ovs-balance-tcp', members: [], membersInHashOrder: false },
};

/** Side b sends all over the second of two members, which LACP has up; side a sends by the policy `other` over both. */
function contextOf(other: string | null, facts: readonly SideFacts[] = []): DiagnoseContext {
  const port = (member: number, side: 0 | 1) => ({ member, side, state: 'up', actor: { systemPriority: 65534, portPriority: 65535 } });
  const context = {
    directions: [
      { ...NOTHING_SENT, side: 0, policy: other, flows: 40, packets: 400, memberFlows: [20, 20], memberPackets: [200, 200] },
      { ...NOTHING_SENT, side: 1, flows: 40, packets: 400, memberFlows: [0, 40], memberPackets: [0, 400] },
    ],
    facts,
    members: [{ name: 'eno1' }, { name: 'eno2' }],
    ports: [port(0, 0), port(0, 1), port(1, 0), port(1, 1)],
  };
  return context as unknown as DiagnoseContext;
}

const why = (context: DiagnoseContext): unknown => oneMember.check(context).find(({ side }) => side === 1)?.values.why;

describe('one member of Open vSwitch that carries all', () => {
  it('is a frozen map where the other end spreads its flows by a rule, or a text tells the mode', () => {
    for (const context of [contextOf('ovs-balance-tcp'), contextOf(null, [TOLD])]) {
      expect(frozenMap.check(context)).toMatchObject([{ id: 'ovs/frozen-map', members: [1], side: 1 }]);
      expect(why(context)).not.toContain('active-backup');
    }
  });

  it('may be active-backup where the other end shows no rule', () => {
    for (const other of [null, 'ovs-active-backup']) {
      expect(frozenMap.check(contextOf(other))).toEqual([]);
      expect(why(contextOf(other))).toContain('active-backup, or a frozen');
    }
  });
});
