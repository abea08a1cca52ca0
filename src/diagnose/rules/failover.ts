import type { DiagnoseContext } from '../context.ts';
import { linksOf, SIDES } from '../context.ts';
import { secondsApart } from '../../lacp/pdu-sequence.ts';
import type { PortHistory } from '../../lacp/port-history.ts';
import type { FrameEvidence, RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';
import { findLosses, lossSeconds } from '../losses.ts';
import { isPassivePair } from '../lost-partner.ts';
import { findHandover, findSilences, isBinObserved, momentOfBin } from '../traffic.ts';
import { clock } from '../words.ts';

/** More losses of one member are flapping, which is a finding of its own. */
const MOST_LOSSES = 3;
/** A negotiation may take back what it said a moment before. */
const LEAST_UP_SECONDS = 2;
/** Both members must have been captured this long before data moves from one to the other, and after it. */
const LEAST_EARLY_SECONDS = 1;
const HANDOVER_SECONDS = 1;

/** A member that was in use and went out of use, by LACP or, without LACP, by its silence. */
export const failover: Rule = {
  id: 'bond/failover',
  severity: 'warn',
  check: (context) => [...byLacp(context), ...bySilence(context)],
};

function byLacp(context: DiagnoseContext): RawFinding[] {
  return linksOf(context).flatMap((link): RawFinding[] => {
    const [port] = link;
    if (isPassivePair(port)) return [];
    const losses = findLosses(link).filter((loss) => loss.upSeconds >= LEAST_UP_SECONDS);
    if (losses.length > MOST_LOSSES) return [];
    return losses.map((loss): RawFinding => ({
      id: 'bond/failover',
      values: {
        why: loss.firstBad === null ? 'Its LACPDUs ended' : 'LACP took it out of the LAG',
        until:
          loss.upAgain === null
            ? endText(context, port)
            : `; up again at ${clock(loss.upAgain)}, ${lossSeconds(loss, context.end).toFixed(1)} s later`,
      },
      members: [port.member],
      ports: [port],
      side: null,
      since: loss.lastGood,
      evidence: [
        { source: loss.lastGood.source, frame: loss.lastGood.frame, time: loss.lastGood, note: 'last LACPDU while up' },
        ...(loss.firstBad === null
          ? []
          : [{ source: loss.firstBad.source, frame: loss.firstBad.frame, time: loss.firstBad, note: 'first LACPDU that shows the loss' }]),
      ],
    }));
  });
}

/** What is known of a member that is not seen up again. */
function endText({ end }: DiagnoseContext, port: PortHistory): string {
  return secondsApart(port.end, end) < LEAST_EARLY_SECONDS
    ? ', and it did not come back'
    : `, and it did not come back before its capture ended at ${clock(port.end)}`;
}

function bySilence(context: DiagnoseContext): RawFinding[] {
  const { traffic } = context;
  if (context.ports.length > 0) return [];
  const isSeen = (member: number, from: number, to: number): boolean =>
    isBinObserved(traffic, context.observed[member], from, to, context.end);
  const spans = findSilences(traffic).filter(({ member, lastBin, nextBin }) => isSeen(member, lastBin + 1, nextBin));
  const findings = spans.map((span): RawFinding => {
    const back = span.nextBin < traffic.bins ? clock(momentOfBin(traffic, span.nextBin)) : null;
    return {
      ...bareFinding(span.member, momentOfBin(traffic, span.lastBin), {
        why: 'No frame of either end any more while the other members went on',
        until: back === null ? ', and it did not come back' : `; frames again at ${back}, ${span.seconds.toFixed(1)} s later`,
      }),
      evidence: framesAround(context, span.member, null, null, span.lastBin + 1, span.nextBin),
    };
  });
  // That data moved is seen only where both members were captured, before and after.
  const around = Math.ceil(HANDOVER_SECONDS / (traffic.binMs / 1000));
  const handovers = SIDES.map((side) => findHandover(traffic, side)).map((found) =>
    found !== null &&
    isSeen(found.to, Math.max(found.lastBin - around, 0), found.lastBin + around) &&
    (found.isSudden || isSeen(found.from, found.lastBin, found.lastBin + around))
      ? found
      : null,
  );
  const handover = handovers.find((found) => found !== null);
  if (handover !== null && handover !== undefined && !spans.some((span) => span.member === handover.from)) {
    const side = SIDES[handovers.indexOf(handover)];
    findings.push({
      ...bareFinding(handover.from, momentOfBin(traffic, handover.lastBin), {
        why: `Data moved as a whole to ${context.members[handover.to].name}`,
        until: ' of that data',
      }),
      evidence: framesAround(context, handover.from, handover.to, side, handover.lastBin + 1, traffic.bins),
    });
  }
  return findings;
}

/**
 * Frames that show it: the last flow that began on the member before bin `lost`, the first one that began elsewhere after
 * it, and the first one on the member again, in or after bin `back`.
 */
function framesAround(
  context: DiagnoseContext,
  from: number,
  to: number | null,
  side: 0 | 1 | null,
  lost: number,
  back: number,
): FrameEvidence[] {
  const { traffic } = context;
  const msOf = (bin: number): number => traffic.fromMs + bin * traffic.binMs;
  const others = to === null ? context.members.map((_, m) => m).filter((m) => m !== from) : [to];
  const evidence: FrameEvidence[] = [];
  const before = context.flowStart({ member: from, side, fromMs: -Infinity, toMs: msOf(lost), pick: 'last' });
  if (before !== null) evidence.push({ ...before, note: `the last flow that began on ${context.members[from].name}` });
  const after = others
    .map((member) => ({ member, start: context.flowStart({ member, side, fromMs: msOf(lost), toMs: msOf(back), pick: 'first' }) }))
    .filter(({ start }) => start !== null)
    .sort((x, y) => secondsApart(y.start?.time ?? context.end, x.start?.time ?? context.end))[0];
  if (after?.start !== null && after?.start !== undefined)
    evidence.push({ ...after.start, note: `the first flow after it, on ${context.members[after.member].name}` });
  const again = back >= traffic.bins ? null : context.flowStart({ member: from, side, fromMs: msOf(back), toMs: Infinity, pick: 'first' });
  if (again !== null) evidence.push({ ...again, note: `the first flow on ${context.members[from].name} again` });
  return evidence;
}

function bareFinding(member: number, since: RawFinding['since'], values: RawFinding['values']): RawFinding {
  return { id: 'bond/failover', values, members: [member], side: null, since, evidence: [] };
}
