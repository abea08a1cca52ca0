import { describe, expect, it } from 'vitest';
import { parseMac } from '../../src/flows/mac.ts';
import { learnedSides } from '../../src/pipeline/learned-sides.ts';
import type { LagFacts, LearnedMac } from '../../src/state/state-facts.ts';

const OWN = '02:aa:00:00:00:01';
const GUEST = '52:54:00:00:00:01';
const OTHER_GUEST = '52:54:00:00:00:02';
const OUTSIDE = '00:1b:21:00:00:01';

const bond = (name: string, ports: readonly (number | undefined)[]): LagFacts => ({
  name,
  system: OWN,
  membersInHashOrder: false,
  members: ports.map((openflowPort, i) => ({ name: `${name}-${i}`, ...(openflowPort === undefined ? {} : { openflowPort }) })),
});

const learned = (...rows: readonly (readonly [mac: string, port: number])[]): LearnedMac[] =>
  rows.map(([mac, openflowPort]) => ({ mac, vlan: 0, openflowPort }));

const NOTHING = { format: 'ovs-fdb-show', lags: [], interfaces: [], unknownLines: [] };

const sides = (lags: readonly LagFacts[], ...tables: readonly LearnedMac[][]) =>
  learnedSides([
    { path: 'bonds', facts: { ...NOTHING, lags } },
    ...tables.map((learnedMacs, i) => ({ path: `fdb${i}`, facts: { ...NOTHING, learnedMacs } })),
  ]);

const macs = (...texts: readonly string[]): (number | null)[] => texts.map((text) => parseMac(text));

describe('sides by a forwarding table', () => {
  const table = learned([GUEST, 1], [OTHER_GUEST, 2], [OUTSIDE, 7]);

  it('stand by their port: beyond the bond, or on its own end', () => {
    expect(sides([bond('bond0', [6, 7])], table)).toEqual([{ here: macs(OWN, GUEST, OTHER_GUEST), there: macs(OUTSIDE) }]);
  });

  it('are apart, but of no known end, where two systems number their ports alike', () => {
    const opposite = learned([OUTSIDE, 1], [GUEST, 6]);
    expect(sides([bond('bond0', [6, 7]), bond('lag1', [7, 6])], table, opposite)).toEqual([
      { here: macs(GUEST, OTHER_GUEST), there: macs(OUTSIDE) },
      { here: macs(OUTSIDE), there: macs(GUEST) },
    ]);
    expect(sides([bond('bond0', [6, 7])], table, opposite)[0].here).not.toContain(parseMac(OWN));
  });

  it('are not told where the ports of the bond are not known', () => {
    expect(sides([bond('bond0', [6, undefined])], table)).toEqual([]);
    expect(sides([bond('bond0', [6, 7]), bond('bond1', [8, 9])], table)).toEqual([]);
    expect(sides([], table)).toEqual([]);
  });
});
