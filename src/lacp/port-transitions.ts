import type { LacpPort } from './lacpdu.ts';
import { STATE_ACTIVITY, STATE_COLLECTING, STATE_DEFAULTED, STATE_DISTRIBUTING, STATE_EXPIRED, STATE_SYNCHRONIZATION } from './lacpdu.ts';
import { UP_BITS } from './mux.ts';
import { isObserved } from './observed-time.ts';
import type { ObservedSpan } from './observed-time.ts';
import type { PduEvent } from './pdu-sequence.ts';
import { secondsApart } from './pdu-sequence.ts';
import { LONG_TIMEOUT, receiveStateOf, SHORT_TIMEOUT, TIMER_SLACK, timeoutOf } from './timers.ts';

export type PortEvent =
  | 'first-pdu'
  | 'partner-found'
  | 'in-sync'
  | 'collecting'
  | 'distributing'
  | 'lost-sync'
  | 'expired'
  | 'defaulted'
  | 'recovered'
  | 'partner-changed'
  | 'actor-changed'
  | 'silent';

export interface PortTransition {
  readonly event: PortEvent;
  readonly seconds: number;
  readonly nanos: number;
  /** The PDU that shows it; for `silent` the last one before. */
  readonly at: PduEvent;
  /** Place of that PDU among those of this end. */
  readonly place: number;
  readonly actorState: number;
  readonly partnerState: number;
  /** Why, in words, as far as the captures show it. */
  readonly cause: string;
}

const NO_SYSTEM = '00:00:00:00:00:00';
/** Transitions kept per port: a port that flaps for days must not fill memory. */
const MAX_TRANSITIONS = 10_000;

/**
 * A port that begins anew: Linux initialises a port whose link comes up, or that is enslaved, as Expired and Defaulted at once
 * and without a partner. Where only a timer ran out, Defaulted follows Expired and replaces it (IEEE 802.1AX-2020, 6.4.12).
 */
export function isRestart({ pdu }: PduEvent): boolean {
  const both = STATE_EXPIRED | STATE_DEFAULTED;
  return (pdu.actor.state & both) === both && !hasPartner(pdu);
}

export function hasPartner(pdu: { readonly partner: LacpPort }): boolean {
  return pdu.partner.system !== NO_SYSTEM;
}

/**
 * What changed at one end of a member, from PDU to PDU. `own`: the PDUs this end sent, `heard`: those of the other end
 * on the same member, `otherSide`: its name in texts; all in order of time. `observed`: when the member was captured.
 */
export function findTransitions(
  own: readonly PduEvent[],
  heard: readonly PduEvent[],
  otherSide: string,
  observed: readonly ObservedSpan[],
): PortTransition[] {
  const list: PortTransition[] = [];
  let knewPartner = false;
  let lostSince = false;
  let h = 0;
  for (let i = 0; i < own.length && list.length < MAX_TRANSITIONS; i++) {
    const event = own[i];
    const { actor, partner } = event.pdu;
    while (h < heard.length && secondsApart(heard[h], event) >= 0) h++;
    const input = h > 0 ? heard[h - 1] : null;
    const add = (name: PortEvent, cause: string, time: { seconds: number; nanos: number } = event, place: number = i): void => {
      const at = own[place];
      list.push({
        event: name,
        seconds: time.seconds,
        nanos: time.nanos,
        at,
        place,
        actorState: at.pdu.actor.state,
        partnerState: at.pdu.partner.state,
        cause,
      });
    };
    if (i === 0) add('first-pdu', firstCause(event));
    else {
      const before = own[i - 1];
      // Between two captures of the member LACPDUs may have gone on.
      const gap = isObserved(observed, before, event) ? secondsApart(before, event) : 0;
      const allowed = silenceAllowed(before, input);
      if (gap > allowed) {
        const timeout = allowed < LONG_TIMEOUT ? SHORT_TIMEOUT : LONG_TIMEOUT;
        add(
          'silent',
          `no LACPDU of this end for ${formatSeconds(gap)}; expected one every ${timeout / 3} s`,
          addSeconds(before, timeout),
          i - 1,
        );
      }
      const old = before.pdu;
      const rose = actor.state & ~old.actor.state;
      const fell = old.actor.state & ~actor.state;
      if (!sameIdentity(actor, old.actor)) add('actor-changed', `was ${identityText(old.actor)}, is ${identityText(actor)}`);
      if (hasPartner(event.pdu) && !hasPartner(old)) add('partner-found', heardCause(input, event, otherSide));
      else if (hasPartner(event.pdu) && hasPartner(old) && !sameIdentity(partner, old.partner)) {
        add('partner-changed', `was ${identityText(old.partner)}, is ${identityText(partner)}`);
      }
      if ((rose & STATE_EXPIRED) !== 0) add('expired', expiryCause(input, before, event, otherSide));
      if ((rose & STATE_DEFAULTED) !== 0 && i > 0) add('defaulted', defaultCause(input, event, otherSide));
      const isCurrent = receiveStateOf(actor.state) === 'current' && hasPartner(event.pdu);
      if (isCurrent && lostSince) add('recovered', heardCause(input, event, otherSide));
      else if (gap > allowed && isCurrent) add('recovered', 'this end sends again');
      if (isCurrent) lostSince = false;
      if ((fell & (STATE_SYNCHRONIZATION | STATE_DISTRIBUTING | STATE_COLLECTING)) !== 0)
        add('lost-sync', lossCause(fell, event, otherSide));
      if ((rose & STATE_SYNCHRONIZATION) !== 0)
        add('in-sync', hasPartner(event.pdu) ? 'the port joined an aggregator' : 'alone: without a partner the port is its own aggregator');
      if ((rose & STATE_COLLECTING) !== 0)
        add(
          'collecting',
          (partner.state & STATE_SYNCHRONIZATION) !== 0 ? `side ${otherSide} is in sync` : 'without waiting for a partner in sync',
        );
      if ((rose & STATE_DISTRIBUTING) !== 0)
        add(
          'distributing',
          (partner.state & STATE_COLLECTING) !== 0 ? `side ${otherSide} is collecting` : collectingCause(event, otherSide),
        );
    }
    knewPartner ||= hasPartner(event.pdu);
    if (knewPartner && receiveStateOf(actor.state) !== 'current') lostSince = true;
  }
  return list;
}

