/**
 * teamd with `tx_balancer: basic`: the 256 hash values are shared out over the ports by load, and moved at every round
 * (more-facts, teamd 5). The table is learned over time from the frames, as that of Open vSwitch.
 */
import { hashFlows } from '../../flows/hash-flows.ts';
import { findPolicy } from '../../hash/registry.ts';
import type { Hypothesis } from '../hypothesis.ts';
import { holdAt, learnBuckets, sequenceSlices, UNKNOWN_MEMBER, type BucketTable } from '../learn-buckets.ts';
import type { Observation } from '../observe.ts';
import type { Candidate, RuleRequest, RuleSource } from '../rule-source.ts';
import { hypothesesOf } from './other-senders.ts';

/** Share of teams that balance. */
const BALANCER_SHARE = 0.1;
/** Moves within this time are one round. */
const ROUND_MS = 300;
/** Rounds do not follow each other faster (balancing_interval is seconds): what moves more often is no table. */
const LEAST_ROUND_GAP_MS = 1_000;
/** Probability of a frame that is not where the table says. */
const ERROR_RATE = 0.01;

export const teamTableRules: RuleSource = {
  id: 'team-tables',
  family: 'team',
  costly: true,
  propose(request, seen) {
    const prior = request.familyPrior.team;
    const policy = findPolicy('teamd');
    if (prior === undefined || policy === null || seen.members.length < 2) return [];
    const candidates = scoreTeamTables(hypothesesOf(policy, seen.members.length, prior + Math.log(BALANCER_SHARE)), request, seen);
    // All flows on one member, then all on another: a failover does that to any sender, and needs no table.
    const atATime = scoreOneAtATime(request, seen);
    return candidates.filter(({ logOdds }) => logOdds > Math.max(0, atATime));
  },
};

type TableRequest = Pick<RuleRequest, 'flows' | 'list' | 'isData'> & Partial<Pick<RuleRequest, 'isSteady'>>;

/** Scores each set of fields by the table that fits it best. */
export function scoreTeamTables(hypotheses: readonly Hypothesis[], request: TableRequest, seen: Observation): Candidate[] {
  const { merged, memberCount } = request.flows;
  const slices = sequenceSlices(request.flows, request.isData);
  const requests = hypotheses.map(({ policy, variant, basis }) => ({ policy, context: { variant, basis, memberCount } }));
  const hashes = hashFlows(merged, request.list, requests, false);
  const isTest = testsOf(request, seen);
  return hypotheses.map((hypothesis, h): Candidate => {
    const value = new Int16Array(merged.count).fill(-1);
    for (let i = 0; i < request.list.length; i++) if (hashes[h].reason[i] === 0) value[request.list[i]] = hashes[h].hash[i] & 0xff;
    const table = learnBuckets(slices, (flow) => value[flow], memberCount);
    const middleMs = (request.flows.firstMs + request.flows.lastMs) / 2;
    const predicted = Int16Array.from(seen.sample, (flow) =>
      value[flow] < 0 ? -1 : Math.max(holdAt(table[value[flow]], middleMs)?.member ?? -1, -1),
    );
    const weighed = weigh(slices, value, table, isTest);
    const { tests, misses, match, total } = weighed;
    const moves = movesOf(table);
    const used = table.filter((holds) => holds.length > 0).length;
    const rounds = roundsOf(moves);
    const isTable = rounds <= 1 + (request.flows.lastMs - request.flows.firstMs) / LEAST_ROUND_GAP_MS;
    return {
      hypothesis,
      order: [...seen.members],
      untested: [],
      logOdds: isTable ? oddsOf(weighed, table, seen, slices.count) : -Infinity,
      predicted,
      flows: { match: tests - misses, total: tests },
      packets: { match, total },
      tests: Math.max(tests - used - moves.length, 0),
      learned: true,
    };
  });
}

/** Odds of a table against members drawn blindly for every flow. */
function oddsOf({ tests, misses }: Weighed, table: BucketTable, seen: Observation, slices: number): number {
  const log = Math.log(Math.max(seen.members.length, 2));
  const moves = movesOf(table);
  const used = table.filter((holds) => holds.length > 0).length;
  // Each value's first member and each move was read from the frames; each round had to be at its time.
  const learned = (used + moves.length) * log + roundsOf(moves) * Math.log(Math.max(slices, 2));
  return tests * (log + Math.log(1 - ERROR_RATE)) + misses * Math.log(ERROR_RATE) - learned;
}

/** The same for a sender that uses one member at a time, whatever the header says. */
function scoreOneAtATime(request: TableRequest, seen: Observation): number {
  const slices = sequenceSlices(request.flows, request.isData);
  const value = new Int16Array(request.flows.merged.count).fill(-1);
  for (const flow of request.list) value[flow] = 0;
  const table = learnBuckets(slices, (flow) => value[flow], request.flows.memberCount);
  return oddsOf(weigh(slices, value, table, testsOf(request, seen)), table, seen, slices.count);
}

interface Weighed {
  readonly tests: number;
  readonly misses: number;
  readonly match: number;
  readonly total: number;
}

/**
 * The frames by which a table is judged: those that judge every other rule. Learned it is from all of them; but a rule that may
 * count what happened while a member was down as evidence beats those that may not.
 */
function testsOf({ flows, isSteady }: TableRequest, seen: Observation): (flow: number, ms: number) => boolean {
  const inSample = new Uint8Array(flows.merged.count);
  for (const flow of seen.sample) inSample[flow] = 1;
  return (flow, ms) => inSample[flow] === 1 && isSteady?.(ms) !== false;
}

/** Flows that the table places, those that it misses, and frames likewise. A flow counts once for each hold of its value. */
function weigh(
  slices: ReturnType<typeof sequenceSlices>,
  value: Int16Array,
  table: BucketTable,
  isTest: (flow: number, ms: number) => boolean,
): Weighed {
  const counted = new Map<number, number>();
  let tests = 0;
  let misses = 0;
  let match = 0;
  let total = 0;
  for (let i = 0; i < slices.count; i++) {
    const flow = slices.flow[i];
    if (value[flow] < 0 || !isTest(flow, slices.ms[i])) continue;
    const hold = holdAt(table[value[flow]], slices.ms[i]);
    const fits = hold?.member === slices.member[i];
    total += slices.packets[i];
    if (fits) match += slices.packets[i];
    if (counted.get(flow) === (hold?.fromMs ?? NaN)) continue;
    counted.set(flow, hold?.fromMs ?? NaN);
    tests++;
    if (!fits) misses++;
  }
  return { tests, misses, match, total };
}

function movesOf(table: BucketTable): number[] {
  return table
    .flatMap((holds) => holds.slice(1).flatMap((hold) => (hold.member === UNKNOWN_MEMBER ? [] : [hold.fromMs])))
    .sort((x, y) => x - y);
}

function roundsOf(moves: readonly number[]): number {
  let rounds = 0;
  let since = -Infinity;
  for (const ms of moves) {
    if (ms - since <= ROUND_MS) continue;
    rounds++;
    since = ms;
  }
  return rounds;
}
