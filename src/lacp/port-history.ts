import type { LacpPort } from './lacpdu.ts';
import { STATE_ACTIVITY, STATE_AGGREGATION, STATE_DEFAULTED, STATE_DISTRIBUTING, STATE_SYNCHRONIZATION } from './lacpdu.ts';
import { findMachineChanges } from './machines.ts';
import type { MachineChange, PortMachines } from './machines.ts';
import { churnStateOf, isUp, muxStateOf } from './mux.ts';
import type { ObservedSpan } from './observed-time.ts';
import type { PduEvent } from './pdu-sequence.ts';
import { secondsApart } from './pdu-sequence.ts';
import { findTransitions, hasPartner, silenceAllowed } from './port-transitions.ts';
import type { PortTransition } from './port-transitions.ts';
import { periodAskedBy, periodicStateOf, receiveStateAfter, receiveStateOf, SHORT_TIMEOUT, TIMER_SLACK, timeoutOf } from './timers.ts';
import type { ReceiveState } from './timers.ts';

export type PortState = 'up' | 'waiting' | 'standby' | 'expired' | 'no-partner' | 'individual' | 'silent' | 'down';

export interface Moment {
  readonly seconds: number;
  readonly nanos: number;
}

/** One end of one member: what its PDUs tell. */
export interface PortHistory {
  /** LAG member index; 0 is side a. */
  readonly member: number;
  /** Which of the links that the member's captures show, from 0; null where they show one, as they should. */
  readonly link: number | null;
  readonly side: 0 | 1;
  /** PDUs of this end in order of time; malformed ones are not among them. */
  readonly own: readonly PduEvent[];
  /** PDUs of the other end on this member. */
  readonly heard: readonly PduEvent[];
  /** Until when the member was captured, or seen to be silent: of later times nothing is known. */
  readonly end: Moment;
  /** Of the last PDU; null without any. */
  readonly actor: LacpPort | null;
  readonly partner: LacpPort | null;
  readonly mac: string | null;
  readonly version: number | null;
  /** Seconds between PDUs; `expected` is what the other end asked for. */
  readonly interval: { readonly median: number | null; readonly max: number | null; readonly expected: number | null };
  readonly state: PortState;
  readonly stateSource: 'pdu' | 'timer';
  /** Since when the port is in this state; null without any PDU. */
  readonly since: Moment | null;
  readonly machines: PortMachines | null;
  /** Every state the machines were in, in order of time. */
  readonly machineChanges: readonly MachineChange[];
  /** Seconds from the first PDU to the first one that says distributing; null if that never came or it was so from the start. */
  readonly secondsToDistributing: number | null;
  readonly transitions: readonly PortTransition[];
}

export interface PortInput {
  readonly member: number;
  readonly link: number | null;
  readonly side: 0 | 1;
  readonly own: readonly PduEvent[];
  readonly heard: readonly PduEvent[];
  /** When the member was captured; not empty. */
  readonly observed: readonly ObservedSpan[];
}

