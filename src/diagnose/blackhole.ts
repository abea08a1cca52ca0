import type { Conversation } from './conversations.ts';

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
function insists({ forward, reverse }: Conversation): boolean {
  if (reverse !== null) return forward.lastMs - reverse.lastMs > MARGIN_MS;
  return forward.packets >= LEAST_REPEATS && forward.lastMs - forward.firstMs > MARGIN_MS;
}

function lastOf({ forward, reverse }: Conversation): number {
  return Math.max(forward.lastMs, reverse?.lastMs ?? -Infinity);
}

/**
 * Members that swallow what is sent on them: from one moment on not a single conversation sent there is answered, on
 * whatever member the answer might come, though the same stations answered before and still answer what is sent on
 * other members. Only what expects an answer counts.
 */
export function findBlackholes(conversations: readonly Conversation[], memberCount: number): Blackhole[] {
  const found: Blackhole[] = [];
  for (const side of [0, 1] as const) {
    const own = conversations.filter((talk) => talk.side === side && talk.expectsAnswer && talk.forward.member >= 0);
    const answeredPairs = new Set(own.filter(({ reverse }) => reverse !== null).map(({ pair }) => pair));
    for (let member = 0; member < memberCount; member++) {
      const here = own.filter(({ forward }) => forward.member === member);
      const answered = here.filter(({ reverse }) => reverse !== null);
      if (answered.length < LEAST_FLOWS) continue;
      const fromMs = answered.reduce((last, { reverse }) => Math.max(last, reverse?.lastMs ?? 0), -Infinity);
      const after = here.filter((talk) => talk.forward.lastMs > fromMs + MARGIN_MS && answeredPairs.has(talk.pair) && insists(talk));
      const toMs = after.reduce((last, { forward }) => Math.max(last, forward.lastMs), -Infinity);
      if (after.length < LEAST_FLOWS || toMs - fromMs < LEAST_SECONDS * 1000) continue;
      const elsewhere = own.filter((talk) => talk.forward.member !== member && lastOf(talk) > fromMs + MARGIN_MS);
      const alive = elsewhere.filter(({ reverse }) => reverse !== null && reverse.lastMs > fromMs + MARGIN_MS);
      if (alive.length < Math.max(LEAST_FLOWS, LEAST_ALIVE * elsewhere.length)) continue;
      const fresh = after.filter(({ forward }) => forward.firstMs > fromMs).sort((x, y) => x.forward.firstMs - y.forward.firstMs);
      found.push({
        member,
        side,
        fromMs,
        toMs,
        flows: after.length,
        frames: fresh.slice(0, MAX_FRAMES).map(({ forward }) => [forward.source, forward.frame, forward.firstMs] as const),
      });
    }
  }
  return found;
}
