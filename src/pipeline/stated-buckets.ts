import { UNKNOWN_MEMBER } from '../infer/learn-buckets.ts';
import type { BucketTable } from '../infer/learn-buckets.ts';
import type { BucketFacts } from '../state/state-facts.ts';
import type { SenderFacts } from './sender-facts.ts';
import type { SenderBuckets, SenderRequest } from './sender.ts';

/** What a text says of one bucket. */
interface StatedBucket {
  readonly member: number;
  /** The text counts no packet in it. */
  readonly idle: boolean;
}

/** A text of which most buckets are elsewhere on the wire is of another moment, or of another bond: it is not used. */
const LEAST_AGREEING = 0.5;
/** A table that names neither bond nor member is taken for this sender's if so many of its buckets were seen, and so many are where it says. */
const LEAST_SEEN = 8;
const LEAST_FITTING = 0.9;

/** Buckets that state texts tell: they fill what the captures do not show, and win where the captures contradict them throughout. */
export function withStatedBuckets(
  learned: BucketTable,
  request: SenderRequest,
  hasEvents: boolean,
): Omit<SenderBuckets, 'events' | 'rebalanceIntervalMs'> {
  const stated = new Map<number, StatedBucket>();
  const add = (found: ReadonlyMap<number, StatedBucket>): void => {
    for (const [bucket, told] of found) if (!stated.has(bucket)) stated.set(bucket, told);
  };
  for (const fact of request.facts) {
    const buckets = fact.facts.buckets ?? [];
    add(readBuckets(buckets, learned, tieByTraffic(buckets, learned, findMembers(request, [fact]))));
  }
  add(bestLooseTable(learned, request));
  const known = new Set<number>();
  const compared = compare(stated, learned);
  const { seen, idle } = compared;
  // Where buckets moved during the capture, a text is of one moment of many: what was seen later, or before, is no contradiction.
  const misplaced = hasEvents ? [] : compared.misplaced;
  const agreement = seen - idle - 2 * compared.misplaced.length;
  if (compared.misplaced.length > (1 - LEAST_AGREEING) * seen) return { table: learned, known, agreement, misplaced, told: seen };
  const table = [...learned];
  for (const [bucket, { member }] of stated) {
    if (!compared.misplaced.includes(bucket) || !hasEvents) known.add(bucket);
    const holds = learned[bucket];
    const last = holds[holds.length - 1];
    if (holds.length === 0 || (!hasEvents && !holds.some((hold) => hold.member === member)))
      table[bucket] = [{ fromMs: -Infinity, lastMs: -Infinity, member }];
    else if (last.member === UNKNOWN_MEMBER) table[bucket] = [...holds.slice(0, -1), { ...last, member }];
  }
  return { table, known, agreement, misplaced, told: seen };
}

interface Comparison {
  /** Told buckets that carried traffic; those of them that the text calls idle; those that were seen elsewhere only. */
  readonly seen: number;
  readonly idle: number;
  readonly misplaced: number[];
}

function compare(stated: ReadonlyMap<number, StatedBucket>, learned: BucketTable): Comparison {
  const misplaced: number[] = [];
  let seen = 0;
  let idle = 0;
  for (const [bucket, told] of stated) {
    if (learned[bucket].length === 0) continue;
    seen++;
    if (!learned[bucket].some((hold) => hold.member === told.member)) misplaced.push(bucket);
    else if (told.idle) idle++;
  }
  return { seen, idle, misplaced };
}

/** Which LAG member the name, OpenFlow port or datapath port of a text is; -1 unknown. */
type MemberFinder = (bucket: BucketFacts) => number;

function readBuckets(buckets: readonly BucketFacts[], learned: BucketTable, find: MemberFinder): Map<number, StatedBucket> {
  const read = new Map<number, StatedBucket>();
  for (const facts of buckets) {
    const member = find(facts);
    if (member < 0 || facts.bucket < 0 || facts.bucket >= learned.length || read.has(facts.bucket)) continue;
    read.set(facts.bucket, { member, idle: facts.packets === 0 });
  }
  return read;
}

