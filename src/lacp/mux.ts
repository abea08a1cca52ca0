import { STATE_COLLECTING, STATE_DEFAULTED, STATE_DISTRIBUTING, STATE_EXPIRED, STATE_SYNCHRONIZATION } from './lacpdu.ts';
import { CHURN_DETECTION } from './timers.ts';

export type MuxState = 'detached' | 'attached' | 'collecting' | 'distributing';
export type ChurnState = 'none' | 'monitor' | 'churn';

/** The mux machine as the state bits show it (IEEE 802.1AX-2020 6.4.15); WAITING cannot be told from DETACHED. */
export function muxStateOf(state: number): MuxState {
  if ((state & STATE_DISTRIBUTING) !== 0) return 'distributing';
  if ((state & STATE_COLLECTING) !== 0) return 'collecting';
  return (state & STATE_SYNCHRONIZATION) !== 0 ? 'attached' : 'detached';
}

/** The churn machine of one end: not in sync for 60 s is churn (6.4.17). `sinceSeconds`: how long it has been out of sync. */
export function churnStateOf(state: number, sinceSeconds: number): ChurnState {
  if ((state & STATE_SYNCHRONIZATION) !== 0) return 'none';
  return sinceSeconds >= CHURN_DETECTION ? 'churn' : 'monitor';
}

/** In sync, collecting and distributing, with a partner: Open vSwitch sets the three bits while expired or defaulted, too. */
export const UP_BITS = STATE_SYNCHRONIZATION | STATE_COLLECTING | STATE_DISTRIBUTING;

export function isUp(state: number): boolean {
  return (state & (UP_BITS | STATE_DEFAULTED | STATE_EXPIRED)) === UP_BITS;
}
