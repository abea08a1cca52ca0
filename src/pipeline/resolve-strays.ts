import type { DirectedFlows, Sides } from '../flows/direct-flows.ts';
import { UNASSIGNED } from '../flows/direct-flows.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { destinationMac, formatMac, sourceMac } from '../flows/mac.ts';
import { isNoStation, MacColouring } from '../flows/sides.ts';
import type { DirectionAnalysis } from './analyze-direction.ts';
import { scoreStrays } from './stray-scores.ts';
import type { StrayScores } from './stray-scores.ts';

/** Addresses are pooled by their first two bytes where single conversations are too few to decide. */
const PREFIX_DIVISOR = 0x1_0000_0000;
/** Odds that a group's frames must give for one side before it is believed. */
const LOG_ODDS = Math.log(10_000);
/** Share of the group's predicted flows that must be where that side's policy puts them. */
const LEAST_AGREEMENT = 0.97;
/** The same where buckets move: a learned table does not know of moves that only the strays show. */
const LEAST_WITH_MOVES = 0.9;

/** The side that each stray flow's source was found to be on; flows that stay unknown are missing. */
export interface StraySides {
  readonly sideOfFlow: ReadonlyMap<number, 0 | 1>;
  readonly evidence: readonly [readonly string[], readonly string[]];
  /** The sides were taken by the last rule of the contract: nothing but what follows from them speaks for them. */
  readonly arbitrary: boolean;
  /** Some flows have a side: what was taken holds only where it fits them better than its opposite. */
  readonly anchored: boolean;
}

/** Share of the strays that flows with a side may be, and still tell too little by themselves of how both ends send. */
const FEW_KNOWN = 0.1;

/** No stray has a side. */
export const NO_SIDES: StraySides = { sideOfFlow: new Map(), evidence: [[], []], arbitrary: false, anchored: true };

/** The same with the sides exchanged. */
export function exchangeSides(found: StraySides): StraySides {
  const sideOfFlow = new Map<number, 0 | 1>();
  for (const [flow, side] of found.sideOfFlow) sideOfFlow.set(flow, (1 - side) as 0 | 1);
  return {
    sideOfFlow,
    evidence: [['stations whose frames fit this side better than the other'], []],
    arbitrary: true,
    anchored: found.anchored,
  };
}

/** A group of flows whose sources stand on one side or the other as a whole. */
interface Group {
  readonly flows: { readonly i: number; readonly parity: 0 | 1 }[];
  readonly label: string;
}

/**
 * Stations that no frame joins to a known side (guests that talk only among themselves, made-up addresses, senders of
 * multicast only). Two-colouring tells who stands opposite whom, not which end is which; the members their frames used
 * do, where the senders' policies are known and predict differently. First by sets of stations that talk to each
 * other, then by the first bytes of the address.
 */
export function resolveStrays(
  flows: LagFlows,
  sides: Sides,
  directed: DirectedFlows,
  directions: readonly [DirectionAnalysis, DirectionAnalysis],
): StraySides {
  const strays = listStrays(flows, directed);
  const sideOfFlow = new Map<number, 0 | 1>();
  const evidence: [string[], string[]] = [[], []];
  if (strays.length === 0) return NO_SIDES;
  const score = scoreStrays(flows, directed, strays, directions);
  const least = directions.some(({ sender }) => (sender.buckets?.events.length ?? 0) > 0) ? LEAST_WITH_MOVES : LEAST_AGREEMENT;
  const decide = (groups: Iterable<Group>): void => {
    for (const group of groups) {
      const verdict = weigh(group, score, least);
      const open = group.flows.filter(({ i }) => !sideOfFlow.has(strays[i]));
      if (verdict === null || open.length === 0) continue;
      for (const { i, parity } of open) sideOfFlow.set(strays[i], (parity === 0 ? verdict.side : 1 - verdict.side) as 0 | 1);
      evidence[verdict.side].push(
        `${group.label} by the members their frames used: ${verdict.fit} of ${verdict.total} flows fit this side's policy`,
      );
    }
  };
  decide(groupByComponent(flows, sides, strays));
  decide(poolByPrefix(flows, strays));
  const known = directions.reduce((sum, { list }) => sum + list.length, 0);
  const arbitrary = sideOfFlow.size === 0 && known <= FEW_KNOWN * strays.length;
  if (arbitrary) takeFirstAsA(flows, sides, strays, sideOfFlow, evidence);
  return { sideOfFlow, evidence, arbitrary, anchored: known > 0 };
}

