/** Scans captures in scan workers, one file per worker at a time. Runs inside the analysis worker. */
import { proxy, wrap } from 'comlink';
import type { ByteSource } from '../../pipeline/byte-source.ts';
import { scanInLanes, type ScanLane } from '../../pipeline/executor.ts';
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
        scan(sources, options, observe) {
          const files = sources.map((source) => fileOf.get(source) as ServiceFile);
          const lanes = workers.map((worker): ScanLane => ({ scan: (i, report) => worker.scan(files[i], options, proxy(report)) }));
          return scanInLanes(lanes, [...files.keys()], sumSizes(sources), observe);
        },
      };
    },
  };
}
