import type { Issue } from '../base/issue.ts';
import { createInputProbe } from '../decoder/open-capture.ts';
import type { ByteSource } from './byte-source.ts';
import { cancelledScan } from './capture-scan.ts';
import type { InputScan, ScanObserver, ScanOptions } from './capture-scan.ts';
import { CaptureScanner } from './capture-scanner.ts';
import { chunkTarget, createScanMemory } from './input-memory.ts';
import type { PartPlan } from './part-plan.ts';
import { pump } from './pump.ts';
import type { ScannedPart } from './scan-part.ts';

export { addTimes } from './capture-scan.ts';
export type { CaptureScan, FailedScan, InputScan, ScanObserver, ScanOptions, SourceScan, TextScan, TimePoint } from './capture-scan.ts';

/** Parts of a capture that others scan in the meantime. */
export interface PartSupply {
  readonly plan: PartPlan;
  /** The scan of a part, once it is there; null if this part is to be read here. Parts before it are not wanted any more. */
  take(index: number): Promise<ScannedPart | null>;
  /** Has `onProgress` called when others have scanned on; true from it asks them to stop. */
  watch(onProgress: () => boolean | Promise<boolean>): void;
  /** What others have scanned of the parts from `index` on. */
  progressFrom(index: number): { readonly bytes: number; readonly packets: number };
}

/**
 * Reads one input to its end in a single pass. Memory follows the flows, not the file. Never throws for bad input.
 * With `parts` the reading goes on behind each part that others scanned, if it ends where that part begins: the result is
 * the same as without.
 */
export async function scanInput(
  source: ByteSource,
  options: ScanOptions,
  observe: ScanObserver = () => false,
  parts?: PartSupply,
): Promise<InputScan> {
  const probe = createInputProbe();
  const memory = createScanMemory(source.size, options.compiledFromBytes);
  const target = chunkTarget(memory);
  const starts = parts?.plan.starts ?? [0];
  let scanner: CaptureScanner | null = null;
  let bytesRead = 0;
  let next = 0;
  const feed = (chunk: Uint8Array): boolean => {
    probe.push(chunk);
    if (scanner === null && probe.reader !== null) scanner = new CaptureScanner(probe.reader, options, memory);
    scanner?.drain();
    bytesRead += chunk.length;
    return probe.done;
  };
  const pause = (): boolean | Promise<boolean> => {
    const packets = scanner === null ? 0 : scanner.packets;
    const ahead = parts?.progressFrom(next) ?? { bytes: 0, packets: 0 };
    return observe(bytesRead + ahead.bytes, packets + ahead.packets);
  };
  parts?.watch(pause);
  /** Joins the scans of the parts that follow, as far as there are any. */
  const joinParts = async (): Promise<void> => {
    const { plainRecords } = probe;
    while (parts !== undefined && scanner !== null && plainRecords?.isBetweenUnits === true && next < starts.length) {
      const scanned = await parts.take(next);
      if (scanned === null || !scanner.absorb(scanned.part, plainRecords)) return;
      next = scanned.next;
      bytesRead = starts[next] ?? source.size ?? bytesRead;
      plainRecords.resumeAt(bytesRead);
    }
  };
  try {
    while (next < starts.length && !probe.done) {
      const range = parts === undefined ? source : source.range!(starts[next], starts[next + 1]);
      next++;
      if (await pump(range, feed, pause, target)) return cancelledScan();
      await joinParts();
    }
  } catch (error) {
    // The host could not read on (disk error, revoked file): what was read before counts.
    const reason = error instanceof Error ? error.message : String(error);
    const issue: Issue = { code: 'unreadable', offset: bytesRead, reason: `reading stopped: ${reason}`, partial: scanner !== null };
    if (scanner === null) return { kind: 'failed', issue };
    probe.finish();
    (scanner as CaptureScanner).drain();
    return (scanner as CaptureScanner).result([issue]);
  }
  probe.finish();
  if (scanner === null && probe.reader !== null) scanner = new CaptureScanner(probe.reader, options, memory);
  if (scanner !== null) {
    (scanner as CaptureScanner).drain();
    await observe(bytesRead, (scanner as CaptureScanner).packets);
    return (scanner as CaptureScanner).result([]);
  }
  if (probe.text !== null)
    return { kind: 'text', text: probe.text, compression: probe.compression, bytes: bytesRead, issues: probe.issues };
  return {
    kind: 'failed',
    issue: probe.failure ?? { code: 'not-a-capture', offset: 0, reason: 'neither a capture nor a text', partial: false },
  };
}
