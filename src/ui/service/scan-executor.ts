/** Scans captures in scan workers, one file or part of a file per worker at a time. Runs inside the analysis worker. */
import { proxy, wrap } from 'comlink';
import type { ByteSource } from '../../pipeline/byte-source.ts';
import type { PartPlan } from '../../pipeline/part-plan.ts';
import { scanByWorkers, type RemoteScanner } from '../../pipeline/scan-by-workers.ts';
import type { InputScan, ScanObserver, ScanOptions } from '../../pipeline/scan-capture.ts';
import type { ScannedPart } from '../../pipeline/scan-part.ts';
import type { InputScanner } from '../../pipeline/scanner.ts';
import type { ServiceFile } from '../../pipeline/service.ts';
import { splitInputs } from '../../pipeline/split-inputs.ts';

/** What a scan worker exposes. */
export interface ScanWorker {
  scan(file: ServiceFile, options: ScanOptions, observe: ScanObserver): Promise<InputScan>;
  scanPart(file: ServiceFile, plan: PartPlan, index: number, options: ScanOptions, observe: ScanObserver): Promise<ScannedPart | null>;
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
        async scan(sources, options, observe) {
          const files = sources.map((source) => fileOf.get(source) as ServiceFile);
          const lanes = workers.map((worker): RemoteScanner => ({
            scan: (i, report) => worker.scan(files[i], options, proxy(report)),
            scanPart: (i, plan, index, report) => worker.scanPart(files[i], plan, index, options, proxy(report)),
          }));
          const plans = await splitInputs(sources, workers.length);
          return scanByWorkers({ sources, options, workers: lanes, plans, isSendable: () => true, scansHere: false }, observe);
        },
      };
    },
  };
}
