import { directFlows, findSides } from '../flows/direct-flows.ts';
import type { DirectedFlows, Sides } from '../flows/direct-flows.ts';
import { lagFlows } from '../flows/lag-flows.ts';
import type { LagFlows } from '../flows/lag-flows.ts';
import { parseMac } from '../flows/mac.ts';
import { binTraffic } from '../flows/traffic-bins.ts';
import type { TrafficBins } from '../flows/traffic-bins.ts';
import { mergeTables } from '../flows/merge.ts';
import type { RowFilter, SourceTable } from '../flows/merge.ts';
import { isShown, showsPlacement } from '../infer/detect-mode.ts';
import { DECIDED } from '../infer/rank-rules.ts';
import type { LinkEnd } from '../lacp/group-lags.ts';
import type { ActiveEpoch } from '../plan/active-epoch.ts';
import type { Placement } from '../plan/place.ts';
import type { ObservedSpan } from '../lacp/observed-time.ts';
import type { AnalysisOptions, SenderOptions } from './analysis-options.ts';
import { analyzeChassis } from './analyze-chassis.ts';
import { analyzeDirection } from './analyze-direction.ts';
import type { DirectionAnalysis, DirectionRequest } from './analyze-direction.ts';
import type { LagPlan } from './assemble-lags.ts';
import { learnedSides } from './learned-sides.ts';
import { withUsualSilence } from './usual-silence.ts';
import { spansOnAxis, withLossesAtEnd, withLossesInEpochs } from './observed-members.ts';
import { assignStrays, exchangeSides, NO_SIDES, resolveStrays } from './resolve-strays.ts';
import { splitIsOfThisEnd } from './split-chassis.ts';
import type { StraySides } from './resolve-strays.ts';
import { matchSenderFacts, sideMacs } from './sender-facts.ts';
import type { SenderFacts, StateText } from './sender-facts.ts';
import { findMode, senderOfMode } from './sender-mode.ts';
import type { Sender } from './sender.ts';
import type { AnalysisSource } from './sources.ts';
import type { Steps } from './steps.ts';

/** One LAG, fully analysed. */
export interface LagAnalysis {
  readonly plan: LagPlan;
  readonly flows: LagFlows;
  readonly sides: Sides;
  /** False where nothing tells which of the two LACP systems the stations belong to: both directions may be exchanged. */
  readonly endsAreTold: boolean;
  readonly directed: DirectedFlows;
  /** Frames by member and time as `directed` has them. */
  readonly traffic: TrafficBins;
  /** The end of each side on each member, by its LACPDUs. */
  readonly portEnds: readonly (readonly [LinkEnd | null, LinkEnd | null])[];
  readonly facts: readonly SenderFacts[];
  /** When each member was captured, or was seen to be silent. */
  readonly observed: readonly (readonly ObservedSpan[])[];
  /** a→b, b→a. */
  readonly directions: readonly [DirectionAnalysis, DirectionAnalysis];
}

/** Merges the tables of a LAG's sources (copies set apart before, if any). */
export function mergeLag(plan: LagPlan, sources: readonly AnalysisSource[], extra: readonly SourceTable[], include?: RowFilter): LagFlows {
  const tables: SourceTable[] = [];
  const memberOfTable: number[] = [];
  const memberOfSource = new Map<number, number>();
  plan.members.forEach((member, m) => {
    for (const s of member.sources) memberOfSource.set(s, m);
  });
  for (const [source, member] of memberOfSource) {
    tables.push({ source, kind: 'frames', columns: sources[source].scan.table });
    memberOfTable.push(member);
  }
  for (const table of extra) {
    const member = memberOfSource.get(table.source);
    if (member === undefined) continue;
    tables.push(table);
    memberOfTable.push(member);
  }
  return lagFlows(mergeTables(tables, include), Uint8Array.from(memberOfTable), plan.members.length);
}

export function findLagSides(plan: LagPlan, flows: LagFlows, options: AnalysisOptions, state: readonly StateText[]): Sides {
  const local = options.local.map((mac) => parseMac(mac)).filter((mac): mac is number => mac !== null);
  return findSides(flows.merged, {
    ends: plan.members.map((m) => m.ends),
    apart: learnedSides(state),
    known: [
      ...(local.length > 0 ? [{ macs: local, evidence: `--local ${options.local.join(',')}`, local: true }] : []),
      ...state.flatMap(({ path, facts }) =>
        facts.lags
          .map((lag) => ({ macs: sideMacs(lag), evidence: `state file ${path}`, local: true }))
          .filter((group) => group.macs.length > 0),
      ),
    ],
  });
}