/** Applies what resolveStrays found. */
export function assignStrays(flows: LagFlows, sides: Sides, directed: DirectedFlows, found: StraySides): void {
  const { merged } = flows;
  const listed = new Set<number>();
  for (const [flow, side] of found.sideOfFlow) {
    directed.direction[flow] = side;
    const mac = sourceMac(merged.tables[merged.keyTable[flow]].columns.rows, merged.keyStart[flow]);
    if (listed.has(mac) || isNoStation(mac)) continue;
    listed.add(mac);
    sides.macs[side].push(mac);
  }
  for (const side of [0, 1] as const) sides.evidence[side].push(...found.evidence[side]);
}

function listStrays(flows: LagFlows, directed: DirectedFlows): Uint32Array {
  const list: number[] = [];
  for (let f = 0; f < flows.merged.count; f++) if (directed.direction[f] === UNASSIGNED) list.push(f);
  return Uint32Array.from(list);
}

/** Which side a group's parity 0 is on, or null if its frames do not decide. */
function weigh(group: Group, scores: StrayScores, least: number): { side: 0 | 1; fit: number; total: number } | null {
  let odds = 0;
  // As if parity 0 stood on side 0, on side 1.
  const sums = [
    { fit: 0, total: 0 },
    { fit: 0, total: 0 },
  ];
  for (const { i, parity } of group.flows) {
    const other = (1 - parity) as 0 | 1;
    odds += scores[parity][i].logOdds - scores[other][i].logOdds;
    for (const [sum, { fit }] of [[sums[0], scores[parity][i]] as const, [sums[1], scores[other][i]] as const]) {
      if (fit === null) continue;
      sum.fit += fit;
      sum.total++;
    }
  }
  const side = odds > 0 ? 0 : 1;
  const { fit, total } = sums[side];
  if (Math.abs(odds) < LOG_ODDS || total === 0 || fit / total < least) return null;
  return { side, fit: Math.round(fit), total };
}

function groupByComponent(flows: LagFlows, sides: Sides, strays: Uint32Array): Iterable<Group> {
  const groups = new Map<number, Group>();
  for (let i = 0; i < strays.length; i++) {
    const mac = sourceOf(flows, strays[i]);
    const place = sides.componentOf(mac) ?? { component: -1 - mac, parity: 0 as const };
    const group = groups.get(place.component) ?? { flows: [], label: `stations around ${formatMac(mac)}` };
    groups.set(place.component, group);
    group.flows.push({ i, parity: place.parity });
  }
  return groups.values();
}

/**
 * Pools stations by address prefix: prefixes whose stations send to each other stand on different sides, as the
 * stations do. A prefix whose stations talk among themselves, or to both sides of another, says nothing.
 */
function poolByPrefix(flows: LagFlows, strays: Uint32Array): Iterable<Group> {
  const colouring = new MacColouring();
  const spoiled = new Set<number>();
  for (let i = 0; i < strays.length; i++) {
    const src = prefixOf(sourceOf(flows, strays[i]));
    colouring.join(src, src, 0);
    const { rows } = flows.merged.tables[flows.merged.keyTable[strays[i]]].columns;
    const dstMac = destinationMac(rows, flows.merged.keyStart[strays[i]]);
    if (isNoStation(dstMac)) continue;
    const dst = prefixOf(dstMac);
    if (src === dst || !colouring.join(src, dst, 1)) spoiled.add(src).add(dst);
  }
  const groups = new Map<number, Group>();
  for (let i = 0; i < strays.length; i++) {
    const prefix = prefixOf(sourceOf(flows, strays[i]));
    const place = colouring.componentOf(prefix);
    if (place === null || spoiled.has(prefix)) continue;
    const group = groups.get(place.component) ?? {
      flows: [],
      label: `stations ${formatMac(prefix * PREFIX_DIVISOR).slice(0, 5)}:… and those opposite`,
    };
    groups.set(place.component, group);
    group.flows.push({ i, parity: place.parity });
  }
  return groups.values();
}

/**
 * (Nearly) all data is between stations of unknown side: the larger set is kept together and named by the last rule of the
 * contract, the source of the first data frame, and the evidence says so.
 */
function takeFirstAsA(
  flows: LagFlows,
  sides: Sides,
  strays: Uint32Array,
  sideOfFlow: Map<number, 0 | 1>,
  evidence: [string[], string[]],
): void {
  let largest: Group | null = null;
  for (const group of groupByComponent(flows, sides, strays))
    if (largest === null || group.flows.length > largest.flows.length) largest = group;
  if (largest === null) return;
  const first = largest.flows[0].parity;
  for (const { i, parity } of largest.flows) sideOfFlow.set(strays[i], parity === first ? 0 : 1);
  evidence[0].push('source of the first data frame (nothing tells which end these stations are on)');
}

function sourceOf(flows: LagFlows, flow: number): number {
  return sourceMac(flows.merged.tables[flows.merged.keyTable[flow]].columns.rows, flows.merged.keyStart[flow]);
}

function prefixOf(mac: number): number {
  return Math.floor(mac / PREFIX_DIVISOR);
}