/** Rebuilds one end of a member from the PDUs of both ends. `standby` needs the other members: see markStandby. */
export function buildPort(input: PortInput): PortHistory {
  const { member, link, side, own, heard, observed } = input;
  const { to: end } = observed[observed.length - 1];
  const base = { member, link, side, own, heard, end };
  const last = own.length === 0 ? null : own[own.length - 1];
  const lastHeard = heard.length === 0 ? null : heard[heard.length - 1];
  if (last === null) {
    const expected = lastHeard === null ? null : periodAskedBy(lastHeard.pdu.actor.state);
    return {
      ...base,
      actor: null,
      partner: null,
      mac: null,
      version: null,
      interval: { median: null, max: null, expected },
      state: 'silent',
      stateSource: 'pdu',
      since: null,
      machines: null,
      machineChanges: [],
      secondsToDistributing: null,
      transitions: [],
    };
  }
  const otherSide = side === 0 ? 'b' : 'a';
  const transitions = findTransitions(own, heard, otherSide, observed);
  const { actor, partner } = last.pdu;
  const judged = judge(last, lastHeard, end);
  const asked = lastHeard === null ? partner.state : lastHeard.pdu.actor.state;
  const machines: PortMachines = {
    receive: judged.receive,
    periodic: periodicStateOf(actor.state, lastHeard === null ? partner.state : asked),
    mux: judged.receive === 'current' || receiveStateOf(actor.state) !== 'current' ? muxStateOf(actor.state) : 'detached',
    actorChurn: churnStateOf(
      actor.state,
      secondsSinceBit(own, end, (event) => event.pdu.actor.state),
    ),
    partnerChurn: churnStateOf(
      partner.state,
      secondsSinceBit(own, end, (event) => event.pdu.partner.state),
    ),
  };
  return {
    ...base,
    actor,
    partner,
    mac: last.pdu.srcMac === '' ? null : last.pdu.srcMac,
    version: last.pdu.version,
    interval: { ...measureIntervals(own), expected: periodAskedBy(asked) },
    state: judged.state,
    stateSource: judged.source,
    since: judged.since ?? stableSince(own),
    machines,
    machineChanges: findMachineChanges(own, heard, transitions, otherSide, end, machines, runOut(last, lastHeard, end)),
    secondsToDistributing: timeToDistributing(own),
    transitions,
  };
}

interface Judgement {
  readonly state: PortState;
  readonly source: 'pdu' | 'timer';
  readonly receive: ReceiveState;
  /** When the timer moved it; null where PDUs tell it. */
  readonly since: Moment | null;
}

/** The state at the end of the member's captures: by the last PDUs, or by the timers that ran out after them. */
function judge(last: PduEvent, lastHeard: PduEvent | null, end: Moment): Judgement {
  const ownSilence = secondsApart(last, end);
  const heardSilence = lastHeard === null ? Infinity : secondsApart(lastHeard, end);
  const { actor } = last.pdu;
  const byPdu = receiveStateOf(actor.state);
  // The receive timer starts anew with every PDU of the other end. Where this end was still current long after the
  // last PDU that was captured, captures miss some: then its own last word counts.
  const missing = lastHeard === null || heardSilence - ownSilence > timeoutOf(actor.state) + TIMER_SLACK;
  const silence = byPdu === 'current' ? (missing ? ownSilence : heardSilence) : Math.min(ownSilence, heardSilence);
  const receive = receiveStateAfter(actor.state, silence);
  const isQuiet = ownSilence > silenceAllowed(last, lastHeard);
  if (isQuiet) {
    const otherQuiet = lastHeard === null || heardSilence > silenceAllowed(lastHeard, last);
    return { state: otherQuiet ? 'down' : 'silent', source: 'timer', receive, since: last };
  }
  if (receive !== byPdu && heardAfter(lastHeard, last) === false) {
    const since = lastHeard === null ? null : later(lastHeard, timeoutOf(actor.state) + (receive === 'defaulted' ? SHORT_TIMEOUT : 0));
    return { state: receive === 'expired' ? 'expired' : 'no-partner', source: 'timer', receive, since };
  }
  // Where both ends are passive no PDU is due: nothing but the running timer decides how long the state lasts.
  const unconfirmed = lastHeard !== null && ((actor.state | lastHeard.pdu.actor.state) & STATE_ACTIVITY) === 0;
  return { state: stateByPdu(last, lastHeard), source: unconfirmed ? 'timer' : 'pdu', receive: byPdu, since: null };
}

/** When the timer of the receive machine ran out that ran when the captures ended: after the last PDU heard, or after the last own one where captures miss some. */
function runOut(last: PduEvent, lastHeard: PduEvent | null, end: Moment): Moment {
  const { state } = last.pdu.actor;
  const timeout = receiveStateOf(state) === 'current' ? timeoutOf(state) : SHORT_TIMEOUT;
  const isHeardLast = lastHeard !== null && secondsApart(lastHeard, last) <= timeout + TIMER_SLACK;
  const due = later(isHeardLast && receiveStateOf(state) === 'current' ? lastHeard : last, timeout);
  return secondsApart(due, end) < 0 ? end : due;
}

