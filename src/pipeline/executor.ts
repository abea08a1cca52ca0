import type { InputScan, ScanObserver } from './scan-capture.ts';
import type { InputScanner } from './scanner.ts';

/** What can scan one input at a time: a worker, or this thread. */
export interface ScanLane {
  /** Indices it may take, or undefined for any. */
  readonly only?: ReadonlySet<number>;
  scan(index: number, observe: ScanObserver): Promise<InputScan>;
  /** What it does before it takes an input. */
  first?(): Promise<void>;
  /** Called when nothing is left for it. */
  done?(): Promise<unknown>;
}

/**
 * Shares inputs out over lanes, each taking the next of `queue` that it may take as soon as it is free. Adds up
 * progress over all of them; an observer that answers true stops all.
 */
export async function scanInLanes(
  lanes: readonly ScanLane[],
  queue: readonly number[],
  totalBytes: number | undefined,
  observe: Parameters<InputScanner['scan']>[2],
): Promise<InputScan[]> {
  const scans: InputScan[] = Array.from({ length: queue.length });
  const doneBytes = new Float64Array(queue.length);
  const donePackets = new Float64Array(queue.length);
  const waiting = [...queue];
  let cancelled = false;
  const report = async (): Promise<boolean> => {
    if (await observe({ doneBytes: sum(doneBytes), totalBytes, packets: sum(donePackets), phase: 'scan' })) cancelled = true;
    return cancelled;
  };
  const run = async (lane: ScanLane): Promise<void> => {
    await lane.first?.();
    for (;;) {
      const place = cancelled ? -1 : waiting.findIndex((index) => lane.only === undefined || lane.only.has(index));
      if (place < 0) break;
      const [index] = waiting.splice(place, 1);
      scans[index] = await lane.scan(index, (bytes, packets) => {
        doneBytes[index] = bytes;
        donePackets[index] = packets;
        return report();
      });
    }
    await lane.done?.();
  };
  await Promise.all(lanes.map(run));
  for (let i = 0; i < scans.length; i++) {
    scans[i] ??= { kind: 'failed', issue: { code: 'unreadable', offset: null, reason: 'cancelled', partial: false } };
  }
  return scans;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
