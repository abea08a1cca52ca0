import { makeRecordReader } from '../decoder/input-probe.ts';
import type { ByteSource } from './byte-source.ts';
import type { CapturePart } from './capture-part.ts';
import type { ScanObserver, ScanOptions } from './capture-scan.ts';
import { CaptureScanner } from './capture-scanner.ts';
import { chunkTarget, createScanMemory } from './input-memory.ts';
import type { PartPlan } from './part-plan.ts';
import { pump } from './pump.ts';

/** A part that was scanned, and the next part whose beginning is that of a record: the number of parts at the end of the input. */
export interface ScannedPart {
  readonly part: CapturePart;
  readonly next: number;
}

/**
 * Scans part `index` of a capture, from its beginning to that of a later part where a record ends: mostly the next. Null
 * if the part cannot be scanned by itself, or the observer asked to stop. The observer learns of the part's bytes alone.
 */
export async function scanPart(
  source: ByteSource,
  plan: PartPlan,
  index: number,
  options: ScanOptions,
  observe: ScanObserver,
): Promise<ScannedPart | null> {
  if (source.range === undefined) return null;
  const { starts, mostFlows } = plan;
  const reader = makeRecordReader(plan.format);
  const memory = createScanMemory(source.size, options.compiledFromBytes);
  const target = chunkTarget(memory);
  const scanner = new CaptureScanner(reader, options, memory, true);
  let bytes = 0;
  let isTooLarge = false;
  const feed = (chunk: Uint8Array): boolean => {
    reader.push(chunk);
    scanner.drain();
    bytes += chunk.length;
    return reader.done;
  };
  const pause = (): boolean | Promise<boolean> => {
    isTooLarge = scanner.flows > mostFlows;
    return isTooLarge || observe(bytes, scanner.packets);
  };
  try {
    await pump(source.range(0, plan.preambleBytes), feed, () => false, target);
    if (!reader.isBetweenUnits) return null;
    reader.resumeAt(starts[index]);
    bytes = 0;
    let next = index;
    do {
      if (await pump(source.range(starts[next], starts[++next]), feed, pause, target)) return null;
    } while (next < starts.length && !reader.done && !reader.isBetweenUnits);
    if (next === starts.length) reader.finish();
    if (reader.done) next = starts.length;
    return isTooLarge || scanner.flows > mostFlows ? null : { part: scanner.part(reader), next };
  } catch {
    // Who reads on in this place meets the same trouble and says so.
    return null;
  }
}
