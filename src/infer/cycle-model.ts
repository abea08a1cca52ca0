/** Frames that are looked at: more of them do not make a cycle clearer. */
const MOST_FRAMES = 600;
/** Shares of the frames that captures may have lost. */
const LOSSES: readonly number[] = [0.005, 0.05, 0.15, 0.3];
/** Lost frames in a row that are thought of. */
const MOST_LOST = 6;
/** Shares of the frames that a sender places outside its cycle (IGMP goes to the active member), or that are out of order. */
const OUTSIDE: readonly number[] = [0.002, 0.05];
/** Longest run on one member (packets_per_slave) that is looked for. */
const LONGEST_RUN = 32;
/** A cycle must outweigh frames placed by chance by this. */
const LOG_ODDS = Math.log(10_000);

/** Stretches of frames in order of time: the member of each, and where a stretch begins. */
export interface FrameOrder {
  readonly member: Uint8Array;
  readonly begins: Uint8Array;
  readonly count: number;
}

export interface FoundCycle {
  /** Frames that go to a member before the next one is taken. */
  readonly framesPerMember: number;
  /** Better than frames placed by chance, and than ones that stay or go on by chance alone. */
  readonly isShown: boolean;
}

/**
 * Weighs whether frames go round in `order`, so many on each member, where captures lost some: then runs are too short, or left out
 * altogether, but never too long, which chance makes them.
 */
export function findRuns({ member, begins, count }: FrameOrder, order: readonly number[]): FoundCycle {
  const frames = Math.min(count, MOST_FRAMES);
  const members = order.length;
  const place = Uint8Array.from({ length: Math.max(...order) + 1 }, (_, m) => Math.max(order.indexOf(m), 0));
  const counts = new Float64Array(members * members);
  const of = new Float64Array(members);
  let steps = 0;
  for (let i = 0; i < frames; i++) {
    of[place[member[i]]]++;
    if (begins[i] === 1) continue;
    counts[place[member[i - 1]] * members + place[member[i]]]++;
    steps++;
  }
  const stays = order.reduce((sum, _, k) => sum + counts[k * members + k], 0);
  const mean = steps / Math.max(steps - stays, 1);
  let best = { framesPerMember: 1, logOdds: -Infinity };
  const shortest = Math.max(1, Math.floor(mean));
  const longest = Math.min(Math.ceil(mean / (1 - LOSSES[LOSSES.length - 1])) + 1, LONGEST_RUN);
  for (let run = shortest; run <= longest; run++) {
    const logOdds = Math.max(
      ...LOSSES.flatMap((loss) => OUTSIDE.map((outside) => weighCycle(member, begins, frames, place, { members, run, loss, outside }))),
    );
    if (logOdds > best.logOdds) best = { framesPerMember: run, logOdds };
  }
  // What each account leaves open is paid for (Schwarz 1978): a cycle has its run and its loss, a chain of members each step's odds.
  const worth = Math.log(Math.max(frames, 2)) / 2;
  const cycle = best.logOdds - 2 * worth;
  const chance = logLikelihood(of) - (members - 1) * worth;
  const chain = order.reduce((sum, _, k) => sum + logLikelihood(counts.subarray(k * members, (k + 1) * members)), 0);
  const isShown = cycle > chance + LOG_ODDS && cycle > chain - members * (members - 1) * worth;
  return { framesPerMember: best.framesPerMember, isShown };
}

/** Log of the likeliest odds of drawing these counts, one after the other. */
function logLikelihood(counts: Float64Array): number {
  const all = counts.reduce((sum, n) => sum + n, 0);
  return counts.reduce((sum, n) => sum + (n > 0 ? n * Math.log(n / all) : 0), 0);
}

interface Cycle {
  readonly members: number;
  readonly run: number;
  readonly loss: number;
  readonly outside: number;
}

/** Log odds of the frames under a cycle, over all places in it where it may have begun (forward algorithm). */
function weighCycle(member: Uint8Array, begins: Uint8Array, frames: number, place: Uint8Array, cycle: Cycle): number {
  const { members, run, loss, outside } = cycle;
  const places = members * run;
  let now = new Float64Array(places);
  let next = new Float64Array(places);
  const other = outside / members;
  let sum = 0;
  for (let i = 0; i < frames; i++) {
    if (begins[i] === 1) next.fill(1 / places);
    else {
      for (let s = 0; s < places; s++) {
        let odds = 0;
        let share = 1 - loss;
        for (let lost = 0; lost < MOST_LOST; lost++, share *= loss) odds += share * now[(s + places - ((1 + lost) % places)) % places];
        next[s] = odds;
      }
    }
    const seen = place[member[i]];
    let total = 0;
    for (let s = 0; s < places; s++) {
      next[s] *= (Math.floor(s / run) === seen ? 1 - outside : 0) + other;
      total += next[s];
    }
    for (let s = 0; s < places; s++) next[s] /= total;
    sum += Math.log(total);
    [now, next] = [next, now];
  }
  return sum;
}