function heardAfter(heard: PduEvent | null, own: PduEvent): boolean {
  return heard !== null && secondsApart(own, heard) > 0;
}

function stateByPdu(last: PduEvent, lastHeard: PduEvent | null): PortState {
  const { actor } = last.pdu;
  const receive = receiveStateOf(actor.state);
  const distributes = (actor.state & STATE_DISTRIBUTING) !== 0;
  if (receive === 'expired') return 'expired';
  if ((actor.state & STATE_DEFAULTED) !== 0 || !hasPartner(last.pdu)) return distributes ? 'individual' : 'no-partner';
  if (distributes && (actor.state & STATE_AGGREGATION) === 0) return 'individual';
  return isUp(actor.state) && lastHeard !== null && isUp(lastHeard.pdu.actor.state) ? 'up' : 'waiting';
}

function measureIntervals(own: readonly PduEvent[]): { median: number | null; max: number | null } {
  if (own.length < 2) return { median: null, max: null };
  const gaps = new Float64Array(own.length - 1);
  for (let i = 1; i < own.length; i++) gaps[i - 1] = secondsApart(own[i - 1], own[i]);
  gaps.sort();
  const middle = gaps.length >> 1;
  const median = gaps.length % 2 === 1 ? gaps[middle] : (gaps[middle - 1] + gaps[middle]) / 2;
  return { median: round(median), max: round(gaps[gaps.length - 1]) };
}

/** Differences of nanosecond stamps, without the noise of binary fractions. */
function round(seconds: number): number {
  return Math.round(seconds * 1e9) / 1e9;
}

/** First of the equal states that the last PDU ends. */
function stableSince(own: readonly PduEvent[]): Moment {
  const { state } = own[own.length - 1].pdu.actor;
  let i = own.length - 1;
  while (i > 0 && own[i - 1].pdu.actor.state === state) i--;
  return own[i];
}

function timeToDistributing(own: readonly PduEvent[]): number | null {
  const at = own.findIndex((event) => (event.pdu.actor.state & STATE_DISTRIBUTING) !== 0);
  return at <= 0 ? null : round(secondsApart(own[0], own[at]));
}

/** How long the end has been without Synchronization, up to the end of the capture. */
function secondsSinceBit(own: readonly PduEvent[], end: Moment, stateOf: (event: PduEvent) => number): number {
  let i = own.length - 1;
  if ((stateOf(own[i]) & STATE_SYNCHRONIZATION) !== 0) return 0;
  while (i > 0 && (stateOf(own[i - 1]) & STATE_SYNCHRONIZATION) === 0) i--;
  return secondsApart(own[i], end);
}

function later(time: Moment, seconds: number): Moment {
  return { seconds: time.seconds + seconds, nanos: time.nanos };
}

/** A negotiation takes some seconds; a port that waits longer waits for something. */
export const NEGOTIATION_SECONDS = 10;

/**
 * A port that goes on waiting although another member of the same side works with the same partner and the same keys is held
 * back by priority: standby. One that says itself that it is up is not.
 */
export function markStandby(ports: readonly PortHistory[]): PortHistory[] {
  return ports.map((port) => {
    if (port.state !== 'waiting' || port.actor === null || port.partner === null || isUp(port.actor.state)) return port;
    const { actor, partner, end } = port;
    if ([port.own, port.heard].some((pdus) => pdus.length > 0 && secondsApart(stableSince(pdus), end) < NEGOTIATION_SECONDS)) return port;
    const twin = ports.some(
      (other) =>
        other.side === port.side &&
        other.state === 'up' &&
        other.actor !== null &&
        other.partner !== null &&
        other.actor.system === actor.system &&
        other.actor.key === actor.key &&
        other.partner.key === partner.key &&
        other.partner.system === partner.system,
    );
    return twin ? { ...port, state: 'standby' } : port;
  });
}
