import { reasonCode } from '../hash/policy.ts';
import { KIND_ORDINARY } from './field-sets.ts';
import { logAdd, logFactorial } from './log-math.ts';
import type { Observation } from './observe.ts';
import { FLOW_ERROR } from './score-rule.ts';

const CUT = reasonCode('cut-header');

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
