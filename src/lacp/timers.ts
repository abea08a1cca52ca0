import { STATE_ACTIVITY, STATE_DEFAULTED, STATE_EXPIRED, STATE_TIMEOUT } from './lacpdu.ts';

/** Periods and timeouts in seconds (IEEE 802.1AX-2020 6.4.4). */
export const FAST_PERIOD = 1;
export const SLOW_PERIOD = 30;
export const SHORT_TIMEOUT = 3;
export const LONG_TIMEOUT = 90;
export const CHURN_DETECTION = 60;

/**
 * Slack of a timer seen in a capture: Linux counts its timers in steps of 0.1 s and sends up to a second late, Open
 * vSwitch looks once in 0.5 s.
 */
export const TIMER_SLACK = 1;

/** Period at which the partner of a port in this state sends: the port's own Timeout bit asks for it. */
export function periodAskedBy(state: number): number {
  return (state & STATE_TIMEOUT) !== 0 ? FAST_PERIOD : SLOW_PERIOD;
}

/** How long a port in this state waits for the next PDU before it expires. */
export function timeoutOf(state: number): number {
  return (state & STATE_TIMEOUT) !== 0 ? SHORT_TIMEOUT : LONG_TIMEOUT;
}

export type ReceiveState = 'current' | 'expired' | 'defaulted';
export type PeriodicState = 'none' | 'slow' | 'fast';

/** The receive machine as the state bits of the port's own PDU show it (6.4.12). */
export function receiveStateOf(state: number): ReceiveState {
  if ((state & STATE_EXPIRED) !== 0) return 'expired';
  return (state & STATE_DEFAULTED) !== 0 ? 'defaulted' : 'current';
}

/**
 * The receive machine after `silentSeconds` without a PDU, when nothing but its timer can have moved it: 3 or 90 s to
 * EXPIRED, 3 s more to DEFAULTED (6.4.12).
 */
export function receiveStateAfter(state: number, silentSeconds: number): ReceiveState {
  const now = receiveStateOf(state);
  if (now === 'defaulted') return now;
  const timeout = now === 'expired' ? 0 : timeoutOf(state) + TIMER_SLACK;
  if (silentSeconds < timeout) return now;
  return silentSeconds >= timeout + SHORT_TIMEOUT ? 'defaulted' : 'expired';
}

/** The periodic machine: silent only where both ends are passive (6.4.13). `partnerState` as the port believes it. */
export function periodicStateOf(actorState: number, partnerState: number): PeriodicState {
  if (((actorState | partnerState) & STATE_ACTIVITY) === 0) return 'none';
  return (partnerState & STATE_TIMEOUT) !== 0 ? 'fast' : 'slow';
}
