import { parseMac } from '../flows/mac.ts';
import type { ApartHint } from '../flows/direct-flows.ts';
import type { LagFacts } from '../state/state-facts.ts';
import { sideMacs } from './sender-facts.ts';
import type { StateText } from './sender-facts.ts';

/**
 * What `ovs-appctl fdb/show` tells of the ends: addresses learned on a port of the bond stand beyond it, those on other ports
 * stand on this side. Which ports are the bond's is told by the other texts of the system (OpenFlow port numbers).
 */
export function learnedSides(state: readonly StateText[]): ApartHint[] {
  const bonds = state.flatMap(({ facts }) => facts.lags).filter((lag) => portsOf(lag).size > 1);
  const tables = state.flatMap(({ facts }) => (facts.learnedMacs === undefined ? [] : [facts.learnedMacs]));
  const [bond] = bonds;
  // Port numbers count from 1 on every system: of several bonds none tells whose table it is, unless their numbers are the same.
  const ports = bond === undefined ? new Set<number>() : portsOf(bond);
  if (bond === undefined || tables.length === 0 || bonds.some((other) => !isSame(portsOf(other), ports))) return [];
  const hints = tables.map((learned): { here: number[]; there: number[] } => {
    const of = (beyond: boolean): number[] =>
      learned.flatMap(({ mac, openflowPort }) =>
        openflowPort !== undefined && ports.has(openflowPort) === beyond ? [parseMac(mac) ?? 0] : [],
      );
    return { here: of(false).filter((mac) => mac !== 0), there: of(true).filter((mac) => mac !== 0) };
  });
  // One bond, and tables that do not contradict each other: they are of its system.
  const isOneSystem = bonds.length === 1 && hints.every(({ here }) => hints.every(({ there }) => !here.some((mac) => there.includes(mac))));
  const own = sideMacs(bond)[0];
  return hints
    .filter(({ here, there }) => here.length + there.length > 0)
    .map((hint) => (isOneSystem && own !== undefined ? { ...hint, here: [own, ...hint.here] } : hint));
}

function portsOf(lag: LagFacts): Set<number> {
  const known = lag.members.flatMap(({ openflowPort }) => (openflowPort === undefined ? [] : [openflowPort]));
  // Half of the ports would call what is learned on the other half local. LACP port ids are not asked: they can be set by hand.
  return new Set(known.length === lag.members.length ? known : []);
}

function isSame(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return a.size === b.size && [...a].every((port) => b.has(port));
}
