import { STATE_SYNCHRONIZATION } from './lacpdu.ts';
import type { ChurnState, MuxState } from './mux.ts';
import { muxStateOf } from './mux.ts';
import type { PduEvent } from './pdu-sequence.ts';
import { secondsApart } from './pdu-sequence.ts';
import type { PortEvent, PortTransition } from './port-transitions.ts';
import { CHURN_DETECTION, periodicStateOf, receiveStateOf, SHORT_TIMEOUT } from './timers.ts';
import type { PeriodicState, ReceiveState } from './timers.ts';

interface Moment {
  readonly seconds: number;
  readonly nanos: number;
}

/** The machines of IEEE 802.1AX-2020 6.4, as far as PDUs show them, at the end of the capture. */
export interface PortMachines {
  readonly receive: ReceiveState;
  readonly periodic: PeriodicState;
  readonly mux: MuxState;
  readonly actorChurn: ChurnState;
  readonly partnerChurn: ChurnState;
}

export type MachineName = keyof PortMachines;
export const MACHINE_NAMES: readonly MachineName[] = ['receive', 'periodic', 'mux', 'actorChurn', 'partnerChurn'];

/** A machine of a port enters a state. */
export interface MachineChange {
  readonly machine: MachineName;
  /** Null for the state in which it was first seen. */
  readonly from: string | null;
  readonly to: string;
  readonly time: Moment;
  /** The PDU that shows it; null where only a timer has moved the machine. */
  readonly at: PduEvent | null;
  readonly cause: string;
}

/** Changes kept per port: a port that flaps for days must not fill memory. */
const MAX_CHANGES = 20_000;

/** Transitions that tell why the receive or the mux machine moved. */
const REASONS: Readonly<Record<'receive' | 'mux', readonly PortEvent[]>> = {
  receive: ['expired', 'defaulted', 'recovered', 'partner-found', 'first-pdu'],
  mux: ['lost-sync', 'distributing', 'collecting', 'in-sync', 'first-pdu'],
};

/**
 * Every state that the machines of a port were in, from PDU to PDU. `own`, `heard`: the PDUs of this end and of the
 * other one on the same member; `transitions`: those of this end; `last`: where the machines are at the end; `runOut`: when the
 * timer of the receive machine runs out after the last PDU.
 */
export function findMachineChanges(
  own: readonly PduEvent[],
  heard: readonly PduEvent[],
  transitions: readonly PortTransition[],
  otherSide: string,
  end: Moment,
  last: PortMachines,
  runOut: Moment,
): MachineChange[] {
  const changes: MachineChange[] = [];
  const now = new Map<MachineName, string>();
  const enter = (machine: MachineName, to: string, time: Moment, at: PduEvent | null, cause: string): void => {
    const from = now.get(machine) ?? null;
    if (from === to || changes.length >= MAX_CHANGES) return;
    now.set(machine, to);
    changes.push({ machine, from, to, time: { seconds: time.seconds, nanos: time.nanos }, at, cause });
  };
  const churn = new ChurnTimers(enter, otherSide);
  let h = 0;
  let t = 0;
  for (let i = 0; i < own.length; i++) {
    const event = own[i];
    const { actor, partner } = event.pdu;
    while (h < heard.length && secondsApart(heard[h], event) >= 0) h++;
    while (t < transitions.length && transitions[t].place < i) t++;
    const reason = (machine: 'receive' | 'mux'): string => {
      for (let k = t; k < transitions.length && transitions[k].place === i; k++)
        if (REASONS[machine].includes(transitions[k].event)) return transitions[k].cause;
      return '';
    };
    churn.run(event);
    enter('receive', receiveStateOf(actor.state), event, event, reason('receive'));
    const asked = h > 0 ? heard[h - 1].pdu.actor.state : partner.state;
    const periodic = periodicStateOf(actor.state, asked);
    enter('periodic', periodic, event, event, periodic === 'none' ? 'both ends are passive' : `side ${otherSide} asks for ${periodic}`);
    enter('mux', muxStateOf(actor.state), event, event, reason('mux'));
    churn.set('actorChurn', actor.state, event);
    churn.set('partnerChurn', partner.state, event);
  }
  churn.run(end);
  // What only timers have moved since the last PDU.
  const silence = `no LACPDU of side ${otherSide} since`;
  if (last.receive === 'defaulted' && now.get('receive') === 'current') {
    enter('receive', 'expired', runOut, null, silence);
    enter('mux', last.mux, runOut, null, 'the receive machine has left CURRENT');
    enter('receive', 'defaulted', { seconds: runOut.seconds + SHORT_TIMEOUT, nanos: runOut.nanos }, null, silence);
  }
  enter('receive', last.receive, runOut, null, silence);
  enter('mux', last.mux, runOut, null, 'the receive machine has left CURRENT');
  return changes;
}

/** Since when each machine is in the state it is in. */
export function machinesSince(changes: readonly MachineChange[]): Record<MachineName, Moment | null> {
  const since: Record<MachineName, Moment | null> = { receive: null, periodic: null, mux: null, actorChurn: null, partnerChurn: null };
  for (const { machine, time } of changes) since[machine] = time;
  return since;
}

type Enter = (machine: MachineName, to: ChurnState, time: Moment, at: PduEvent | null, cause: string) => void;

/** The two churn machines: out of sync for 60 s is churn (6.4.17). */
class ChurnTimers {
  readonly #enter: Enter;
  readonly #otherSide: string;
  readonly #since = new Map<MachineName, Moment>();

  constructor(enter: Enter, otherSide: string) {
    this.#enter = enter;
    this.#otherSide = otherSide;
  }

  /** Lets time pass up to `to`. */
  run(to: Moment): void {
    for (const [machine, since] of this.#since) {
      if (secondsApart(since, to) < CHURN_DETECTION) continue;
      const at = { seconds: since.seconds + CHURN_DETECTION, nanos: since.nanos };
      this.#enter(machine, 'churn', at, null, `not in sync for ${CHURN_DETECTION} s`);
    }
  }

  set(machine: 'actorChurn' | 'partnerChurn', state: number, event: PduEvent): void {
    const who = machine === 'actorChurn' ? 'this end' : `side ${this.#otherSide} as this end sees it`;
    if ((state & STATE_SYNCHRONIZATION) !== 0) {
      this.#since.delete(machine);
      this.#enter(machine, 'none', event, event, `${who} is in sync`);
    } else if (!this.#since.has(machine)) {
      this.#since.set(machine, event);
      this.#enter(machine, 'monitor', event, event, `${who} is not in sync`);
    }
  }
}
