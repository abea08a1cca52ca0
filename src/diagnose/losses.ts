import { isUp } from '../lacp/mux.ts';
import type { PduEvent } from '../lacp/pdu-sequence.ts';
import { secondsApart } from '../lacp/pdu-sequence.ts';
import type { PortHistory } from '../lacp/port-history.ts';
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

/** When a link between two ports was up at both ends and stopped to be. */
export function findLosses([a, b]: readonly [PortHistory, PortHistory]): Loss[] {
  const losses: Loss[] = [];
  const { member } = a;
  const state: [number, number] = [0, 0];
  let up = false;
  let upSince: PduEvent | null = null;
  let open: { lastGood: PduEvent; firstBad: PduEvent | null; upSeconds: number } | null = null;
  let previous: PduEvent | null = null;
  let [i, j] = [0, 0];
  while (i < a.own.length || j < b.own.length) {
    const side = j === b.own.length || (i < a.own.length && secondsApart(a.own[i], b.own[j]) >= 0) ? 0 : 1;
    const event = side === 0 ? a.own[i++] : b.own[j++];
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
