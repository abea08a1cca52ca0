import type { BucketHold, BucketTable, KnownChange } from './learn-buckets.ts';
import { UNKNOWN_MEMBER } from './learn-buckets.ts';
import type { MemberLoss } from './member-losses.ts';

/** A bucket that went from one member to another between two of its frames. */
export interface BucketMove {
  readonly bucket: number;
  readonly from: number;
  readonly to: number;
  /** Last frame before and first frame after. */
  readonly afterMs: number;
  readonly byMs: number;
}

/**
 * Why buckets moved (ovs-bonds 4): `rebalance` takes load from one member to another; `member-down` takes all that a member
 * held; `map-changed` draws the whole table anew (any change of configuration does).
 */
export type BucketEventKind = 'rebalance' | 'member-down' | 'map-changed';

/** Moves that happened in one instant, which lies between `fromMs` and `toMs`. */
export interface BucketEvent {
  readonly kind: BucketEventKind;
  readonly fromMs: number;
  readonly toMs: number;
  /** The lost member of `member-down`, else -1. */
  readonly member: number;
  readonly moves: readonly BucketMove[];
}

/** What is forgotten is so from just after the last frame on. */
const AFTER_MS = 1e-3;
/** Clocks of two captures agree to about this. */
const CLOCK_MS = 5;
/** A redraw moves as many buckets as two independent draws leave different, but for so many standard deviations. */
const MOST_DEVIATIONS = 3;
/** So many moves at least speak of a redraw where the shares could be chance. */
const LEAST_REDRAW_MOVES = 8;

/** Moves of the table in order of time. Holds of unknown members are no moves. */
export function listMoves(table: BucketTable): BucketMove[] {
  const moves: BucketMove[] = [];
  table.forEach((holds, bucket) => {
    let last: BucketHold | null = null;
    for (const hold of holds) {
      if (hold.member === UNKNOWN_MEMBER) continue;
      if (last !== null && last.member !== hold.member)
        moves.push({ bucket, from: last.member, to: hold.member, afterMs: last.lastMs, byMs: hold.fromMs });
      last = hold;
    }
  });
  return moves.sort((x, y) => x.byMs - y.byMs || x.bucket - y.bucket);
}

/**
 * The fewest instants that explain all moves: a move lies between two frames of its bucket, and buckets that move at once share
 * an instant. Losses of members claim the moves away from them first.
 */
export function findEvents(table: BucketTable, losses: readonly MemberLoss[]): BucketEvent[] {
  const rest: BucketMove[] = [];
  const lost = losses.map((): BucketMove[] => []);
  for (const move of listMoves(table)) {
    const l = losses.findIndex((loss) => loss.member === move.from && move.byMs > loss.fromMs && move.afterMs <= loss.fromMs + CLOCK_MS);
    (l < 0 ? rest : lost[l]).push(move);
  }
  const events: BucketEvent[] = [];
  losses.forEach((loss, l) => {
    const moves = lost[l];
    // Silence alone is no loss: several buckets have to leave.
    if (!loss.isSaid && moves.length < 2) rest.push(...moves);
    else events.push({ kind: 'member-down', ...instantOf(moves, loss.fromMs), member: loss.member, moves });
  });
  rest.sort((x, y) => x.byMs - y.byMs || x.bucket - y.bucket);
  for (const moves of groupMoves(rest)) {
    const instant = instantOf(moves, -Infinity);
    events.push({ kind: isRedraw(moves, table, instant.toMs) ? 'map-changed' : 'rebalance', ...instant, member: -1, moves });
  }
  return events.sort((x, y) => x.toMs - y.toMs);
}

/** Between the last frame on an old member and the first on a new one. */
function instantOf(moves: readonly BucketMove[], leastMs: number): { fromMs: number; toMs: number } {
  let fromMs = leastMs;
  let toMs = Infinity;
  for (const { afterMs, byMs } of moves) {
    fromMs = Math.max(fromMs, afterMs);
    toMs = Math.min(toMs, byMs);
  }
  if (toMs === Infinity) toMs = fromMs;
  return { fromMs: Math.min(fromMs, toMs), toMs };
}

/** Worth of one frame that does not fit is 1: less makes a single frame enough where a change is known of. */
const KNOWN_COST = 0.5;

/** What else is known of the times of changes: a loss is so by itself, a rebalance or redraw once several buckets show it. */
export function knownChanges(losses: readonly MemberLoss[], events: readonly BucketEvent[]): KnownChange[] {
  const changes = losses.map(({ member, fromMs, isSaid }): KnownChange => ({
    fromMs: fromMs - CLOCK_MS,
    toMs: fromMs + CLOCK_MS,
    from: member,
    to: null,
    cost: isSaid ? 0 : KNOWN_COST,
  }));
  for (const { kind, moves, fromMs, toMs } of events) {
    if (kind === 'member-down' || moves.length < 2) continue;
    const ways = kind === 'map-changed' ? [{ from: null, to: null }] : moves.map(({ from, to }) => ({ from, to }));
    for (const way of new Map(ways.map((w) => [`${w.from}>${w.to}`, w])).values()) changes.push({ fromMs, toMs, ...way, cost: KNOWN_COST });
  }
  return changes.sort((x, y) => x.fromMs - y.fromMs);
}

