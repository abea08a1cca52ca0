/** Scans captures in scan workers, one file per worker at a time. Runs inside the analysis worker. */
import { proxy, wrap, type Remote } from 'comlink';
import type { ByteSource } from '../../pipeline/byte-source.ts';
import type { InputScan, ScanObserver, ScanOptions } from '../../pipeline/scan-capture.ts';
import { sumSizes, type InputScanner } from '../../pipeline/scanner.ts';
import type { ServiceFile } from '../../pipeline/service.ts';

/** What a scan worker exposes. */
export interface ScanWorker {
  scan(file: ServiceFile, options: ScanOptions, observe: ScanObserver): Promise<InputScan>;
}

export interface ScanExecutor {
  /** Makes the byte source of a file and remembers which file it is: the file goes to the worker, not its bytes. */
  open(file: ServiceFile): ByteSource;
  over(ports: readonly MessagePort[]): InputScanner;
}

export function createScanExecutor(openFile: (file: ServiceFile) => ByteSource): ScanExecutor {
  const fileOf = new WeakMap<ByteSource, ServiceFile>();
  return {
    open(file) {
      const source = openFile(file);
      fileOf.set(source, file);
      return source;
    },
    over(ports) {
      const workers = ports.map((port) => wrap<ScanWorker>(port));
      return {
        scan: (sources, options, observe) =>
          scanInWorkers(
            workers,
            sources.map((source) => fileOf.get(source) as ServiceFile),
            sumSizes(sources),
            options,
            observe,
          ),
      };
    },
  };
}

async function scanInWorkers(
  workers: readonly Remote<ScanWorker>[],
  files: readonly ServiceFile[],
  totalBytes: number | undefined,
  options: ScanOptions,
  observe: Parameters<InputScanner['scan']>[2],
): Promise<InputScan[]> {
  const scans: InputScan[] = Array.from({ length: files.length });
  const doneBytes = new Float64Array(files.length);
  const donePackets = new Float64Array(files.length);
  let next = 0;
  let cancelled = false;
  const report = async (): Promise<boolean> => {
    const progress = { doneBytes: sum(doneBytes), totalBytes, packets: sum(donePackets), phase: 'scan' } as const;
    cancelled ||= await observe(progress);
    return cancelled;
  };
  const work = async (worker: Remote<ScanWorker>): Promise<void> => {
    while (next < files.length && !cancelled) {
      const index = next++;
      const observeFile = (bytes: number, packets: number): Promise<boolean> => {
        doneBytes[index] = bytes;
        donePackets[index] = packets;
        return report();
      };
      scans[index] = await worker.scan(files[index], options, proxy(observeFile));
    }
  };
  await Promise.all(workers.map(work));
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
