import type { ScanObserver } from './capture-scan.ts';
import type { PartPlan } from './part-plan.ts';
import type { PartSupply } from './scan-capture.ts';
import type { ScannedPart } from './scan-part.ts';

/** Scans one part somewhere else; as `scanPart`. */
export type PartScanner = (input: number, plan: PartPlan, part: number, observe: ScanObserver) => Promise<ScannedPart | null>;

interface Part {
  readonly input: number;
  readonly plan: PartPlan;
  readonly index: number;
  /** Settled by whoever scans the part; undefined while nobody does. */
  scanned: Promise<ScannedPart | null> | undefined;
  isDropped: boolean;
  bytes: number;
  packets: number;
  /** Whoever reads the capture, to be told of progress. */
  readonly reader: { watch: (() => boolean | Promise<boolean>) | null };
}

/** Parts of captures that wait to be scanned by whoever is free, while somebody reads each capture from its beginning. */
export class PartPool {
  readonly #parts: Part[] = [];
  #isStopped = false;

  /** Offers all parts of a capture but the first, and gives what its reader takes them by. */
  offer(input: number, plan: PartPlan): PartSupply {
    const reader: Part['reader'] = { watch: null };
    const parts = plan.starts
      .map((_, index): Part => ({ input, plan, index, scanned: undefined, isDropped: false, bytes: 0, packets: 0, reader }))
      .slice(1);
    this.#parts.push(...parts);
    return {
      plan,
      take: async (index) => {
        for (const part of parts) if (part.index < index) part.isDropped = true;
        const part = parts[index - 1];
        // Nobody has begun: it is read by the one who asks.
        const scanned = part.scanned === undefined ? null : await part.scanned;
        part.isDropped = true;
        return scanned;
      },
      watch: (onProgress) => {
        reader.watch = onProgress;
      },
      progressFrom: (index) => {
        const sum = { bytes: 0, packets: 0 };
        for (const part of parts) {
          if (part.index < index) continue;
          sum.bytes += part.bytes;
          sum.packets += part.packets;
        }
        return sum;
      },
    };
  }

  /** Scans waiting parts by `scan` for as long as there are any. */
  async serve(scan: PartScanner): Promise<void> {
    for (let part = this.#nextWaiting(); part !== undefined; part = this.#nextWaiting()) {
      const taken = part;
      taken.scanned = scan(taken.input, taken.plan, taken.index, (bytes, packets) => {
        taken.bytes = bytes;
        taken.packets = packets;
        return this.#isStopped || taken.isDropped || (taken.reader.watch?.() ?? false);
      }).then(
        (scanned) => {
          if (scanned === null) taken.bytes = taken.packets = 0;
          return scanned;
        },
        // Whoever reads the capture reads the part then.
        () => null,
      );
      await taken.scanned;
    }
  }

  /** Asks all who scan parts to stop. */
  stop(): void {
    this.#isStopped = true;
  }

  #nextWaiting(): Part | undefined {
    return this.#isStopped ? undefined : this.#parts.find((part) => part.scanned === undefined && !part.isDropped);
  }
}
