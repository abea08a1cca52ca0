import type { Lacpdu } from './lacpdu.ts';

/** A LACPDU, or a run of equal ones from one port: a session at rest costs one record, however long it lasts. */
export interface PduRun {
  readonly pdu: Lacpdu;
  /** The first frame of the run as captured, link-layer header included; MAX_KEPT_BYTES at most. */
  readonly bytes: Uint8Array;
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

/** Every LACPDU of a source in order of capture, as columns: `run` is the place in the list of runs. */
export interface PduColumns {
  readonly length: number;
  readonly frame: Float64Array<ArrayBuffer>;
  readonly seconds: Uint32Array<ArrayBuffer>;
  readonly nanos: Uint32Array<ArrayBuffer>;
  readonly run: Uint32Array<ArrayBuffer>;
}

/** PDUs listed one by one; further ones are in their runs only. */
const MAX_LISTED = 1_000_000;
const FIRST_CAPACITY = 64;

/** Runs kept per source; beyond it (a capture made to exhaust memory) changes are counted only. */
const MAX_RUNS = 100_000;

/** A LACPDU has 110 bytes behind the longest link-layer header; frames that are longer are cut. */
const MAX_KEPT_BYTES = 256;

/** LACPDUs of one source in order of capture. */
export class PduLog {
  readonly runs: PduRun[] = [];
  /** PDUs seen, malformed ones included; Marker and other slow protocols not. */
  count = 0;
  malformed = 0;
  #newest = new Map<string, PduRun>();
  #placeOf = new Map<PduRun, number>();
  #listed = 0;
  #frame = new Float64Array(FIRST_CAPACITY);
  #seconds = new Uint32Array(FIRST_CAPACITY);
  #nanos = new Uint32Array(FIRST_CAPACITY);
  #run = new Uint32Array(FIRST_CAPACITY);

  /** `bytes` holds the record at `offset`, of `capturedLength` bytes: copied only where the PDU differs from the one before. */
  add(pdu: Lacpdu, frame: number, seconds: number, nanos: number, bytes: Uint8Array, offset: number, capturedLength: number): void {
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
      this.#list(this.#placeOf.get(newest) ?? 0, frame, seconds, nanos);
      return;
    }
    if (this.runs.length >= MAX_RUNS) return;
    const run: PduRun = {
      pdu,
      bytes: bytes.slice(offset, offset + Math.min(capturedLength, MAX_KEPT_BYTES)),
      frame,
      seconds,
      nanos,
      count: 1,
      lastFrame: frame,
      lastSeconds: seconds,
      lastNanos: nanos,
      maxGapSeconds: 0,
    };
    this.#list(this.runs.length, frame, seconds, nanos);
    this.#placeOf.set(run, this.runs.length);
    this.runs.push(run);
    // Only the newest run of a port can grow.
    if (newest !== undefined) this.#placeOf.delete(newest);
    this.#newest.set(port, run);
  }

  /** All PDUs one by one, as far as they were kept. */
  columns(): PduColumns {
    const length = this.#listed;
    return {
      length,
      frame: this.#frame.slice(0, length),
      seconds: this.#seconds.slice(0, length),
      nanos: this.#nanos.slice(0, length),
      run: this.#run.slice(0, length),
    };
  }

  #list(run: number, frame: number, seconds: number, nanos: number): void {
    const at = this.#listed;
    if (at >= MAX_LISTED) return;
    if (at >= this.#run.length) this.#grow();
    this.#frame[at] = frame;
    this.#seconds[at] = seconds;
    this.#nanos[at] = nanos;
    this.#run[at] = run;
    this.#listed = at + 1;
  }

  #grow(): void {
    const capacity = this.#run.length * 2;
    const wider = <T extends Float64Array | Uint32Array>(old: T, fresh: T): T => {
      fresh.set(old);
      return fresh;
    };
    this.#frame = wider(this.#frame, new Float64Array(capacity));
    this.#seconds = wider(this.#seconds, new Uint32Array(capacity));
    this.#nanos = wider(this.#nanos, new Uint32Array(capacity));
    this.#run = wider(this.#run, new Uint32Array(capacity));
  }
}

/** Equal in all that the PDU says. */
export function samePdu(a: Lacpdu, b: Lacpdu): boolean {
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
