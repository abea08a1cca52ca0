import type { Lacpdu } from './lacpdu.ts';

/** A LACPDU, or a run of equal ones from one port: a session at rest costs one record, however long it lasts. */
export interface PduRun {
  readonly pdu: Lacpdu;
  /** Record number and time of the first PDU of the run. */
  readonly frame: number;
  readonly seconds: number;
  readonly nanos: number;
  count: number;
  lastFrame: number;
  lastSeconds: number;
  lastNanos: number;
  /** Longest time between two PDUs of the run, in seconds; 0 for a single one. */
  maxGapSeconds: number;
}

/** Runs kept per source; beyond it (a capture made to exhaust memory) changes are counted only. */
const MAX_RUNS = 100_000;

/** LACPDUs of one source in order of capture. */
export class PduLog {
  readonly runs: PduRun[] = [];
  /** PDUs seen, malformed ones included; Marker and other slow protocols not. */
  count = 0;
  malformed = 0;
  #newest = new Map<string, PduRun>();

  add(pdu: Lacpdu, frame: number, seconds: number, nanos: number): void {
    this.count++;
    if (pdu.malformed !== null) this.malformed++;
    const port = `${pdu.srcMac} ${pdu.actor.system} ${pdu.actor.port}`;
    const newest = this.#newest.get(port);
    if (newest !== undefined && samePdu(newest.pdu, pdu)) {
      const gap = seconds - newest.lastSeconds + (nanos - newest.lastNanos) / 1e9;
      if (gap > newest.maxGapSeconds) newest.maxGapSeconds = gap;
      newest.count++;
      newest.lastFrame = frame;
      newest.lastSeconds = seconds;
      newest.lastNanos = nanos;
      return;
    }
    if (this.runs.length >= MAX_RUNS) return;
    const run: PduRun = { pdu, frame, seconds, nanos, count: 1, lastFrame: frame, lastSeconds: seconds, lastNanos: nanos, maxGapSeconds: 0 };
    this.runs.push(run);
    this.#newest.set(port, run);
  }
}

function samePdu(a: Lacpdu, b: Lacpdu): boolean {
  return (
    a.version === b.version &&
    a.malformed === b.malformed &&
    a.tagged === b.tagged &&
    a.collectorMaxDelay === b.collectorMaxDelay &&
    samePort(a.actor, b.actor) &&
    samePort(a.partner, b.partner)
  );
}

function samePort(a: Lacpdu['actor'], b: Lacpdu['actor']): boolean {
  return (
    a.state === b.state &&
    a.port === b.port &&
    a.key === b.key &&
    a.system === b.system &&
    a.systemPriority === b.systemPriority &&
    a.portPriority === b.portPriority
  );
}