/** How long this end may stay silent, in seconds: three periods of what it was asked for when last heard; without end where both are passive. */
export function silenceAllowed(last: PduEvent, heard: PduEvent | null): number {
  const { partner, actor } = last.pdu;
  const otherState = heard === null ? partner.state : heard.pdu.actor.state;
  if (((actor.state | otherState) & STATE_ACTIVITY) === 0) return Infinity;
  // In doubt the slower one: Linux falls back to slow when it defaults.
  const asked = heard === null ? timeoutOf(partner.state) : Math.max(timeoutOf(partner.state), timeoutOf(heard.pdu.actor.state));
  if (receiveStateOf(actor.state) !== 'current') return LONG_TIMEOUT;
  return asked === SHORT_TIMEOUT ? SHORT_TIMEOUT + TIMER_SLACK : asked;
}

function sameIdentity(a: LacpPort, b: LacpPort): boolean {
  return a.system === b.system && a.key === b.key && a.port === b.port && a.systemPriority === b.systemPriority;
}

function identityText(port: LacpPort): string {
  return `system ${port.system} key ${port.key} port ${port.port}`;
}

function firstCause({ pdu }: PduEvent): string {
  const state = receiveStateOf(pdu.actor.state);
  if (state === 'expired' && hasPartner(pdu)) return 'the partner was lost before the capture began';
  if (state !== 'current') return 'no partner heard yet';
  return (pdu.actor.state & UP_BITS) === UP_BITS ? 'up since before the capture began' : 'a partner is known';
}

function heardCause(input: PduEvent | null, event: PduEvent, otherSide: string): string {
  if (input === null) return `a LACPDU that no capture holds reached this end`;
  return `LACPDU of side ${otherSide} ${formatSeconds(secondsApart(input, event))} before`;
}

function expiryCause(input: PduEvent | null, before: PduEvent, event: PduEvent, otherSide: string): string {
  if (isRestart(event)) return `the port began anew, as after the loss of its link: no LACPDU of side ${otherSide} has come yet`;
  if (input === null) return `no LACPDU of side ${otherSide} was captured`;
  const silent = secondsApart(input, event);
  const timeout = timeoutOf(before.pdu.actor.state);
  if (silent < timeout - TIMER_SLACK)
    return `LACPDUs of side ${otherSide} are in the capture (the last ${formatSeconds(silent)} before), but this end does not accept them`;
  return `no LACPDU of side ${otherSide} for ${formatSeconds(silent)}; timeout ${timeout} s`;
}

function defaultCause(input: PduEvent | null, event: PduEvent, otherSide: string): string {
  if (isRestart(event)) return 'the port began anew and knows no partner yet';
  if (input === null) return `no LACPDU of side ${otherSide} was captured`;
  return `no LACPDU of side ${otherSide} accepted since it expired (the last one ${formatSeconds(secondsApart(input, event))} before)`;
}

function lossCause(fell: number, { pdu }: PduEvent, otherSide: string): string {
  if (receiveStateOf(pdu.actor.state) === 'expired') return 'expired: the partner is no longer trusted';
  if ((fell & STATE_SYNCHRONIZATION) !== 0) return 'the port left its aggregator';
  if ((pdu.partner.state & STATE_SYNCHRONIZATION) === 0) return `side ${otherSide} is no longer in sync`;
  return `side ${otherSide} no longer collects`;
}

function collectingCause({ pdu }: PduEvent, otherSide: string): string {
  if (!hasPartner(pdu)) return 'alone, without a partner';
  return `side ${otherSide} is in sync: collecting and distributing are coupled here`;
}

function addSeconds(time: { seconds: number; nanos: number }, seconds: number): { seconds: number; nanos: number } {
  const nanos = time.nanos + Math.round((seconds - Math.floor(seconds)) * 1e9);
  return { seconds: time.seconds + Math.floor(seconds) + (nanos >= 1e9 ? 1 : 0), nanos: nanos % 1e9 };
}

export function formatSeconds(seconds: number): string {
  if (seconds < 0.01) return `${(seconds * 1000).toFixed(1)} ms`;
  return `${seconds < 10 ? seconds.toFixed(seconds < 1 ? 2 : 1) : seconds.toFixed(0)} s`;
}