export function* analyzeLag(
  plan: LagPlan,
  flows: LagFlows,
  sides: Sides,
  options: AnalysisOptions,
  state: readonly StateText[],
): Steps<LagAnalysis> {
  const portEnds = plan.members.map((member): [LinkEnd | null, LinkEnd | null] => [
    endOfSide(member.ends, sides, 0),
    endOfSide(member.ends, sides, 1),
  ]);
  const facts = matchSenderFacts(state, plan, sides);
  const looseBuckets = state.flatMap((text) =>
    text.facts.lags.flatMap((lag) => (lag.members.length === 0 && lag.buckets !== undefined ? [lag.buckets] : [])),
  );
  const directed = directFlows(flows.merged, sides, ownMacs(plan, facts));
  const captured = plan.members.map((member) => member.observed);
  const observed = withLossesAtEnd(flows, directed, withUsualSilence(flows, directed, captured));
  const senders: readonly SenderOptions[] = [
    { ...options.sender, ...options.sides.a },
    { ...options.sender, ...options.sides.b },
  ];
  let traffic = binTraffic(flows, directed);
  const analyse = function* (side: 0 | 1, sender?: Sender, otherEpochs?: readonly ActiveEpoch[]): Steps<DirectionAnalysis> {
    const request: DirectionRequest = {
      side,
      plan,
      flows,
      data: dataOf(directed, side),
      traffic,
      // Of several links in one capture each says something else of the member.
      portEnds: portEnds.map((ends, m) =>
        plan.members[m].links > 1 ? { own: null, other: null } : { own: ends[side], other: ends[1 - side] },
      ),
      options: senders[side],
      facts: facts.filter((f) => f.side === side),
      looseBuckets,
      observed: observed.map((spans) => spansOnAxis(spans, flows.originSeconds)),
      ...(sender === undefined ? {} : { sender }),
      ...(otherEpochs === undefined ? {} : { otherEpochs }),
    };
    const direction = yield* analyzeDirection(request);
    const { split } = direction.sender;
    return split === undefined ? direction : yield* analyzeChassis(request, direction, split);
  };
  yield null;
  let directions: [DirectionAnalysis, DirectionAnalysis] = [yield* analyse(0), yield* analyse(1)];
  const analyseAgain = function* (): Steps<[DirectionAnalysis, DirectionAnalysis]> {
    traffic = binTraffic(flows, directed);
    yield null;
    return [yield* analyse(0), yield* analyse(1)];
  };
  yield null;
  let endsAreTold = true;
  const found = resolveStrays(flows, sides, directed, directions);
  if (found.sideOfFlow.size > 0) {
    const before = directed.direction.slice();
    const listed = sides.macs.map((macs) => macs.length);
    const noted = sides.evidence.map((texts) => texts.length);
    const apply = function* (strays: StraySides): Steps<[DirectionAnalysis, DirectionAnalysis]> {
      directed.direction.set(before);
      for (const side of [0, 1] as const) {
        sides.macs[side].length = listed[side];
        sides.evidence[side].length = noted[side];
      }
      assignStrays(flows, sides, directed, strays);
      return yield* analyseAgain();
    };
    directions = yield* apply(found);
    // Sides that nothing speaks for are tried both ways: what is known of the senders may fit only one.
    const isSenderTold =
      facts.length > 0 ||
      looseBuckets.length > 0 ||
      options.sender.policy !== undefined ||
      options.sides.a !== undefined ||
      options.sides.b !== undefined;
    if (
      found.arbitrary &&
      (found.anchored ||
        isSenderTold ||
        directions.some(({ sender }) => sender.split !== undefined) ||
        portEnds.some((ends) => ends[0] !== null && ends[1] !== null))
    ) {
      const other = exchangeSides(found);
      const fit = fitOf(directions);
      const exchanged = yield* apply(other);
      const gain = fitOf(exchanged) - fit;
      // Rules that were inferred fit either way round; those that are told need not.
      const isTold = Math.abs(gain) >= (isSenderTold && !found.anchored ? 0 : LEAST_GAIN);
      endsAreTold = isTold || found.anchored;
      if (found.anchored && !isTold) directions = yield* apply(NO_SIDES);
      else if (gain > LIKELIER || (isTold && gain > 0)) directions = exchanged;
      else directions = yield* apply(gain < -LIKELIER || (isTold && gain < 0) ? exchangeSides(other) : found);
    }
    // Stations that have their side now tell the senders' rules and tables, by which more find theirs.
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const more = resolveStrays(flows, sides, directed, directions);
      if (more.sideOfFlow.size === 0) break;
      assignStrays(flows, sides, directed, more);
      directions = yield* analyseAgain();
    }
  }
  const bySide = directions;
  const name = function* (direction: DirectionAnalysis): Steps<DirectionAnalysis> {
    const { side, sender, asked } = direction;
    // A rule that shows itself predicts, whatever the mode is called: balance-tlb without dynamic balancing hashes.
    if (sender.source !== 'inferred' || sender.ranking === undefined || (sender.policy !== null && isShown(sender.ranking)))
      return direction;
    yield null;
    const mode = findMode(asked, side, bySide[1 - side].list, sides, sender.ranking);
    const shown = senderOfMode(sender, mode, plan.members.length);
    return { ...(shown === null ? direction : yield* analyse(side, shown)), mode };
  };
  const named = [yield* name(bySide[0]), yield* name(bySide[1])] as const;
  /** A link that is lost for a moment is lost for both ends: where this one's frames are too few to tell, the other's may. */
  const heed = function* (direction: DirectionAnalysis): Steps<DirectionAnalysis> {
    const { side, sender, spans, placement } = direction;
    const { epochs } = named[1 - side];
    if (wrongPackets(placement) === 0 || epochs.length < 2 || spans.length > 1 || sender.policy === null || sender.buckets !== undefined)
      return direction;
    yield null;
    const again = yield* analyse(side, sender, epochs);
    return wrongPackets(again.placement) < wrongPackets(placement) ? { ...direction, ...again } : direction;
  };
  const heeded = [yield* heed(named[0]), yield* heed(named[1])] as const;
  return {
    plan,
    flows,
    sides,
    endsAreTold,
    directed,
    traffic,
    portEnds,
    facts,
    observed: withLossesInEpochs(flows, observed, heeded),
    directions: heeded,
  };
}