/** What the members of one text are in the captures: names and ports that it ties to them itself, and the wire. */
function findMembers({ ends, plan, facts }: SenderRequest, own: readonly SenderFacts[]): MemberFinder {
  const byName = new Map(plan.members.map(({ name }, m) => [name, m]));
  const openflow = new Map<number, number>();
  const datapath = new Map<number, number>();
  // The LACP port id of Open vSwitch is the OpenFlow port number, unless lacp-port-id says otherwise.
  ends.forEach((end, m) => end?.runs.forEach((run) => openflow.set(run.pdu.actor.port, m)));
  for (const fact of own.length > 0 ? own : facts) {
    fact.facts.members.forEach(({ name, openflowPort, datapathPort }, i) => {
      const m = fact.members[i] >= 0 ? fact.members[i] : (openflow.get(openflowPort ?? -1) ?? -1);
      byName.set(name, m);
      if (m < 0) return;
      if (openflowPort !== undefined) openflow.set(openflowPort, m);
      if (datapathPort !== undefined) datapath.set(datapathPort, m);
    });
  }
  return ({ member, openflowPort, datapathPort }) => {
    if (member !== undefined) return byName.get(member) ?? -1;
    if (openflowPort !== undefined) return openflow.get(openflowPort) ?? -1;
    return datapathPort === undefined ? -1 : (datapath.get(datapathPort) ?? -1);
  };
}

/** Names and numbers that nothing ties to a captured member are tied by the traffic of their buckets, where that is clear. */
function tieByTraffic(buckets: readonly BucketFacts[], learned: BucketTable, find: MemberFinder): MemberFinder {
  const keyOf = ({ member, openflowPort, datapathPort }: BucketFacts): string => member ?? `${openflowPort ?? '-'}/${datapathPort ?? '-'}`;
  const counts = new Map<string, Map<number, number>>();
  for (const facts of buckets) {
    const last = lastOf(learned[facts.bucket])?.member ?? UNKNOWN_MEMBER;
    if (last === UNKNOWN_MEMBER || find(facts) >= 0) continue;
    const seen = counts.get(keyOf(facts)) ?? new Map<number, number>();
    counts.set(keyOf(facts), seen.set(last, (seen.get(last) ?? 0) + 1));
  }
  const tied = new Map<string, number>();
  for (const [key, seen] of counts) {
    const total = [...seen.values()].reduce((sum, count) => sum + count, 0);
    for (const [m, count] of seen) if (total >= LEAST_SEEN && count >= LEAST_FITTING * total) tied.set(key, m);
  }
  // Two names for one member: the traffic is all on it, and ties nothing.
  if (new Set(tied.values()).size < tied.size) return find;
  return (facts) => {
    const found = find(facts);
    return found >= 0 ? found : (tied.get(keyOf(facts)) ?? -1);
  };
}

/** Of the tables that name no bond the one whose buckets were seen where it says. */
function bestLooseTable(learned: BucketTable, request: SenderRequest): ReadonlyMap<number, StatedBucket> {
  const find = findMembers(request, []);
  let best: ReadonlyMap<number, StatedBucket> = new Map();
  let most = 0;
  for (const buckets of request.looseBuckets ?? []) {
    const table = readBuckets(buckets, learned, tieByTraffic(buckets, learned, find));
    const { seen, idle, misplaced } = compare(table, learned);
    const fit = seen - idle - misplaced.length;
    if (seen < LEAST_SEEN || misplaced.length > (1 - LEAST_FITTING) * seen || fit <= most) continue;
    [best, most] = [table, fit];
  }
  return best;
}

function lastOf(holds: BucketTable[number] | undefined): BucketTable[number][number] | undefined {
  return holds?.[holds.length - 1];
}
