/**
 * An end that is two chassis behind one LACP system (MLAG, vPC): each sends over its own members only and has a table of its
 * own, and which of them a frame came to is not in the frame. It shows in the stations: all flows of one source address
 * stay within one set of members, other addresses within another.
 */
import { sourceMac } from '../flows/mac.ts';
import type { Observation } from './observe.ts';
import { isLikelyOvs, rankCandidates, type Ranking } from './rank-rules.ts';
import type { Candidate, RuleRequest } from './rule-source.ts';
import { weighUnknownRules } from './unknown-rules.ts';

export interface SplitPart {
  /** Members that this chassis sends over, ascending. */
  readonly members: readonly number[];
  /** Rows of the observation. */
  readonly rows: readonly number[];
}

/** The chassis of a sender. */
export interface Split {
  readonly parts: readonly SplitPart[];
  /** Logarithm of the odds of stations keeping to their chassis against members drawn blindly for every flow. */
  readonly logOdds: number;
}

/** Share of the flows that may stray into the other set. */
const MOST_STRAYS = 0.02;
/** Of two members of one set a station has flows on both: at least this share of them are on the one that it uses less. */
const LEAST_TOGETHER = 0.05;
/** Odds against members drawn blindly. */
const LEAST_LOG_ODDS = 20;
/** Ends that are split, among those that no rule explains as a whole. */
const SPLIT_SHARE = 0.05;

/** The chassis of a sender, each with two members or more; null where its stations do not fall into sets. */
export function findSplit(seen: Observation): Split | null {
  const { flows, sample, member, members } = seen;
  if (members.length < 4) return null;
  const { merged, memberCount } = flows;
  const stations = new Map<number, Float64Array>();
  const stationOf = Float64Array.from(sample, (flow) =>
    sourceMac(merged.tables[merged.keyTable[flow]].columns.rows, merged.keyStart[flow]),
  );
  for (let i = 0; i < sample.length; i++) {
    const counts = stations.get(stationOf[i]) ?? new Float64Array(memberCount);
    counts[member[i]]++;
    stations.set(stationOf[i], counts);
  }
  const parts = joinMembers(members, [...stations.values()]);
  if (parts.length < 2 || parts.some((part) => part.length < 2)) return null;
  const partOf = new Int16Array(memberCount).fill(-1);
  parts.forEach((part, p) => part.forEach((m) => (partOf[m] = p)));
  let logOdds = 0;
  const home = new Map<number, number>();
  for (const [mac, counts] of stations) {
    const inPart = parts.map((part) => part.reduce((sum, m) => sum + counts[m], 0));
    const own = inPart.indexOf(Math.max(...inPart));
    home.set(mac, own);
    // Any chassis is as likely for a station; within it, members are still drawn blindly.
    logOdds -= Math.log(parts.length);
    parts.forEach((part, p) => {
      const share = p === own ? 1 - MOST_STRAYS : MOST_STRAYS / (parts.length - 1);
      logOdds += inPart[p] * Math.log((share * members.length) / part.length);
    });
  }
  if (logOdds < LEAST_LOG_ODDS) return null;
  return {
    parts: parts.map((part, p) => ({
      members: part,
      rows: Array.from(sample.keys()).filter((i) => partOf[member[i]] === p && home.get(stationOf[i]) === p),
    })),
    logOdds,
  };
}

/** Sets of members that stations use together, but for strays. */
function joinMembers(members: readonly number[], stations: readonly Float64Array[]): number[][] {
  const setOf = new Map(members.map((m) => [m, m]));
  for (const [k, x] of members.entries()) {
    for (const y of members.slice(k + 1)) {
      const either = stations.reduce((sum, counts) => sum + counts[x] + counts[y], 0);
      const both = stations.reduce((sum, counts) => sum + Math.min(counts[x], counts[y]), 0);
      if (both <= either * LEAST_TOGETHER || setOf.get(x) === setOf.get(y)) continue;
      const [from, to] = [setOf.get(y), setOf.get(x) ?? x];
      for (const [m, set] of setOf) if (set === from) setOf.set(m, to);
    }
  }
  const sets = new Map<number, number[]>();
  for (const [m, set] of setOf) sets.set(set, [...(sets.get(set) ?? []), m]);
  return [...sets.values()];
}

/** Rules of an end of several chassis. */
export interface SplitRanking {
  /** Of rules that hold in all chassis. */
  readonly joint: Ranking;
  /** Of each chassis alone. */
  readonly own: readonly Ranking[];
}

/** Ranks rules that hold within each part, one and the same in all: `rank` ranks those of one part alone. */
export function* rankSplit(
  request: RuleRequest,
  seen: Observation,
  { parts, logOdds: splitLogOdds }: Split,
  rank: (request: RuleRequest) => Generator<string | null, Ranking>,
): Generator<string | null, SplitRanking> {
  const rankings: Ranking[] = [];
  for (const { members, rows } of parts) {
    const list = Uint32Array.from(rows, (row) => seen.sample[row]).sort();
    const own = new Set(list);
    rankings.push(yield* rank({ ...request, order: null, members, list, isData: (flow) => own.has(flow) }));
  }
  const place = new Map(Array.from(seen.sample, (flow, i) => [flow, i]));
  const found = rankings.map(({ rules }) => new Map(rules.map(({ best }) => [keyOf(best), best])));
  const joined = [...found[0].keys()].flatMap((key): Candidate[] => {
    const own = found.flatMap((of) => of.get(key) ?? []);
    if (own.length < parts.length) return [];
    const predicted = new Int16Array(seen.sample.length).fill(-1);
    own.forEach((candidate, p) =>
      candidate.predicted.forEach((member, i) => {
        const row = place.get(rankings[p].seen.sample[i]);
        if (row !== undefined) predicted[row] = member;
      }),
    );
    const sum = (pick: (candidate: Candidate) => number): number => own.reduce((total, candidate) => total + pick(candidate), 0);
    return [
      {
        hypothesis: { ...own[0].hypothesis, logPrior: own[0].hypothesis.logPrior + Math.log(SPLIT_SHARE) },
        order: own.flatMap(({ order }) => order),
        untested: own.flatMap(({ untested }) => untested),
        logOdds: splitLogOdds + sum(({ logOdds }) => logOdds),
        predicted,
        flows: { match: sum(({ flows }) => flows.match), total: sum(({ flows }) => flows.total) },
        packets: { match: sum(({ packets }) => packets.match), total: sum(({ packets }) => packets.total) },
        tests: sum(({ tests }) => tests),
        learned: own.some(({ learned }) => learned),
      },
    ];
  });
  // Rules that nobody described may hold within each chassis as well.
  const isOvs = isLikelyOvs(request);
  const within = rankings.map((ranking) => weighUnknownRules(ranking.seen, isOvs));
  const unknown = within[0].map((rule, u) => ({
    ...rule,
    logOdds: splitLogOdds + within.reduce((sum, rules) => sum + rules[u].logOdds, 0),
    logShare: rule.logShare + Math.log(SPLIT_SHARE),
  }));
  return { joint: rankCandidates(joined, seen, request, unknown), own: rankings };
}

/** The rule of a part that is the same as another one's. */
export function sameRule({ rules }: Ranking, as: Candidate): Candidate | undefined {
  return rules.find(({ best }) => keyOf(best) === keyOf(as))?.best;
}

function keyOf({ hypothesis: { policy, variant, basis } }: Candidate): string {
  return `${policy.id} ${variant} ${basis}`;
}
