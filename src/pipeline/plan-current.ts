import { reasonCode, UNPREDICTED_REASONS } from '../hash/policy.ts';
import { destinationMac, isGroupMac, parseMac, sourceMac } from '../flows/mac.ts';
import { holdAt } from '../infer/learn-buckets.ts';
import { epochAt } from '../plan/place.ts';
import { selectOf } from '../plan/plan-rule.ts';
import type { PlanRule, RuleHashes } from '../plan/plan-rule.ts';
import type { PlanTraffic } from '../plan/plan-traffic.ts';
import type { DirectionAnalysis } from './analyze-direction.ts';
import type { LagAnalysis } from './analyze-lag.ts';

const IN_FRAME_TAG = reasonCode('in-frame-tag');
const BEFORE_UP = reasonCode('before-up');
const UNKNOWN_BUCKET = reasonCode('unknown-bucket');
const UNKNOWN_POLICY = reasonCode('unknown-policy');

/** Where each slice went by the sender's own rule, and what that rule leaves open. */
export interface CurrentPlacement {
  /** Member of each slice: decided, or where it was seen. */
  readonly member: Uint8Array;
  readonly isDecided: Uint8Array;
  /** Packets per index of UNPREDICTED_REASONS. */
  readonly reasons: Float64Array;
}

/** What is known of the direction: `PlanDirectionTables` is one. */
interface CurrentTables {
  readonly lag: LagAnalysis;
  readonly direction: DirectionAnalysis;
  readonly traffic: PlanTraffic;
  readonly rule: PlanRule | null;
  hashes(rule: PlanRule): RuleHashes;
}

/** Every slice where the sender's rule puts it in its epoch; what the rule leaves open, where it was seen. */
export function placeAsItWas(tables: CurrentTables): CurrentPlacement {
  const { traffic, direction, lag, rule } = tables;
  const { slices, list } = traffic;
  const { epochs, sender, placement } = direction;
  const member = slices.member.slice();
  const isDecided = new Uint8Array(slices.count);
  const reasons = new Float64Array(UNPREDICTED_REASONS.length);
  if (rule === null) {
    reasons[reasonCode(sender.unpredicted ?? 'unknown-policy')] = traffic.totalPackets;
    return { member, isDecided, reasons };
  }
  const hashes = tables.hashes(rule);
  const leave = (s: number, reason: number): void => {
    reasons[reason] += slices.packets[s];
  };
  if (sender.buckets !== undefined) {
    const reason = hashes.reasonFor(2);
    for (let s = 0; s < slices.count; s++) {
      const p = slices.place[s];
      const hold = reason[p] === 0 ? holdAt(sender.buckets.table[hashes.hash[p] & 0xff], slices.ms[s]) : null;
      if (hold === null) leave(s, reason[p] === 0 ? UNKNOWN_BUCKET : reason[p]);
      else {
        member[s] = hold.member;
        isDecided[s] = 1;
      }
    }
    return { member, isDecided, reasons };
  }
  const select = rule.policy.selector === 'modulo' || rule.policy.selector === 'bucket-8' ? selectOf(rule.policy) : null;
  const own = lag.portEnds.map((ends) => new Set((ends[direction.side]?.srcMacs ?? []).map((mac) => parseMac(mac) ?? 0)));
  const { merged } = traffic.flows;
  for (let s = 0; s < slices.count; s++) {
    const p = slices.place[s];
    const flow = list[p];
    const epoch = epochAt(epochs, slices.ms[s]);
    const { active } = epochs[epoch];
    const { rows } = merged.tables[merged.keyTable[flow]].columns;
    const start = merged.keyStart[flow];
    const seen = slices.member[s];
    if (
      active.length === 0 ||
      (!active.includes(seen) && isGroupMac(destinationMac(rows, start)) && own[seen].has(sourceMac(rows, start)))
    ) {
      leave(s, BEFORE_UP);
      continue;
    }
    if (active.length === 1) {
      // One link takes all, whatever the hash.
      member[s] = active[0];
      isDecided[s] = 1;
      continue;
    }
    const reason = placement.reason[flow] === IN_FRAME_TAG ? IN_FRAME_TAG : hashes.reasonFor(active.length)[p];
    if (reason !== 0 || select === null) {
      leave(s, reason === 0 ? UNKNOWN_POLICY : reason);
      continue;
    }
    // Before or after a change of the policy its own rule placed the frame.
    const hash = direction.senderIn(epoch) === sender ? hashes.hash[p] : direction.hashIn(epoch)[flow];
    member[s] = active[select(hash, active.length)];
    isDecided[s] = 1;
  }
  return { member, isDecided, reasons };
}
