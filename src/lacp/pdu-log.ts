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
    const port = portOf(pdu);
    const newest = this.#newest.get(port);
    if (newest !== undefined && samePdu(newest.pdu, pdu)) {
      const gap = secondsBetween(newest, seconds, nanos);
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
    this.#list(this.#append(port, run), frame, seconds, nanos);
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

  /** Whether `absorb` keeps all that adding the PDUs one by one would keep. */
  canAbsorb(runs: readonly PduRun[]): boolean {
    return this.runs.length + runs.length < MAX_RUNS;
  }

  /** Adds the PDUs of the part of the capture that follows; its record numbers count from its first, `framesBefore` stand before. */
  absorb(part: { pdus: readonly PduRun[]; pduColumns: PduColumns; pduCount: number; malformedPdus: number }, framesBefore: number): void {
    this.count += part.pduCount;
    this.malformed += part.malformedPdus;
    const places = part.pdus.map((run) => this.#absorbRun(run, framesBefore));
    const { length, frame, seconds, nanos, run } = part.pduColumns;
    for (let i = 0; i < length; i++) this.#list(places[run[i]], frame[i] + framesBefore, seconds[i], nanos[i]);
  }

  /** Continues the newest run of the port or starts another; returns its place. */
  #absorbRun(run: PduRun, framesBefore: number): number {
    const port = portOf(run.pdu);
    const newest = this.#newest.get(port);
    if (newest === undefined || !samePdu(newest.pdu, run.pdu))
      return this.#append(port, { ...run, frame: run.frame + framesBefore, lastFrame: run.lastFrame + framesBefore });
    const gap = secondsBetween(newest, run.seconds, run.nanos);
    newest.maxGapSeconds = Math.max(newest.maxGapSeconds, gap, run.maxGapSeconds);
    newest.count += run.count;
    newest.lastFrame = run.lastFrame + framesBefore;
    newest.lastSeconds = run.lastSeconds;
    newest.lastNanos = run.lastNanos;
    return this.#placeOf.get(newest) ?? 0;
  }

  #append(port: string, run: PduRun): number {
    const newest = this.#newest.get(port);
    const place = this.runs.push(run) - 1;
    this.#placeOf.set(run, place);
    // Only the newest run of a port can grow.
    if (newest !== undefined) this.#placeOf.delete(newest);
    this.#newest.set(port, run);
    return place;
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

function portOf(pdu: Lacpdu): string {
  return `${pdu.srcMac} ${pdu.actor.system} ${pdu.actor.port}`;
}

/** From the last PDU of a run to a moment. */
function secondsBetween(run: PduRun, seconds: number, nanos: number): number {
  return seconds - run.lastSeconds + (nanos - run.lastNanos) / 1e9;
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
