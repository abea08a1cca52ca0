import { ANSWERED, EXPECTS_ANSWER, forwardOf, reverseOf } from './conversations.ts';
import type { Conversations } from './conversations.ts';

/** A member on which a side went on sending although no answer came any more. */
export interface Blackhole {
  readonly member: number;
  /** The side that sends. */
  readonly side: 0 | 1;
  /** Last answer, last frame sent without one; ms on the LAG's axis. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Conversations that were sent on without an answer, and some frames that show it. */
  readonly flows: number;
  readonly frames: readonly (readonly [source: number, frame: number, ms: number])[];
}

/** Conversations that must go unanswered, that must have been answered before, and elsewhere meanwhile. */
const LEAST_FLOWS = 5;
/** Sending this long without an answer is more than a failover that is under way. */
const LEAST_SECONDS = 5;
const MARGIN_MS = 1000;
const MAX_FRAMES = 5;
/** Share of the conversations on other members that must go on being answered. */
const LEAST_ALIVE = 0.5;
/** Frames of a question that is repeated: SYN, SYN, SYN. */
const LEAST_REPEATS = 3;

/** A single frame without an answer may have meant nothing: one that is repeated, or a conversation that goes on, wants one. */
function insists({ traits, ends }: Conversations, talk: number): boolean {
  const forward = forwardOf(talk);
  if ((traits[talk] & ANSWERED) !== 0) return ends.lastMs[forward] - ends.lastMs[reverseOf(talk)] > MARGIN_MS;
  return ends.packets[forward] >= LEAST_REPEATS && ends.lastMs[forward] - ends.firstMs[forward] > MARGIN_MS;
}

/**
 * Members that swallow what is sent on them: from one moment on not a single conversation sent there is answered, on
 * whatever member the answer might come, though the same stations answered before and still answer what is sent on
 * other members. Only what expects an answer counts. `untilMs`: for each side, until when the members were captured on which its
 * answers come; what is sent later may well be answered.
 */
export function findBlackholes(talks: Conversations, memberCount: number, untilMs: readonly [number, number]): Blackhole[] {
  const found: Blackhole[] = [];
  for (const side of [0, 1] as const) {
    const own = chooseOwn(talks, side);
    for (let member = 0; member < memberCount; member++) {
      const blackhole = findBlackhole(talks, own, side, member, untilMs[side]);
      if (blackhole !== null) found.push(blackhole);
    }
  }
  return found;
}

/** Conversations of a side that expect an answer and were sent on one member. */
function chooseOwn({ count, side: sideOf, traits, ends }: Conversations, side: 0 | 1): number[] {
  const own: number[] = [];
  for (let talk = 0; talk < count; talk++)
    if (sideOf[talk] === side && (traits[talk] & EXPECTS_ANSWER) !== 0 && ends.member[forwardOf(talk)] >= 0) own.push(talk);
  return own;
}

function findBlackhole(talks: Conversations, own: readonly number[], side: 0 | 1, member: number, untilMs: number): Blackhole | null {
  const { traits, pair, ends } = talks;
  const lastSent = (talk: number): number => Math.min(ends.lastMs[forwardOf(talk)], untilMs);
  let answered = 0;
  let fromMs = -Infinity;
  for (const talk of own) {
    if (ends.member[forwardOf(talk)] !== member || (traits[talk] & ANSWERED) === 0) continue;
    answered++;
    if (ends.lastMs[reverseOf(talk)] > fromMs) fromMs = ends.lastMs[reverseOf(talk)];
  }
  if (answered < LEAST_FLOWS) return null;
  const late = own.filter(
    (talk) =>
      ends.member[forwardOf(talk)] === member && ends.firstMs[forwardOf(talk)] < untilMs - MARGIN_MS && lastSent(talk) > fromMs + MARGIN_MS,
  );
  if (late.length < LEAST_FLOWS) return null;
  const answeredPairs = new Set(own.filter((talk) => (traits[talk] & ANSWERED) !== 0).map((talk) => pair[talk]));
  const after = late.filter((talk) => answeredPairs.has(pair[talk]) && insists(talks, talk));
  const toMs = after.reduce((last, talk) => Math.max(last, lastSent(talk)), -Infinity);
  if (after.length < LEAST_FLOWS || toMs - fromMs < LEAST_SECONDS * 1000) return null;
  const lastAnswer = (talk: number): number => ((traits[talk] & ANSWERED) === 0 ? -Infinity : ends.lastMs[reverseOf(talk)]);
  const elsewhere = own.filter(
    (talk) => ends.member[forwardOf(talk)] !== member && Math.max(ends.lastMs[forwardOf(talk)], lastAnswer(talk)) > fromMs + MARGIN_MS,
  );
  const alive = elsewhere.filter((talk) => lastAnswer(talk) > fromMs + MARGIN_MS);
  if (alive.length < Math.max(LEAST_FLOWS, LEAST_ALIVE * elsewhere.length)) return null;
  const fresh = after.map(forwardOf).filter((end) => ends.firstMs[end] > fromMs);
  fresh.sort((x, y) => ends.firstMs[x] - ends.firstMs[y]);
  return {
    member,
    side,
    fromMs,
    toMs,
    flows: after.length,
    frames: fresh.slice(0, MAX_FRAMES).map((end) => [ends.source[end], ends.frame[end], ends.firstMs[end]] as const),
  };
}
