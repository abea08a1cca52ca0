import type { Lacpdu } from './lacpdu.ts';
import { samePdu } from './pdu-log.ts';
import type { PduColumns, PduRun } from './pdu-log.ts';

/** LACPDUs of one source, and the number by which the caller knows it. */
export interface PduSource {
  readonly source: number;
  readonly runs: readonly PduRun[];
  readonly columns: PduColumns;
}

/** A LACPDU at its place in a capture. */
export interface PduEvent {
  readonly pdu: Lacpdu;
  readonly source: number;
  /** Record number in its capture, from 1. */
  readonly frame: number;
  readonly seconds: number;
  readonly nanos: number;
}

/** Copies of one frame in two captures of one member are this close to each other. */
const COPY_SECONDS = 0.05;

/** Events looked at for a copy: a capture of nothing but LACPDUs of one moment must not cost quadratic time. */
const MAX_LOOK_BACK = 64;

/** The PDUs of one member in order of time: several captures of the member are joined, a PDU in two of them counts once. */
export function joinPdus(sources: readonly PduSource[]): PduEvent[] {
  const events: PduEvent[] = [];
  for (const { source, runs, columns } of sources) {
    for (let i = 0; i < columns.length; i++) {
      events.push({ pdu: runs[columns.run[i]].pdu, source, frame: columns.frame[i], seconds: columns.seconds[i], nanos: columns.nanos[i] });
    }
  }
  // Stable, so that equal time stamps keep the order of capture.
  if (events.length > 1) events.sort((x, y) => x.seconds - y.seconds || x.nanos - y.nanos);
  return sources.length > 1 ? dropCopies(events) : events;
}

function dropCopies(events: readonly PduEvent[]): PduEvent[] {
  const kept: PduEvent[] = [];
  /** Per kept event: the sources that hold it, where several do. */
  const holders = new Map<PduEvent, Set<number>>();
  for (const event of events) {
    let original: PduEvent | null = null;
    const oldest = Math.max(0, kept.length - MAX_LOOK_BACK);
    for (let k = kept.length - 1; k >= oldest && secondsApart(kept[k], event) <= COPY_SECONDS; k--) {
      const isCopy =
        kept[k].source !== event.source && holders.get(kept[k])?.has(event.source) !== true && isSameFrame(kept[k].pdu, event.pdu);
      // The oldest one that this source has not shown yet.
      if (isCopy) original = kept[k];
    }
    if (original === null) kept.push(event);
    else holders.set(original, (holders.get(original) ?? new Set()).add(event.source));
  }
  return kept;
}

function isSameFrame(a: Lacpdu, b: Lacpdu): boolean {
  return a === b || (a.srcMac === b.srcMac && samePdu(a, b));
}

/** Seconds from `earlier` to `later`, exact to the nanosecond for spans of weeks. */
export function secondsApart(earlier: { seconds: number; nanos: number }, later: { seconds: number; nanos: number }): number {
  return later.seconds - earlier.seconds + (later.nanos - earlier.nanos) / 1e9;
}

/** The last event not later than `time`, or null. */
export function lastBefore(events: readonly PduEvent[], time: { seconds: number; nanos: number }): PduEvent | null {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (secondsApart(events[middle], time) >= 0) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : events[low - 1];
}