function wrongPackets({ agreement: { packets } }: Placement): number {
  return packets.total - packets.match;
}

/** Rounds in which stations that found their side help others to theirs. */
const MOST_ROUNDS = 3;

/** What one way round must fit better than the other to be believed, where nobody tells how the ends send: odds of 10,000 to 1. */
const LEAST_GAIN = Math.log(10_000);

/** What one way round must fit better to be taken where one of both has to be: as a rule that is decided. */
const LIKELIER = Math.log(DECIDED / (1 - DECIDED));

/** Worth of a bucket that a state text tells and that was seen where it says, in frames. */
const TOLD_BUCKET_WORTH = 1_000;

/** Worth of two chassis that frames and LACPDUs of an end tell alike: no number of frames outweighs it. */
const CHASSIS_WORTH = 1e12;

/** Frames that are where the senders put them, less those that are not, what state texts say of buckets, and chassis. */
function fitOf(directions: readonly DirectionAnalysis[]): number {
  return directions.reduce((sum, direction) => {
    const { match, total } = direction.placement.agreement.packets;
    const told = TOLD_BUCKET_WORTH * (direction.sender.buckets?.agreement ?? 0);
    // Where any order of the members can be found to fit, the odds tell whether it is the one that the LACPDUs of this end name.
    // A rule that does not show itself, as where one member carries all, fits in any order.
    const { ranking } = direction.sender;
    const odds = ranking !== undefined && showsPlacement(ranking) ? ranking.rules[0].best.logOdds : 0;
    return sum + 2 * match - total + told + odds + (splitIsOfThisEnd(direction) ? CHASSIS_WORTH : 0);
  }, 0);
}

/** The end of a link that belongs to a side; the one heard most if several do. */
function endOfSide(ends: readonly LinkEnd[], sides: Sides, side: 0 | 1): LinkEnd | null {
  let best: LinkEnd | null = null;
  let most = 0;
  for (const end of ends) {
    if (sides.sideOf(parseMac(end.system) ?? 0) !== side) continue;
    const count = end.runs.reduce((sum, run) => sum + run.count, 0);
    if (count > most) [best, most] = [end, count];
  }
  return best;
}

/**
 * Permanent addresses of the members: sources of their LACPDUs, and what state texts say. Not in balance-tlb and
 * balance-alb, whose members send data under their own addresses.
 */
function ownMacs(plan: LagPlan, facts: readonly SenderFacts[]): Set<number> {
  const macs = new Set<number>();
  for (const member of plan.members) for (const end of member.ends) for (const src of end.srcMacs) macs.add(parseMac(src) ?? 0);
  for (const { facts: lag } of facts) {
    if (lag.mode === 'balance-tlb' || lag.mode === 'balance-alb') continue;
    for (const m of lag.members) if (m.permanentMac !== undefined && m.permanentMac !== lag.mac) macs.add(parseMac(m.permanentMac) ?? 0);
  }
  macs.delete(0);
  return macs;
}

function dataOf(directed: DirectedFlows, side: 0 | 1): Uint8Array {
  const { direction, control } = directed;
  const data = new Uint8Array(direction.length);
  for (let f = 0; f < data.length; f++) if (direction[f] === side && control[f] === 0) data[f] = 1;
  return data;
}
