import { findPolicy } from '../hash/registry.ts';
import { detectMode } from '../infer/detect-mode.ts';
import type { ModeVerdict } from '../infer/detect-mode.ts';
import { findSignatures } from '../infer/mode-signatures.ts';
import type { Ranking } from '../infer/rank-rules.ts';
import { toMs } from '../flows/lag-flows.ts';
import { STATE_DISTRIBUTING } from '../lacp/lacpdu.ts';
import { sequenceStart } from '../infer/slice-window.ts';
import type { Sides } from '../flows/direct-flows.ts';
import { makerOf } from './rule-request.ts';
import type { Sender, SenderRequest } from './sender.ts';

/** Share of certainty that a signature leaves: nothing on the wire is proof of a configuration. */
export const SIGNATURE_CERTAINTY = 0.99;

/** The mode in which a side sends, from its frames; `reverse` lists the flows of the other one. */
export function findMode(asked: SenderRequest, side: 0 | 1, reverse: Uint32Array, sides: Sides, ranking: Ranking): ModeVerdict {
  const { plan, flows, list, ends } = asked;
  const signs = findSignatures({
    flows,
    list,
    reverse,
    slices: () => sequenceStart(flows, asked.isData),
    captured: plan.members.flatMap((member, m) => (member.sources.length > 0 ? [m] : [])),
    isSource: (mac) => sides.sideOf(mac) === side,
  });
  return detectMode(signs, ranking, {
    lacp: ends.some((end) => end?.everUp === true) ? 'up' : ends.some((end) => end !== null) ? 'failed' : 'none',
    maker: makerOf(asked),
    spanMs: flows.lastMs - flows.firstMs,
    flows: list.length,
    memberName: (m) => plan.members[m].name,
    distributes: (m, ms) =>
      (ends[m]?.runs ?? []).some(
        (run) =>
          (run.pdu.actor.state & STATE_DISTRIBUTING) !== 0 &&
          toMs(run.seconds, run.nanos, flows.originSeconds) <= ms &&
          toMs(run.lastSeconds, run.lastNanos, flows.originSeconds) > ms,
      ),
  });
}

/** The sender that a mode makes of one whose rule was inferred: named, and predicting nothing. Null where no such mode shows. */
export function senderOfMode(sender: Sender, mode: ModeVerdict, members: number): Sender | null {
  if (sender.source !== 'inferred' || !mode.withoutHash || findPolicy(mode.mode)?.selector !== 'none') return null;
  // Modes that hash may look the same: then a rule that fits stands.
  if (sender.policy !== null && mode.equivalent.some((id) => findPolicy(id)?.selector !== 'none')) return null;
  return {
    policy: null,
    named: mode.mode,
    variant: '',
    basis: sender.basis,
    order: sender.policy === null ? sender.order : Array.from({ length: members }, (_, m) => m),
    source: 'inferred',
    confidence: SIGNATURE_CERTAINTY / (1 + mode.equivalent.length),
    ...(sender.ranking === undefined ? {} : { ranking: sender.ranking }),
  };
}
