import { decodeCdp } from './cdp.ts';
import type { ControlFrame, ControlKind } from './control-frame.ts';
import { decodeLldp } from './lldp.ts';
import type { Neighbour } from './neighbour.ts';
import { decodePagp } from './pagp.ts';

/** Frames of one kind on one source. */
export interface ControlCount {
  readonly kind: ControlKind;
  count: number;
  /** Record number and time of the first. */
  readonly firstFrame: number;
  readonly firstSeconds: number;
  readonly firstNanos: number;
  lastSeconds: number;
  lastNanos: number;
}

/** What one port said of itself last, and where. A frame that takes it back (time to live 0) does not count as a last word. */
export interface NeighbourRecord {
  neighbour: Neighbour;
  /** Record number and time of the frame that says so. */
  frame: number;
  seconds: number;
  nanos: number;
  count: number;
  /** True while the sender has taken its last word back. */
  isWithdrawn: boolean;
}

/** What a scan hands over of one source. */
export interface ControlScan {
  readonly counts: readonly ControlCount[];
  readonly neighbours: readonly NeighbourRecord[];
}

/** Senders kept per source: a flood of forged frames must not fill memory. */
const MAX_NEIGHBOURS = 1_000;

/** Control frames of one source, counted by kind; the names in them, per sender and protocol. */
export class ControlLog {
  readonly #counts = new Map<ControlKind, ControlCount>();
  readonly #neighbours = new Map<string, NeighbourRecord>();

  /** `bytes` up to `end` hold the frame that `control` was recognised in. */
  add(control: ControlFrame, bytes: Uint8Array, end: number, frame: number, seconds: number, nanos: number): void {
    const known = this.#counts.get(control.kind);
    if (known === undefined)
      this.#counts.set(control.kind, {
        kind: control.kind,
        count: 1,
        firstFrame: frame,
        firstSeconds: seconds,
        firstNanos: nanos,
        lastSeconds: seconds,
        lastNanos: nanos,
      });
    else {
      known.count++;
      known.lastSeconds = seconds;
      known.lastNanos = nanos;
    }
    const neighbour = decodeNeighbour(control, bytes, end);
    if (neighbour === null) return;
    const id = idOf(neighbour);
    const record = this.#neighbours.get(id);
    if (record === undefined) {
      if (this.#neighbours.size < MAX_NEIGHBOURS)
        this.#neighbours.set(id, { neighbour, frame, seconds, nanos, count: 1, isWithdrawn: neighbour.ttlSeconds === 0 });
      return;
    }
    record.count++;
    record.isWithdrawn = neighbour.ttlSeconds === 0;
    if (record.isWithdrawn || (neighbour.malformed !== null && record.neighbour.malformed === null)) return;
    record.neighbour = neighbour;
    record.frame = frame;
    record.seconds = seconds;
    record.nanos = nanos;
  }

  /** Whether `absorb` gives what adding the frames one by one would. */
  canAbsorb({ neighbours }: ControlScan): boolean {
    if (this.#neighbours.size + neighbours.length >= MAX_NEIGHBOURS) return false;
    // What a port took back, or said badly, replaces what is known of it or not: the frames themselves decide.
    return neighbours.every(
      ({ neighbour }) => !this.#neighbours.has(idOf(neighbour)) || (neighbour.ttlSeconds !== 0 && neighbour.malformed === null),
    );
  }

  /** Adds the frames of the part of the capture that follows; its record numbers count from its first, `framesBefore` stand before. */
  absorb(part: ControlScan, framesBefore: number): void {
    for (const from of part.counts) {
      const known = this.#counts.get(from.kind);
      if (known === undefined) this.#counts.set(from.kind, { ...from, firstFrame: from.firstFrame + framesBefore });
      else {
        known.count += from.count;
        known.lastSeconds = from.lastSeconds;
        known.lastNanos = from.lastNanos;
      }
    }
    for (const from of part.neighbours) {
      const id = idOf(from.neighbour);
      const count = from.count + (this.#neighbours.get(id)?.count ?? 0);
      // Setting anew what a map holds keeps its place.
      this.#neighbours.set(id, { ...from, frame: from.frame + framesBefore, count });
    }
  }

  take(): ControlScan {
    return { counts: [...this.#counts.values()], neighbours: [...this.#neighbours.values()] };
  }
}

function idOf({ protocol, srcMac }: Neighbour): string {
  return `${protocol} ${srcMac}`;
}

function decodeNeighbour({ kind, srcMac, payloadAt }: ControlFrame, bytes: Uint8Array, end: number): Neighbour | null {
  switch (kind) {
    case 'lldp':
      return decodeLldp(bytes, payloadAt, end, srcMac);
    case 'cdp':
      return decodeCdp(bytes, payloadAt, end, srcMac);
    case 'pagp':
      return decodePagp(bytes, payloadAt, end, srcMac);
    default:
      return null;
  }
}