/**
 * The table as far as it is known: who holds a bucket is unknown once its member went down, or the table was drawn anew, until
 * its next frame.
 */
export function forgetAfter(table: BucketTable, events: readonly BucketEvent[]): BucketTable {
  return table.map((holds) => {
    let known: readonly BucketHold[] = holds;
    for (const event of events) {
      if (event.kind === 'rebalance') continue;
      let at = known.length - 1;
      while (at > 0 && known[at].fromMs >= event.toMs) at--;
      if (at < 0) continue;
      const hold = known[at];
      if (hold.member === UNKNOWN_MEMBER || hold.lastMs > event.toMs) continue;
      if (event.kind === 'member-down' && hold.member !== event.member) continue;
      // Moved at the event itself: what follows is known from then on.
      if (known[at + 1] !== undefined && known[at + 1].fromMs <= event.toMs) continue;
      const fromMs = Math.max(hold.lastMs, event.fromMs);
      known = [...known.slice(0, at + 1), { fromMs: fromMs + AFTER_MS, lastMs: -Infinity, member: UNKNOWN_MEMBER }, ...known.slice(at + 1)];
    }
    return known;
  });
}

/** Greedy stabbing of intervals, by their ends: the fewest instants. `moves` in order of their ends. */
function groupMoves(moves: readonly BucketMove[]): BucketMove[][] {
  const groups: { atMs: number; moves: BucketMove[] }[] = [];
  for (const move of moves) {
    const group = groups[groups.length - 1];
    if (group !== undefined && move.afterMs - CLOCK_MS <= group.atMs && group.moves.every(({ bucket }) => bucket !== move.bucket))
      group.moves.push(move);
    else groups.push({ atMs: move.byMs, moves: [move] });
  }
  return groups.map((group) => group.moves);
}

/**
 * A redraw moves buckets to and fro between members, as many as are bound to change where their member is drawn anew. One round of
 * rebalancing moves some both ways as well (a heavy bucket there, light ones back), but no more than the loads ask for.
 */
function isRedraw(moves: readonly BucketMove[], table: BucketTable, atMs: number): boolean {
  if (moves.length < LEAST_REDRAW_MOVES) return false;
  const ways = new Set(moves.map(({ from, to }) => `${from}>${to}`));
  const toAndFro = moves.filter(({ from, to }) => ways.has(`${to}>${from}`)).length;
  if (toAndFro < moves.length / 4) return false;
  const stayed = table.flatMap((holds) => holds.find((hold) => hold.fromMs < atMs && hold.lastMs > atMs)?.member ?? []);
  const before = shares([...stayed, ...moves.map(({ from }) => from)]);
  const after = shares([...stayed, ...moves.map(({ to }) => to)]);
  let change = 1;
  for (const [member, share] of before) change -= share * (after.get(member) ?? 0);
  const count = moves.length + stayed.length;
  return moves.length >= count * change - MOST_DEVIATIONS * Math.sqrt(count * change * (1 - change));
}

function shares(members: readonly number[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const member of members) found.set(member, (found.get(member) ?? 0) + 1 / members.length);
  return found;
}

/** Shorter intervals are raised to this (ofproto/bond.c). */
const LEAST_INTERVAL_MS = 1_000;
/** A round runs this long after its interval at the latest (ovs-bonds 4). */
const ROUND_SLACK_MS = 500;
/** People write whole seconds; else tenths. */
const INTERVAL_STEPS_MS = [1_000, 100] as const;

/**
 * The interval of rebalancing rounds, in milliseconds: the longest of which all gaps between rebalances can be multiples. Null
 * with fewer than three rebalances, or if no interval fits.
 */
export function findRebalanceInterval(events: readonly BucketEvent[]): number | null {
  const rounds = events.filter(({ kind }) => kind === 'rebalance');
  if (rounds.length < 3) return null;
  const gaps = rounds.slice(1).map(({ fromMs, toMs }, i) => ({ least: fromMs - rounds[i].toMs, most: toMs - rounds[i].fromMs }));
  const shortest = Math.min(...gaps.map(({ most }) => most));
  for (const step of INTERVAL_STEPS_MS) {
    for (let interval = Math.floor(shortest / step) * step; interval >= LEAST_INTERVAL_MS; interval -= step) {
      if (gaps.every(({ least, most }) => Math.floor(most / interval) * (interval + ROUND_SLACK_MS) >= least)) return interval;
    }
  }
  return null;
}
