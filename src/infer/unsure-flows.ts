import { reasonCode } from '../hash/policy.ts';
import { KIND_ORDINARY } from './field-sets.ts';
import { logAdd, logFactorial } from './log-math.ts';
import type { Observation } from './observe.ts';
import { FLOW_ERROR, GROUP_ERROR } from './score-rule.ts';

const CUT = reasonCode('cut-header');
const SOCKET = reasonCode('socket-hash');

/**
 * What the flows are worth whose decisive bytes were cut off, in kinds of frames that are not everyday traffic: another
 * rule that needs fewer bytes often names their member rightly without being the true one (an ICMP error quotes what its
 * own addresses say). Half the weight is on "the bytes say the same", so that a rule neither wins nor loses by the cut.
 */
export function oddsOfCutFlows(seen: Observation, reason: Uint8Array): number {
  const cut = new Map<number, number>();
  for (let i = 0; i < reason.length; i++) {
    if (reason[i] === CUT && (seen.kind[i] & KIND_ORDINARY) === 0) cut.set(seen.kind[i], (cut.get(seen.kind[i]) ?? 0) + 1);
  }
  let logOdds = 0;
  for (const flows of cut.values()) logOdds += logAdd(flows * Math.log(seen.members.length), 0) - Math.log(2);
  return logOdds;
}

/** Tagged flows of a kind whose member tells how the sender saw the tag: those that need it in the frame, and beside it. */
export interface TaggedFlows {
  excused: number;
  beside: number;
}

/** Probability that a kind of tagged frames is seen with the tag in the frame at times: by guests that write it themselves. */
const IN_FRAME_KINDS = 0.1;

/**
 * What flows are worth that fit only with the tag in the frame, where `scoreRule` has counted those with the tag beside it.
 * Two ways to see a tag give a false rule two chances on every tagged flow. How often each is used is not known (every
 * share is as likely), so that a rule which needs both about equally often gains nothing by its tagged flows.
 */
export function oddsOfTags(tagged: ReadonlyMap<number, TaggedFlows>, n: number): number {
  let logOdds = 0;
  for (const { excused, beside } of tagged.values()) {
    const shares = logFactorial(excused) + logFactorial(beside) - logFactorial(excused + beside + 1);
    const never = Math.log(1 - IN_FRAME_KINDS) + excused * Math.log(FLOW_ERROR);
    logOdds += logAdd(never, Math.log(IN_FRAME_KINDS) + shares) + excused * Math.log(n);
  }
  return logOdds;
}

/** Steps by which the share of flows that carry a socket's hash is tried. */
const SHARE_STEPS = 256;

/**
 * What flows are worth that may carry the hash of a local socket, under the members that the formula gives. A sender of its
 * own traffic uses the socket's hash for all of them, which says nothing; one that forwards for others mostly uses the
 * formula. Half the weight is on the first, and every share is as likely in the second, so that a rule with two ways to be
 * right does not win over one with a single way on traffic that both explain.
 */
export function oddsOfSocketFlows(seen: Observation, hash: Uint32Array, reason: Uint8Array, order: readonly number[]): number {
  const n = order.length;
  let match = 0;
  let miss = 0;
  for (let i = 0; i < reason.length; i++) {
    if (reason[i] !== SOCKET) continue;
    if (order[hash[i] % n] === seen.member[i]) match++;
    else miss++;
  }
  if (match === 0 || n < 2) return 0;
  // As often right as `scoreRule` has it of a flow by itself: else many flows would make up for the second way.
  const right = (1 - GROUP_ERROR) * (1 - FLOW_ERROR) + GROUP_ERROR / n;
  let forwarded = -Infinity;
  for (let step = 0; step < SHARE_STEPS; step++) {
    const share = step / SHARE_STEPS;
    const oddsOfMatch = (1 - share) * right * n + share;
    const oddsOfMiss = ((1 - share) * (1 - right) * n) / (n - 1) + share;
    forwarded = logAdd(forwarded, match * Math.log(oddsOfMatch) + miss * Math.log(oddsOfMiss));
  }
  return logAdd(0, forwarded - Math.log(SHARE_STEPS)) - Math.log(2);
}
