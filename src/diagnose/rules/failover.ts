import type { DiagnoseContext } from '../context.ts';
import { portOf, SIDES } from '../context.ts';
import type { RawFinding } from '../finding.ts';
import type { Rule } from '../rule.ts';
import { findLosses, lossSeconds } from '../losses.ts';
import { isPassivePair } from '../lost-partner.ts';
import { findHandover, findSilences, momentOfBin } from '../traffic.ts';
import { clock } from '../words.ts';

/** More losses of one member are flapping, which is a finding of its own. */
const MOST_LOSSES = 3;
/** A negotiation may take back what it said a moment before. */
const LEAST_UP_SECONDS = 2;

/** A member that was in use and went out of use, by LACP or, without LACP, by its silence. */
export const failover: Rule = {
  id: 'bond/failover',
  severity: 'warn',
  check: (context) => [...byLacp(context), ...bySilence(context)],
};

function byLacp(context: DiagnoseContext): RawFinding[] {
  return context.members.flatMap((_, m): RawFinding[] => {
    const port = portOf(context, m, 0);
    if (port === null || isPassivePair(port)) return [];
    const losses = findLosses(context, m).filter((loss) => loss.upSeconds >= LEAST_UP_SECONDS);
    if (losses.length > MOST_LOSSES) return [];
    return losses.map((loss): RawFinding => ({
      id: 'bond/failover',
      values: {
        why: loss.firstBad === null ? 'Its LACPDUs ended' : 'LACP took it out of the LAG',
        until:
          loss.upAgain === null
            ? ', and it did not come back'
            : `; up again at ${clock(loss.upAgain)}, ${lossSeconds(loss, context.end).toFixed(1)} s later`,
      },
      members: [m],
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

function bySilence(context: DiagnoseContext): RawFinding[] {
  const { traffic } = context;
  if (context.ports.length > 0) return [];
  const spans = findSilences(traffic);
  const findings = spans.map((span): RawFinding => {
    const back = span.nextBin < traffic.bins ? clock(momentOfBin(traffic, span.nextBin)) : null;
    return bareFinding(span.member, momentOfBin(traffic, span.lastBin), {
      why: 'No frame of either end any more while the other members went on',
      until: back === null ? ', and it did not come back' : `; frames again at ${back}, ${span.seconds.toFixed(1)} s later`,
    });
  });
  const handover = SIDES.map((side) => findHandover(traffic, side)).find((found) => found !== null);
  if (handover !== null && handover !== undefined && !spans.some((span) => span.member === handover.from)) {
    findings.push(
      bareFinding(handover.from, momentOfBin(traffic, handover.lastBin), {
        why: `Data moved as a whole to ${context.members[handover.to].name}`,
        until: ' of that data',
      }),
    );
  }
  return findings;
}

function bareFinding(member: number, since: RawFinding['since'], values: RawFinding['values']): RawFinding {
  return { id: 'bond/failover', values, members: [member], side: null, since, evidence: [] };
}
