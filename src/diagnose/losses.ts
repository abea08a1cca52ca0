import { isUp } from '../lacp/mux.ts';
import type { PduEvent } from '../lacp/pdu-sequence.ts';
import { secondsApart } from '../lacp/pdu-sequence.ts';
import type { DiagnoseContext } from './context.ts';
import { portOf } from './context.ts';
import type { Moment } from './finding.ts';

/** A stretch in which a member that was up was not. */
export interface Loss {
  readonly member: number;
  /** How long it had been up, in seconds. */
  readonly upSeconds: number;
  /** Last frame that shows it up, the first one that shows it lost (null: only silence does), the first one that shows it up again. */
  readonly lastGood: PduEvent;
  readonly firstBad: PduEvent | null;
  readonly upAgain: PduEvent | null;
}

/** When a member of a LAG with LACP was up at both ends and stopped to be. */
export function findLosses(context: DiagnoseContext, member: number): Loss[] {
  const losses: Loss[] = [];
  const [a, b] = [portOf(context, member, 0), portOf(context, member, 1)];
  if (a === null || b === null) return losses;
  const state: [number, number] = [0, 0];
  let up = false;
  let upSince: PduEvent | null = null;
  let open: { lastGood: PduEvent; firstBad: PduEvent | null; upSeconds: number } | null = null;
  let previous: PduEvent | null = null;
  for (const event of context.pdusOfMember[member]) {
    const side = event.pdu.malformed === null ? context.sideOfPdu(event) : null;
    if (side === null) continue;
    state[side] = event.pdu.actor.state;
    const nowUp = isUp(state[0]) && isUp(state[1]);
    if (up && !nowUp && previous !== null)
      open = { lastGood: previous, firstBad: event, upSeconds: secondsApart(upSince ?? previous, previous) };
    if (!up && nowUp) upSince = event;
    if (!up && nowUp && open !== null) {
      losses.push({ member, ...open, upAgain: event });
      open = null;
    }
    up = nowUp;
    previous = event;
  }
  if (open !== null) losses.push({ member, ...open, upAgain: null });
  else if (up && previous !== null && (a.state === 'down' || a.state === 'silent' || b.state === 'silent'))
    losses.push({ member, lastGood: previous, firstBad: null, upAgain: null, upSeconds: secondsApart(upSince ?? previous, previous) });
  return losses;
}

/** Seconds a loss lasted; up to the end of the capture if it did not end. */
export function lossSeconds(loss: Loss, end: Moment): number {
  return secondsApart(loss.lastGood, loss.upAgain ?? end);
}
