import { STATE_SYNCHRONIZATION } from '../lacp/lacpdu.ts';
import { isUp } from '../lacp/mux.ts';
import type { PduEvent } from '../lacp/pdu-sequence.ts';
import { lastBefore, secondsApart } from '../lacp/pdu-sequence.ts';
import type { PortHistory } from '../lacp/port-history.ts';
import { hasPartner, isRestart } from '../lacp/port-transitions.ts';
import type { PortTransition } from '../lacp/port-transitions.ts';
import { periodAskedBy, periodicStateOf, receiveStateOf, TIMER_SLACK, timeoutOf } from '../lacp/timers.ts';

/** A port that stops hearing its partner while its own LACPDUs go on: the link is up, one direction fails. */
export interface LostPartner {
  readonly port: PortHistory;
  readonly expired: readonly PortTransition[];
  readonly defaulted: readonly PortTransition[];
  /** Last PDU heard before; null if the loss was before the capture. */
  readonly lastGood: PduEvent | null;
}

/** An expiry shorter than this can belong to the start of a negotiation. */
const BRIEF_SECONDS = 5;

/** Ends that are both passive expire by design; that is a finding of its own. */
export function isPassivePair(port: PortHistory): boolean {
  const theirs = port.heard.length === 0 ? port.partner?.state : port.heard[port.heard.length - 1].pdu.actor.state;
  return (
    port.actor !== null &&
    theirs !== undefined &&
    hasPartner({ partner: port.partner ?? port.actor }) &&
    periodicStateOf(port.actor.state, theirs) === 'none'
  );
}

export function findLostPartner(port: PortHistory): LostPartner | null {
  if (isPassivePair(port)) return null;
  const expired: PortTransition[] = [];
  const defaulted: PortTransition[] = [];
  /** Lost by expiry; quiet: the port itself stopped sending, so its link or system failed and no expiry after it counts. */
  let isLost = false;
  let isQuiet = false;
  const firstUp = port.own.findIndex((event) => isUp(event.pdu.actor.state) && hasPartner(event.pdu));
  for (const transition of port.transitions) {
    const { event, at } = transition;
    if (event === 'first-pdu' && receiveStateOf(at.pdu.actor.state) === 'expired' && hasPartner(at.pdu))
      isLost = !isBrief(port, transition, true);
    else if (event === 'expired' && isRestart(at)) {
      // Its link was lost, or the bond drawn up anew: what it says until a partner answers is no loss of that partner.
      if (!isLost) isQuiet = true;
      continue;
    } else if (
      event === 'expired' &&
      !isQuiet &&
      wasSending(port, transition) &&
      knewPartner(firstUp, transition) &&
      !hadLeft(port, transition)
    )
      isLost = !isBrief(port, transition, false);
    else if (event === 'defaulted') {
      if (isLost) defaulted.push(transition);
      continue;
    } else {
      if (event === 'recovered') isLost = isQuiet = false;
      if (event === 'silent' && !isLost) isQuiet = true;
      continue;
    }
    if (isLost) expired.push(transition);
  }
  if (expired.length === 0) return null;
  return { port, expired, defaulted, lastGood: lastBefore(port.heard, expired[0].at) };
}

/** The port itself went on sending up to this moment: its link was up. */
function wasSending({ own }: PortHistory, { place }: PortTransition): boolean {
  if (place < 1) return false;
  const before = own[place - 1];
  return secondsApart(before, own[place]) <= 1.5 * periodAskedBy(before.pdu.partner.state) + 1;
}

/** It was up before. */
function knewPartner(firstUp: number, { place }: PortTransition): boolean {
  return firstUp >= 0 && firstUp < place;
}

/** The other end said goodbye: its last PDU before was out of sync. */
function hadLeft(port: PortHistory, { at }: PortTransition): boolean {
  const heard = lastBefore(port.heard, at);
  return heard !== null && (heard.pdu.actor.state & STATE_SYNCHRONIZATION) === 0;
}

/** An expiry that ends at once and that no silence of the other end explains: a port that starts anew. */
function isBrief(port: PortHistory, { at, place }: PortTransition, isFirst: boolean): boolean {
  const heard = lastBefore(port.heard, at);
  const wasHeard = heard !== null && secondsApart(heard, at) < timeoutOf(at.pdu.actor.state) - TIMER_SLACK;
  if (!isFirst && !wasHeard) return false;
  for (let i = place + 1; i < port.own.length && secondsApart(at, port.own[i]) <= BRIEF_SECONDS; i++) {
    if (receiveStateOf(port.own[i].pdu.actor.state) === 'current') return true;
  }
  return false;
}
