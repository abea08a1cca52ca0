import type { RuleHashes } from './plan-rule.ts';
import type { PlanTraffic } from './plan-traffic.ts';

const CLASS_BITS = 16;

/** What a rule can tell apart in the traffic, whatever the number of members. */
export interface HashClasses {
  /** 1 / sum of squared shares of the bytes of each hash value: so many equal flows would be as hard to balance. */
  readonly effectiveFlows: number;
  /** Sum of squared shares an ideal hash of these classes may be expected to give on n members. */
  expectedSquares(members: number): number;
}

/** Flows of one hash value, or of one bucket, stay together on any number of members. Of more than 65,536 values some are counted as one. */
export function classifyHashes(traffic: PlanTraffic, { hash, reasonFor, rule }: RuleHashes, members: number): HashClasses {
  const { bytes, totalBytes } = traffic;
  const { selector } = rule.policy;
  const reason = reasonFor(members);
  const mask = selector === 'bucket-256' ? 0xff : selector === 'bucket-8' ? 7 : 0xffffffff;
  const sums = new Float64Array(1 << CLASS_BITS);
  let squares = 0;
  for (let p = 0; p < hash.length; p++) {
    // What the hash does not decide is decided flow by flow.
    if (reason[p] !== 0) squares += bytes[p] * bytes[p];
    else sums[Math.imul(hash[p] & mask, 0x9e3779b1) >>> (32 - CLASS_BITS)] += bytes[p];
  }
  for (const sum of sums) squares += sum * sum;
  const share = totalBytes > 0 ? squares / (totalBytes * totalBytes) : 1;
  return {
    effectiveFlows: 1 / share,
    expectedSquares: (n) => 1 / n + (1 - 1 / n) * share,
  };
}
